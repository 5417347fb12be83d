import { expect, it } from 'vitest';
import type { JobId, QueueReading } from '../../outside/slurm/slurm.ts';
import { planAfterAsking, planTransitions } from './plan-transitions.ts';

function queue(slurm: string | undefined): QueueReading {
  if (slurm === undefined) return { kind: 'queue', entries: [] };
  const [state = '', reason = 'None'] = slurm.split(' ');
  const entry = { id: '7' as JobId, cluster: '', partition: 'main', state, reason, workDir: '/jobs/7' };
  return { kind: 'queue', entries: [entry] };
}
const kinds = (phase: string, reading: QueueReading, handover = 'hold_release') =>
  planTransitions([{ id: '7', phase: phase as 'submitted' }], reading, handover as 'hold_release')
    .get('7')
    ?.map((transition) => (transition.kind === 'finished' ? `finished ${transition.state}` : transition.kind));

it.each`
  phase          | slurm                     | handover           | transitions
  ${'submitted'} | ${'PENDING JobHeldUser'}  | ${'hold_release'}  | ${['release']}
  ${'submitted'} | ${'PENDING JobHeldUser'}  | ${'delayed_begin'} | ${['release']}
  ${'submitted'} | ${'PENDING JobHeldAdmin'} | ${'hold_release'}  | ${[]}
  ${'submitted'} | ${'PENDING Resources'}    | ${'hold_release'}  | ${['released']}
  ${'submitted'} | ${'PENDING BeginTime'}    | ${'delayed_begin'} | ${['received']}
  ${'submitted'} | ${'RUNNING'}              | ${'delayed_begin'} | ${['received', 'running']}
  ${'submitted'} | ${'CANCELLED'}            | ${'hold_release'}  | ${['finished CANCELLED']}
  ${'released'}  | ${'PENDING Priority'}     | ${'hold_release'}  | ${[]}
  ${'released'}  | ${'PENDING JobHeldUser'}  | ${'hold_release'}  | ${[]}
  ${'released'}  | ${'CONFIGURING'}          | ${'hold_release'}  | ${[]}
  ${'released'}  | ${'RUNNING'}              | ${'hold_release'}  | ${['running']}
  ${'released'}  | ${'COMPLETED'}            | ${'hold_release'}  | ${['finished COMPLETED']}
  ${'released'}  | ${undefined}              | ${'hold_release'}  | ${['ask']}
  ${'running'}   | ${'RUNNING'}              | ${'hold_release'}  | ${[]}
  ${'running'}   | ${'COMPLETING'}           | ${'hold_release'}  | ${[]}
  ${'running'}   | ${'SUSPENDED'}            | ${'hold_release'}  | ${[]}
  ${'running'}   | ${'PENDING BeginTime'}    | ${'hold_release'}  | ${[]}
  ${'running'}   | ${'TIMEOUT TimeLimit'}    | ${'hold_release'}  | ${['finished TIMEOUT']}
  ${'running'}   | ${undefined}              | ${'hold_release'}  | ${['ask']}
  ${'finished'}  | ${undefined}              | ${'hold_release'}  | ${[]}
`('recorded $phase, Slurm says $slurm, $handover: $transitions', ({ phase, slurm, handover, transitions }) => {
  expect(kinds(phase, queue(slurm), handover)).toEqual(transitions);
});

it('concludes nothing from a queue that could not be read', () => {
  expect(kinds('running', { kind: 'unreadable', why: 'squeue was killed' })).toBeUndefined();
});

it.each`
  what                                            | reading                                                   | end          | times | outcome
  ${'scontrol still knows how it ended'}          | ${{ kind: 'job', state: 'TIMEOUT', reason: 'TimeLimit' }} | ${undefined} | ${0}  | ${'TIMEOUT'}
  ${'scontrol says that it runs'}                 | ${{ kind: 'job', state: 'RUNNING', reason: 'None' }}      | ${undefined} | ${0}  | ${'wait'}
  ${'scontrol fails'}                             | ${{ kind: 'unreadable', why: 'no answer' }}               | ${{}}        | ${9}  | ${'wait'}
  ${'purged, but the job script came to its end'} | ${{ kind: 'unknown' }}                                    | ${{}}        | ${0}  | ${''}
  ${'purged, and no trace, for the second time'}  | ${{ kind: 'unknown' }}                                    | ${undefined} | ${2}  | ${'wait'}
  ${'purged, and no trace, for the third time'}   | ${{ kind: 'unknown' }}                                    | ${undefined} | ${3}  | ${'VANISHED'}
`('$what: $outcome', ({ reading, end, times, outcome }) => {
  const after = planAfterAsking(reading, end, times);
  expect(after.kind === 'finished' ? after.state : after.kind).toBe(outcome);
});
