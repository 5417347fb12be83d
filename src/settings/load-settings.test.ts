import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeProblem } from './describe-problem.ts';
import { makeSite, pem, type Site } from './fixtures/make-site.ts';
import { expectLines } from './fixtures/read-fixture.ts';
import { loadSettings } from './load-settings.ts';
import type { Problem, SettingsReading } from './settings.ts';

let site: Site;
beforeEach(async () => {
  site = await makeSite();
});
afterEach(() => site.remove());

const load = (path: string, environment: Record<string, string> = {}) =>
  loadSettings(path, { HOME: '/nonexistent/u', PATH: '/usr/bin:/bin', ...environment }, site.dir);

/** Root may write everywhere: then a child without that right reads the settings. */
async function loadAsAnybody(path: string): Promise<SettingsReading> {
  if (process.getuid?.() !== 0) return await load(path);
  return await loadBehind(['setpriv', '--bounding-set=-dac_override,-dac_read_search'], path);
}

/** In a child that a command runs. */
async function loadBehind([program = '', ...words]: readonly string[], path: string): Promise<SettingsReading> {
  const module = JSON.stringify(pathToFileURL(join(import.meta.dirname, 'load-settings.ts')).href);
  const values = [path, { HOME: '/nonexistent/u', PATH: '/usr/bin:/bin' }, site.dir].map((value) =>
    JSON.stringify(value),
  );
  const script = `const { loadSettings } = await import(${module}); console.log(JSON.stringify(await loadSettings(${values})));`;
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script];
  const { stdout } = await execa(program, [...words, ...node]);
  return JSON.parse(stdout) as SettingsReading;
}

const linesOf = (problems: readonly Problem[]) =>
  problems.map((problem) => describeProblem(problem).replaceAll(site.dir, 'SITE'));
const problemsOf = (reading: SettingsReading) => (reading.kind === 'problems' ? linesOf(reading.problems) : []);

it.each(['generation-6.cfg', 'generation-7-8.cfg', 'generation-9.cfg'])(
  'loads %s and creates nothing',
  async (fixture) => {
    const path = await site.writeAppCfg(fixture);
    const before = await readdir(site.dir, { recursive: true });
    const reading = await load(path);
    expect(problemsOf(reading)).toEqual([]);
    expect(reading.kind).toBe('settings');
    expect(await readdir(site.dir, { recursive: true })).toEqual(before);
  },
);

it('says what to do where there is no app.cfg', async () => {
  const example = join(import.meta.dirname, '../../app.cfg.example');
  expect(problemsOf(await load('app.cfg'))).toEqual([
    `app.cfg: cannot be read (there is no such file); run ./bot.sh setup, which writes one, or copy ${example} there; one that lies elsewhere: --config FILE`,
  ]);
});

it('tells problems of the text and of the disk together, from top to bottom', async () => {
  await rm(join(site.dir, 'scripts/bot-build.slurm'));
  const path = await site.writeAppCfg('generation-6.cfg', (text) =>
    text.replace('app_id = 234567', 'app_id = x').replace('poll_interval = 60', 'poll_interval = often'),
  );
  expectLines(problemsOf(await load(path)), [
    /^SITE\/app\.cfg:4: \[github\] app_id = x: /,
    /^SITE\/app\.cfg:10: \[buildenv\] build_job_script = .*: there is no file SITE\/scripts\/bot-build\.slurm; put it there/,
    /\[job_manager\] poll_interval = often: /,
  ]);
});

