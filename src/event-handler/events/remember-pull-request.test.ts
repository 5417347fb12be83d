import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readKnownHead } from '../../jobs/known-pull-request.ts';
import { withoutSeal } from '../../outside/files/seal.ts';
import { gitHubWebhooks } from '../../outside/forge/github/github-webhooks.ts';
import type { PullRequestState } from '../../outside/forge/webhooks.ts';
import {
  headAt,
  hearOfPushes,
  plusEvent,
  prunePullRequests,
  readPullRequest,
  rememberPullRequest,
  takeDeployment,
} from './remember-pull-request.ts';

const at = (seconds: number) => `2026-03-10T12:00:${String(seconds).padStart(2, '0')}Z`;
const state = (headSha: string, seconds: number, headBefore?: string): PullRequestState => ({
  baseBranch: 'main',
  headSha,
  updatedAt: at(seconds),
  ...(headBefore !== undefined && { headBefore }),
});
const opened = state('c0', 0);
const [first, second] = [state('c1', 10, 'c0'), state('c2', 20, 'c1')];
const labelled = state('c2', 30);

it.each`
  what                                          | events                              | command | head
  ${'no push'}                                  | ${[opened]}                         | ${5}    | ${'c0'}
  ${'pushed after the command'}                 | ${[opened, first]}                  | ${5}    | ${'c0'}
  ${'pushed before the command'}                | ${[opened, first]}                  | ${15}   | ${'c1'}
  ${'pushed in the same second'}                | ${[opened, first]}                  | ${10}   | ${'c1'}
  ${'two pushes after the command'}             | ${[opened, first, second]}          | ${5}    | ${'c0'}
  ${'one push before, one after'}               | ${[opened, first, second]}          | ${15}   | ${'c1'}
  ${'both before'}                              | ${[opened, first, second]}          | ${25}   | ${'c2'}
  ${'the push is all that is known'}            | ${[first]}                          | ${5}    | ${'c0'}
  ${'pushes that come in the wrong order'}      | ${[opened, second, first]}          | ${5}    | ${'c0'}
  ${'the same, the command between them'}       | ${[opened, second, first]}          | ${15}   | ${'c1'}
  ${'the same event again'}                     | ${[opened, first, first, labelled]} | ${40}   | ${'c2'}
  ${'an event that is no push, and comes late'} | ${[first, opened]}                  | ${15}   | ${'c1'}
`('$what: a command at $command is for $head', ({ events, command, head }) => {
  const known = (events as PullRequestState[]).reduce(plusEvent, undefined as never);
  expect(headAt(known, at(command))).toBe(head);
});

it.each(['2026-03-10T12:00:10.500Z', '2026-03-10T13:00:10+01:00', '2026-03-10T12:00:10+00:00'])(
  'compares times, not how they are written: %s is no time before the push',
  (typed) => {
    const known = plusEvent(plusEvent(undefined, opened), first);
    expect(headAt(known, typed)).toBe('c1');
  },
);

it('does not take a later commit for that of a command which too many pushes followed', () => {
  const minute = (push: number) => new Date(Date.UTC(2026, 2, 10, 12, push)).toISOString();
  const pushes = Array.from({ length: 60 }, (_, index) => ({
    baseBranch: 'main',
    headSha: `c${index + 1}`,
    headBefore: `c${index}`,
    updatedAt: minute(index + 1),
  }));
  const inOrder = pushes.reduce(plusEvent, undefined as never);
  const late = [...pushes.slice(1), pushes[0] as PullRequestState].reduce(plusEvent, undefined as never);
  for (const known of [inOrder, late]) {
    expect([0, 9].map((typed) => headAt(known, minute(typed)))).toEqual([undefined, undefined]);
    expect([10, 59, 60].map((typed) => headAt(known, minute(typed)))).toEqual(['c10', 'c59', 'c60']);
  }
});

it('keeps what it was told, and asks GitHub only where nothing was told', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'known-'));
  const repository = { owner: 'O', name: 'R' };
  const github = { readPullRequest: async () => 'gone' as const };
  try {
    expect(await readPullRequest(directory, { repository, pullRequest: 1 }, { at: at(5) }, github)).toBe('gone');
    for (const event of [opened, first]) await rememberPullRequest(directory, { repository, pullRequest: 1 }, event);
    expect(
      await readPullRequest(
        directory,
        { repository: { owner: 'o', name: 'r' }, pullRequest: 1 },
        { at: at(5) },
        github,
      ),
    ).toEqual({
      number: 1,
      baseBranch: 'main',
      headSha: 'c0',
    });
    const newest = await readPullRequest(directory, { repository, pullRequest: 1 }, 'newest', github);
    expect(newest).toMatchObject({ headSha: 'c1' }); // of a button: GitHub does not tell when it was pressed
  } finally {
    await rm(directory, { recursive: true });
  }
});

