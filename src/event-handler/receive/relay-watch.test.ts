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
