import { expect, it } from 'vitest';
import type { JobRecord, RowState } from '../../jobs/job-record.ts';
import { NotSentYet, RefusedByForge, TryAgainLater } from '../../outside/forge/forge.ts';
import type { JobId } from '../../outside/slurm/slurm.ts';
import { inSendingOrder, isToBeSent } from './plan-sends.ts';
import { SendAttempts } from './send-attempts.ts';

const begin = Date.parse('2025-01-05T03:04:05Z');
const after = (seconds: number) => new Date(begin + seconds * 1000);
/** The same, by the monotonic clock. */
const moment = (seconds: number) => seconds * 1000;

/** A job with unsent rows of these states, all of the beginning. */
function followed(name: string, ...states: RowState[]) {
  const record = {
    repository: { owner: 'O', name: 'R' },
    pullRequest: Number(name.split('-')[1] ?? 9), // `7-2` is of the second one
    comment: { kind: 'posted', id: 1, head: '' },
    rows: [
      { at: after(-1), state: 'submitted', text: '' },
      ...states.map((state) => ({ at: after(0), state, text: '' })),
    ],
    rowsSent: 1,
  } as unknown as JobRecord;
  return { job: { id: name as JobId, directory: `/${name}` }, record };
}
const order = (jobs: ReturnType<typeof followed>[], seconds = 0, attempts = new SendAttempts()) =>
  inSendingOrder(
    jobs.filter((each) =>
      isToBeSent(each, { now: () => after(seconds), monotonic: () => moment(seconds) }, 10, attempts),
    ),
    attempts,
  ).map(({ job }) => job.id);

it.each`
  what                                                 | jobs                                                                                    | seconds  | sent
  ${'nothing where nothing is new'}                    | ${[followed('1')]}                                                                      | ${0}     | ${[]}
  ${'a job that runs before one that was released'}    | ${[followed('1', 'released'), followed('2', 'running')]}                                | ${10}    | ${['2', '1']}
  ${'a job that ended before one that runs'}           | ${[followed('1', 'running'), followed('2', 'finished', 'test result')]}                 | ${0}     | ${['2', '1']}
  ${'an upload before a job that runs'}                | ${[followed('1', 'running'), followed('2', 'uploaded')]}                                | ${0}     | ${['2', '1']}
  ${'a failed upload before a job that runs'}          | ${[followed('1', 'running'), followed('2', 'not uploaded')]}                            | ${0}     | ${['2', '1']}
  ${'the most urgent row of a job counts'}             | ${[followed('1', 'running'), followed('2', 'released', 'running', 'finished')]}         | ${0}     | ${['2', '1']}
  ${'in their order where none is more urgent'}        | ${[followed('2', 'finished'), followed('1', 'test result')]}                            | ${0}     | ${['2', '1']}
  ${'one of each pull request in turn'}                | ${['1-1', '2-1', '3-1', '4-2', '5-2', '6-3'].map((name) => followed(name, 'finished'))} | ${0}     | ${['1-1', '4-2', '6-3', '2-1', '5-2', '3-1']}
  ${'released alone waits for running'}                | ${[followed('1', 'released'), followed('2', 'received')]}                               | ${8}     | ${[]}
  ${'released alone, once an interval is nearly over'} | ${[followed('1', 'released')]}                                                          | ${9}     | ${['1']}
  ${'released alone, if the clock was set back since'} | ${[followed('1', 'released')]}                                                          | ${-3600} | ${['1']}
  ${'released and running are one request, at once'}   | ${[followed('1', 'released', 'running')]}                                               | ${0}     | ${['1']}
`('sends $what', ({ jobs, seconds, sent }) => {
  expect(order(jobs, seconds)).toEqual(sent);
});

it('a comment that failed comes after those that did not, however urgent it is', () => {
  const attempts = new SendAttempts();
  expect(attempts.failed('1', new TryAgainLater('502', { cause: undefined }), moment(0))).toBe('all wait');
  expect(order([followed('1', 'finished'), followed('2', 'running')], 0, attempts)).toEqual(['2', '1']);
});

