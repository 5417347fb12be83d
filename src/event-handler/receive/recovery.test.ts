import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DeliveryEntry, type DeliveryList, TryAgainLater } from '../../outside/forge/forge.ts';
import { gitHubWebhooks } from '../../outside/forge/github/github-webhooks.ts';
import { Inbox } from './inbox.ts';
import { Recovery } from './recovery.ts';

let stateDir: string;
let now: Date;
let monotonic: number;
/** What GitHub says of the time when it is asked next. */
let githubsNow: Date | undefined;
const forgeTime = { now: () => githubsNow };
const never = new AbortController().signal;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'recovery-'));
  now = new Date('2026-03-10T12:00:00Z');
  monotonic = 0;
  githubsNow = undefined;
});
afterEach(() => rm(stateDir, { recursive: true, force: true }));

const entry = (number: number): DeliveryEntry => ({
  id: String(number),
  guid: `g-${number}`,
  deliveredAt: new Date(Date.UTC(2026, 2, 10, number)).toISOString(),
  event: 'issue_comment',
  action: 'created',
  installationId: 7,
});

/** A list of deliveries with two a page. `fail` is asked before each request, such as `list` or `read 3`. */
function listOf(entries: readonly DeliveryEntry[], fail: (request: string, count: number) => Error | undefined) {
  const requests: string[] = [];
  const ask = (request: string) => {
    requests.push(request);
    const failure = fail(request, requests.length);
    if (failure) throw failure;
  };
  const forge: DeliveryList = {
    async listDeliveries(page = '0') {
      ask(`list ${page}`);
      const start = Number(page);
      const next = start + 2 < entries.length ? { next: String(start + 2) } : {};
      return { entries: entries.toReversed().slice(start, start + 2), ...next };
    },
    async readDelivery(id) {
      ask(`read ${id}`);
      return { headers: {}, body: JSON.stringify({ action: 'created', comment: { id: Number(id) } }) };
    },
  };
  return { forge, requests };
}

async function makeRecovery(
  forge: DeliveryList,
  onMissing: (guid: string) => void = () => {},
  { log = pino({ level: 'silent' }), isPulling = false } = {},
) {
  const inbox = await Inbox.open(stateDir);
  const source = async () => ({ forge, installationId: 7 });
  const clock = { now: () => now, monotonic: () => monotonic };
  const webhooks = gitHubWebhooks;
  return new Recovery({ stateDir, inbox, webhooks, source, log, clock, forgeTime, onMissing, isPulling });
}

/** What the inbox holds, in its order. */
const received = async () => {
  const names = await (await Inbox.open(stateDir)).waiting();
  return names.map((name) => /_(g-\d+)\.json$/.exec(name)?.[1]);
};
const away = () => new TryAgainLater('GitHub is away', { cause: undefined });
const limited = () => new TryAgainLater('too many requests', { cause: undefined, retryAfterSeconds: 600 });
const five = [1, 2, 3, 4, 5].map(entry);
const all = ['g-1', 'g-2', 'g-3', 'g-4', 'g-5'];

/** A bot that looked for the first time when nothing was listed yet. */
async function firstLook(): Promise<void> {
  await (await makeRecovery(listOf([], () => undefined).forge)).compare(never);
}

it('compares at once when it is asked to, not twice in one moment, and tells what GitHub lists and the inbox lacks', async () => {
  const [compared, stop] = [Promise.withResolvers<void>(), new AbortController()];
  const { forge, requests } = listOf(five.slice(0, 2), () => void compared.resolve());
  const missing: string[] = [];
  const recovery = await makeRecovery(forge, (guid) => missing.push(guid));
  const comparing = recovery.keepComparing(async () => 3600, stop.signal);
  await new Promise(setImmediate); // it waits for the next hour
  recovery.compareSoon('g-1');
  recovery.compareSoon('g-2');
  await compared.promise;
  stop.abort();
  await comparing;
  expect([requests, missing.toSorted()]).toEqual([['list 0'], ['g-1', 'g-2']]);
});

it.each([
  [true, 'fetched a delivery'],
  [false, 'recovered a delivery that never arrived'],
])('asked to pull: %s, it logs: %s', async (isPulling, words) => {
  await firstLook();
  const logged: string[] = [];
  const log = pino({ base: null }, { write: (line: string) => void logged.push(JSON.parse(line).msg) });
  await (await makeRecovery(listOf(five.slice(0, 1), () => undefined).forge, undefined, { log, isPulling })).compare(
    never,
  );
  expect(logged).toEqual([words]);
});

it('asks once where nothing is missing, and writes nothing', async () => {
  const { forge, requests } = listOf(five.slice(0, 2), () => undefined);
  const recovery = await makeRecovery(forge);
  expect(await recovery.compare(never)).toBe('complete');
  expect(await recovery.compare(never)).toBe('complete');
  expect(requests).toEqual(['list 0', 'list 0']);
  expect(await received()).toEqual([]);
  expect(recovery.health()).toEqual({
    lastComparison: '2026-03-10T12:00:00.000Z',
    failure: null,
    failingSince: null,
    missing: 0,
  });
});

it('does not take a comparison that failed for one', async () => {
  let isAway = false;
  const { forge } = listOf([], () => (isAway ? away() : undefined));
  const recovery = await makeRecovery(forge);
  const tell = async (time: string) => {
    now = new Date(`2026-03-10T${time}:00.000Z`);
    await recovery.compare(never);
    const { lastComparison, failingSince } = recovery.health();
    return [lastComparison, failingSince].map((each) => each?.slice(11, 16));
  };
  expect(await tell('12:00')).toEqual(['12:00', undefined]);
  isAway = true;
  expect(await tell('12:05')).toEqual(['12:00', '12:05']);
  expect(await tell('12:10')).toEqual(['12:00', '12:05']);
  isAway = false;
  expect(await tell('12:15')).toEqual(['12:15', undefined]);
});

