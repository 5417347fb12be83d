import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { gitHubWebhooks } from '../../outside/forge/github/github-webhooks.ts';
import { rememberPullRequest } from '../events/known-pull-requests.ts';
import type { CommentRoute } from '../events/route.ts';
import type { Tools } from '../tools.ts';
import { gatherPlace } from './gather-facts.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gather-'));
});
afterEach(() => rm(directory, { recursive: true }));

const repository = { owner: 'O', name: 'R' };
const [replaced, head] = ['a'.repeat(40), 'b'.repeat(40)];
const inbox = {
  commentsSince: async () => [],
  openPlans: async () => [],
  async *waitingEvents() {},
};

it.each`
  what                                                                            | createdAt                     | isButton | builds
  ${'a comment from before a push'}                                               | ${'2026-03-10T12:00:09Z'}     | ${false} | ${replaced}
  ${'a comment of the second of a push: it was heard of first'}                   | ${'2026-03-10T12:00:10Z'}     | ${false} | ${head}
  ${'a button, pressed after a push, whose time is told by a clock that is late'} | ${'2026-03-10T12:00:09.100Z'} | ${true}  | ${head}
  ${'a button, pressed in the second of a push'}                                  | ${'2026-03-10T12:00:10.500Z'} | ${true}  | ${head}
`('the head that counts for $what', async ({ createdAt, isButton, builds }) => {
  const state = { baseBranch: 'main', headSha: head, headBefore: replaced, updatedAt: '2026-03-10T12:00:10Z' };
  await rememberPullRequest(directory, { repository, pullRequest: 7 }, state);
  const comment = { repository, pullRequest: 7, comment: { id: 1, body: '', createdAt } } as unknown as CommentRoute;
  const tools = {
    settings: { stateDir: directory, build: { jobsBaseDir: join(directory, 'jobs') } },
    webhooks: gitHubWebhooks,
    now: () => new Date('2026-03-10T12:00:11Z'),
  } as unknown as Tools;
  const asked = { comment, ...(isButton && { button: { about: () => [] } }) };
  const place = await gatherPlace(asked, 'g-1', inbox, tools);
  expect(place).toMatchObject({ pullRequest: { headSha: builds }, isOfButton: isButton });
});
