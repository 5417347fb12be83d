import { once } from 'node:events';
import { access, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type PackageRegistry, startPackageRegistry } from './package-registry.ts';

const repository = join(import.meta.dirname, '../..');
const says = (word: string) => `#!/bin/sh\n[ "$1" = --version ] || echo '${word}'\nexec '${process.execPath}' "$@"\n`;
// What run-program.sh may start where PATH has no Node: the one that runs these tests.
const pinned = {
  name: `node-linux-${process.arch}`,
  version: '24.0.0',
  files: { 'bin/node': says('the pinned Node') },
  more: { bin: { node: 'bin/node' } },
};
// As the package `node` does it: its script fetches the program, which nothing compares with anything.
const node = {
  name: 'node',
  version: '24.0.0',
  files: { 'install.sh': `mkdir -p bin && cp unpinned bin/node`, unpinned: says('a Node that nothing pins') },
  more: { bin: { node: 'bin/node' }, scripts: { preinstall: 'sh install.sh' } },
};
const left = (version: string) => ({
  name: 'left',
  version,
  files: { 'index.js': `exports.version = '${version}';`, 'late.js': `exports.late = '${version}';` },
});
const tester = { name: 'tester', version: '1.0.0', files: { 'index.js': '' } };

let registry: PackageRegistry;
/** What `npm ci --omit=dev` has made of version 1.0.0, once it was run: npm takes longer than all that the launchers do. */
let complete: string | undefined;
beforeAll(async () => {
  registry = await startPackageRegistry([node, pinned, left('1.0.0'), left('2.0.0'), tester]);
});
afterAll(async () => {
  await registry.close();
  if (complete !== undefined) await rm(complete, { recursive: true, force: true, maxRetries: 10 });
});

let directory: string;
let program: string;
let environment: Record<string, string>;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'launchers-'));
  program = join(directory, 'a clone'); // as directories are called
  for (const path of ['bot.sh', 'event_handler.sh', 'job_manager.sh', 'scripts', '.npmrc'])
    await cp(join(repository, path), join(program, path), { recursive: true });
  for (const name of ['event-handler', 'job-manager', 'admin']) {
    await mkdir(join(program, 'src', name), { recursive: true });
    await writeFile(join(program, 'src', name, 'main.ts'), programText);
  }
  await writeLock('1.0.0');
  await mkdir(join(directory, 'bin'));
  await symlink(process.execPath, join(directory, 'bin/node'));
  environment = {
    PATH: `${join(directory, 'bin')}:${process.env['PATH']}`,
    HOME: directory,
    NODE_EXTRA_CA_CERTS: registry.certificatePath,
    npm_config_registry: registry.url,
    npm_config_fetch_retries: '0',
    npm_config_cache: join(directory, 'cache'),
  };
  registry.requests.length = 0;
  registry.beforeArchive = async () => {};
  registry.swapped.clear();
});
afterEach(() => rm(directory, { recursive: true, force: true, maxRetries: 10 }));

/** Says what it was started with; with `wait` it stays, and uses at its end what it did not need before. */
const programText = `
import { createRequire } from 'node:module';
import { once } from 'node:events';
const require = createRequire(import.meta.url);
console.log('left ' + require('left').version + ' ' + JSON.stringify(process.argv.slice(2)));
if (process.argv[2] === 'environment') console.log(JSON.stringify(process.env));
if (process.argv[2] === 'wait') {
  await once(process.stdin, 'data');
  console.log('late ' + require('left/late.js').late);
  process.exit(0);
}
`;

