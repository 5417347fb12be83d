import { expect, it } from 'vitest';
import type { Asked } from '../../jobs/job-record.ts';
import { jobState } from '../../outside/slurm/job-state.ts';
import type { JobReading } from '../../outside/slurm/slurm.ts';
import { afterAsking, isTimeToAsk, planAfterAsking } from './plan-asking.ts';

const now = new Date('2026-03-10T12:00:00Z');
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000).toISOString();
const unknown = { kind: 'unknown' };
const down = { kind: 'unknown', stillToCome: 'sacct failed' };

it.each`
  what                                                        | reading                                                                    | end                  | times | minutes | outcome
  ${'scontrol still knows how it ended'}                      | ${{ kind: 'job', state: 'TIMEOUT', reason: 'TimeLimit' }}                  | ${undefined}         | ${0}  | ${0}    | ${'timeout'}
  ${'scontrol says that it runs'}                             | ${{ kind: 'job', state: 'RUNNING', reason: 'None' }}                       | ${undefined}         | ${0}  | ${0}    | ${'wait'}
  ${'it waits to run again, and its first run left a marker'} | ${{ kind: 'job', state: 'PENDING', reason: 'BeginTime' }}                  | ${{}}                | ${0}  | ${0}    | ${'wait'}
  ${'it was requeued, held'}                                  | ${{ kind: 'job', state: 'SPECIAL_EXIT', reason: 'None' }}                  | ${{}}                | ${0}  | ${0}    | ${'wait'}
  ${'scontrol fails'}                                         | ${{ kind: 'unreadable', why: 'no answer' }}                                | ${{}}                | ${9}  | ${99}   | ${'wait'}
  ${'purged, its script came to its end, first time'}         | ${unknown}                                                                 | ${{}}                | ${1}  | ${0}    | ${'wait'}
  ${'purged, but the job script came to its end'}             | ${unknown}                                                                 | ${{ exitStatus: 0 }} | ${2}  | ${1}    | ${'completed'}
  ${'purged, its script failed'}                              | ${unknown}                                                                 | ${{ exitStatus: 3 }} | ${2}  | ${1}    | ${'failed 3:0'}
  ${'purged, accounting is down, but there is the marker'}    | ${down}                                                                    | ${{ exitStatus: 0 }} | ${2}  | ${1}    | ${'completed'}
  ${'purged, and no trace, for the second time'}              | ${unknown}                                                                 | ${undefined}         | ${2}  | ${1}    | ${'wait'}
  ${'purged, and no trace, for the third time'}               | ${unknown}                                                                 | ${undefined}         | ${3}  | ${2}    | ${'vanished'}
  ${'purged, accounting is down for half an hour'}            | ${down}                                                                    | ${undefined}         | ${9}  | ${30}   | ${'wait'}
  ${'purged, accounting is down for an hour'}                 | ${down}                                                                    | ${undefined}         | ${9}  | ${60}   | ${'vanished'}
  ${'accounting told how it ended'}                           | ${{ kind: 'job', state: 'FAILED', reason: '', exitCode: '3:0' }}           | ${undefined}         | ${0}  | ${0}    | ${'failed 3:0'}
  ${'accounting told who cancelled it'}                       | ${{ kind: 'job', state: 'CANCELLED', reason: 'None', cancelledBy: 'eve' }} | ${undefined}         | ${0}  | ${0}    | ${'cancelled by eve'}
  ${'there is nobody who knows who cancelled it'}             | ${{ kind: 'job', state: 'CANCELLED', reason: 'None' }}                     | ${undefined}         | ${0}  | ${0}    | ${'cancelled'}
  ${'accounting has not heard of the cancelling yet'}         | ${{ kind: 'job', state: 'CANCELLED', reason: 'None', stillToCome: 'x' }}   | ${undefined}         | ${0}  | ${0}    | ${'wait'}
`('$what: $outcome', ({ reading, end, times, minutes, outcome }) => {
  const asked: Asked = { times: Math.max(1, times), at: ago(0), timesUnknown: times, unknownSeconds: minutes * 60 };
  const ending = planAfterAsking(reading.kind === 'job' ? { ...reading, is: jobState(reading) } : reading, end, asked);
  const { how, exitCode, cancelledBy } = ending ?? { how: 'wait' };
  expect([how, exitCode, cancelledBy && `by ${cancelledBy}`].filter((part) => part !== undefined).join(' ')).toBe(
    outcome,
  );
});

