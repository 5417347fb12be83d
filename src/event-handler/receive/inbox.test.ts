import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gitHubWebhooks } from '../../outside/forge/github/github-webhooks.ts';
import type { Delivery } from './delivery.ts';
import { Inbox } from './inbox.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'inbox-'));
});
afterEach(() => rm(stateDir, { recursive: true, force: true }));

const receive = (inbox: Inbox, delivery: Delivery) =>
  inbox.receive(delivery, gitHubWebhooks.glance(delivery.event, JSON.parse(delivery.body)).newComment);

const comment = (guid: string, id: unknown, action = 'created', receivedAt = '2026-03-10T12:00:00.000Z'): Delivery => ({
  version: 1,
  guid,
  event: 'issue_comment',
  receivedAt,
  headers: {},
  body: JSON.stringify({ action, comment: { id } }),
});

it.each`
  what                                      | second                         | outcome
  ${'the same delivery'}                    | ${comment('g-1', 7)}           | ${'known'}
  ${'its comment under another GUID'}       | ${comment('g-2', 7)}           | ${'known'}
  ${'another comment'}                      | ${comment('g-2', 8)}           | ${'new'}
  ${'the comment edited'}                   | ${comment('g-2', 7, 'edited')} | ${'new'}
  ${'a comment whose id is not a number'}   | ${comment('g-2', '../../x')}   | ${'new'}
  ${'a comment whose id is another’s GUID'} | ${comment('g-2', 'g-1')}       | ${'new'}
`('$what is $outcome, also after it was worked off and after a restart', async ({ second, outcome }) => {
  const inbox = await Inbox.open(stateDir);
  expect(await receive(inbox, comment('g-1', 7))).toBe('new');
  const [name = ''] = await inbox.waiting();
  await inbox.putAway(name);
  expect(await receive(await Inbox.open(stateDir), second)).toBe(outcome);
  expect(await receive(inbox, second)).toBe(outcome);
});

it('knows an event that is no new comment by its body too: its GUID is not signed', async () => {
  const inbox = await Inbox.open(stateDir);
  const closed = { ...comment('g-1', 7, 'closed'), event: 'pull_request' };
  expect(await receive(inbox, closed)).toBe('new');
  for (const each of [inbox, await Inbox.open(stateDir)]) {
    expect(await receive(each, { ...closed, guid: 'g-2' })).toBe('known');
    expect(await receive(each, { ...closed, guid: 'g-3', event: 'issue_comment' })).toBe('known');
  }
  expect(await receive(inbox, { ...closed, guid: 'g-4', body: `${closed.body} ` })).toBe('new');
});

it('keeps ten thousand of the identities that somebody makes up, and its own', async () => {
  const inbox = await Inbox.open(stateDir);
  await receive(inbox, comment('g-0', 7));
  for (let number = 1; number <= 10_001; number++) await receive(inbox, comment(`g-${number}`, 7));
  expect(['g-0', 'g-1', 'g-2', 'g-10001'].map((guid) => inbox.knows(guid))).toEqual([true, false, true, true]);
  expect(await receive(inbox, comment('g-1', 7))).toBe('known');
});

it('takes one of two that come at the same moment', async () => {
  const inbox = await Inbox.open(stateDir);
  const outcomes = await Promise.all([receive(inbox, comment('g-1', 7)), receive(inbox, comment('g-2', 7))]);
  expect(outcomes).toEqual(['new', 'known']);
  expect(await inbox.waiting()).toEqual(['2026-03-10T12-00-00.000Z_000000_comment.7_g-1.json']);
});

it('lists by the time of the delivery, whatever came in between', async () => {
  const inbox = await Inbox.open(stateDir);
  await receive(inbox, comment('g-2', 8, 'created', '2026-03-10T12:00:02.000Z'));
  await receive(inbox, comment('g-1', 7, 'created', '2026-03-10T12:00:01.000Z'));
  expect((await inbox.waiting()).map((name) => name.split('_').at(-1))).toEqual(['g-1.json', 'g-2.json']);
});

it('prunes what killed processes left: plans without a delivery, half-written files after an hour', async () => {
  const delivery = {
    version: 1,
    guid: 'w-1',
    event: 'star',
    receivedAt: '2025-01-05T03:04:05Z',
    headers: {},
    body: '{}',
  } as const;
  const inbox = await Inbox.open(stateDir);
  await receive(inbox, delivery);
  await inbox.planOf('w-1').write({ version: 1 });
  await inbox.planOf('gone').write({ version: 1 });
  const half = join(stateDir, 'inbox/new/.x.json.abc.tmp');
  await writeFile(half, '');
  await inbox.prune(new Date(), gitHubWebhooks);
  expect(await readdir(join(stateDir, 'inbox/plans'))).toEqual(['w-1.json']);
  expect(await readdir(join(stateDir, 'inbox/new'))).toHaveLength(2);
  await inbox.prune(new Date(Date.now() + 2 * 3600 * 1000), gitHubWebhooks);
  expect(await inbox.waiting()).toEqual(await readdir(join(stateDir, 'inbox/new')));
});

