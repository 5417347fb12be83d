import { expect, it } from 'vitest';
import { exampleSettings } from '../../../test/example-settings.ts';
import { jobState } from '../../outside/slurm/job-state.ts';
import type { JobId, QueueReading } from '../../outside/slurm/slurm.ts';
import { type JobChange, planFacts, planJob, planLooks } from './plan-job.ts';

const now = new Date('2026-03-10T12:00:00Z');
const directory = '/jobs/2026.03/pr_9/event_a/run_000/x86_64/R1';
const entry = (slurm: string, workDir = directory, cluster = '') => {
  const [state = '', reason = 'None'] = slurm.split(' ');
  return { id: '7' as JobId, cluster, partition: 'main', state, reason, workDir, is: jobState({ state, reason }) };
};
const queue = (slurm: string | undefined): QueueReading => ({
  kind: 'queue',
  entries: slurm === undefined ? [] : [entry(slurm)],
});
const kinds = (
  phase: string,
  reading: QueueReading,
  handoverProtocol = 'hold_release',
  asked?: { timesAsked: number; ago: number },
) => {
  const at = new Date(now.getTime() - (asked?.ago ?? 0) * 1000).toISOString();
  const known = {
    id: '7' as JobId,
    directory,
    cluster: '',
    phase: phase as 'submitted',
    ...(asked && { asked: { times: asked.timesAsked, at, timesUnknown: 0 } }),
  };
  const circumstances = { handoverProtocol: handoverProtocol as 'hold_release', now, pollIntervalSeconds: 60 };
  const { entry, ask } = planLooks(reading, circumstances)(known);
  const changes = planJob(known, { ...(entry && { entry }) }, circumstances).map(told);
  return ask === 'what became of it' ? ['ask', ...changes] : changes;
};
const told = (change: JobChange) => {
  if (change.kind === 'asked') return 'found';
  return change.kind === 'finished' ? `finished ${change.end.how.toUpperCase().replaceAll(' ', '_')}` : change.kind;
};

it.each`
  phase          | slurm                     | handoverProtocol   | transitions
  ${'submitted'} | ${'PENDING JobHeldUser'}  | ${'hold_release'}  | ${['release']}
  ${'submitted'} | ${'PENDING JobHeldUser'}  | ${'delayed_begin'} | ${['release']}
  ${'submitted'} | ${'PENDING JobHeldAdmin'} | ${'hold_release'}  | ${[]}
  ${'submitted'} | ${'PENDING Resources'}    | ${'hold_release'}  | ${['released']}
  ${'submitted'} | ${'PENDING BeginTime'}    | ${'delayed_begin'} | ${['received']}
  ${'submitted'} | ${'RUNNING'}              | ${'delayed_begin'} | ${['received', 'running']}
  ${'submitted'} | ${'CANCELLED'}            | ${'hold_release'}  | ${['ask']}
  ${'submitted'} | ${'DEADLINE'}             | ${'hold_release'}  | ${['finished DEADLINE']}
  ${'released'}  | ${'PENDING Priority'}     | ${'hold_release'}  | ${[]}
  ${'released'}  | ${'PENDING JobHeldUser'}  | ${'hold_release'}  | ${[]}
  ${'released'}  | ${'CONFIGURING'}          | ${'hold_release'}  | ${[]}
  ${'released'}  | ${'RUNNING'}              | ${'hold_release'}  | ${['running']}
  ${'released'}  | ${'COMPLETED'}            | ${'hold_release'}  | ${['finished COMPLETED']}
  ${'released'}  | ${undefined}              | ${'hold_release'}  | ${['ask']}
  ${'running'}   | ${'RUNNING'}              | ${'hold_release'}  | ${[]}
  ${'running'}   | ${'PENDING BeginTime'}    | ${'hold_release'}  | ${[]}
  ${'running'}   | ${'PENDING JobHeldUser'}  | ${'hold_release'}  | ${[]}
  ${'running'}   | ${'TIMEOUT TimeLimit'}    | ${'hold_release'}  | ${['finished TIMEOUT']}
  ${'running'}   | ${undefined}              | ${'hold_release'}  | ${['ask']}
  ${'finished'}  | ${undefined}              | ${'hold_release'}  | ${[]}
`(
  'recorded $phase, Slurm says $slurm, $handoverProtocol: $transitions',
  ({ phase, slurm, handoverProtocol, transitions }) => {
    expect(kinds(phase, queue(slurm), handoverProtocol)).toEqual(transitions);
  },
);

