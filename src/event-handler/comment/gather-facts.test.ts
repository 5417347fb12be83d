import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { exampleComment } from '../../../test/example-comment.ts';
import { exampleSettings } from '../../../test/example-settings.ts';
import { gitHubWebhooks } from '../../outside/forge/github/github-webhooks.ts';
import { rememberPullRequest } from '../events/remember-pull-request.ts';
import type { Tools } from '../tools.ts';
import { gatherFacts, gatherPlace } from './gather-facts.ts';
import { parseComment } from './parse-comment.ts';

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
  const tools = {
    settings: { stateDir: directory, build: { jobsBaseDir: join(directory, 'jobs') } },
    webhooks: gitHubWebhooks,
    now: () => new Date('2026-03-10T12:00:11Z'),
  } as unknown as Tools;
  const request = { repository, pullRequest: 7, at: createdAt, ...(!isButton && { commentId: 1 }) };
  const place = await gatherPlace(request, { guid: 'g-1', inbox }, tools);
  expect(place).toMatchObject({ pullRequest: { headSha: builds }, isOfButton: isButton });
});

it.each`
  what                                          | typed                                       | by           | whose                                     | reads
  ${'jobs that it has not'}                     | ${'bot: log jobid:9\nbot: cancel jobid:9'}  | ${undefined} | ${['nothing-matches', 'nothing-matches']} | ${1}
  ${'something else'}                           | ${'bot: status'}                            | ${undefined} | ${['ours']}                               | ${0}
  ${'a job that another instance is asked for'} | ${'bot: log jobid:9 inst:other\nbot: ping'} | ${undefined} | ${['ours', 'ours']}                       | ${0}
  ${'a job, by somebody who may not command'}   | ${'bot: cancel jobid:9'}                    | ${'mallory'} | ${['left-to-others']}                     | ${0}
`('for $what the comments of the pull request are read $reads times', async ({ typed, by, whose, reads }) => {
  const settings = { ...exampleSettings(), stateDir: directory };
  settings.build = { ...settings.build, jobsBaseDir: join(directory, 'jobs') };
  settings.jobManager = { ...settings.jobManager, jobIdsDir: join(directory, 'ids') };
  const comment = exampleComment(typed, by && { sender: by });
  let read = 0;
  const forge = {
    async listComments() {
      read += 1;
      return [];
    },
    readOwnLogin: async () => 'bot-a[bot]',
  };
  const request = { ...comment, commentId: 5, at: comment.comment.createdAt };
  const tools = { settings, forge } as unknown as Tools;
  const facts = await gatherFacts(parseComment(comment, settings), request, { guid: 'g-1', inbox }, tools);
  expect(facts.whose?.map(({ kind }) => kind)).toEqual(whose);
  expect(read).toBe(reads);
});
