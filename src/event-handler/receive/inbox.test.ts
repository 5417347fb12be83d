import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Delivery, Inbox } from './inbox.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'inbox-'));
});
afterEach(() => rm(stateDir, { recursive: true, force: true }));

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
  expect(await inbox.receive(comment('g-1', 7))).toBe('new');
  const [name = ''] = await inbox.waiting();
  await inbox.putAway(name, 'done');
  expect(await (await Inbox.open(stateDir)).receive(second)).toBe(outcome);
  expect(await inbox.receive(second)).toBe(outcome);
});

it('takes one of two that come at the same moment', async () => {
  const inbox = await Inbox.open(stateDir);
  const outcomes = await Promise.all([inbox.receive(comment('g-1', 7)), inbox.receive(comment('g-2', 7))]);
  expect(outcomes).toEqual(['new', 'known']);
  expect(await inbox.waiting()).toEqual(['2026-03-10T12-00-00.000Z_000000_comment.7_g-1.json']);
});

it('lists by the time of the delivery, whatever came in between', async () => {
  const inbox = await Inbox.open(stateDir);
  await inbox.receive(comment('g-2', 8, 'created', '2026-03-10T12:00:02.000Z'));
  await inbox.receive(comment('g-1', 7, 'created', '2026-03-10T12:00:01.000Z'));
  expect((await inbox.waiting()).map((name) => name.split('_').at(-1))).toEqual(['g-1.json', 'g-2.json']);
});
