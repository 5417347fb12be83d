import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runProgram } from '../../src/outside/processes/run-program.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'locked-'));
});
afterAll(() => rm(directory, { recursive: true }));

// Inside the lock a file is made that must not be there: two at a time fail.
const program = `
  import { closeSync, openSync, rmSync } from 'node:fs';
  import { locked } from ${JSON.stringify(new URL('./locked.ts', import.meta.url).href)};
  const [directory, times, end] = process.argv.slice(1);
  const marker = directory + '/inside';
  for (let time = 0; time < Number(times); time++)
    locked(directory, () => {
      closeSync(openSync(marker, 'wx'));
      for (const until = Date.now() + 1; Date.now() < until; );
      rmSync(marker);
      if (end === 'killed') process.kill(process.pid, 'SIGKILL');
    });
`;

async function run(times: number, end: 'exits' | 'killed') {
  const words = ['--input-type=module', '-e', program, directory, String(times), end];
  const result = await runProgram({ program: process.execPath, arguments: words }, { environment: {} });
  return result.kind === 'exited' ? `${result.code} ${result.stderr}` : result.kind;
}

async function runOneAfterTheOther(count: number) {
  const ends: string[] = [];
  for (let at = 0; at < count; at++) ends.push(await run(1, at % 2 === 0 ? 'exits' : 'killed'));
  return ends;
}

it('lets one in at a time, though holders end at once or are killed inside', async () => {
  const [long, short] = await Promise.all([
    Promise.all([1, 2, 3, 4].map(() => run(500, 'exits'))),
    Promise.all([1, 2, 3].map(() => runOneAfterTheOther(10))),
  ]);
  expect(long).toEqual(['0 ', '0 ', '0 ', '0 ']);
  const expected = Array.from({ length: 10 }, (_, at) => (at % 2 === 0 ? '0 ' : 'killed'));
  expect(short).toEqual([expected, expected, expected]);
});
