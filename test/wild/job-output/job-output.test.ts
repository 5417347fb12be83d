import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findCommands } from '../../../src/event-handler/comment/find-commands.ts';
import { readJobOutput } from '../../../src/jobs/job-output.ts';
import { asComment } from '../../../src/messages/comment.ts';
import { foldedOutput } from '../../../src/messages/job-output.ts';
import { parseJobTable } from '../../../src/messages/job-table.ts';
import type { JobId } from '../../../src/outside/slurm/slurm.ts';
import { dialects } from '../../../src/settings/dialects.ts';
import { whatGitHubMakes } from '../foreign-texts/what-github-makes.ts';
import { outputs } from './rows.ts';

const id = '4682' as JobId;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wild-output-'));
});
afterAll(() => rm(directory, { recursive: true }));

const table = '|date|job status|comment|\n|----|----------|----|\n|now|finished|built|';

it.each(outputs)('$what ($seen)', async ({ text, count = 20, lines }) => {
  await writeFile(join(directory, `slurm-${id}.out`), text);
  const output = await readJobOutput({ id, directory }, count, []);
  expect(output).toEqual({ kind: 'lines', lines });
  const below = foldedOutput(id, lines, 20_000);
  const comment = asComment(`${table}\n\n${below}`);
  // Programs read the rows from the first bar to the last one, or the lines that begin with a bar.
  expect(comment.slice(0, comment.lastIndexOf('|') + 1)).toBe(table);
  expect(parseJobTable(comment).rows).toEqual([{ date: 'now', state: 'finished', text: 'built' }]);
  expect(findCommands(comment, dialects['9'])).toEqual([]);
  expect(comment.split('\n').filter((line) => /^\s*bot:/.test(line))).toEqual([]);
  // Nothing but the block that it is in; a mention in text would be one.
  expect(comment.slice(table.length).match(/<\/?\w+/g)).toEqual([
    '<details',
    '<summary',
    '<code',
    '</code',
    '</summary',
    '<pre',
    '</pre',
    '</details',
  ]);
  expect(whatGitHubMakes(comment).filter((effect) => !effect.startsWith('html'))).toEqual([]);
  expect(comment).not.toMatch(/@(?=\w)/);
});
