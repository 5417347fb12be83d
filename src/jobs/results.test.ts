import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JobId } from '../outside/slurm/slurm.ts';
import { readResult } from './results.ts';

const id = '7' as JobId;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'results-'));
});
afterAll(() => rm(directory, { recursive: true }));

const result = async (artefacts: number) => {
  const names = Array.from({ length: artefacts }, (_, index) => `  a-${index}.tar`);
  await writeFile(
    join(directory, '_bot_job7.result'),
    `[RESULT]\nstatus = SUCCESS\ncomment_description = fine\nartefacts =\n${names.join('\n')}\n`,
  );
  return await readResult(directory, id);
};

it.each([1, 1_000])('%i artefacts', async (count) => {
  const { artefacts, ...rest } = await result(count);
  expect([artefacts.length, rest]).toEqual([count, { status: 'SUCCESS', description: 'fine' }]);
});

it('a result that names more than anybody builds is not believed', async () => {
  expect(await result(1_001)).toEqual({
    description: '`_bot_job7.result` names 1001 artefacts; it is not believed, since 1000 are the most',
    artefacts: [],
  });
});
