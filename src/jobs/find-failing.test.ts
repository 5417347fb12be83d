import { expect, it } from 'vitest';
import type { DaemonFacts } from '../daemon/read-daemon.ts';
import type { Trouble } from '../daemon/troubles.ts';
import { findFailing } from './find-failing.ts';
import { answerHealth } from './health-teller.ts';

const since = '2026-03-10T12:00:00.000Z';
const upload: Trouble = { kind: 'upload', count: 3, since, last: '2026-03-10T12:09:00.000Z', words: 'no such bucket' };
const clone: Trouble = { kind: 'clone', count: 1, since, last: since, words: 'refused' };
const runs: DaemonFacts = { state: 'runs', isMissed: false, number: 1, lastSign: since };
const missed: DaemonFacts = { ...runs, state: 'died', isMissed: true };
const at = { now: new Date('2026-03-10T13:00:00.000Z'), pollIntervalSeconds: 60 };
const daemons = { 'event handler': runs, 'job manager': runs };
const well = { ok: true, storage: null, configurationProblems: [], failing: [] };

it('what goes wrong is told of both daemons, with its kind and since when', () => {
  const jobManager = { at: at.now.toISOString(), troubles: [], failing: [upload] };
  const failing = findFailing({ daemons, eventHandler: undefined, jobManager }, 'event handler', [clone], at);
  expect(failing).toMatchObject([
    { daemon: 'event handler', kind: 'clone', count: 1, since },
    { daemon: 'job manager', kind: 'upload', count: 3, since },
  ]);
  const health = { ...well, ok: false, storage: 'the disk is full', configurationProblems: ['x'], failing };
  expect(answerHealth(health, 'words')).toEqual({
    status: 503,
    text: `not ok:
- storage: the disk is full
- configuration: an edited file is not in force: x
- event handler, clone: repositories cannot be fetched (once since 2026-03-10T12:00:00.000Z): refused
- job manager, upload: uploads fail (3 times since 2026-03-10T12:00:00.000Z): no such bucket`,
  });
});

it.each`
  asks               | gone               | told
  ${'event handler'} | ${'job manager'}   | ${1}
  ${'event handler'} | ${'event handler'} | ${0}
  ${'job manager'}   | ${'event handler'} | ${1}
  ${'job manager'}   | ${'job manager'}   | ${0}
`('the $asks tells $told times that the $gone is missed', ({ asks, gone, told }) => {
  const state = { daemons: { ...daemons, [gone]: missed }, eventHandler: undefined, jobManager: undefined };
  expect(findFailing(state, asks, [], at)).toHaveLength(told);
});

it('is ok where nothing is wrong', () => expect(answerHealth(well, 'words')).toEqual({ status: 200, text: 'ok' }));

const event = { lastComparison: null, failure: null, missing: 0, configurationProblems: [], failing: [] };
const minutesAgo = (minutes: number) => new Date(at.now.getTime() - minutes * 60_000).toISOString();
const startedAgo = (minutes: number) => ({ ...runs, holder: { host: 'h', pid: 1, since: minutesAgo(minutes) } });

it.each`
  what                                           | eventHandler                                                          | jobManager                                 | facts                          | told
  ${'both have reported just now'}               | ${{ at: 1 }}                                                          | ${{ at: 1, queueReadAt: minutesAgo(1) }}   | ${runs}                        | ${[]}
  ${'the event handler hangs'}                   | ${{ at: 11 }}                                                         | ${{ at: 1, queueReadAt: minutesAgo(1) }}   | ${runs}                        | ${['event handler, life']}
  ${'the job manager hangs'}                     | ${{ at: 1 }}                                                          | ${{ at: 11, queueReadAt: minutesAgo(11) }} | ${runs}                        | ${['job manager, life', 'job manager, queue']}
  ${'they were started anew just now'}           | ${{ at: 99 }}                                                         | ${{ at: 99 }}                              | ${startedAgo(1)}               | ${[]}
  ${'they were started anew, and hang'}          | ${{ at: 99 }}                                                         | ${{ at: 1, queueReadAt: minutesAgo(99) }}  | ${startedAgo(11)}              | ${['event handler, life', 'job manager, queue']}
  ${'they do not run'}                           | ${{ at: 99, failure: 'x', failingSince: minutesAgo(99) }}             | ${{ at: 99 }}                              | ${{ ...runs, state: 'ended' }} | ${[]}
  ${'a comparison has failed just now'}          | ${{ at: 1, failure: 'GitHub is away', failingSince: minutesAgo(14) }} | ${{ at: 1 }}                               | ${runs}                        | ${[]}
  ${'comparisons fail for a quarter of an hour'} | ${{ at: 1, failure: 'GitHub is away', failingSince: minutesAgo(16) }} | ${{ at: 1 }}                               | ${runs}                        | ${['event handler, comparison']}
`('$what: $told', ({ eventHandler, jobManager, facts, told }) => {
  const state = {
    daemons: { 'event handler': facts, 'job manager': facts },
    eventHandler: { ...event, ...eventHandler, at: minutesAgo(eventHandler.at) },
    jobManager: { troubles: [], failing: [], ...jobManager, at: minutesAgo(jobManager.at) },
  };
  for (const asks of ['event handler', 'job manager'] as const) {
    const failing = findFailing(state, asks, [], at);
    expect(failing.map(({ daemon, kind }) => `${daemon}, ${kind}`)).toEqual(told);
  }
});