/** package.json and package-lock.json that want a version of `left`. */
async function writeLock(version: string): Promise<void> {
  const alias = `@pinned/${pinned.name}`;
  const root = {
    name: 'bot',
    version: '1.0.0',
    dependencies: { left: version, node: node.version },
    optionalDependencies: { [alias]: `npm:${pinned.name}@${pinned.version}` },
    devDependencies: { tester: '1.0.0' },
  };
  const entry = (name: string, version: string) => ({ version, integrity: registry.integrityOf(name, version) });
  const packages = {
    '': root,
    'node_modules/left': entry('left', version),
    'node_modules/node': { ...entry('node', node.version), ...node.more, hasInstallScript: true },
    [`node_modules/${alias}`]: {
      name: pinned.name,
      ...entry(pinned.name, pinned.version),
      ...pinned.more,
      optional: true,
    },
    'node_modules/tester': { ...entry('tester', '1.0.0'), dev: true },
  };
  await writeFile(join(program, 'package.json'), JSON.stringify({ ...root, private: true, type: 'module' }, null, 2));
  const lock = { name: 'bot', version: '1.0.0', lockfileVersion: 3, requires: true, packages };
  await writeFile(join(program, 'package-lock.json'), `${JSON.stringify(lock, null, 2)}\n`);
}

const start = (script: string, words: readonly string[] = [], more: Record<string, string> = {}) =>
  execa(join(program, script), words, {
    cwd: directory,
    env: { ...environment, ...more },
    extendEnv: false,
    reject: false,
  });
const npm = (...words: string[]) => execa('npm', words, { cwd: program, env: environment, extendEnv: false });
const modulesOf = (place: string) => join(place, 'node_modules');
/** Version 1.0.0 is installed without development packages. */
async function install(): Promise<void> {
  const whole = { recursive: true, verbatimSymlinks: true, preserveTimestamps: true };
  if (complete !== undefined) return await cp(modulesOf(complete), modulesOf(program), whole);
  await npm('ci', '--omit=dev');
  complete = await mkdtemp(join(tmpdir(), 'launchers-complete-'));
  await cp(modulesOf(program), modulesOf(complete), whole);
}
const away = { npm_config_registry: 'https://127.0.0.1:9/' };
const installed = async () =>
  JSON.parse(await readFile(join(program, 'node_modules/left/package.json'), 'utf8')).version;
const isThere = (path: string) =>
  access(join(program, path)).then(
    () => true,
    () => false,
  );

/** A PATH with what the launchers need of a system, and neither Node nor npm. */
async function bareSystem(): Promise<string> {
  const bin = join(directory, 'bare');
  await mkdir(bin);
  for (const name of [
    'awk',
    'bash',
    'cat',
    'cp',
    'dirname',
    'flock',
    'mkdir',
    'mktemp',
    'mv',
    'readlink',
    'rm',
    'sh',
    'sha256sum',
  ])
    await symlink((await execa('which', [name])).stdout, join(bin, name));
  return bin;
}

describe('a first start', () => {
  it('installs, through the proxy, registry and certificates that npm is told, and starts', async () => {
    const { stdout, stderr, exitCode } = await start('event_handler.sh', ['--port', '1 2']);
    expect(stderr).toContain('Installing the bot');
    expect({ stdout, exitCode }).toEqual({ stdout: 'left 1.0.0 ["--port","1 2"]', exitCode: 0 });
    expect(await isThere('node_modules/tester')).toBe(false);
    expect(await readdir(join(program, '.packages'))).toEqual(['lock']);
  });

  it('says that npm failed, and the command to run', async () => {
    const { stdout, stderr, exitCode } = await start('event_handler.sh', [], { NODE_EXTRA_CA_CERTS: '' });
    expect(stderr).toMatch(/self.signed certificate/i);
    expect(stderr).toContain(`When the reason is gone, run: '${program}/scripts/install-packages.sh'`);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 });
    expect(await readdir(join(program, '.packages'))).toEqual(['lock']);
  });

  it('says that there is no npm', async () => {
    const { stderr, exitCode } = await start('event_handler.sh', [], { PATH: await bareSystem() });
    expect(stderr).toContain(
      'there is no npm that runs to install what is missing: install Node.js with npm, or put it into PATH.',
    );
    expect(exitCode).toBe(2);
  });

  it('of both daemons at once installs once', async () => {
    const both = await Promise.all([start('event_handler.sh'), start('job_manager.sh')]);
    expect(both.map(({ exitCode, stdout }) => [exitCode, stdout])).toEqual([
      [0, 'left 1.0.0 []'],
      [0, 'left 1.0.0 []'],
    ]);
    expect(registry.requests.filter((url) => url.endsWith('left-1.0.0.tgz'))).toHaveLength(1);
  });

  it.each(['bot.sh', 'scripts/bot-admin', 'scripts/run-program.sh'])(
    'of %s installs nothing, and says the command',
    async (script) => {
      const { stderr, exitCode } = await start(script, ['admin']);
      expect(stderr).toBe(`error: the bot's packages are not installed; run: '${program}/scripts/install-packages.sh'`);
      expect(exitCode).toBe(2);
      expect(registry.requests).toEqual([]);
    },
  );
});

