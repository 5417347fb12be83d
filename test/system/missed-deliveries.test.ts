import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { CommentView, SeededDelivery } from '../../stand-ins/github/github-stand-in.ts';
import { makeSite, type Running, repository, type Site } from './site.ts';

// What a relay loses. No job is built here: strangers' commands, which are answered by reactions alone.

let site: Site;
afterEach(() => site?.close());

const quiet = (appCfg: string) => appCfg.replace('[bot_control]\n', '[bot_control]\nchatlevel = minimal\n');
const requestsOf = (...operations: string[]) =>
  site.github.requests.filter(({ operationId }) => operations.includes(operationId ?? ''));
const lookUps = () => requestsOf('apps/list-webhook-deliveries');
const fetches = () => requestsOf('apps/get-webhook-delivery');
const listed = (count: number) =>
  site.github.waitFor(
    `look ${count} at the list`,
    () => lookUps().filter(({ status }) => status === 200).length >= count,
  );
const isHandled = ({ reactions }: CommentView) => reactions.some(({ content }) => content === 'confused');
const commentsOf = (number: number) =>
  site.github.comments(repository, number).filter(({ author }) => author === 'mallory');

async function health(handler: Running): Promise<{ recovery: unknown }> {
  const address = /http:\S+/.exec(handler.output())?.[0];
  return (await (await fetch(`${address}/health`)).json()) as { recovery: unknown };
}

/** The bot looked for the first time before anything was listed; then pull requests are opened, and the bot stops. */
async function siteThatRanBefore(pullRequests: number): Promise<number[]> {
  site = await makeSite({ slurm: {}, edit: quiet });
  const handler = await site.startEventHandler();
  await listed(1);
  const numbers: number[] = [];
  for (let index = 0; index < pullRequests; index++) {
    numbers.push(await site.github.openPullRequest(repository, { branch: `change-${index}`, user: 'dave' }));
  }
  expect(await handler.stop()).toBe(0);
  return numbers;
}