it.each('COMPLETED FAILED TIMEOUT OUT_OF_MEMORY NODE_FAIL PREEMPTED BOOT_FAIL DEADLINE'.split(' '))(
  '%s is an end',
  (state) => {
    expect(kinds('running', queue(state))).toEqual([`finished ${state}`]);
  },
);

it.each(
  'COMPLETING CONFIGURING LAUNCH_FAILED PENDING POWER_UP_NODE RECONFIG_FAIL REQUEUED REQUEUE_FED REQUEUE_HOLD RESIZING RESV_DEL_HOLD REVOKED SIGNALING SPECIAL_EXIT STAGE_OUT STOPPED SUSPENDED UPDATE_DB ANYTHING_NEW'.split(
    ' ',
  ),
)('%s is no end', (state) => {
  expect(kinds('running', queue(state))).toEqual([]);
});

it('concludes nothing from a queue that could not be read', () => {
  expect(kinds('running', { kind: 'unreadable', why: 'squeue was killed' })).toEqual([]);
});

it.each`
  what                                     | entries                            | unread   | transitions
  ${'its entry cannot be read'}            | ${[]}                              | ${['7']} | ${[]}
  ${'that of another job cannot be read'}  | ${[entry('COMPLETED', directory)]} | ${['8']} | ${['finished COMPLETED']}
  ${'it is not there, another is unread'}  | ${[]}                              | ${['8']} | ${['ask']}
  ${'that of a job with its id elsewhere'} | ${[entry('RUNNING', directory)]}   | ${['7']} | ${[]}
`('of a queue in which $what: $transitions', ({ entries, unread, transitions }) => {
  const reading = { kind: 'queue', entries, unread: unread.map((id: JobId) => ({ id, why: 'x' })) } as const;
  expect(kinds('running', reading)).toEqual(transitions);
});

it.each`
  what                                                        | entries                                                                     | transitions
  ${'a job that got the id after Slurm lost its state'}       | ${[entry('COMPLETED', '/jobs/2026.03/pr_8/event_b/run_000/R1')]}            | ${['ask']}
  ${'a job of that id on another cluster'}                    | ${[entry('RUNNING', directory, 'c1'), entry('FAILED', '/elsewhere', 'c2')]} | ${[]}
  ${'its sibling, which another cluster of a federation has'} | ${[entry('RUNNING', directory, 'c1'), entry('REVOKED', directory, 'c2')]}   | ${[]}
  ${'its directory by another mount'}                         | ${[entry('COMPLETED', `/mnt${directory}`)]}                                 | ${['finished COMPLETED']}
`('the queue shows $what: $transitions', ({ entries, transitions }) => {
  expect(kinds('running', { kind: 'queue', entries })).toEqual(transitions);
});

it.each`
  asked                          | slurm          | transitions
  ${{ timesAsked: 1, ago: 30 }}  | ${undefined}   | ${[]}
  ${{ timesAsked: 1, ago: 60 }}  | ${undefined}   | ${['ask']}
  ${{ timesAsked: 6, ago: 60 }}  | ${undefined}   | ${[]}
  ${{ timesAsked: 6, ago: 480 }} | ${undefined}   | ${['ask']}
  ${{ timesAsked: 6, ago: 60 }}  | ${'RUNNING'}   | ${['found']}
  ${{ timesAsked: 6, ago: 60 }}  | ${'CANCELLED'} | ${['ask']}
`('asked for before ($asked), Slurm says $slurm: $transitions', ({ asked, slurm, transitions }) => {
  expect(kinds('running', queue(slurm), 'hold_release', asked)).toEqual(transitions);
});

