import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pullRequestCommits } from '../stand-ins/github/target-repository.ts';
import { repository } from '../test/system/site.ts';
import { buildCommand, withTargets } from './build-command.ts';
import { deliver, type Prepared, prepareDelivery, preparePing } from './deliver.ts';
import type { Aim, Figure, Measured } from './figure.ts';
import { startFsyncServer } from './fsync-server.ts';
import { percentile } from './percentile.ts';
import { residentMegabytes } from './process-facts.ts';
import { type QuietSite, withQuietSite } from './quiet-site.ts';
import { untilWorkedOff } from './until-worked-off.ts';

const usualBytes = 25_000;

/** From POST to 202, beside a server that only puts the same bytes on the disk. */
export async function measureReceiving(isQuick: boolean): Promise<Measured> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'bot-bench-fsync-')));
  await mkdir(join(directory, 'new'));
  const limit = await startFsyncServer(join(directory, 'new'));
  try {
    return await withQuietSite({ isQuick, edit: withTargets }, async (quiet) => ({
      figures: await allOf(quiet, limit.address, isQuick),
    }));
  } finally {
    await limit.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function allOf(quiet: QuietSite, limitPort: number, isQuick: boolean): Promise<Figure[]> {
  const handler = await quiet.site.startEventHandler();
  const pid = handler.process.pid;
  const port = quiet.portOf(handler);
  const beside = async (what: string, share: number, aim: Aim, load: (port: number) => Promise<number[]>) => {
    const alone = percentile(await load(limitPort), share);
    const measured = percentile(await load(port), share);
    const words = { what: 'a server that only fsyncs', value: alone };
    return { part: 'receiving', what, unit: 'ms', aim, limit: words, measured } as const;
  };
  for (const each of [limitPort, port]) await inTurn(each, 50);
  const figures: Figure[] = [
    await beside('25 KB, one after the other: p50', 0.5, { atMost: 7 }, (to) => inTurn(to, 500)),
    await beside('25 KB, one after the other: p99', 0.99, { atMost: 20 }, (to) => inTurn(to, 1_000)),
    await beside('50 at once: the last 202', 0.5, { atMost: 100 }, (to) => lastOf(50, to)),
    await beside(`200/s for ${isQuick ? 5 : 60} s: p99`, 0.99, { atMost: 50 }, (to) => steadily(to, isQuick ? 5 : 60)),
  ];
  const comments = await commentsOf(quiet, 200, texts);
  const builds = await commentsOf(quiet, 50, [buildCommand(1)]);
  figures.push(
    await beside('200 mixed comments at once: p50', 0.5, { atMost: 200 }, (to) => atOnce(to, comments())),
    await beside('200 mixed comments at once: p99', 0.99, { atMost: 200 }, (to) => atOnce(to, comments())),
  );
  for (const latency of [0, 150]) {
    quiet.site.github.answerAfter(latency);
    const commands = (to: number) => atOnce(to, builds());
    const what = `50 build commands at once, GitHub of ${latency} ms: the last 202`;
    figures.push(await beside(what, 1, { atMost: 100 }, commands));
    await untilWorkedOff(quiet.site);
  }
  quiet.site.github.answerAfter(0);
  await quiet.rest();
  const before = await residentMegabytes(pid);
  figures.push(await beside('a payload of 24.9 MB', 0.5, { atMost: 1_000 }, (to) => large(to)));
  await quiet.rest();
  const grown = (await residentMegabytes(pid)) - before;
  const what = 'memory that is not back a minute after three payloads of 24.9 MB';
  figures.push({ part: 'receiving', what, unit: 'MB', measured: Math.max(0, grown), aim: { atMost: 5 } });
  return figures;
}

async function inTurn(port: number, count: number): Promise<number[]> {
  const waits: number[] = [];
  for (let done = 0; done < count; done++) waits.push(await deliver(port, preparePing(usualBytes)));
  return waits;
}

/** Ten times so many at once: of each time the longest wait. */
async function lastOf(count: number, port: number): Promise<number[]> {
  const last: number[] = [];
  for (let round = 0; round < 10; round++) {
    const waits = await atOnce(
      port,
      Array.from({ length: count }, () => preparePing(usualBytes)),
    );
    last.push(Math.max(...waits));
  }
  return last;
}

const atOnce = (port: number, deliveries: readonly Prepared[]) =>
  Promise.all(deliveries.map((delivery) => deliver(port, delivery)));

/** 200 a second, whether the earlier ones are answered or not. */
async function steadily(port: number, seconds: number): Promise<number[]> {
  const sent: Promise<number>[] = [];
  const begin = performance.now();
  for (let count = 0; count < seconds * 200; count++) {
    const due = begin + count * 5;
    if (due > performance.now()) await pause(due - performance.now());
    const late = performance.now() - due; // this process had no time to send it: it waited all the same
    sent.push(deliver(port, preparePing(usualBytes)).then((wait) => wait + Math.max(0, late - 1)));
  }
  return await Promise.all(sent);
}

async function large(port: number): Promise<number[]> {
  const waits: number[] = [];
  for (let round = 0; round < 3; round++) waits.push(await deliver(port, preparePing(24_900_000)));
  return waits;
}

const texts = ['bot: help', 'bot: status', 'bot: show_config', 'Looks good to me.', 'bot: nonsense', 'bot: ping'];

/** Makes so many comments as GitHub delivers them, by one that it has delivered: others each time. */
async function commentsOf({ site }: QuietSite, count: number, texts: readonly string[]): Promise<() => Prepared[]> {
  const opened = { branch: `comments-${count}`, user: 'dave', commits: pullRequestCommits };
  const number = await site.github.openPullRequest(repository, opened);
  const delivery = await site.github.comment(repository, number, 'alice', 'Hello.');
  const payload = JSON.parse(delivery.request.body);
  let id = payload.comment.id + count * 1_000_000;
  return () =>
    Array.from({ length: count }, (_, index) => {
      const comment = { ...payload.comment, id: id++, body: texts[index % texts.length] };
      return prepareDelivery('issue_comment', { ...payload, comment });
    });
}