describe('starts without npm', () => {
  it.each([
    ['npm ci', ['ci']],
    ['npm ci --omit=dev', ['ci', '--omit=dev']],
    ['npm install', ['install']],
  ])('after %s', async (_command, words) => {
    await npm(...words);
    registry.requests.length = 0;
    expect(await start('event_handler.sh', [], { PATH: await bareSystem() })).toMatchObject({
      stdout: 'the pinned Node\nleft 1.0.0 []',
      stderr: '',
      exitCode: 0,
    });
  });

  it.each([
    ['a lock file that was touched', () => utimes(join(program, 'package-lock.json'), new Date(), new Date())],
    ['a lock file that git checked out with other line ends', () => toCrlf('package-lock.json')],
    [
      'a lock file in which a development package has changed',
      () => replace('package-lock.json', registry.integrityOf('tester', '1.0.0'), 'sha512-AAAA'),
    ],
    [
      'a clone that was copied',
      async () => {
        await cp(program, `${program} 2`, { recursive: true });
        program = `${program} 2`;
      },
    ],
    [
      'a directory in which nothing can be noted',
      async () => {
        await rm(join(program, 'node_modules/.is-complete'), { force: true });
        await mkdir(join(program, 'node_modules/.is-complete'));
      },
    ],
  ])('with %s', async (_what, change) => {
    await install();
    await start('event_handler.sh');
    await change();
    registry.requests.length = 0;
    const { stdout, stderr } = await start('event_handler.sh', [], away);
    expect({ stdout, stderr }).toEqual({ stdout: 'left 1.0.0 []', stderr: '' });
  });

  const toCrlf = async (path: string) => {
    const text = await readFile(join(program, path), 'utf8');
    await writeFile(join(program, path), text.replaceAll('\n', '\r\n'));
  };
  const replace = async (path: string, before: string, after: string) => {
    const text = await readFile(join(program, path), 'utf8');
    expect(text).toContain(before);
    await writeFile(join(program, path), text.replace(before, after));
  };
});

