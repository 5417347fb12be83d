import { expect, it } from 'vitest';
import { type PingFacts, pingLines } from './ping.ts';

const now = new Date('2026-03-10T12:00:00Z');
const all: PingFacts = {
  version: '1.0.0',
  now,
  since: '2026-03-08T09:59:00Z',
  jobManager: { state: 'runs', lastSign: '2026-03-10T11:59:52Z' },
  queueReadAt: '2026-03-10T11:58:30Z',
  isQueueAway: false,
  jobs: { followed: 3, handedOver: 1 },
};

it('tells all at once', () => {
  expect(pingLines(all)).toEqual([
    '  - version `1.0.0`',
    '  - event handler: runs since Mar 08 09:59:00 UTC 2026, for 2 d 2 h',
    '  - job manager: runs, last sign at Mar 10 11:59:52 UTC 2026, 8 s ago',
    '  - queue: read at Mar 10 11:58:30 UTC 2026, 1 min 30 s ago',
    '  - jobs that have not ended: 3 followed, 1 handed over and not taken up yet',
  ]);
});

const { since: _since, jobManager: _jobManager, queueReadAt: _queueReadAt, ...least } = all;

it.each<[string, PingFacts, string]>([
  ['a lease that cannot be read', least, '  - event handler: runs'],
  ['no job manager yet', least, "  - job manager: has not run yet; jobs wait until the bot's admin starts it"],
  ['a queue that was not read yet', least, '  - queue: not read yet'],
  [
    'a job manager that died',
    { ...all, jobManager: { state: 'died', lastSign: '2026-03-10T09:00:00Z' } },
    "  - job manager: died, last sign at Mar 10 09:00:00 UTC 2026, 3 h 0 min ago; jobs are not told of until the bot's admin starts it",
  ],
  [
    'a job manager that was stopped just now, by a clock that is ahead',
    { ...all, jobManager: { state: 'ended', lastSign: '2026-03-10T12:00:03Z' } },
    "  - job manager: was stopped, last sign at Mar 10 12:00:03 UTC 2026, 0 s ago; jobs are not told of until the bot's admin starts it",
  ],
  [
    'a queue that cannot be read',
    { ...all, isQueueAway: true },
    '  - queue: read at Mar 10 11:58:30 UTC 2026, 1 min 30 s ago; the last look at it failed, the next one tries again',
  ],
])('tells %s', (_what, facts, line) => {
  expect(pingLines(facts)).toContain(line);
});
