import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { afterFailure, type Failure, noAttempts, policies, waitSeconds, whySetAside } from './attempts.ts';

const policy = { firstSeconds: 30, growth: 2, longestSeconds: 120, timesOwn: 5, timesUnusable: 1, outsideHours: 72 };
const outside: Failure = { kind: 'outside' };
const asked = (retryAfterSeconds: number): Failure => ({ kind: 'outside', retryAfterSeconds });

it.each`
  what                                               | all    | own  | hours   | failure                 | plan
  ${'its first failure'}                             | ${1}   | ${1} | ${0}    | ${{ kind: 'own' }}      | ${30}
  ${'its second'}                                    | ${2}   | ${2} | ${0}    | ${{ kind: 'own' }}      | ${60}
  ${'its fourth: no longer pause than the last'}     | ${4}   | ${4} | ${0}    | ${{ kind: 'own' }}      | ${120}
  ${'its fifth'}                                     | ${5}   | ${5} | ${0}    | ${{ kind: 'own' }}      | ${'set aside'}
  ${'one that was counted before a restart'}         | ${9}   | ${9} | ${0}    | ${{ kind: 'own' }}      | ${'set aside'}
  ${'for as long as it likes, by its own fault'}     | ${4}   | ${4} | ${1000} | ${{ kind: 'own' }}      | ${120}
  ${'GitHub is away, for a minute'}                  | ${1}   | ${0} | ${0}    | ${outside}              | ${30}
  ${'GitHub is away, a thousand times'}              | ${999} | ${0} | ${71}   | ${outside}              | ${120}
  ${'GitHub is away, for three days'}                | ${9}   | ${0} | ${72}   | ${outside}              | ${'set aside'}
  ${'GitHub says when'}                              | ${1}   | ${0} | ${0}    | ${asked(900)}           | ${900}
  ${'GitHub says at once'}                           | ${3}   | ${0} | ${0}    | ${asked(0)}             | ${0}
  ${'the disk is full, after faults of its own'}     | ${9}   | ${5} | ${1}    | ${outside}              | ${120}
  ${'a fault of its own, after days of a full disk'} | ${99}  | ${1} | ${80}   | ${{ kind: 'own' }}      | ${120}
  ${'what no attempt can mend'}                      | ${1}   | ${1} | ${0}    | ${{ kind: 'unusable' }} | ${'set aside'}
`('what failed is tried again, or set aside: $what: $plan', ({ all, own, hours, failure, plan }) => {
  const before = { ...noAttempts, all: all - 1, own: failure.kind === 'outside' ? own : own - 1 };
  const { attempts, next } = afterFailure(before, failure, policy, hours * 3_600_000);
  expect(attempts).toMatchObject({ all, own });
  expect(next.kind === 'again' ? next.afterSeconds : next.kind).toBe(plan);
});

it.each`
  kind          | after
  ${'own'}      | ${{ all: 3, own: 2, forMilliseconds: 5 }}
  ${'unusable'} | ${{ all: 3, own: 2, forMilliseconds: 5 }}
  ${'outside'}  | ${{ all: 3, own: 1, forMilliseconds: 5 }}
`('counts one more that failed, $kind', ({ kind, after }) => {
  expect(afterFailure({ all: 2, own: 1, forMilliseconds: 1 }, { kind }, policy, 5).attempts).toEqual(after);
});

it.each<[what: keyof typeof policies, first: number, waits: readonly number[], together: number]>([
  ['delivery', 1, [1, 5, 25, 125, 300, 300], 156],
  ['order', 30, [30, 60, 120, 240, 300, 300], 450],
  ['comment of a job', 30, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600], 450],
  ['request to GitHub', 60, [60, 120, 240, 480, 960, 1920, 3600, 3600], 900],
  ['release of a job', 100, [100, 200, 400, 600, 600], 1300],
])('waits for %s longer each time, up to a bound', (what, firstSeconds, waits, together) => {
  const found = waits.map((_, index) => waitSeconds({ firstSeconds, ...policies[what] }, index + 1));
  expect(found).toEqual(waits);
  expect(found.slice(0, 4).reduce((sum, each) => sum + each)).toBe(together);
});

it('what can never be used is set aside at once, in its own words; what failed before says so', () => {
  const unusable: Failure = { kind: 'unusable' };
  const { attempts, next } = afterFailure(noAttempts, unusable, policies.order);
  expect(next).toEqual({ kind: 'set aside' });
  expect(afterFailure(noAttempts, unusable, policies.job).next).toEqual({ kind: 'again', afterSeconds: 0 });
  expect(whySetAside(attempts, 'it is damaged')).toBe('it is damaged');
  expect(whySetAside({ ...attempts, all: 2 }, 'no')).toBe('it failed again and again, at last with: no');
});

it('docs/reliability.md has each policy as it is', async () => {
  const rows = (await readFile('docs/reliability.md', 'utf8')).split('\n').map((line) => line.split('|').slice(1, 8));
  const documented = (Object.keys(policies) as (keyof typeof policies)[]).map((what) => {
    const row = rows.find(([name]) => name?.trim() === what) ?? [];
    return [
      what,
      row.slice(1).flatMap((cell) => cell.match(/^ (?:\d+ (?:s|times?|h)|\d+) $/)?.map(Number.parseFloat) ?? []),
    ];
  });
  expect(documented).toEqual(Object.entries(policies).map(([what, policy]) => [what, valuesOf(policy)]));
});

/** In the order of the table's columns. */
const valuesOf = (policy: Partial<Record<string, number>>) =>
  ['firstSeconds', 'growth', 'longestSeconds', 'timesOwn', 'timesUnusable', 'outsideHours'].flatMap(
    (column) => policy[column] ?? [],
  );