it('obeys a label once, and none that is older than one that was obeyed, under whatever identity it comes', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'known-'));
  const take = (event: PullRequestState, delivery: string) =>
    takeDeployment(directory, { repository: { owner: 'O', name: 'R' }, pullRequest: 1 }, event, delivery);
  try {
    expect(await take(state('c0', 10), 'a')).toBe('new');
    expect(await take(state('c0', 10), 'a')).toBe('new'); // tried again after a kill
    expect(await take(state('c0', 10), 'b')).toBe('replayed');
    await rememberPullRequest(directory, { repository: { owner: 'O', name: 'R' }, pullRequest: 1 }, second);
    expect(await take(state('c2', 30), 'c')).toBe('new');
    expect(await take(state('c0', 10), 'd')).toBe('replayed');
  } finally {
    await rm(directory, { recursive: true });
  }
});

it('hears of pushes that wait behind a command, where nothing is known of the pull request', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'known-'));
  const [old, evil, other] = ['c', 'd', 'e'].map((digit) => digit.repeat(40));
  const push = (number: number, name: string, sha = '', before = '') => ({
    event: 'pull_request',
    body: JSON.stringify({
      action: 'synchronize',
      before,
      repository: { name, owner: { login: 'O' } },
      sender: { login: 'dave' },
      pull_request: { number, updated_at: at(10), base: { ref: 'main' }, head: { sha } },
    }),
  });
  const parsed: string[] = [];
  const unread = (event: string) => ({
    event,
    get body() {
      parsed.push(event);
      return '{}';
    },
  });
  const waiting = [
    push(2, 'R', other, old),
    push(1, 'other', other, old),
    { event: 'pull_request', body: '{}' },
    unread('check_run'),
    unread('issue_comment'),
    push(1, 'r', evil, old),
  ];
  const inbox = {
    async *waitingEvents() {
      yield* waiting;
    },
  };
  const repository = { owner: 'o', name: 'R' };
  const github = { readPullRequest: async () => 'gone' as const };
  try {
    await hearOfPushes(directory, { repository, pullRequest: 1 }, inbox, gitHubWebhooks);
    expect(parsed).toEqual([]); // they tell of no push
    expect(await readPullRequest(directory, { repository, pullRequest: 1 }, { at: at(5) }, github)).toMatchObject({
      headSha: old,
    });
    expect(await readPullRequest(directory, { repository, pullRequest: 1 }, { at: at(15) }, github)).toMatchObject({
      headSha: evil,
    });
    expect(await readPullRequest(directory, { repository, pullRequest: 2 }, { at: at(5) }, github)).toBe('gone');
  } finally {
    await rm(directory, { recursive: true });
  }
});

it.each`
  owner           | directory
  ${'O'}          | ${'pulls/o/r'}
  ${'O/R'}        | ${'pulls/o+r/r'}
  ${'O/R/9.json'} | ${'pulls/o+r+9.json/r'}
`('half-written files go after an hour, of a repository of $owner', async ({ owner, directory }) => {
  const stateDir = await mkdtemp(join(tmpdir(), 'pulls-'));
  try {
    for (const each of ['O', owner])
      await rememberPullRequest(stateDir, { repository: { owner: each, name: 'R' }, pullRequest: 9 }, opened);
    await writeFile(join(stateDir, directory, '.9.json.abc.tmp'), '');
    await prunePullRequests(stateDir, new Date());
    expect(await readdir(join(stateDir, directory))).toHaveLength(2);
    await prunePullRequests(stateDir, new Date(Date.now() + 2 * 3600 * 1000));
    expect(await readdir(join(stateDir, directory))).toEqual(['9.json']);
  } finally {
    await rm(stateDir, { recursive: true });
  }
});

it.each`
  what                            | forge
  ${'somebody else wrote'}        | ${(real: string) => withoutSeal(real).replace('c0', 'evil')}
  ${'has another commit in it'}   | ${(real: string) => real.replace('c0', 'evil')}
  ${'is of another pull request'} | ${(_real: string, other: string) => other}
`('what $what is as good as none: GitHub tells the commit', async ({ forge }) => {
  const stateDir = await mkdtemp(join(tmpdir(), 'pulls-'));
  try {
    const repository = { owner: 'O', name: 'R' };
    await rememberPullRequest(stateDir, { repository, pullRequest: 9 }, opened);
    await rememberPullRequest(stateDir, { repository, pullRequest: 10 }, state('evil', 0));
    const path = (number: number) => join(stateDir, `pulls/o/r/${number}.json`);
    const forged = forge(await readFile(path(9), 'utf8'), await readFile(path(10), 'utf8'));
    await writeFile(path(9), forged);
    expect(await readKnownHead(stateDir, { repository, pullRequest: 9 })).toBeUndefined();
    const asked = { number: 9, baseBranch: 'main', headSha: 'from GitHub' };
    expect(
      await readPullRequest(
        stateDir,
        { repository, pullRequest: 9 },
        { at: at(5) },
        { readPullRequest: async () => asked },
      ),
    ).toBe(asked);
    expect(await readFile(`${path(9)}.damaged`, 'utf8')).toBe(forged);
  } finally {
    await rm(stateDir, { recursive: true });
  }
});
