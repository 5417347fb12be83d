import { chmod, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runProgram } from './run-program.ts';

const environment = { PATH: '/usr/bin:/bin' };
const bash = (script: string) => ({ program: 'bash', arguments: ['-c', script] });

let directory: string;
beforeAll(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'run-program-')));
});
afterAll(() => rm(directory, { recursive: true }));

it('gives exit status and both outputs, unchanged', async () => {
  expect(await runProgram(bash('echo out; echo err >&2; exit 3'), { environment })).toEqual({
    kind: 'exited',
    code: 3,
    stdout: 'out\n',
    stderr: 'err\n',
  });
});

it('passes arguments as they are: nothing is a shell word', async () => {
  const words = ['a b', '$HOME', ';ls', '`id`', '', '*'];
  const result = await runProgram({ program: 'printf', arguments: ['<%s>', ...words] }, { environment });
  expect(result).toMatchObject({ stdout: words.map((word) => `<${word}>`).join('') });
});

it('gives the environment it was given and the words of the command, and nothing of ours', async () => {
  const command = { program: 'env', arguments: [], environment: { FOO: '1', PATH: '/bin' } };
  expect(await runProgram(command, { environment: { ...environment, BAR: '2' } })).toMatchObject({
    stdout: 'PATH=/bin\nBAR=2\nFOO=1\n',
  });
});

it('runs in the directory and reads the input', async () => {
  const result = await runProgram(bash('pwd; cat'), { environment, cwd: directory, input: 'text' });
  expect(result).toMatchObject({ kind: 'exited', stdout: `${directory}\ntext` });
});

it('has an empty standard input otherwise', async () => {
  expect(await runProgram({ program: 'cat', arguments: [] }, { environment })).toMatchObject({ code: 0, stdout: '' });
});

it('names the signal of a program that was killed', async () => {
  const result = await runProgram(bash('echo before; kill -SEGV $$'), { environment });
  expect(result).toMatchObject({ kind: 'killed', signal: 'SIGSEGV', stdout: 'before\n' });
});

/** Enough for a busy machine to print what the script prints first. */
const timeoutMilliseconds = 2_000;

it('ends the whole process group at the time-out, also what does not listen to SIGTERM', async () => {
  const script = 'trap "" TERM; (trap "" TERM; echo $BASHPID; exec sleep 60) & echo $$; wait; wait; sleep 60';
  const result = await runProgram(bash(script), { environment, timeoutMilliseconds });
  expect(result).toMatchObject({ kind: 'timed-out', milliseconds: timeoutMilliseconds });
  const pids = 'stdout' in result ? result.stdout.trim().split('\n').map(Number) : [];
  expect(pids).toHaveLength(2);
  for (const pid of pids) await expect.poll(() => isGone(pid)).toBe(true);
});

it('does not wait for a descendant that left the group and holds the pipe', async () => {
  const script = 'setsid bash -c "echo \\$\\$; exec sleep 60" & wait';
  const result = await runProgram(bash(script), { environment, timeoutMilliseconds });
  expect(result).toMatchObject({ kind: 'timed-out', stdout: expect.stringMatching(/^[1-9]\d*\n$/) });
  if ('stdout' in result) process.kill(Number(result.stdout), 'SIGKILL');
});

it('ends with this process what it runs, and lets signals end this process', async () => {
  const printed = join(directory, 'pid');
  const script = `
    import { existsSync } from 'node:fs';
    import { runProgram } from ${JSON.stringify(join(import.meta.dirname, 'run-program.ts'))};
    const program = { program: 'bash', arguments: ['-c', 'echo $$ >${printed}.new; mv ${printed}.new ${printed}; exec sleep 60'] };
    void runProgram(program, { environment: ${JSON.stringify(environment)} });
    setInterval(() => existsSync('${printed}') && process.exit(process.listenerCount('SIGABRT')), 10);`;
  const node = {
    program: process.execPath,
    arguments: ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script],
  };
  expect(await runProgram(node, { environment })).toEqual({ kind: 'exited', code: 0, stdout: '', stderr: '' });
  const pid = Number(await readFile(printed, 'utf8'));
  await expect.poll(() => isGone(pid)).toBe(true);
});

it('ends a program that prints too much, and keeps the beginning', async () => {
  const result = await runProgram({ program: 'yes', arguments: [] }, { environment, maxBuffer: 10 });
  expect(result).toMatchObject({ kind: 'too-much-output', stdout: 'y\ny\ny\ny\ny\n' });
});

it('says in a sentence why a program was not run', async () => {
  const unexecutable = join(directory, 'text');
  await writeFile(unexecutable, 'text');
  await chmod(unexecutable, 0o644);
  expect(await runProgram({ program: 'no-such', arguments: [] }, { environment })).toEqual({
    kind: 'not-started',
    code: 'ENOENT',
    message: '`no-such` was not run: there is no such program; check its path, or PATH',
  });
  expect(await runProgram({ program: unexecutable, arguments: [] }, { environment })).toMatchObject({
    kind: 'not-started',
    code: 'EACCES',
    message: `\`${unexecutable}\` was not run: it may not be executed; check its permissions`,
  });
  expect(await runProgram(bash('true'), { environment, cwd: join(directory, 'none') })).toMatchObject({
    kind: 'not-started',
    message: `\`bash\` was not run: there is no directory ${join(directory, 'none')}`,
  });
});

/** A killed orphan stays a zombie until init reaps it: that counts as gone. */
async function isGone(pid: number): Promise<boolean> {
  const state = await runProgram({ program: 'ps', arguments: ['-o', 'stat=', '-p', String(pid)] }, { environment });
  return state.kind === 'exited' && (state.stdout.trim() === '' || state.stdout.startsWith('Z'));
}
