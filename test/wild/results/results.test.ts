import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMetadata } from '../../../src/jobs/metadata.ts';
import { type JobReport, readResult, readTest } from '../../../src/jobs/results.ts';
import type { JobId } from '../../../src/outside/slurm/slurm.ts';
import { metadata, reports } from './rows.ts';

const id = '4682' as JobId;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wild-results-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** What is read of a text under a name. */
async function read(name: 'result' | 'test', text: string | Buffer): Promise<JobReport> {
  await writeFile(join(directory, `_bot_job${id}.${name}`), text);
  return await (name === 'result' ? readResult : readTest)(directory, id);
}

describe('what jobs say of themselves', () => {
  it.each(reports)('$what ($seen)', async ({ name, text, report }) => {
    expect(await read(name, text)).toEqual({ artefacts: [], ...report });
  });
});

describe('whose a job is', () => {
  it.each(metadata)('$what ($seen)', async ({ text, outcome }) => {
    await writeFile(join(directory, `_bot_job${id}.metadata`), text);
    expect(await readMetadata(directory, id)).toMatchObject(outcome);
  });
});