it('accounting that has not heard of a cancelling is waited for once', () => {
  const printed = { state: 'CANCELLED', reason: 'None' };
  const reading: JobReading = { kind: 'job', ...printed, is: jobState(printed), stillToCome: 'x' };
  const asked = { times: 2, at: ago(0), timesUnknown: 0 };
  expect(planAfterAsking(reading, undefined, asked)).toEqual({ how: 'cancelled', reason: 'None' });
});

it('counts answers in a row; what could not be read is none', () => {
  const answers = ['unknown', 'unreadable', 'unknown', 'job', 'unknown'];
  const counts: number[] = [];
  let asked: Asked | undefined;
  for (const kind of answers) {
    asked = afterAsking(asked, { kind, state: 'RUNNING' } as unknown as JobReading, now);
    counts.push(asked.timesUnknown);
  }
  expect(counts).toEqual([1, 1, 2, 0, 1]);
  expect(asked?.times).toBe(5);
});

it.each`
  interval | unknown | pauses
  ${60}    | ${1}    | ${[60, 60, 60, 120, 240, 480, 600, 600]}
  ${60}    | ${0}    | ${[60, 60, 60, 120, 240, 240, 240, 240]}
  ${120}   | ${1}    | ${[120, 120, 120, 240, 480, 600, 600, 600]}
  ${1}     | ${1}    | ${[1, 1, 1, 2, 4, 8, 10, 10]}
  ${900}   | ${1}    | ${[900, 900, 900, 900, 900, 900, 900, 900]}
`(
  'every $interval s, a job that stays missing, unknown $unknown times in a row, is asked for after $pauses s',
  ({ interval, unknown: timesUnknown, pauses }) => {
    const shortest = (times: number) => {
      const isDue = (seconds: number) => isTimeToAsk({ times, at: ago(seconds), timesUnknown }, now, interval);
      return [...pauses, interval].filter(isDue).reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    };
    expect(pauses.map((_: number, index: number) => shortest(index + 1))).toEqual(pauses);
  },
);

it('asks at once where the last answer is of the future: the clock was set back', () => {
  const asked: Asked = { times: 9, at: ago(-8 * 86_400), timesUnknown: 9 };
  expect(isTimeToAsk(asked, now, 60)).toBe(true);
});

it.each`
  clock                        | gaps                                 | seconds
  ${'goes right'}              | ${[60, 60, 120, 600]}                | ${840}
  ${'is set eight days ahead'} | ${[60, 8 * 86_400, 60]}              | ${720}
  ${'is set eight days back'}  | ${[60, -8 * 86_400, 60]}             | ${120}
  ${'is set ahead, and back'}  | ${[60, 8 * 86_400, -8 * 86_400, 60]} | ${720}
  ${'was at 1970'}             | ${[60, 1_770_000_000, 60]}           | ${720}
`('how long a job is unknown is added up where the clock $clock: $seconds s', ({ gaps, seconds }) => {
  let at = now.getTime();
  let asked = afterAsking(undefined, unknown as JobReading, new Date(at));
  expect(asked.unknownSeconds).toBeUndefined();
  for (const gap of gaps) {
    at += gap * 1000;
    asked = afterAsking(asked, unknown as JobReading, new Date(at));
  }
  expect(asked.unknownSeconds).toBe(seconds);
  expect(planAfterAsking(down as JobReading, undefined, asked)).toBeUndefined();
});
