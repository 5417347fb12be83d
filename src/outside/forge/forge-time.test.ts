import { expect, it } from 'vitest';
import { type TroubleKind, Troubles } from '../../daemon/troubles.ts';
import { ForgeTime } from './forge-time.ts';

const noon = Date.parse('2026-03-10T12:00:00Z');
const minute = 60_000;

/** A machine, and the GitHub that it hears; both times in milliseconds from noon on. */
function machine() {
  const clock = { wall: 0, monotonic: 5_000 };
  const words = new Map<TroubleKind, string>();
  const troubles = new Troubles({ warn: () => {}, info: () => {} });
  const time = new ForgeTime({ now: () => new Date(noon + clock.wall), monotonic: () => clock.monotonic }, troubles);
  troubles.onChange(() => {
    words.clear();
    for (const each of troubles.open) words.set(each.kind, each.words);
  });
  const pass = (milliseconds: number) => {
    clock.wall += milliseconds;
    clock.monotonic += milliseconds;
  };
  const hear = (milliseconds: number) => time.hear(new Date(noon + milliseconds).toUTCString());
  const fromNoon = (date: Date | undefined) => date && date.getTime() - noon;
  return { clock, time, pass, hear, fromNoon, told: () => words.get('clock') };
}

it.each`
  clock                              | offMinutes        | told
  ${'right'}                         | ${0}              | ${undefined}
  ${'two minutes off'}               | ${2}              | ${undefined}
  ${'12 minutes ahead'}              | ${12}             | ${"this machine's clock is 12 minutes ahead of GitHub's, which says 2026-03-10T12:00:00.000Z"}
  ${'12 minutes behind'}             | ${-12}            | ${"this machine's clock is 12 minutes behind GitHub's"}
  ${'an hour behind: the time zone'} | ${-60}            | ${"this machine's clock is 60 minutes behind GitHub's"}
  ${'eight days ahead'}              | ${8 * 1440}       | ${"this machine's clock is 8 days ahead of GitHub's"}
  ${'at 1970'}                       | ${-noon / 60_000} | ${/this machine's clock is \d+ days behind GitHub's.*timedatectl/}
`('a clock that is $clock is told by name', ({ offMinutes, told }) => {
  const { clock, hear, told: tellsNow } = machine();
  clock.wall = offMinutes * minute;
  hear(0);
  if (told === undefined) expect(tellsNow()).toBeUndefined();
  else expect(tellsNow()).toMatch(told);
  clock.wall = 0;
  hear(0);
  expect(tellsNow()).toBeUndefined();
});

it('goes on by the monotonic clock, however the wall clock is set', () => {
  const { clock, time, pass, hear, fromNoon } = machine();
  expect(time.now()).toBeUndefined();
  expect(fromNoon(time.best())).toBe(0);
  hear(3 * minute);
  expect([fromNoon(time.now()), fromNoon(time.earlier())]).toEqual([3 * minute, 0]);
  pass(minute);
  clock.wall += 8 * 24 * 60 * minute;
  expect([fromNoon(time.now()), fromNoon(time.best()), fromNoon(time.earlier())]).toEqual(
    Array.from({ length: 3 }, () => 4 * minute),
  );
});

it('does not go back for an answer that was late, but when the server was set back', () => {
  const { time, pass, hear, fromNoon } = machine();
  hear(10 * minute);
  pass(30_000);
  hear(10 * minute);
  expect(fromNoon(time.now())).toBe(10.5 * minute);
  hear(2 * minute);
  expect(fromNoon(time.now())).toBe(2 * minute);
});

it('passes over what is no date', () => {
  const { time, told } = machine();
  time.hear('soon');
  time.hear(null);
  expect([time.now(), told()]).toEqual([undefined, undefined]);
});
