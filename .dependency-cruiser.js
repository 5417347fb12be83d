import { readdirSync } from 'node:fs';

// Imports go down this list: never up, never between programs, never in a circle, imports of types included. So no two rooms import each other.
// A room is the files of a folder, without the folders below. Of what lies beside a program's main.ts rooms know tools.ts alone: it is listed by itself.
const programs = ['event-handler', 'job-manager', 'upload-to-staging', 'admin'];
const rooms = [
  'src/event-handler/(?!tools\\.ts)',
  'src/event-handler/comment/',
  'src/event-handler/commands/',
  'src/event-handler/cancel/',
  'src/event-handler/submit/',
  'src/event-handler/arguments/',
  'src/event-handler/events/',
  'src/event-handler/receive/',
  'src/event-handler/tools\\.ts',
  'src/job-manager/(?!tools\\.ts)',
  'src/job-manager/status-page/',
  'src/job-manager/deploy/',
  'src/job-manager/cleanup/',
  'src/job-manager/cancel/',
  'src/job-manager/watch/',
  'src/job-manager/orders/',
  'src/job-manager/tools\\.ts',
  'src/job-manager/records/',
  'src/job-manager/records/of-another-bot/',
  'src/upload-to-staging/',
  'src/admin/',
  'src/admin/doctor/',
  'src/admin/upgrade/',
  'src/admin/setup/',
  'src/admin/github-app/',
  'src/admin/daemons/',
  'src/admin/logs/',
  'src/run-daemon\\.ts',
  'src/metrics/',
  'src/messages/',
  'src/permissions\\.ts',
  'src/settings/',
  'src/jobs/of-another-bot/',
  'src/jobs/',
  'src/outside/',
  'src/outside/relay/',
  'src/outside/git/',
  'src/outside/slurm/',
  'src/outside/forge/github/',
  'src/outside/forge/',
  'src/outside/processes/',
  'src/configparser/',
  'src/daemon/',
  'src/outside/files/',
  'src/words-of\\.ts',
  'src/counted\\.ts',
];

/** The files of a room; what is in a folder below it is another room. */
const filesOf = (room) => `^${room}[^/]*$`;

for (const { name, parentPath } of readdirSync('src', { recursive: true, withFileTypes: true })) {
  const path = `${parentPath}/${name}`;
  const isOfSrc = path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.includes('/fixtures/');
  const count = rooms.filter((room) => new RegExp(filesOf(room)).test(path)).length;
  if (isOfSrc && count !== 1)
    throw new Error(`.dependency-cruiser.js: ${path} has to be of one room, and is of ${count}`);
}

const neverUp = rooms.slice(1).map((room, index) => ({
  name: `not-up-from-${room
    .replace(/\(.*\)/, '')
    .replaceAll(/\W+/g, '-')
    .replace(/-$/, '')}`,
  comment: 'Imports go down the list of rooms above.',
  severity: 'error',
  // A test of a program may take what is above it.
  from: {
    path: filesOf(room),
    ...(programs.some((program) => room.startsWith(`src/${program}/`)) && { pathNot: '\\.test\\.ts$' }),
  },
  to: { path: rooms.slice(0, index + 1).map(filesOf) },
}));

export default {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-circles-in-src',
      comment: 'Here imports of types count, too.',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'no-program-imports-another',
      severity: 'error',
      from: { path: `^src/(${programs.join('|')})/` },
      to: { path: `^src/(${programs.join('|')})/`, pathNot: '^src/$1/' },
    },
    {
      name: 'only-main-imports-implementations',
      comment:
        'run-daemon.ts is what two of them share. Everything else takes the interface (forge.ts, slurm.ts, git.ts, relay.ts) as an argument, as say-once.ts does; outside/files/ is excepted, and pages-of.ts and why-program-failed.ts, which ask nobody, and find-program.ts, which looks at the disk alone.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/outside/', '/main\\.ts$', '^src/run-daemon\\.ts$', '\\.test\\.ts$'] },
      to: {
        path: '^src/outside/',
        pathNot: [
          '^src/outside/files/',
          '^src/outside/(pages-of|forge/forge|forge/say-once|slurm/slurm|git/git|relay/relay|processes/child-environment|processes/find-program|processes/why-program-failed)\\.ts$',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'only-main-knows-which-forge',
      comment:
        'The rest of src/ knows the forge by src/outside/forge/, types included; outside/pages-of.ts chooses by the settings.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: ['^src/outside/(forge/github/|pages-of\\.ts$)', '^src/([^/]+/main|run-daemon)\\.ts$', '\\.test\\.ts$'],
      },
      to: { path: ['^src/outside/forge/github/', '^node_modules/@octokit/'] },
    },
    {
      name: 'src-stands-alone',
      comment: 'stand-ins/, demo/, docs/, bench/ and test/ are not shipped.',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(stand-ins|demo|docs|bench|test)/' },
    },
    {
      name: 'no-development-packages-in-src',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm-dev'], pathNot: '@types/' },
    },
    ...neverUp,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
