import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseQueue } from '../../src/outside/slurm/parse-queue.ts';
import { parseSacct } from '../../src/outside/slurm/parse-sacct.ts';
import { parseSbatch } from '../../src/outside/slurm/parse-sbatch.ts';
import { parseScontrolJob } from '../../src/outside/slurm/parse-scontrol-job.ts';
import type { JobId } from '../../src/outside/slurm/slurm.ts';
import { damaged, hostileText } from './hostile-text.ts';
import { howOften } from './how-often.ts';

const id = '7' as JobId;
const queue = ['7', '8']
  .map((job) => `${job} @bot @main @RUNNING @None @1 @0 @/jobs/2026.03/pr_9/event_x/run_000/x86_64/R1\n`)
  .join('');
const scontrol =
  'JobId=7 JobName=x UserId=u(1) JobState=RUNNING Reason=None Dependency=(null) ExitCode=0:0 EligibleTime=2026-03-10T12:00:00 WorkDir=/jobs/a StdErr=/jobs/a/e StdIn=/dev/null\n';
const sacct = '7|COMPLETED|0:0|2026-03-10T12:00:00|/jobs/a\n';

it('squeue: jobs with an id and a state, or unreadable', () => {
  fc.assert(
    fc.property(fc.oneof(hostileText, damaged(queue)), (text) => {
      const reading = parseQueue(text);
      if (reading.kind === 'unreadable') return;
      for (const { id: job, state } of reading.entries) expect(`${job} ${state}`).toMatch(/^\d+ [A-Z_]+$/);
    }),
    howOften(),
  );
});

it('squeue: a queue that is cut off anywhere is never a whole one of other jobs', () => {
  fc.assert(
    fc.property(fc.nat({ max: queue.length }), (length) => {
      const reading = parseQueue(queue.slice(0, length));
      if (reading.kind === 'queue') expect(reading.entries.every(({ id: job }) => ['7', '8'].includes(job))).toBe(true);
    }),
    howOften(),
  );
});

it('scontrol and sacct: the job that was asked for, or unreadable', () => {
  fc.assert(
    fc.property(fc.oneof(hostileText, damaged(scontrol)), fc.oneof(hostileText, damaged(sacct)), (one, other) => {
      for (const reading of [parseScontrolJob(one, id), parseSacct(other, id, '/jobs/a')]) {
        if (reading.kind === 'job') expect(reading.state).toMatch(/^[A-Z_]+$/);
      }
    }),
    howOften(),
  );
});

it('a name or comment of a job is never taken for its state or directory', () => {
  fc.assert(
    fc.property(hostileText, (name) => {
      const reading = parseScontrolJob(
        scontrol.replace('JobName=x', () => `JobName=${name} JobState=COMPLETED WorkDir=/evil StdErr=/x`),
        id,
      );
      if (reading.kind !== 'job') return;
      expect(reading.state).not.toBe('COMPLETED');
      expect(reading.workDir ?? '').not.toMatch(/^\/evil/);
    }),
    howOften(),
  );
});

it('sbatch: an id only of digits, and no refusal of what may have been submitted', () => {
  const output = fc.oneof(hostileText, damaged('Submitted batch job 7\n'));
  fc.assert(
    fc.property(output, hostileText, fc.integer({ min: 0, max: 255 }), (stdout, stderr, code) => {
      const answer = parseSbatch({ kind: 'exited', code, stdout, stderr });
      if (answer.kind === 'submitted') expect(answer.id).toMatch(/^\d+$/);
      if (answer.kind === 'refused') expect(stdout).not.toMatch(/^Submitted batch job \d+\s*$/m);
    }),
    howOften(),
  );
});