it('handles the 270 commands among 10,000 deliveries that a relay dropped in three days: each once, in order', async () => {
  const numbers = await siteThatRanBefore(3);
  const end = Date.now() - 60_000;
  const stepMilliseconds = (3 * 24 * 3600 * 1000) / 10_000;
  let commands = 0;
  const seeds = Array.from({ length: 10_000 }, (_, index): SeededDelivery => {
    const at = new Date(end - (9_999 - index) * stepMilliseconds);
    const number = numbers[index % 3] ?? 0;
    if (index % 37 !== 0 || commands === 270) return { at, number };
    commands++;
    return { at, number, comment: { user: 'mallory', body: 'bot: help' } };
  });
  site.github.seedDeliveries(repository, seeds);
  const before = site.github.requests.length;

  await site.startEventHandler();
  await site.github.waitFor(
    'all commands handled',
    () => numbers.every((number) => commentsOf(number).every(isHandled)),
    120,
  );

  const made = site.github.requests.slice(before);
  const recovering = made.filter(({ operationId }) => operationId?.includes('webhook-deliver'));
  expect(recovering.length).toBeLessThan(500);
  expect(numbers.flatMap(commentsOf)).toHaveLength(270);
  const reactions = made.filter(({ operationId }) => operationId === 'reactions/create-for-issue-comment');
  expect(reactions).toHaveLength(2 * 270);
  const handled = [...new Set(reactions.map(({ path }) => Number(/comments\/(\d+)\//.exec(path)?.[1])))];
  for (const number of numbers) {
    const written = commentsOf(number).map(({ id }) => id);
    expect(handled.filter((id) => written.includes(id))).toEqual(written);
  }
});

it('goes on after kill -9 in the midst of fetching, without reading the whole list again', async () => {
  const [number = 0] = await siteThatRanBefore(1);
  const seeds = Array.from({ length: 500 }, (_, index): SeededDelivery => {
    const at = new Date(Date.now() - (500 - index) * 60_000);
    return index % 10 === 0 ? { at, number, comment: { user: 'mallory', body: 'bot: help' } } : { at, number };
  });
  site.github.seedDeliveries(repository, seeds);
  const looks = lookUps().length;
  const killed = await site.startEventHandler();
  await site.github.waitFor('twenty payloads fetched', () => fetches().length >= 20);
  await killed.kill();

  await site.startEventHandler();
  await site.github.waitFor('all commands handled', () => commentsOf(number).every(isHandled));
  // The file system kept what had been received; asked for together, and under way when it died, were six at most.
  expect(fetches().length).toBeLessThanOrEqual(50 + 6);
  expect(lookUps().length - looks).toBe(6 + 1);
  const handled = requestsOf('reactions/create-for-issue-comment').map(({ path }) => path);
  expect(handled).toHaveLength(2 * 50);
});

it('tells in its health when it compared, and costs one request while nothing is missing', async () => {
  const [number = 0] = await siteThatRanBefore(1);
  site.github.seedDeliveries(repository, [
    { at: new Date(), number, comment: { user: 'mallory', body: 'bot: help' } },
    { at: new Date(), number },
  ]);
  const handler = await site.startEventHandler();
  await site.github.waitFor('the command handled', () => commentsOf(number).every(isHandled));
  const { recovery } = await health(handler);
  expect(recovery).toEqual({
    lastComparison: expect.stringMatching(/^\d{4}-/),
    failure: null,
    failingSince: null,
    missing: 0,
  });
  expect(fetches()).toHaveLength(1);
  expect(await handler.stop()).toBe(0);

  const looks = lookUps().length;
  const again = await site.startEventHandler();
  await listed(looks + 1);
  expect(await again.stop()).toBe(0);
  expect(lookUps()).toHaveLength(looks + 1);
  expect(fetches()).toHaveLength(1);
});

it('receives without a port and without a secret: --pull', async () => {
  site = await makeSite({ slurm: {}, edit: quiet, environment: { GITHUB_APP_SECRET_TOKEN: '' } });
  const handler = await site.startEventHandler('--pull', '1');
  await listed(1);
  const number = await site.github.openPullRequest(repository, { branch: 'change', user: 'dave' });
  const first = await site.github.comment(repository, number, 'mallory', 'bot: help');
  await site.github.comment(repository, number, 'mallory', 'bot: status');
  await site.github.waitFor('both handled', () => commentsOf(number).every(isHandled));
  await site.github.redeliver(first.guid);
  await listed(lookUps().length + 2);
  expect(await handler.stop()).toBe(0);
  expect(handler.output()).not.toContain('listens');
  expect(requestsOf('reactions/create-for-issue-comment')).toHaveLength(4);
});

it('works off what was missed once: -c', async () => {
  const [number = 0] = await siteThatRanBefore(1);
  site.github.seedDeliveries(repository, [{ at: new Date(), number, comment: { user: 'mallory', body: 'bot: help' } }]);

  site.github.failNext({ operationId: 'apps/get-webhook-delivery', times: 1, fault: { status: 502 } });
  const failed = await site.run('event_handler.sh', '-c');
  expect(failed.status).toBe(1);
  expect(failed.output).toContain(
    'error: could not find out which deliveries were missed: GitHub did not answer properly (502)',
  );
  expect(commentsOf(number).some(isHandled)).toBe(false);

  expect((await site.run('event_handler.sh', '--cron')).status).toBe(0);
  expect(commentsOf(number).every(isHandled)).toBe(true);
  expect(await readdir(join(site.directory, 'jobs/.bot/inbox/new'))).toEqual([]);
});

it('leaves what came before the first start to whoever handled it then', async () => {
  site = await makeSite({ slurm: {}, edit: quiet });
  const number = await site.github.openPullRequest(repository, { branch: 'change', user: 'dave' });
  await site.github.comment(repository, number, 'mallory', 'bot: help');
  expect((await site.run('event_handler.sh', '-c')).status).toBe(0);
  await site.github.comment(repository, number, 'mallory', 'bot: status');
  expect((await site.run('event_handler.sh', '-c')).status).toBe(0);
  expect(commentsOf(number).map(isHandled)).toEqual([false, true]);
});
