import { beforeEach, expect, it } from 'vitest';
import { RelayWatch } from './relay-watch.ts';

let seconds: number;
let watch: RelayWatch;
const clock = { now: () => new Date(Date.UTC(2026, 2, 10, 12, 0, seconds)), monotonic: () => seconds * 1000 };
beforeEach(() => {
  seconds = 0;
  watch = new RelayWatch('https://smee.io/…', clock);
});

it('tells what is said of it once, until that changes', () => {
  const told = [];
  for (seconds = 0; seconds <= 240; seconds += 20) {
    if (seconds === 120) watch.connected();
    else if (seconds < 120) watch.lost(seconds < 100 ? 'status 503' : 'status 404');
    const news = watch.news();
    if (news !== undefined) told.push([seconds, news.words?.replace(/; .*/, '')]);
  }
  expect(told).toEqual([
    [0, undefined],
    [60, expect.stringContaining('is not heard: status 503')],
    [100, expect.stringContaining('is not heard: status 404')],
    [120, undefined],
  ]);
});

it.each`
  what                                   | connectedAt | deliveredAt | brings   | isTold
  ${'was delivered while it was heard'}  | ${60}       | ${61}       | ${false} | ${true}
  ${'was delivered before it was heard'} | ${60}       | ${59}       | ${false} | ${false}
  ${'came, and was changed'}             | ${60}       | ${61}       | ${true}  | ${false}
`('where each delivery that is fetched $what, it is told: $isTold', ({ connectedAt, deliveredAt, brings, isTold }) => {
  const at = (second: number) => new Date(Date.UTC(2026, 2, 10, 12, 0, second)).toISOString();
  seconds = connectedAt;
  watch.connected();
  for (let count = 0; count < 10; count++) {
    if (brings) watch.heard(true);
    watch.fetched(at(deliveredAt));
  }
  expect(watch.news()?.words?.includes('brings nothing') ?? false).toBe(isTold);
  watch.heard(false);
  expect(watch.news()?.words).toBeUndefined();
});
