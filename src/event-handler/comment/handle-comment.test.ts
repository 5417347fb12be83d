import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { exampleComment } from '../../../test/example-comment.ts';
import { exampleSettings } from '../../../test/example-settings.ts';
import { machineClock } from '../../daemon/clock.ts';
import { type Markdown, PerhapsGone, type PullRequest, TryAgainLater } from '../../outside/forge/forge.ts';
import type { Tools } from '../tools.ts';
import { handleComment } from './handle-comment.ts';
import type { WrittenPlan } from './kept-plan.ts';
import { standsAlone } from './stands-alone.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'handle-comment-'));
});
afterEach(() => rm(directory, { recursive: true }));

const shown: PullRequest = { number: 9, baseBranch: 'main', headSha: 'c0ffee'.padEnd(40, '0') };

/** A comment that orders one commit, of a pull request of which no event has told; another is its head. */
function commandOn(
  answers: readonly (PullRequest | Promise<PullRequest> | 'gone' | Error)[],
  typed = 'build for:arch=x86_64/amd/zen2 sha:1111111',
) {
  const example = exampleSettings();
  const settings = {
    ...example,
    stateDir: directory,
    control: { ...example.control, chatLevel: 'chatty' },
    build: { ...example.build, jobsBaseDir: join(directory, 'jobs') },
  };
  const left = [...answers];
  const said: string[] = [];
  const reactions: string[] = [];
  const github = {
    readPullRequest: async () => {
      const answer = left.shift();
      if (answer === undefined || answer instanceof Error) throw answer ?? new Error('asked once too often');
      return answer;
    },
    addReaction: async (_: unknown, __: unknown, reaction: string) => void reactions.push(reaction),
    createComment: async (_: unknown, body: Markdown) => {
      said.push(body);
      return { id: 70, url: 'u', body, author: { login: 'a[bot]', isBot: true } };
    },
  };
  const tools = { settings, forge: github, ...machineClock, log: pino({ level: 'silent' }) } as unknown as Tools;
  let plan: WrittenPlan | undefined;
  const delivery = {
    guid: 'd-1',
    receivedAt: '2026-01-01T00:00:01Z',
    plan: {
      read: async () => plan,
      write: async (now: object) => {
        plan = now as WrittenPlan;
      },
    },
    inbox: { commentsSince: async () => [], openPlans: async () => [], async *waitingEvents() {} },
  };
  const body = `bot: ${typed}`;
  const route = exampleComment(body, { standsAlone: standsAlone(body) });
  return { handle: () => handleComment(route, delivery, tools), planNow: () => plan, said, reactions };
}

it.each([
  ['not shown once', new PerhapsGone('404', { cause: undefined })],
  ['behind a GitHub that is away', new TryAgainLater('502', { cause: undefined })],
])('a pull request that is %s is asked for again, from the plan', async (_what, failure) => {
  const { handle, planNow, said, reactions } = commandOn([failure, failure, shown]);
  for (let times = 0; times < 2; times++) {
    await expect(handle()).rejects.toThrow(failure);
    expect(planNow()).toMatchObject({ unplaced: true, commands: [{ outcome: { kind: 'build' } }] });
  }
  expect([said, reactions]).toEqual([[], []]);
  await handle();
  expect(planNow()).not.toHaveProperty('unplaced');
  expect(said).toEqual([expect.stringContaining('1111111')]);
  expect(reactions).toEqual(['eyes', 'confused']);
});

it('where GitHub lets one comment wait, what is asked of the instance alone is answered', async () => {
  const asked = Promise.withResolvers<PullRequest>();
  const build = commandOn([asked.promise]);
  const help = commandOn([], 'help');
  const building = build.handle();
  await help.handle();
  expect(help.said).toEqual([expect.stringContaining('What can be typed')]);
  asked.resolve(shown);
  await building;
  expect(build.said).toEqual([expect.stringContaining('1111111')]);
});

it('a pull request that is gone is told', async () => {
  const { handle, said } = commandOn([new PerhapsGone('404', { cause: undefined }), 'gone']);
  await expect(handle()).rejects.toThrow('404');
  await handle();
  expect(said.at(-1)).toContain('GitHub no longer shows this pull request to the bot');
});
