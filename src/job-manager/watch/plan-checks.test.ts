import { expect, it } from 'vitest';
import type { CheckMark, JobRecord } from '../../jobs/job-record.ts';
import type { JobId } from '../../outside/slurm/slurm.ts';
import { planCheck } from './plan-checks.ts';

const record = (check: CheckMark | undefined, change: Partial<JobRecord> = {}): JobRecord => ({
  version: 1,
  repository: { owner: 'O', name: 'R' },
  pullRequest: 9,
  commit: 'a'.repeat(40),
  target: { repositoryId: 'R1', nodeType: 'cpu', architecture: 'zen2' },
  submission: { kind: 'submitted', id: '7' as JobId, cluster: '', at: '2026-03-10T11:00:00Z' },
  comment: { kind: 'silent' },
  phase: 'running',
  rows: [],
  rowsSent: 0,
  ...(check && { check }),
  ...change,
});
const none = undefined;
const run = (shows: 'queued' | 'running') => ({ kind: 'check run', id: 5, shows }) as const;
const status = (shows: 'queued' | 'running') => ({ kind: 'commit status', shows }) as const;
const impossible = { kind: 'impossible' } as const;

it.each`
  what                                        | check               | wanted        | mayTry        | plan
  ${'a job of which nothing is shown'}        | ${none}             | ${'runs'}     | ${'runs'}     | ${'find or create check run'}
  ${'one that is shown as it is'}             | ${run('running')}   | ${'runs'}     | ${'runs'}     | ${'leave it'}
  ${'one that is shown as it was'}            | ${run('queued')}    | ${'runs'}     | ${'runs'}     | ${'update check run'}
  ${'one that cannot be shown'}               | ${impossible}       | ${'both'}     | ${'both'}     | ${'leave it'}
  ${'nothing is wanted'}                      | ${none}             | ${'nothing'}  | ${'both'}     | ${'leave it'}
  ${'runs are wanted no more'}                | ${run('queued')}    | ${'statuses'} | ${'both'}     | ${'leave it'}
  ${'runs are not permitted'}                 | ${none}             | ${'runs'}     | ${'statuses'} | ${'leave it'}
  ${'runs are not permitted, but statuses'}   | ${none}             | ${'both'}     | ${'statuses'} | ${'set commit status'}
  ${'both are permitted'}                     | ${none}             | ${'both'}     | ${'both'}     | ${'find or create check run'}
  ${'statuses alone are wanted'}              | ${none}             | ${'statuses'} | ${'both'}     | ${'set commit status'}
  ${'neither is permitted'}                   | ${none}             | ${'both'}     | ${'nothing'}  | ${'leave it'}
  ${'began as a status, runs are permitted'}  | ${status('queued')} | ${'both'}     | ${'both'}     | ${'set commit status'}
  ${'began as a run, not permitted any more'} | ${run('queued')}    | ${'both'}     | ${'statuses'} | ${'leave it'}
`('$what: $plan', ({ check, wanted, mayTry, plan }) => {
  const has = (which: string, of: string) => [which, 'both'].includes(of);
  const control = { checkRuns: has('runs', wanted), commitStatus: has('statuses', wanted) };
  const planned = planCheck(record(check), control, (way) => has(way === 'check run' ? 'runs' : 'statuses', mayTry));
  expect(
    planned.kind === 'check run'
      ? `${planned.id === undefined ? 'find or create' : 'update'} check run`
      : planned.kind === 'commit status'
        ? 'set commit status'
        : planned.kind,
  ).toBe(plan);
});

it.each`
  what                                      | change                                                | shows
  ${'a job that waits'}                     | ${{ phase: 'submitted' }}                             | ${'queued'}
  ${'one that may start'}                   | ${{ phase: 'released' }}                              | ${'queued'}
  ${'one that runs'}                        | ${{ phase: 'running' }}                               | ${'running'}
  ${'one that has ended'}                   | ${{ phase: 'finished', ended: 'timed out' }}          | ${'timed out'}
  ${'one of which it is not known how'}     | ${{ phase: 'finished' }}                              | ${undefined}
  ${'one that was not submitted'}           | ${{ submission: { kind: 'refused', message: 'no' } }} | ${undefined}
  ${'one without a commit'}                 | ${{ commit: undefined }}                              | ${undefined}
  ${'one of which the target is not known'} | ${{ target: { repositoryId: 'R1' } }}                 | ${undefined}
`('$what shows $shows', ({ change, shows }) => {
  const planned = planCheck(record(undefined, change), { checkRuns: true, commitStatus: false }, () => true);
  expect('shows' in planned ? planned.shows : undefined).toBe(shows);
});
