// Imports go down this list: never up, never between programs, never in a circle.
const rooms = [
  'src/(event-handler|job-manager|upload-to-staging|admin)/',
  'src/metrics/',
  'src/messages/',
  'src/permissions',
  'src/settings/',
  'src/jobs/',
  'src/outside/(forge|slurm|git|relay|processes)/',
  'src/configparser/',
  'src/daemon/',
  'src/outside/files/',
  'src/words-of',
];

const neverUp = rooms.slice(1).map((room, index) => ({
  name: `not-up-from-${room.replaceAll(/\W+/g, '-')}`,
  comment: 'Imports go down the list of rooms in docs/architecture.md.',
  severity: 'error',
  from: { path: `^${room}` },
  to: { path: rooms.slice(0, index + 1).map((above) => `^${above}`) },
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
      from: { path: '^src/(event-handler|job-manager|upload-to-staging|admin)/' },
      to: { path: '^src/(event-handler|job-manager|upload-to-staging|admin)/', pathNot: '^src/$1/' },
    },
    {
      name: 'only-main-imports-implementations',
      comment:
        'Everything else takes the interface (forge.ts, slurm.ts, git.ts, relay.ts) as an argument, as say-once.ts does; outside/files/ is excepted, and pages-of.ts and why-not-to-cancel.ts, which ask nobody.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/outside/', '/main\\.ts$', '\\.test\\.ts$'] },
      to: {
        path: '^src/outside/',
        pathNot: [
          '^src/outside/files/',
          '^src/outside/(forge/forge|forge/say-once|forge/pages-of|slurm/slurm|slurm/why-not-to-cancel|git/git|relay/relay|processes/child-environment)\\.ts$',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'only-main-knows-which-forge',
      comment:
        'The rest of src/ knows the forge by src/outside/forge/, types included; pages-of.ts chooses by the settings.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: ['^src/outside/forge/(github/|pages-of\\.ts$)', '^src/[^/]+/main\\.ts$', '\\.test\\.ts$'],
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