describe.each(['goes on', 'is started anew'])('interrupted by a failure at request N, it %s', (how) => {
  // Three pages and five payloads.
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('N = %i', async (failing) => {
    await firstLook();
    const { forge, requests } = listOf(five, (_, count) => (count === failing ? away() : undefined));
    const first = await makeRecovery(forge);
    expect(await first.compare(never)).toBe('incomplete');
    expect(first.health().failure).toBe('GitHub is away');
    const second = how === 'goes on' ? first : await makeRecovery(forge);
    expect(await second.compare(never)).toBe('complete');
    expect(await received()).toEqual(all);
    expect(second.health()).toMatchObject({ failure: null, missing: 0 });
    // The page or payload that failed once more, a new look at the list's beginning, and payloads that were asked for together.
    expect(requests.length).toBeLessThanOrEqual(8 + 1 + 1 + 4);
    if (failing <= 3) expect(requests).toHaveLength(9);
  });
});

it('asks nothing before GitHub wishes to be asked again', async () => {
  await firstLook();
  const { forge, requests } = listOf(five, (_, count) => (count === 2 ? limited() : undefined));
  const recovery = await makeRecovery(forge);
  await recovery.compare(never);
  monotonic += 599_000;
  expect(await recovery.compare(never)).toBe('incomplete');
  expect(requests).toHaveLength(2);
  monotonic += 1_000;
  now = new Date(now.getTime() - 3_600_000); // the clock is set back meanwhile: what it shows does not matter
  expect(await recovery.compare(never)).toBe('complete');
  expect(await received()).toEqual(all);
});

it.each`
  clock                 | offMilliseconds              | restarts
  ${'right'}            | ${0}                         | ${false}
  ${'eight days ahead'} | ${8 * 24 * 3600 * 1000}      | ${false}
  ${'eight days ahead'} | ${8 * 24 * 3600 * 1000}      | ${true}
  ${'a day behind'}     | ${-24 * 3600 * 1000}         | ${false}
  ${'at 1970'}          | ${-Date.UTC(2026, 2, 10, 0)} | ${false}
`(
  'finds what came after its first start, when GitHub was away and the clock $clock; started again meanwhile: $restarts',
  async ({ offMilliseconds, restarts }) => {
    const began = Date.UTC(2026, 2, 10, 2, 30);
    now = new Date(began + offMilliseconds);
    let isAway = true;
    const { forge } = listOf(five, () => (isAway ? away() : undefined));
    const first = await makeRecovery(forge);
    expect(await first.compare(never)).toBe('incomplete');
    isAway = false;
    now = new Date('2026-03-10T06:00:00Z');
    monotonic = now.getTime() - began;
    githubsNow = now;
    const isCorrected = !restarts;
    expect(await (restarts ? await makeRecovery(forge) : first).compare(never)).toBe('complete');
    // Whoever was started again meanwhile does not know when it began: what is listed by then is not missed the next time.
    const later = listOf([...five, entry(7)], () => undefined).forge;
    await (await makeRecovery(later)).compare(never);
    expect(await received()).toEqual([...(isCorrected ? ['g-3', 'g-4', 'g-5'] : []), 'g-7']);
  },
);

it('lets the others pass by a delivery that cannot be fetched, and takes that when it can', async () => {
  await firstLook();
  let broken = true;
  const { forge } = listOf(five, (request) => (broken && request === 'read 2' ? new Error('no payload') : undefined));
  const recovery = await makeRecovery(forge);
  for (let round = 1; round <= 3; round++) {
    await recovery.compare(never);
    expect(await received()).toEqual(['g-1']);
  }
  await recovery.compare(never);
  expect(await received()).toEqual(['g-1', 'g-3', 'g-4', 'g-5']);
  expect(recovery.health().missing).toBe(1);
  broken = false;
  await recovery.compare(never);
  expect(await received()).toEqual(all);
});

it('does not count early rounds against a delivery that cannot be fetched', async () => {
  await firstLook();
  let broken = true;
  const { forge } = listOf(five, (request) => (broken && request === 'read 2' ? away() : undefined));
  const recovery = await makeRecovery(forge);
  for (let round = 1; round <= 5; round++) expect(await recovery.compare(never, true)).toBe('incomplete');
  expect(await received()).toEqual(['g-1']);
  broken = false;
  await recovery.compare(never, true);
  expect(await received()).toEqual(all);
});

it('reads the list from its beginning where GitHub no longer knows the next page', async () => {
  await firstLook();
  const { forge, requests } = listOf(five, (_, count) => {
    if (count === 2) return away();
    return count === 3 ? new Error('400: no such cursor') : undefined;
  });
  const recovery = await makeRecovery(forge);
  await recovery.compare(never);
  await recovery.compare(never);
  expect(await recovery.compare(never)).toBe('complete');
  expect(requests.slice(0, 6)).toEqual(['list 0', 'list 2', 'list 2', 'list 0', 'list 2', 'list 4']);
  expect(await received()).toEqual(all);
});

it('stops between two requests when it is told to', async () => {
  await firstLook();
  const stop = new AbortController();
  const { forge, requests } = listOf(five, () => {
    stop.abort();
    return undefined;
  });
  expect(await (await makeRecovery(forge)).compare(stop.signal)).toBe('incomplete');
  expect(requests).toEqual(['list 0']);
});
