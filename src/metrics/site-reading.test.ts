import { expect, it } from 'vitest';
import type { SiteState } from '../jobs/site-state.ts';
import { Metrics } from './metrics.ts';
import { setGaugesOfState } from './show-site.ts';
import { SiteReading } from './site-reading.ts';

const state: SiteState = {
  daemons: {
    'event handler': { state: 'runs', isMissed: false, number: 1, lastSign: '2026-03-10T12:00:00.000Z' },
    'job manager': { state: 'died', isMissed: true, number: 1, lastSign: '2026-03-10T11:00:00.000Z' },
  },
  eventHandler: undefined,
  jobManager: undefined,
  waiting: {
    deliveries: ['2026-03-10T11-59-00.000Z_000000_comment.7_g.json', '2026-03-10T11-59-30.000Z_000001_x_h.json'],
    orders: [],
  },
  setAside: [{ kind: 'order', name: 'o', path: '/o', why: 'w', since: '2026-03-10T11:00:00.000Z' }],
  handedOver: [],
  followed: [],
};
const at = new Date('2026-03-10T12:00:00Z');

it.each`
  daemon             | lines
  ${'event handler'} | ${['set_aside{kind="delivery"} 0', 'waiting{kind="delivery"} 2', 'oldest_waiting_timestamp_seconds{kind="delivery"} 1773143940']}
  ${'job manager'}   | ${['set_aside{kind="order"} 1', 'set_aside{kind="job"} 0', 'waiting{kind="order"} 0']}
`('the $daemon tells its own share, and of both daemons whether they run', async ({ daemon, lines }) => {
  const metrics = new Metrics(daemon, '1');
  setGaugesOfState(metrics, daemon, { state, at });
  const told = (await metrics.read()).split('\n').filter((line) => line.startsWith('build_bot_') && !/info/.test(line));
  expect(told.filter((line) => /waiting|set_aside/.test(line))).toEqual(
    lines.map((line: string) => `build_bot_${line}`),
  );
  expect(told).toContain('build_bot_daemon_running{daemon="job manager"} 0');
  expect(told).toContain('build_bot_daemon_running{daemon="event handler"} 1');
  expect(told).toContain('build_bot_state_read_timestamp_seconds 1773144000');
});

it('reads once for all who ask at once, and again after 15 s; what cannot be read is told as it was, with its time', async () => {
  let monotonic = 0;
  let times = 0;
  let isAway = false;
  const read = async () => {
    times += 1;
    if (isAway) throw new Error('ESTALE');
    return state;
  };
  const reading = new SiteReading(read, { now: () => new Date(monotonic), monotonic: () => monotonic });
  await Promise.all([reading.latest(), reading.latest()]);
  monotonic = 14_000;
  await reading.latest();
  expect(times).toBe(1);
  monotonic = 15_000;
  isAway = true;
  expect(await reading.latest()).toMatchObject({ state, at: new Date(0) });
  expect(times).toBe(2);
});