describe('asks the disk', () => {
  it.each<{ what: string; spoil: () => Promise<unknown>; problem: RegExp }>([
    {
      what: 'a private key that is not there',
      spoil: () => rm(join(site.dir, 'key.pem')),
      problem: /private_key = SITE\/key\.pem: there is no file SITE\/key\.pem/,
    },
    {
      what: 'a private key that is none, of which nothing is told',
      spoil: () =>
        writeFile(
          join(site.dir, 'key.pem'),
          '-----BEGIN RSA PRIVATE KEY-----\nSECRET\n-----END RSA PRIVATE KEY-----\n',
        ),
      problem: /^(?!.*SECRET).*private_key = .*: SITE\/key\.pem holds no private key in PEM; put the \.pem file there/,
    },
    {
      what: 'a private key with a passphrase',
      spoil: () => writeFile(join(site.dir, 'key.pem'), pem('protected')),
      problem: /private_key = .* is protected by a passphrase/,
    },
    {
      what: 'a private key of another kind',
      spoil: () =>
        writeFile(
          join(site.dir, 'key.pem'),
          generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }),
        ),
      problem: /private_key = .* holds a key of the wrong kind \(ed25519\)/,
    },
    {
      what: 'an upload script that cannot be run',
      spoil: () => chmod(join(site.dir, 'scripts/eessi-upload-to-staging'), 0o644),
      problem: /artefact_upload_script = .* is not executable; run chmod \+x on it/,
    },
    {
      what: 'a job script that is a directory',
      spoil: async () => {
        await rm(join(site.dir, 'scripts/bot-build.slurm'));
        await mkdir(join(site.dir, 'scripts/bot-build.slurm'));
      },
      problem: /build_job_script = .* is no regular file/,
    },
    {
      what: 'a file where a directory should be',
      spoil: () => writeFile(join(site.dir, 'trash_bin'), ''),
      problem: /trash_bin_dir = .* is a file; write the path of a directory/,
    },
    {
      what: 'a directory where a log should be',
      spoil: () => mkdir(join(site.dir, 'eessi_bot_job_manager.log')),
      problem: /\[job_manager\] log_path = .* is a directory; write the path of a file/,
    },
    {
      what: 'no repos.cfg',
      spoil: () => rm(join(site.dir, 'cfg_bundles/repos.cfg')),
      problem: /repos_cfg_dir = .*: SITE\/cfg_bundles\/repos\.cfg cannot be read \(there is no such file\)/,
    },
  ])('$what', async ({ spoil, problem }) => {
    const path = await site.writeAppCfg('generation-6.cfg');
    await spoil();
    expectLines(problemsOf(await load(path)), [problem]);
  });

  it('a directory that cannot be made, because there is a file in the way', async () => {
    await writeFile(join(site.dir, 'jobs'), '');
    expectLines(problemsOf(await load(await site.writeAppCfg('generation-6.cfg'))), [
      /jobs_base_dir = .*: SITE\/jobs is a file/,
      /job_ids_dir = .*: SITE\/jobs\/ids cannot be made: SITE\/jobs is a file/,
    ]);
  });

  it('a directory in which nothing may be written', async () => {
    await mkdir(join(site.dir, 'jobs'), { mode: 0o555 });
    expectLines(problemsOf(await loadAsAnybody(await site.writeAppCfg('generation-6.cfg'))), [
      /jobs_base_dir = .*: nothing can be written in SITE\/jobs/,
      /job_ids_dir = .*: SITE\/jobs\/ids cannot be made: nothing can be written in SITE\/jobs/,
    ]);
  });

  it('a path that the system will not look at', async () => {
    const name = 'x'.repeat(300);
    const path = await site.writeAppCfg('generation-6.cfg', (text) =>
      text.replace(/trash_bin_dir = .*/, `trash_bin_dir = /tmp/${name}`),
    );
    expectLines(problemsOf(await load(path)), [
      /trash_bin_dir = .*: cannot be looked at \(ENAMETOOLONG: .*; change the modes/,
    ]);
  });

  it('neither a script of the git repository nor an upload script that is not used', async () => {
    await rm(join(site.dir, 'scripts'), { recursive: true });
    const path = await site.writeAppCfg('generation-7-8.cfg', (text) => text.replace('= latest', '= none'));
    expect(problemsOf(await load(path))).toEqual([]);
  });

  it('an upload script without a path is looked up in PATH', async () => {
    const path = await site.writeAppCfg('generation-6.cfg', (text) =>
      text.replace(/artefact_upload_script = .*/, 'artefact_upload_script = eessi-upload-to-staging'),
    );
    expect(problemsOf(await load(path, { PATH: join(site.dir, 'scripts') }))).toEqual([]);
    expectLines(problemsOf(await load(path)), [/there is no program eessi-upload-to-staging in PATH/]);
  });
});

describe('warns of a command of Slurm that is not on this machine, where it may be checked for another one:', () => {
  const key = (name: string) => new RegExp(`^${name} = .*$`, 'm');
  it.each<[string, string, string, RegExp[]]>([
    [
      'a path',
      'submit_command',
      '/nowhere/sbatch',
      [/there is no program \/nowhere\/sbatch on this machine; write where/],
    ],
    [
      'a name',
      'poll_command',
      'sqeue',
      [/there is no program sqeue in PATH \(SITE\) on this machine; write its full path/],
    ],
    ['a file', 'scontrol_command', '/etc/passwd', [/\/etc\/passwd is not executable; run chmod \+x on it$/]],
    ['a directory', 'cancel_command', '/etc', [/there is no program \/etc on this machine/]],
    ['a name in a PATH of its own', 'poll_command', 'PATH=/usr/bin:/bin env', []],
    ['a name with a part of each job', 'scontrol_command', '/opt/%%(cluster)s/scontrol', []],
    ['nothing of an example', 'submit_command', '/path/to/sbatch', [/still holds `\/path\/to\/sbatch`/]],
  ])('%s', async (_, name, value, warnings) => {
    const path = await site.writeAppCfg('generation-9.cfg', (text) =>
      text
        .replace('[buildenv]', '[buildenv]\ncancel_command = /bin/true')
        .replaceAll(/^(submit|poll|scontrol)_command = .*$/gm, '$1_command = /bin/true')
        .replace(key(name), `${name} = ${value}`),
    );
    const reading = await load(path, { PATH: site.dir });
    expect(problemsOf(reading)).toEqual([]);
    const told = linesOf(reading.warnings).filter((line) => !line.includes('[architecturetargets] - '));
    expectLines(told, warnings);
  });
});