describe('the Node that npm installs', () => {
  /** A PATH in which `node` is the system's, too old for the bot, and npm runs on it. */
  const oldNode = async () => {
    const bin = join(directory, 'old');
    await mkdir(bin);
    const text = `#!/bin/sh\n[ "$1" = --version ] && { echo v20.20.2; exit; }\nexec '${process.execPath}' "$@"\n`;
    await writeFile(join(bin, 'node'), text, { mode: 0o755 });
    return { PATH: `${bin}:${process.env['PATH']}` };
  };
  const scriptRan = () => isThere('node_modules/node/bin/node');

  it.each<[string, () => Promise<unknown>]>([
    ['npm ci', () => npm('ci')],
    ['the launcher', () => start('event_handler.sh')],
    ['the launcher, where the account allows scripts', () => start('event_handler.sh', [], scriptsOn)],
  ])('is the pinned one, and no script runs, after %s', async (_what, install) => {
    await install();
    expect(await scriptRan()).toBe(false);
    expect((await start('event_handler.sh', [], await oldNode())).stdout).toBe('the pinned Node\nleft 1.0.0 []');
  });
  const scriptsOn = { npm_config_ignore_scripts: 'false' };

  it('is the pinned one though the script of another package has left one', async () => {
    await npm('ci', '--ignore-scripts=false');
    await execa('sh', ['install.sh'], { cwd: join(program, 'node_modules/node') });
    expect((await start('event_handler.sh', [], await oldNode())).stdout).toBe('the pinned Node\nleft 1.0.0 []');
    expect((await npm('exec', '--', 'node', '--eval', '')).stdout).toBe('the pinned Node');
  });

  it('is refused where another one is sent than the lock file names', async () => {
    registry.swapped.add(`${pinned.name}-${pinned.version}`);
    const { stdout, stderr, exitCode } = await start('event_handler.sh', [], await oldNode());
    expect(stderr).toContain('or one whose digest is not that of');
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 });
    expect(await isThere('node_modules')).toBe(false);
  });

  it('is refused by npm ci as well, and the launcher then says what to do', async () => {
    registry.swapped.add(`${pinned.name}-${pinned.version}`);
    await npm('ci', '--omit=dev');
    const old = await oldNode();
    const { stdout, stderr, exitCode } = await start('event_handler.sh', [], old);
    expect(stderr).toContain('npm ended well, and has not installed Node');
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 });
    const admin = await start('bot.sh', [], old);
    expect(admin.stderr).toContain("error: Node.js 22.18 or newer is needed: 'node' of PATH is none");
    expect(admin.stderr).toMatch(/by module load for instance\. .* with npm in PATH run: '.*install-packages\.sh'$/);
    expect(admin.exitCode).toBe(2);
  });

  const fetched = () => registry.requests.filter((url) => url.endsWith(`${pinned.name}-${pinned.version}.tgz`)).length;

  it('is not fetched where the machine has a new one', async () => {
    expect(await start('event_handler.sh')).toMatchObject({ stdout: 'left 1.0.0 []', exitCode: 0 });
    expect([fetched(), await isThere('node_modules/@pinned')]).toEqual([0, false]);
  });

  it('is fetched when that of the machine is gone, and stays when it is back', async () => {
    await start('event_handler.sh');
    expect(await start('event_handler.sh', [], await oldNode())).toMatchObject({
      stdout: 'the pinned Node\nleft 1.0.0 []',
      exitCode: 0,
    });
    await writeLock('2.0.0');
    expect(await start('event_handler.sh')).toMatchObject({ stdout: 'left 2.0.0 []', exitCode: 0 });
    expect(await isThere(`node_modules/@pinned/${pinned.name}/bin/node`)).toBe(true);
  });

  it('is asked for in words where that of the machine is gone, with its npm', async () => {
    await start('event_handler.sh');
    const { stderr, exitCode } = await start('event_handler.sh', [], { PATH: await bareSystem() });
    expect(stderr).toMatch(
      /^error: Node\.js 22\.18 or newer is needed; 'node' of PATH is none \(is a module not loaded\?\)/,
    );
    expect(stderr).toContain('install Node.js with npm, or put it into PATH.');
    expect(exitCode).toBe(2);
  });

  it('is not the only package that is compared', async () => {
    registry.swapped.add('left-1.0.0');
    const { stdout, stderr, exitCode } = await start('event_handler.sh');
    expect(stderr).toContain('EINTEGRITY');
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 });
  });
});

describe('half an installation', () => {
  it.each([
    ['a killed npm left', () => rm(join(program, 'node_modules/.package-lock.json'))],
    [
      'from which a package is gone',
      () =>
        Promise.all(
          ['left', '.is-complete'].map((name) =>
            rm(join(program, 'node_modules', name), { recursive: true, force: true }),
          ),
        ),
    ],
  ])('that %s is replaced', async (_what, damage) => {
    await install();
    await damage();
    expect(await start('event_handler.sh')).toMatchObject({ stdout: 'left 1.0.0 []', exitCode: 0 });
  });

  it('that a killed launcher left aside is removed', async () => {
    await mkdir(join(program, '.packages/new.killed/node_modules'), { recursive: true });
    expect(await start('event_handler.sh')).toMatchObject({ exitCode: 0 });
    expect(await isThere('.packages/new.killed')).toBe(false);
  });
});

