import { expect, it } from 'vitest';
import { EarlyLooks } from './early-looks.ts';

/** When the list is read, in seconds, from reasons at given times; `listed`: GUID -> from when on GitHub lists it; `fails`: what a look does. */
function looks(
  reasons: readonly (readonly [second: number, guid?: string])[],
  listed: Readonly<Record<string, number>>,
  until = 600,
  fails: (second: number) => boolean = () => false,
) {
  const earlyLooks = new EarlyLooks();
  const left = [...reasons];
  const read: number[] = [];
  for (let now = 0; now < until * 1000; now += 500) {
    while ((left[0]?.[0] ?? Number.POSITIVE_INFINITY) * 1000 <= now) earlyLooks.ask(left.shift()?.[1], now);
    if (earlyLooks.wait(now) !== 0) continue;
    read.push(now / 1000);
    if (fails(now / 1000)) earlyLooks.couldNotLook(now);
    else earlyLooks.looked(now, (guid) => now >= (listed[guid] ?? Number.POSITIVE_INFINITY) * 1000);
  }
  return read;
}

it.each([
  ['nothing is wanted', [], {}, []],
  ['a delivery that is listed already', [[1, 'a']], { a: 0 }, [1]],
  ['one that is listed 3 s later', [[1, 'a']], { a: 4 }, [1, 2, 4]],
  ['one that nobody has sent', [[1, 'a']], {}, [1, 2, 4, 8, 16, 32]],
  ['a gap', [[1]], {}, [1, 2, 4, 8]],
  ['a gap soon after another', [[1], [5]], {}, [1, 2, 4, 5, 6, 8, 12]],
  [
    'one that comes again',
    [
      [1, 'a'],
      [3, 'a'],
      [5, 'a'],
    ],
    {},
    [1, 2, 4, 8, 16, 32],
  ],
  [
    'one that comes again when it was looked for',
    [
      [1, 'a'],
      [100, 'a'],
    ],
    {},
    [1, 2, 4, 8, 16, 32],
  ],
  [
    'two that are listed, soon one after the other',
    [
      [1, 'a'],
      [1.5, 'b'],
    ],
    { a: 0, b: 0 },
    [1, 2],
  ],
  [
    'a delivery after one that was made up',
    [
      [1, 'x'],
      [40, 'a'],
    ],
    { a: 41 },
    [1, 2, 4, 8, 16, 32, 40, 42],
  ],
] as const)('%s', (_what, reasons, listed, expected) => {
  expect(looks(reasons, listed)).toEqual(expected);
});

const madeUp = (from: number, to: number) =>
  Array.from({ length: 10 * (to - from) }, (_, index) => [from + index / 10, `made-up-${from}-${index}`] as const);

it('reads the list once a minute, whatever number of deliveries is made up', () => {
  const read = looks(madeUp(0, 600), {});
  expect(read.filter((second) => second < 60).length).toBeLessThanOrEqual(40);
  expect(read.filter((second) => second >= 120).length).toBeLessThanOrEqual(480 / 64 + 2);
});

it('finds what GitHub has sent among what was made up', () => {
  const read = looks([...madeUp(0, 200), [200, 'real'], ...madeUp(200, 300)], { real: 201 });
  expect(read.some((second) => second >= 201 && second <= 265)).toBe(true);
});

it('reads the list as for one, whatever number of times a made-up delivery comes', () => {
  const again = Array.from({ length: 1_000 }, (_, index) => [1 + index / 2, 'a'] as const);
  expect(looks(again, {})).toEqual([1, 2, 4, 8, 16, 32]);
});

it('reads the list no more than 600 times an hour, though each delivery is found', () => {
  const found = Array.from({ length: 7_200 }, (_, index) => [index, `${index}`] as const);
  const listed = Object.fromEntries(found.map(([second, guid]) => [guid, second]));
  const read = looks(found, listed, 7_200);
  const inHours = [0, 1].map((hour) => read.filter((second) => Math.floor(second / 3_600) === hour).length);
  expect(inHours).toEqual([600, 600]);
});

it('does not take for made up what it could not look for', () => {
  const read = looks([[1, 'a']], { a: 0 }, 600, (second) => second < 300);
  expect(read).toEqual([1, 3, 7, 15, 31, 63, 127, 191, 255, 319]);
});

it('keeps to when GitHub wishes to be asked', () => {
  const earlyLooks = new EarlyLooks();
  earlyLooks.ask('a', 0);
  earlyLooks.couldNotLook(0, 600_000);
  expect(earlyLooks.wait(1_000)).toBe(599_000);
});
