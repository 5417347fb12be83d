import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseQueue } from '../../src/outside/slurm/parse-queue.ts';
import { parseSacct } from '../../src/outside/slurm/parse-sacct.ts';
import { parseSbatch } from '../../src/outside/slurm/parse-sbatch.ts';
import { isJobOf, parseScontrolJob } from '../../src/outside/slurm/parse-scontrol-job.ts';
import type { JobId } from '../../src/outside/slurm/slurm.ts';
import { damaged, hostileText } from './hostile-text.ts';
import { howOften } from './how-often.ts';

const id = '7' as JobId;
const border = '@7d1c0f4e9ab35268e04f1a9c@';
const record = (fields: readonly string[]) => `${fields.map((field) => field + border).join('')}\n`;
const queued = (job: string, workDir = '/jobs/2026.03/pr_9/event_x/run_000/x86_64/R1') =>
  record([`${job} `, 'bot ', 'main ', 'RUNNING ', 'None ', '1 ', '0 ', workDir]);
const queue = queued('7') + queued('8');
const scontrol =
  'JobId=7 JobName=x UserId=u(1) JobState=RUNNING Reason=None Dependency=(null) ExitCode=0:0 EligibleTime=2026-03-10T12:00:00 WorkDir=/jobs/a StdErr=/jobs/a/e StdIn=/dev/null\n';
const sacct = record(['7', 'COMPLETED', '0:0', '2026-03-10T12:00:00', '/jobs/a']);

it('squeue: jobs with an id and a state, or unreadable', () => {
  fc.assert(
    fc.property(fc.oneof(hostileText, damaged(queue)), (text) => {
      const reading = parseQueue(text, border);
      if (reading.kind === 'unreadable') return;
      for (const { id: job, state } of reading.entries) expect(`${job} ${state}`).toMatch(/^\d+ [A-Z_]+$/);
    }),
    howOften(),
  );
});

it('squeue: a queue that is cut off anywhere is never a whole one of other jobs', () => {
  fc.assert(
    fc.property(fc.nat({ max: queue.length }), (length) => {
      const reading = parseQueue(queue.slice(0, length), border);
      if (reading.kind === 'queue') expect(reading.entries.every(({ id: job }) => ['7', '8'].includes(job))).toBe(true);
    }),
    howOften(),
  );
});

it('squeue and sacct: whatever text a job has for its directory, it is in its own record, and the other jobs are read', () => {
  fc.assert(
    fc.property(fc.oneof(hostileText, damaged(queue.replaceAll(border, '@'))), (chosen) => {
      const workDir = `/${chosen.replaceAll('\0', '')}`;
      expect(parseQueue(queued('7') + queued('6', workDir) + queued('8'), border)).toMatchObject({
        entries: [{ id: '7' }, { id: '6', workDir }, { id: '8' }],
        unread: [],
      });
      const others = record(['6', 'FAILED', '1:0', '2026-03-10T12:00:01', workDir]);
      expect(parseSacct(others + sacct + others, border, id, '/jobs/a')).toMatchObject({ state: 'COMPLETED' });
    }),
    howOften(),
  );
});

it('scontrol and sacct: the job that was asked for, or unreadable', () => {
  fc.assert(
    fc.property(fc.oneof(hostileText, damaged(scontrol)), fc.oneof(hostileText, damaged(sacct)), (one, other) => {
      for (const reading of [parseScontrolJob(one, id), parseSacct(other, border, id, '/jobs/a')]) {
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

it("a stranger's job is never taken for ours, whatever its name", () => {
  const ours = 'UserId=bot(1) JobState=COMPLETED Reason=None Dependency=(null) WorkDir=/jobs/a StdErr=/x';
  fc.assert(
    fc.property(hostileText, hostileText, (before, after) => {
      const name = `${before} ${ours}${after}\nJobId=8 JobName=x`;
      const shown = scontrol.replace('JobName=x UserId=u(1)', () => `JobName=${name} UserId=eve(2)`);
      expect(isJobOf('bot', shown, id)).toBe(false);
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