describe('an upgrade', () => {
  beforeEach(async () => {
    await install();
    await writeLock('2.0.0'); // what git pull does
    registry.requests.length = 0;
  });

  it('leaves a running daemon what it runs on until the new packages are complete', async () => {
    await writeLock('1.0.0');
    const running = start('job_manager.sh', ['wait']);
    await once(running.stdout, 'data');
    await writeLock('2.0.0');
    let meanwhile: unknown;
    registry.beforeArchive = async () => {
      meanwhile ??= await installed();
    };
    expect(await start('event_handler.sh')).toMatchObject({ stdout: 'left 2.0.0 []' });
    expect(meanwhile).toBe('1.0.0');
    running.stdin.write('\n');
    expect(await running).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('late ') });
  });

  it('goes back without npm, and forth again', async () => {
    await start('event_handler.sh');
    await writeLock('1.0.0'); // what git checkout of the version before does
    const back = await start('event_handler.sh', [], away);
    expect(back).toMatchObject({
      stdout: 'left 1.0.0 []',
      stderr: `The packages of this version were there: taken from '${join(program, '.packages/before')}'.`,
    });
    await writeLock('2.0.0');
    expect(await start('event_handler.sh', [], away)).toMatchObject({ stdout: 'left 2.0.0 []' });
  });

  it('takes what upgrade has installed beside, without npm; a link to other packages it leaves', async () => {
    const next = join(program, '.packages/next');
    await mkdir(next, { recursive: true });
    await symlink('../../node_modules', join(next, 'node_modules'));
    expect((await start('event_handler.sh', [], away)).exitCode).toBe(1);
    await rm(join(next, 'node_modules'));
    for (const name of ['package.json', 'package-lock.json', '.npmrc']) await cp(join(program, name), join(next, name));
    await execa('npm', ['ci', '--omit=dev'], { cwd: next, env: environment, extendEnv: false });
    expect(await start('event_handler.sh', [], away)).toMatchObject({
      stdout: 'left 2.0.0 []',
      stderr: `The packages of this version were there: taken from '${next}'.`,
    });
    expect(await isThere('.packages/before/node_modules/left')).toBe(true);
  });

  it('without the registry changes nothing, and says so', async () => {
    const { stderr, exitCode } = await start('event_handler.sh', [], away);
    expect(stderr).toContain(
      `'${program}/node_modules' is as it was; to go back to the version before, see docs/upgrading.md.`,
    );
    expect(exitCode).toBe(1);
    expect(await installed()).toBe('1.0.0');
  });

  it.each([
    [
      'nothing may be written',
      2,
      () => writeFile(join(program, '.packages'), ''),
      /may not be written to by this account. As its owner run: /,
    ],
    [
      'npm is too old',
      2,
      () => fakeNpm('6.14.12'),
      /npm 7 or newer is needed to install the bot's packages; this one is 6\.14\.12\./,
    ],
  ])('where %s is refused', async (_what, status, prepare, words) => {
    await prepare();
    const { stderr, exitCode } = await start('event_handler.sh');
    expect(stderr).toMatch(words);
    expect(exitCode).toBe(status);
    expect(await installed()).toBe('1.0.0');
  });

  const fakeNpm = async (version: string) =>
    await writeFile(join(directory, 'bin/npm'), `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });

  it('that only bot-admin has seen is told, and not installed', async () => {
    const { stdout, stderr } = await start('scripts/bot-admin', ['status']);
    expect(stdout).toBe('left 1.0.0 ["status"]');
    expect(stderr).toBe(
      `The packages in '${program}/node_modules' are not those of this version; to have them installed, run: '${program}/scripts/install-packages.sh'`,
    );
    expect(registry.requests).toEqual([]);
  });

  it('of a developer keeps the development packages', async () => {
    await mkdir(join(program, 'node_modules/vitest'));
    await start('event_handler.sh');
    expect(await isThere('node_modules/tester')).toBe(true);
  });
});

describe('in the environment of an account', () => {
  beforeEach(install);

  it.each<[string, Record<string, string>]>([
    ['CDPATH', { CDPATH: '/:/tmp' }],
    ['BASH_ENV that speaks, and breaks off', { BASH_ENV: '/dev/stdin', ENV: '/dev/stdin' }],
    [
      'functions called like commands',
      {
        'BASH_FUNC_cd%%': '() { echo gone; }',
        'BASH_FUNC_exec%%': '() { echo no; }',
        'BASH_FUNC_readlink%%': '() { echo /; }',
      },
    ],
    ['SHELLOPTS', { SHELLOPTS: 'nounset:noglob:errexit' }],
    [
      'npm settings of npm run',
      {
        npm_config_local_prefix: '/',
        npm_config_global: 'true',
        npm_config_package_lock: 'false',
        NODE_ENV: 'production',
      },
    ],
    [
      'GREP_OPTIONS, POSIXLY_CORRECT, a foreign locale',
      { GREP_OPTIONS: '--color=always', POSIXLY_CORRECT: '1', LANG: 'tr_TR.UTF-8' },
    ],
    ['NODE_OPTIONS that Node takes', { NODE_OPTIONS: '--max-old-space-size=500' }],
  ])('with %s it starts, and installs', async (_what, more) => {
    const run = () =>
      execa(join(program, 'event_handler.sh'), {
        cwd: directory,
        env: { ...environment, ...more },
        extendEnv: false,
        reject: false,
        input: 'echo spoken; exit 3\n',
      });
    expect(await run()).toMatchObject({ stdout: 'left 1.0.0 []', stderr: '', exitCode: 0 });
    await writeLock('2.0.0');
    expect(await run()).toMatchObject({ stdout: 'left 2.0.0 []', exitCode: 0 });
  });

  it('passes on what jobs want of it', async () => {
    const functions = { 'BASH_FUNC_module%%': '() { eval hello; }', CDPATH: '/x', BASH_ENV: '/y' };
    const { stdout } = await start('event_handler.sh', ['environment'], { ...functions, SHELLOPTS: 'xtrace' });
    const passedOn = JSON.parse(stdout.split('\n')[1] ?? '');
    expect(passedOn).toMatchObject({
      'BASH_FUNC_module%%': expect.stringContaining('eval hello'),
      CDPATH: '/x',
      BASH_ENV: '/y',
    });
    expect(passedOn).not.toHaveProperty('SHELLOPTS');
  });

  it('with NODE_OPTIONS that Node refuses it says so', async () => {
    const { stderr, exitCode } = await start('event_handler.sh', [], { NODE_OPTIONS: '--no-such-option' });
    expect(stderr).toMatch(
      /^error: Node does not start with NODE_OPTIONS='--no-such-option': .*not allowed in NODE_OPTIONS.* Mend or unset it\.$/s,
    );
    expect(exitCode).toBe(2);
  });

  it('with umask 077 it installs what it can run', async () => {
    await writeLock('2.0.0');
    const started = await execa('bash', ['-c', 'umask 077; exec "$0"', join(program, 'job_manager.sh')], {
      cwd: directory,
      env: environment,
      extendEnv: false,
    });
    expect(started.stdout).toBe('left 2.0.0 []');
  });

  it('through a link to the clone, and one to the launcher', async () => {
    await symlink(program, join(directory, 'current'));
    await symlink(join(directory, 'current/event_handler.sh'), join(directory, 'start'));
    expect((await execa(join(directory, 'start'), { env: environment, extendEnv: false })).stdout).toBe(
      'left 1.0.0 []',
    );
  });
});