it.each<[string, string, string, RegExp[]]>([
  [
    'neither key nor program',
    'SITE/sign.sh',
    'apptainer',
    [
      /signing = .*: there is no key SITE\/signing_key; put it there, or write where it is$/,
      /signing = .*: there is no program SITE\/sign\.sh on this machine/,
      /signing = .*: there is no program apptainer in PATH \(SITE\)/,
    ],
  ],
  ["a script of the job's directory, in a container that is there", 'bot/sign.sh', '/bin/true', [/there is no key/]],
])('warns where an artefact could not be signed: %s', async (_, script, runtime, warnings) => {
  const path = await site.writeAppCfg('generation-9.cfg', (text) =>
    text
      .replaceAll(/^(submit|poll|scontrol)_command = .*$/gm, '$1_command = /bin/true')
      .replace(
        '[deploycfg]',
        `[deploycfg]\nsigning = {"R": {"script": "${script.replace('SITE', site.dir)}", "key": "${site.dir}/signing_key", "container_runtime": "${runtime}"}}`,
      ),
  );
  const reading = await load(path, { PATH: site.dir });
  expect(problemsOf(reading)).toEqual([]);
  expectLines(
    linesOf(reading.warnings).filter((line) => line.includes('there is no')),
    warnings,
  );
});

