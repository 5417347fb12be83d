import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CasesSite, makeCasesSite } from './cases-site.ts';
import { ScriptedSlurm } from './scripted-slurm.ts';

// What `npm pack` makes, installed in an empty directory as somebody without a clone has it. Its packages are those of package-lock.json,
// so that a release of one of them on the day of a test changes nothing.

const root = join(import.meta.dirname, '../..');
const name = 'build-test-deploy-bot';
let directory: string;
let installed: string;
let story: CasesSite;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'package-'));
  installed = join(directory, 'installed');
  await mkdir(installed);
  const { stdout } = await execa('npm', ['pack', '--silent', '--pack-destination', directory], { cwd: root });
  await writeLock(`file:../${stdout.trim()}`);
  const words = ['ci', '--ignore-scripts', '--omit=dev', '--omit=optional', '--prefer-offline', '--no-audit'];
  await execa('npm', words, { cwd: installed });
  const slurm = await ScriptedSlurm.make(join(directory, 'slurm'));
  story = await makeCasesSite({ slurm: slurm.environment });
});
afterAll(async () => {
  if (story !== undefined) await run('bot.sh', 'stop');
  await story?.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

/** A project that wants the package alone, and every other one as this repository has it. */
async function writeLock(archive: string): Promise<void> {
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const { dependencies, optionalDependencies, bin } = manifest;
  const overrides = { ...manifest.overrides, '@octokit/types': dependencies['@octokit/types'] };
  const { '': _own, ...others } = lock.packages;
  const wants = { name: 'site', version: '1.0.0', dependencies: { [name]: archive }, overrides };
  const own = { version: '1.0.0', resolved: archive, dependencies, optionalDependencies, bin };
  const packages = { '': wants, [`node_modules/${name}`]: own, ...others };
  await writeFile(join(installed, 'package.json'), JSON.stringify(wants));
  await writeFile(join(installed, 'package-lock.json'), JSON.stringify({ ...lock, name: 'site', packages }));
}

/** As `npx PROGRAM` runs it. */
async function run(program: string, ...words: string[]) {
  const { exitCode, all } = await execa(join(installed, 'node_modules/.bin', program), words, {
    cwd: story.directory,
    env: { ...story.site.environment, GITHUB_APP_SECRET_TOKEN: 'a secret' },
    extendEnv: false,
    reject: false,
    all: true,
    stdin: 'ignore',
  });
  return { status: exitCode, output: all };
}

it('takes less than 60 MB with its packages, where the machine has a Node', async () => {
  // By what is in the files: what they take depends on the file system (58 MB where blocks have 4 kB).
  const { stdout } = await execa('du', ['-s', '--apparent-size', '--block-size=MB', join(installed, 'node_modules')]);
  expect(Number.parseInt(stdout, 10)).toBeLessThan(50);
});

it('holds what is needed to run and to read, and no test', async () => {
  const { stdout } = await execa('find', ['.', '-type', 'f'], { cwd: join(installed, 'node_modules', name) });
  const files = stdout.split('\n');
  expect(files).toEqual(expect.arrayContaining(['./LICENSE', './README.md', './app.cfg.example', './docs/index.md']));
  expect(
    files.filter((path) => /\.test\.ts$|fixtures|^\.\/(test|stand-ins|demo|bench|node_modules)\//.test(path)),
  ).toEqual([]);
});

describe('outside a clone', () => {
  it.each([
    ['bot.sh', ['--version'], 0, /^1\.0\.0$/],
    [name, ['--help'], 0, /^Usage: bot\.sh /],
    ['bot.sh', ['check'], 0, /^Configuration check: PASSED$/m],
    ['event_handler.sh', ['--help'], 0, /^Usage: event_handler\.sh /],
    ['job_manager.sh', ['--help'], 0, /^Usage: job_manager\.sh /],
    ['eessi-upload-to-staging', ['--help'], 0, /^Usage: eessi-upload-to-staging /],
    ['sign_verify_file_ssh.sh', ['--help'], 0, /^Usage: sign_verify_file_ssh\.sh /],
    ['cleanup_pr.sh', ['--help'], 0, /^Usage: cleanup_pr\.sh /],
    ['bot.sh', ['upgrade'], 2, /is no clone of git: .*npm install --global --ignore-scripts/],
  ])('%s %j ends with %i', async (program, words, status, says) => {
    const result = await run(program, ...words);
    expect(result.output).toMatch(says);
    expect(result.status).toBe(status);
  });

  it('both daemons run', async () => {
    const started = await run('bot.sh', 'start', '--event-handler-opts', '--port 0');
    expect(started.output.match(/^Started: /gm)).toHaveLength(2);
    expect((await run('bot.sh', 'doctor', '--json')).output).toContain('"machine/node"');
    const stopped = await run('bot.sh', 'stop');
    expect(stopped.status).toBe(0);
  });

  it('a trace of the stack names the lines of the sources', async () => {
    const main = join(installed, 'node_modules', name, 'src/upload-to-staging/main.ts');
    const text = await readFile(main, 'utf8');
    await writeFile(main, `interface Types {\n  readonly take: 'lines';\n}\nthrow new Error('here');\n`);
    const { output } = await run('eessi-upload-to-staging');
    await writeFile(main, text);
    expect(output).toContain('upload-to-staging/main.ts:4:7');
  });

  it('runs as npm installs it for all, its packages below it', async () => {
    const global = join(directory, 'lib/node_modules');
    await mkdir(global, { recursive: true });
    await rename(join(installed, 'node_modules', name), join(global, name));
    await rename(join(installed, 'node_modules'), join(global, name, 'node_modules'));
    const { stdout } = await execa(join(global, name, 'bot.sh'), ['--version'], { cwd: directory });
    expect(stdout).toBe('1.0.0');
  });
});