it.each`
  received                      | happened                  | known
  ${'2026-03-02T12:00:00.000Z'} | ${'2026-03-02T11:59:59Z'} | ${false}
  ${'2026-03-04T12:00:00.000Z'} | ${'2026-03-04T11:59:59Z'} | ${true}
  ${'1970-01-01T00:01:00.000Z'} | ${'2026-03-10T11:00:00Z'} | ${true}
  ${'2026-03-01T12:00:00.000Z'} | ${'2026-03-09T12:00:00Z'} | ${true}
  ${'2026-03-18T12:00:00.000Z'} | ${'2026-03-10T12:00:00Z'} | ${true}
`(
  'on 10 March one received at $received, whose comment is of $happened, is known still: $known',
  async ({ received, happened, known }) => {
    const inbox = await Inbox.open(stateDir);
    const body = JSON.stringify({ action: 'created', comment: { id: 7, created_at: happened } });
    await receive(inbox, { version: 1, guid: 'g-1', event: 'issue_comment', receivedAt: received, headers: {}, body });
    const [name = ''] = await inbox.waiting();
    await inbox.putAway(name);
    await inbox.prune(new Date('2026-03-10T12:00:00Z'), gitHubWebhooks);
    expect([inbox.knows('g-1'), (await Inbox.open(stateDir)).knows('g-1')]).toEqual([known, known]);
  },
);

describe('another process puts a delivery there, as -f does beside a running daemon', () => {
  it('is known once it was taken up', async () => {
    const [daemon, other] = [await Inbox.open(stateDir), await Inbox.open(stateDir)];
    await receive(other, comment('g-1', 7));
    const [name = ''] = await daemon.waiting();
    expect(await daemon.takeUp(name)).toBe('taken up');
    await daemon.putAway(name);
    expect(daemon.knows('g-1')).toBe(true);
    expect(await receive(daemon, comment('g-2', 7))).toBe('known');
  });

  it('is put away where it was received before', async () => {
    const [daemon, other] = [await Inbox.open(stateDir), await Inbox.open(stateDir)];
    await receive(daemon, comment('g-1', 7));
    await daemon.planOf('g-1').write({ version: 1 });
    await receive(other, comment('g-1', 7, 'created', '2026-03-10T12:00:01.000Z'));
    const [first = '', second = ''] = await daemon.waiting();
    expect([await daemon.takeUp(first), await daemon.takeUp(second)]).toEqual(['taken up', 'repeated']);
    expect(await daemon.waiting()).toEqual([first]);
    expect(await daemon.planOf('g-1').read()).toEqual({ version: 1 });
  });

  it('is worked off once where both are found by the next process', async () => {
    const [daemon, other] = [await Inbox.open(stateDir), await Inbox.open(stateDir)];
    await receive(daemon, comment('g-1', 7));
    await receive(other, comment('g-1', 7, 'created', '2026-03-10T12:00:01.000Z'));
    const next = await Inbox.open(stateDir);
    const taken = [];
    for (const name of await next.waiting()) taken.push(await next.takeUp(name));
    expect(taken.toSorted()).toEqual(['repeated', 'taken up']);
  });
});

describe('a damaged delivery', () => {
  const now = new Date().toISOString();
  const forgetOne = async (receivedAt = now) => {
    const inbox = await Inbox.open(stateDir);
    await receive(inbox, comment('g-1', 7, 'created', receivedAt));
    await inbox.planOf('g-1').write({ version: 1 });
    const [name = ''] = await inbox.waiting();
    await inbox.setDamagedAside(name, 'it is damaged');
    return inbox;
  };

  it('is looked for by the next process too, until it has come again', async () => {
    await forgetOne();
    const next = await Inbox.open(stateDir);
    expect([next.takeLost(), next.takeLost()]).toEqual([true, false]);
    await receive(next, comment('g-1', 7, 'created', now));
    expect((await Inbox.open(stateDir)).takeLost()).toBe(false);
  });

  it('is looked for whatever its name says of the time: the clock may have been wrong', async () => {
    await forgetOne('1970-01-01T00:01:00.000Z');
    expect((await Inbox.open(stateDir)).takeLost()).toBe(true);
  });

  it('keeps its plan, by which it goes on when it comes again', async () => {
    const inbox = await forgetOne();
    await inbox.prune(new Date(), gitHubWebhooks);
    expect(await inbox.planOf('g-1').read()).toEqual({ version: 1 });
  });
});
