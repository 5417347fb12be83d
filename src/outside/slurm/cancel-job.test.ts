import { expect, it } from 'vitest';
import { cancelWords, readCancel } from './cancel-job.ts';
import { jobState } from './job-state.ts';
import { type JobId, type JobReading, whyNotToCancel } from './slurm.ts';

const job = { id: '7' as JobId, cluster: 'c1', directory: '/jobs/7', partition: '', state: '', reason: '' };
const reading = (state: string, reason = 'None'): JobReading => ({
  kind: 'job',
  ...{ state, reason, is: jobState({ state, reason }) },
});

it.each`
  says                                           | reads                                       | answer
  ${'that it is held'}                           | ${reading('PENDING', 'JobHeldUser')}        | ${undefined}
  ${'that it waits'}                             | ${reading('PENDING', 'Resources')}          | ${undefined}
  ${'that it runs'}                              | ${reading('RUNNING')}                       | ${undefined}
  ${'that it ends, or goes back into the queue'} | ${reading('COMPLETING')}                    | ${undefined}
  ${'that it has completed'}                     | ${reading('COMPLETED')}                     | ${{ kind: 'ended', end: { how: 'completed', reason: 'None' } }}
  ${'that it was cancelled'}                     | ${reading('CANCELLED')}                     | ${{ kind: 'ended', end: { how: 'cancelled', reason: 'None' } }}
  ${'that no job of that directory is there'}    | ${{ kind: 'unknown' }}                      | ${{ kind: 'ended' }}
  ${'nothing that can be read'}                  | ${{ kind: 'unreadable', why: 'timed out' }} | ${{ kind: 'unavailable', message: 'timed out' }}
  ${'nothing of it'}                             | ${undefined}                                | ${{ kind: 'unavailable', message: 'Slurm says nothing of it' }}
`('a job of which Slurm says $says is not cancelled for this reason: $answer', ({ reads, answer }) => {
  expect(whyNotToCancel(reads)).toEqual(answer);
});

const command = (...words: string[]) => ({ environment: {}, program: 'x', arguments: words });

it.each`
  poll                    | cancel       | words
  ${[]}                   | ${undefined} | ${['--verbose', '7']}
  ${['--clusters=c1,c2']} | ${undefined} | ${['--verbose', '--clusters=c1', '7']}
  ${['-M', 'all']}        | ${['-n']}    | ${['--verbose', '--clusters=c1', '7']}
  ${['--clusters=c1,c2']} | ${['-Mc1']}  | ${['--verbose', '7']}
`('scancel is given $words where squeue is given $poll and scancel $cancel', ({ poll, cancel, words }) => {
  expect(cancelWords({ poll: command(...poll), ...(cancel && { cancel: command(...cancel) }) }, job)).toEqual(words);
});

it.each`
  result                                                                      | kind
  ${{ kind: 'not-started', code: 'ENOENT', message: 'scancel is not found' }} | ${'refused'}
  ${{ kind: 'not-started', code: 'EAGAIN', message: 'no process' }}           | ${'unavailable'}
  ${{ kind: 'timed-out', milliseconds: 30_000, stdout: '', stderr: '' }}      | ${'unavailable'}
  ${{ kind: 'killed', signal: 'SIGKILL', stdout: '', stderr: '' }}            | ${'unavailable'}
`('a scancel that comes to no end, $result: $kind', ({ result, kind }) => {
  expect(readCancel(result).kind).toBe(kind);
});