it.each`
  phase          | handoverProtocol   | answer                                                                       | end                  | changes
  ${'submitted'} | ${'hold_release'}  | ${{ kind: 'job', state: 'PENDING', reason: 'JobHeldUser' }}                  | ${undefined}         | ${['asked 1', 'release']}
  ${'submitted'} | ${'hold_release'}  | ${{ kind: 'job', state: 'RUNNING', reason: 'None' }}                         | ${undefined}         | ${['asked 1', 'released', 'running']}
  ${'submitted'} | ${'delayed_begin'} | ${{ kind: 'job', state: 'PENDING', reason: 'BeginTime', eligibleTime: 't' }} | ${undefined}         | ${['asked 1', 'received t']}
  ${'running'}   | ${'hold_release'}  | ${{ kind: 'job', state: 'RUNNING', reason: 'None' }}                         | ${undefined}         | ${['asked 1']}
  ${'running'}   | ${'hold_release'}  | ${{ kind: 'job', state: 'TIMEOUT', reason: 'TimeLimit' }}                    | ${undefined}         | ${['finished TIMEOUT']}
  ${'running'}   | ${'hold_release'}  | ${{ kind: 'unknown' }}                                                       | ${{ exitStatus: 0 }} | ${['asked 1']}
  ${'running'}   | ${'hold_release'}  | ${{ kind: 'unreadable', why: 'x' }}                                          | ${{ exitStatus: 0 }} | ${['asked 1']}
`(
  'recorded $phase, the queue does not show it, asked by id: $answer: $changes',
  ({ phase, handoverProtocol, answer, end, changes }) => {
    const known = { id: '7' as JobId, directory, cluster: 'c1', phase };
    const planned = planJob(
      known,
      { answer: answer.kind === 'job' ? { ...answer, is: jobState(answer) } : answer, ...(end && { end }) },
      { handoverProtocol, now, pollIntervalSeconds: 60 },
    );
    const words = planned.map((change) => {
      if (change.kind === 'asked') return `asked ${change.asked?.times}`;
      if (change.kind === 'received') return `received ${change.eligibleTime}`;
      return told(change);
    });
    expect(words).toEqual(changes);
  },
);

const running = { id: '7' as JobId, directory, cluster: '', phase: 'running' } as const;
const asked = { by: 'alice', isAsked: true };
const settingsOf = (attestation: boolean) => {
  const settings = exampleSettings();
  return { deploy: { ...settings.deploy, attestation } };
};

it.each`
  slurm                    | seen                                              | changes
  ${'PENDING JobHeldUser'} | ${{}}                                             | ${['release']}
  ${'PENDING JobHeldUser'} | ${{ releaseRests: true }}                         | ${[]}
  ${'PENDING JobHeldUser'} | ${{ cancellation: { ...asked, isAsked: false } }} | ${[]}
  ${'RUNNING'}             | ${{ cancellation: asked, releaseRests: true }}    | ${['released', 'running']}
`('held or not ($slurm), with $seen: $changes', ({ slurm, seen, changes }) => {
  const circumstances = { handoverProtocol: 'hold_release', now, pollIntervalSeconds: 60 } as const;
  const planned = planJob({ ...running, phase: 'submitted' }, { ...seen, entry: entry(slurm) }, circumstances);
  expect(planned.map(told)).toEqual(changes);
});

it.each`
  state          | cancellation                    | by           | facts
  ${'COMPLETED'} | ${asked}                        | ${undefined} | ${'of attested jobs'}
  ${'TIMEOUT'}   | ${asked}                        | ${undefined} | ${'always'}
  ${'CANCELLED'} | ${asked}                        | ${'alice'}   | ${'never'}
  ${'CANCELLED'} | ${{ ...asked, isAsked: false }} | ${undefined} | ${'of attested jobs'}
  ${'CANCELLED'} | ${undefined}                    | ${undefined} | ${'of attested jobs'}
  ${'RUNNING'}   | ${asked}                        | ${undefined} | ${'never'}
`('it ended as $state, cancellation $cancellation: by $by, facts are asked for $facts', (row) => {
  const is = jobState({ state: row.state, reason: '' });
  const answer = { kind: 'job', state: row.state, reason: '', is } as const;
  const seen = { answer, cancellation: row.cancellation };
  const wanted = [true, false].map((ofAll) => planFacts(running, seen, now, settingsOf(ofAll)) !== undefined);
  expect(wanted).toEqual([row.facts !== 'never', row.facts === 'always']);
  const circumstances = { handoverProtocol: 'hold_release', now, pollIntervalSeconds: 60 } as const;
  const facts = { nodes: 'n1' };
  const [planned] = planJob(running, { ...seen, facts }, circumstances);
  if (is.kind === 'ended') expect(planned).toEqual({ kind: 'finished', end: { ...is.end, facts }, by: row.by });
});
