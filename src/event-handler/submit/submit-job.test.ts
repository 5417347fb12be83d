import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type JobRecord, readJobRecord } from '../../jobs/job-record.ts';
import type { Tools } from '../tools.ts';
import { type OpenRecord, submitJob } from './submit-job.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'submit-job-'));
});
afterEach(() => rm(directory, { recursive: true }));

const prepared: JobRecord = {
  version: 1,
  repository: { owner: 'O', name: 'R' },
  pullRequest: 9,
  submission: { kind: 'prepared' },
  comment: { kind: 'none' },
  phase: 'submitted',
  rows: [],
  rowsSent: 0,
};

/** A Slurm that is too busy to answer the first sbatches, and never shows their jobs. */
function busySlurm(unanswered = 1) {
  let submitted = 0;
  const clock = { wall: Date.parse('2026-03-10T12:00:00Z'), monotonic: 0 };
  const tools = {
    settings: { build: { submit: { program: 'sbatch', words: [] } } },
    slurm: {
      submit: async () =>
        ++submitted <= unanswered ? { kind: 'unsure', message: 'timed out' } : { kind: 'submitted', id: '7' },
      isSubmissionUnderWay: async () => false,
      readQueue: async () => ({ kind: 'queue', entries: [] }),
      showJobsIn: async () => ({ kind: 'jobs', jobs: [] }),
    },
    now: () => new Date(clock.wall),
    monotonic: () => clock.monotonic,
    log: pino({ level: 'silent' }),
  } as unknown as Tools;
  const attempt = async () => {
    const reading = await readJobRecord(directory);
    const record = reading.kind === 'record' ? reading.record : prepared;
    await submitJob(directory, record as OpenRecord, { arguments: [] }, tools).catch(() => undefined);
    return submitted;
  };
  return { clock, attempt };
}

it.each`
  clock                                         | stepSeconds       | waitedSeconds | submitted
  ${'goes right, and half a minute has passed'} | ${0}              | ${31}         | ${2}
  ${'goes right, and it has not'}               | ${0}              | ${29}         | ${1}
  ${'is set eight days ahead'}                  | ${8 * 86_400}     | ${29}         | ${1}
  ${'is set eight days back'}                   | ${-8 * 86_400}    | ${31}         | ${2}
  ${'is set to 1970'}                           | ${-1_770_000_000} | ${31}         | ${2}
`(
  'submits again what Slurm may take late: the clock $clock: $submitted',
  async ({ stepSeconds, waitedSeconds, submitted }) => {
    const { clock, attempt } = busySlurm();
    expect(await attempt()).toBe(1);
    clock.wall += stepSeconds * 1000;
    expect(await attempt()).toBe(1);
    clock.wall += waitedSeconds * 1000;
    clock.monotonic += waitedSeconds * 1000;
    expect(await attempt()).toBe(submitted);
  },
);

it('looks for the job of a second sbatch that was not answered as long as for that of the first', async () => {
  const { clock, attempt } = busySlurm(2);
  const after = async (seconds: number) => {
    clock.monotonic += seconds * 1000;
    return await attempt();
  };
  expect([await after(0), await after(0), await after(31)]).toEqual([1, 1, 2]);
  expect([await after(1), await after(29), await after(2)]).toEqual([2, 2, 3]);
});
