import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isSubmissionUnderWay } from './is-submission-under-way.ts';

let directory: string;
let other: ChildProcess | undefined;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'under-way-'));
});
afterEach(async () => {
  if (other?.kill()) await once(other, 'exit');
  await rm(directory, { recursive: true });
});

async function run(cwd: string, ...words: string[]): Promise<void> {
  other = spawn('sh', ['-c', 'echo; read line', ...words], { cwd, stdio: ['pipe', 'pipe', 'ignore'] });
  if (other.stdout !== null) await once(other.stdout, 'data');
}

it('a process in the directory whose last word is the script is the submission', async () => {
  await run(directory, 'sbatch', '--hold', '/bot/script');
  expect(await isSubmissionUnderWay({ directory, arguments: ['--hold', '/bot/script'] })).toBe(true);
});

it.each([
  ['nothing runs there', undefined],
  ['a shell stands there', ['sh']],
])('%s: it has ended', async (_, words) => {
  if (words !== undefined) await run(directory, ...words);
  expect(await isSubmissionUnderWay({ directory, arguments: ['--hold', '/bot/script'] })).toBe(false);
});

it('that of another directory is another one', async () => {
  await run(tmpdir(), 'sbatch', '/bot/script');
  expect(await isSubmissionUnderWay({ directory, arguments: ['/bot/script'] })).toBe(false);
});