it.each([
  ['a key of signing', 'closed/signing_key', /signing = .*: cannot be looked at \(EACCES: .*signing_key'\)/],
  ['a key of signing that is a link to itself', 'loop', /signing = .*: cannot be looked at \(ELOOP: /],
])('starts, and says so, where it cannot look at %s', async (_, name, warning) => {
  await mkdir(join(site.dir, 'closed'), { mode: 0 });
  await symlink('loop', join(site.dir, 'loop'));
  const path = await site.writeAppCfg('generation-9.cfg', (text) =>
    text.replace('[deploycfg]', `[deploycfg]\nsigning = {"R": {"script": "/bin/true", "key": "${site.dir}/${name}"}}`),
  );
  const reading = await loadAsAnybody(path);
  expect(problemsOf(reading)).toEqual([]);
  expectLines(
    linesOf(reading.warnings).filter((line) => line.includes('cannot be looked at')),
    [warning],
  );
});

it('warns of what no job will get of repos_cfg_dir', async () => {
  const bundles = join(site.dir, 'cfg_bundles');
  await symlink('user@login1.4711:1700000000', join(bundles, '.#repos.cfg'));
  await mkdir(join(bundles, 'private'), { mode: 0o300 });
  await writeFile(join(bundles, 'bundle.tgz'), '', { mode: 0o200 });
  const reading = await loadAsAnybody(await site.writeAppCfg('generation-6.cfg'));
  expect(problemsOf(reading)).toEqual([]);
  expectLines(linesOf(reading.warnings), [
    /repos_cfg_dir = .*: holds \.#repos\.cfg, which is a link to nothing: no job gets it; remove or mend it$/,
    /repos_cfg_dir = .*: holds bundle\.tgz, which cannot be read: permission denied: no job gets it/,
    /repos_cfg_dir = .*: holds private, which cannot be read: permission denied/,
  ]);
});

it('warns of a bundle that repos.cfg names and nobody put there, where a node type builds for it', async () => {
  await rm(join(site.dir, 'cfg_bundles/eessi.io-cfg_files.tgz'));
  const reading = await load(await site.writeAppCfg('generation-6.cfg'));
  expect(problemsOf(reading)).toEqual([]);
  expectLines(linesOf(reading.warnings), [
    /repos\.cfg:4: .* config_bundle = .*: there is no file SITE\/cfg_bundles\/eessi\.io-cfg_files\.tgz, which jobs for it need; put it there/,
  ]);
});

it('a placeholder is told of once, and nothing is made of it', async () => {
  const path = await site.writeAppCfg('generation-9.cfg', (text) =>
    text.replace(/^jobs_base_dir = .*$/m, 'jobs_base_dir = PATH_TO_JOBS_BASE_DIR'),
  );
  const before = await readdir(site.dir);
  expectLines(problemsOf(await load(path)), [/jobs_base_dir = .*: still holds `PATH_TO_JOBS_BASE_DIR`/]);
  expect(await readdir(site.dir)).toEqual(before);
});

it('warns of a directory that the Python bot made because it expanded nothing, naming both', async () => {
  await mkdir(join(site.dir, '$HOME/jobs'), { recursive: true });
  const path = await site.writeAppCfg('generation-6.cfg', (text) =>
    text.replace(/jobs_base_dir = .*/, 'jobs_base_dir = $HOME/jobs'),
  );
  const reading = await load(path, { HOME: join(site.dir, 'home') });
  expect(reading).toMatchObject({
    kind: 'settings',
    settings: { build: { jobsBaseDir: join(site.dir, 'home/jobs') } },
  });
  expectLines(linesOf(reading.warnings), [
    /jobs_base_dir = \$HOME\/jobs: means SITE\/home\/jobs, but there is SITE\/\$HOME\/jobs too, as the Python bot took it/,
  ]);
});

it.each([
  [
    0o644,
    [/private_key = SITE\/key\.pem: SITE\/key\.pem can be read by other accounts, .*: run chmod 600 SITE\/key\.pem$/],
  ],
  [0o640, [/can be read by other accounts/]],
  [0o600, []],
  [0o400, []],
])('a key of mode %o: warnings %s', async (mode, warnings) => {
  await chmod(join(site.dir, 'key.pem'), mode);
  expectLines(linesOf((await load(await site.writeAppCfg('generation-6.cfg'))).warnings), warnings);
});

it.each([
  [
    0o644,
    [/home\/\.config\/bot\/event_handler\.env: can be read by other accounts, with the secrets in it: run chmod 600 /],
  ],
  [0o600, []],
])('a file with the environment of mode %o: warnings %s', async (mode, warnings) => {
  await mkdir(join(site.dir, 'home/.config/bot'), { recursive: true });
  await writeFile(join(site.dir, 'home/.config/bot/event_handler.env'), 'GITHUB_APP_SECRET_TOKEN=x\n', { mode });
  expectLines(
    linesOf((await load(await site.writeAppCfg('generation-6.cfg'), { HOME: join(site.dir, 'home') })).warnings),
    warnings,
  );
});

it.each([
  [0o755, [/state_dir = .*: SITE\/state is open to other users, .*: run chmod 700 SITE\/state$/]],
  [0o700, []],
])('a state directory of mode %o: warnings %s', async (mode, warnings) => {
  await mkdir(join(site.dir, 'state'));
  await chmod(join(site.dir, 'state'), mode);
  const path = await site.writeAppCfg('generation-6.cfg', (text) =>
    text.replace('[bot_control]', `[bot_control]\nstate_dir = ${site.dir}/state`),
  );
  expectLines(linesOf((await load(path)).warnings), warnings);
});

it('warns of a status page in a directory that is not there, which the bot does not make', async () => {
  const path = await site.writeAppCfg('generation-9.cfg', (text) =>
    text.replace('[job_manager]', `[job_manager]\nstatus_page = ${site.dir}/www/bot.html`),
  );
  expect(linesOf((await load(path)).warnings)).toContainEqual(
    expect.stringMatching(
      /status_page = .*: there is no directory SITE\/www, and the bot makes none for the page; make it/,
    ),
  );
});

it('says of a file system that is mounted read-only that it is', async () => {
  const path = await site.writeAppCfg('generation-9.cfg');
  await mkdir(join(site.dir, 'jobs'));
  const mounted = 'mount -t tmpfs -o ro tmpfs "$1" && shift && exec "$@"';
  const mount = ['unshare', '--map-root-user', '--mount', 'sh', '-c', mounted, 'sh', join(site.dir, 'jobs')];
  const reading = await loadBehind(mount, path);
  expect(reading.kind === 'problems' && reading.problems.every(({ isReadOnly }) => isReadOnly)).toBe(true);
  expectLines(problemsOf(reading), [
    /jobs_base_dir = .*: SITE\/jobs is on a file system that is mounted read-only here: findmnt -T SITE\/jobs; have it mounted/,
    /job_ids_dir = .*: SITE\/jobs is on a file system that is mounted read-only here/,
  ]);
});