it('while GitHub is away all wait, and each is tried in its turn', () => {
  const attempts = new SendAttempts();
  const away = new TryAgainLater('502', { cause: undefined });
  for (let round = 0; round < 10; round++) {
    attempts.allWait = false;
    expect(attempts.failed(String(round % 2), away, moment(round * 30))).toBe('all wait');
    expect(attempts.allWait).toBe(true);
    expect(attempts.rests(String(round % 2), moment(round * 30 + 30))).toBe(false);
  }
});

it('a comment that fails while others pass rests alone, longer each time, up to an hour', () => {
  const attempts = new SendAttempts();
  const bad = new TryAgainLater('502', { cause: undefined });
  attempts.failed('1', bad, moment(0));
  const rests: number[] = [];
  let now = 0;
  for (let round = 0; round < 9; round++) {
    attempts.succeeded('2', moment(now));
    expect(attempts.failed('1', bad, moment(now))).toBe('alone');
    const begun = now;
    while (attempts.rests('1', moment(now))) now += 1;
    rests.push(now - begun);
  }
  expect(rests).toEqual([60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]);
  attempts.succeeded('1', moment(now));
  expect([attempts.rests('1', moment(now)), attempts.failures('1')]).toEqual([false, 0]);
});

it('what GitHub asks for holds for all, whoever heard it', () => {
  const attempts = new SendAttempts();
  const limited = new TryAgainLater('429', { cause: undefined, retryAfterSeconds: 100 });
  attempts.failed('1', limited, moment(0));
  attempts.succeeded('2', moment(1));
  expect(attempts.failed('1', limited, moment(2))).toBe('all wait');
  expect([attempts.allWait, attempts.rests('1', moment(3))]).toEqual([true, false]);
});

it('what is not sent while GitHub asks to wait has not failed: the most urgent is sent first afterwards', () => {
  const attempts = new SendAttempts();
  const jobs = [followed('1', 'running'), followed('2', 'finished')];
  attempts.failed('1', new TryAgainLater('429', { cause: undefined, retryAfterSeconds: 5 }), moment(0));
  for (const second of [1, 2, 3]) {
    attempts.allWait = false;
    const notSent = new NotSentYet('another 4 s', { cause: undefined, retryAfterSeconds: 4 });
    expect(attempts.failed('2', notSent, moment(second))).toBe('all wait');
    expect([attempts.allWait, attempts.failures('2'), order(jobs, second, attempts)]).toEqual([true, 0, ['2', '1']]);
  }
});

it('a comment that GitHub refuses is set aside at the fifth time', () => {
  const attempts = new SendAttempts();
  const refused = new RefusedByForge('422');
  const outcomes = [0, 100, 200, 400, 800].map((seconds) => attempts.failed('1', refused, moment(seconds)));
  expect(outcomes).toEqual(['alone', 'alone', 'alone', 'alone', 'set aside']);
});

it('a full disk is no reason to set a comment aside', () => {
  const attempts = new SendAttempts();
  const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
  const outcomes = Array.from({ length: 50 }, (_, round) => attempts.failed('1', full, moment(round)));
  expect(new Set(outcomes)).toEqual(new Set(['all wait']));
});

const bad = new TryAgainLater('403', { cause: undefined });
const full = Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'write' });
const onDay = (day: number) => moment(day * 24 * 3600);

it.each<[what: string, error: Error, othersFrom: number, days: readonly number[], last: string]>([
  ['is given up after three days', bad, 0, [0, 1, 2, 3], 'set aside'],
  ['is not given up when others can be sent again after days', bad, 4, [0, 2, 4, 4, 5, 6], 'alone'],
  ['is given up three days after others could be sent again', bad, 4, [0, 2, 4, 4, 5, 6, 7], 'set aside'],
  ['is not given up for a full disk', full, 0, [0, 1, 9], 'alone'],
])('a comment that fails alone %s', (_what, error, othersFrom, days, last) => {
  const attempts = new SendAttempts();
  const outcomes = days.map((day) => {
    const outcome = attempts.failed('1', error, onDay(day));
    if (day >= othersFrom) attempts.succeeded('2', onDay(day));
    return outcome;
  });
  expect(outcomes.at(-1)).toBe(last);
  expect(outcomes.slice(0, -1)).not.toContain('set aside');
});
