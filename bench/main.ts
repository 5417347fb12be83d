import { createHmac, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { CommentView } from '../stand-ins/github/github-stand-in.ts';
import { pullRequestCommits } from '../stand-ins/github/target-repository.ts';
import { startSlurm } from '../test/slurm/start-slurm.ts';
import { makeSite, type Running, repository, type Site, webhookSecret } from '../test/system/site.ts';
import { countSlurmRequests } from './count-slurm-requests.ts';

// Measures what docs/performance.md writes down: the real daemons, a real Slurm, the stand-in for GitHub on the same machine.

const targets = Array.from({ length: 10 }, (_, index) => `x86_64/bench/t${index}`);
const idleIntervals = 10;

async function main(): Promise<void> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'bot-bench-')));
  const slurm = await startSlurm(join(directory, 'slurm'));
  const path = process.env['PATH'] ?? '';
  const counted = await countSlurmRequests(join(directory, 'counted'), path);
  const site = await makeSite({
    slurm: { ...slurm.environment, PATH: `${counted.directory}:${path}` },
    buildSeconds: 3,
    edit: withTenTargets,
  });
  try {
    const handler = await site.startEventHandler();
    const manager = await site.startJobManager();
    console.log(`${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}\n`);
    console.log(
      `memory after the start: event handler ${await megabytes(handler)} MB, job manager ${await megabytes(manager)} MB (resident)`,
    );
    await measureReceiving(handler);
    const number = await site.github.openPullRequest(repository, {
      branch: 'zlib',
      user: 'dave',
      commits: pullRequestCommits,
    });
    await measureBuild(site, number, 1, 'the first build of a repository (its mirror is made)');
    await measureBuild(site, number, 1, 'one target');
    await measureBuild(site, number, 10, 'ten targets');
    await allShow(site, site.github.comments(repository, number).filter(isOfJob), 'test result');
    await measureRequests(site, counted, 1);
    await measureRequests(site, counted, 10);
    await measureIdle(site, counted, handler, manager);
  } finally {
    await site.close();
    await slurm.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** From POST to 202, with a delivery of 25 KB that nothing handles. */
async function measureReceiving(handler: Running): Promise<void> {
  const url = `http://127.0.0.1:${/listens on http:\/\/127\.0\.0\.1:(\d+)/.exec(handler.output())?.[1]}/`;
  const post = async () => {
    const body = JSON.stringify({ zen: 'x'.repeat(25_000), id: randomUUID() });
    const signature = `sha256=${createHmac('sha256', webhookSecret).update(body).digest('hex')}`;
    const headers = { 'x-github-event': 'ping', 'x-github-delivery': randomUUID(), 'x-hub-signature-256': signature };
    const begin = performance.now();
    const response = await fetch(url, { method: 'POST', body, headers });
    await response.arrayBuffer();
    if (response.status !== 202) throw new Error(`the event handler answered ${response.status}`);
    return performance.now() - begin;
  };
  for (let warmUp = 0; warmUp < 50; warmUp++) await post();
  const sequential: number[] = [];
  for (let count = 0; count < 500; count++) sequential.push(await post());
  report('POST to 202, one after the other', sequential);
  const atOnce: number[] = [];
  for (let round = 0; round < 10; round++) atOnce.push(...(await Promise.all(Array.from({ length: 50 }, post))));
  report('POST to 202, 50 at once', atOnce);
}

function report(what: string, milliseconds: number[]): void {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
  console.log(`${what}: median ${at(0.5)} ms, p99 ${at(0.99)} ms (${sorted.length} requests)`);
}

/** From 202 to the comment of the last job; median of five commands. */
async function measureBuild(site: Site, number: number, count: number, what: string): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < (what.includes('first') ? 1 : 5); round++) {
    const comments = await build(site, number, count);
    times.push(comments.milliseconds);
  }
  const median = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
  console.log(`202 to the last job's comment, ${what}: ${median.toFixed(0)} ms`);
}

async function build(site: Site, number: number, count: number) {
  const before = new Set(site.github.comments(repository, number).map(({ id }) => id));
  const list = targets.slice(0, count).join('+');
  await site.github.comment(repository, number, 'alice', `bot: build for:arch=${list}`);
  const begin = performance.now();
  const found = await site.github.waitFor(`${count} job comments`, () => {
    const jobs = site.github
      .comments(repository, number)
      .filter((comment) => !before.has(comment.id) && isOfJob(comment));
    return jobs.length === count && jobs;
  });
  return { comments: found, milliseconds: performance.now() - begin };
}

/** All requests from the comment to the upload, of jobs that run for longer than an interval. */
async function measureRequests(
  site: Site,
  counted: { take(): Promise<Record<string, number>> },
  count: number,
): Promise<void> {
  const { github } = site;
  const number = await github.openPullRequest(repository, {
    branch: `requests-${count}`,
    user: 'dave',
    commits: pullRequestCommits,
  });
  await counted.take();
  const begin = github.requests.length;
  const { comments } = await build(site, number, count);
  await allShow(site, comments, 'test result');
  await github.setLabel(repository, number, 'carol', 'bot:deploy');
  await allShow(site, comments, 'uploaded');
  const requests = github.requests.slice(begin);
  const perOperation = countBy(requests.map(({ operationId }) => operationId ?? 'unknown'));
  const slurm = await counted.take();
  console.log(
    `from comment to upload, ${count} ${count === 1 ? 'job' : 'jobs'}: ${(requests.length / count).toFixed(1)} GitHub requests per job ` +
      `${JSON.stringify(perOperation)}; Slurm requests ${JSON.stringify(slurm)}`,
  );
}

async function allShow(site: Site, comments: readonly CommentView[], row: string): Promise<void> {
  await site.github.waitFor(
    `the row ${row} of ${comments.length} jobs`,
    () =>
      comments.every(({ id, number }) =>
        site.github.comments(repository, number).some((now) => now.id === id && now.body.includes(`|${row}|`)),
      ),
    180,
  );
}

/** Nothing happens: requests per interval, and the memory of both daemons. */
async function measureIdle(
  site: Site,
  counted: { take(): Promise<Record<string, number>> },
  handler: Running,
  manager: Running,
) {
  await counted.take();
  const begin = site.github.requests.length;
  const polls = async () =>
    (await readFile(join(site.environment['PATH']?.split(':')[0] ?? '', 'calls'), 'utf8')).split('\n').length - 1;
  while ((await polls()) < idleIntervals) await pause(200);
  console.log(
    `${idleIntervals} idle intervals: ${site.github.requests.length - begin} GitHub requests, Slurm requests ${JSON.stringify(await counted.take())}`,
  );
  console.log(
    `memory at rest: event handler ${await megabytes(handler)} MB, job manager ${await megabytes(manager)} MB (resident)`,
  );
}

async function megabytes({ process: { pid } }: Running): Promise<string> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return (Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024).toFixed(0);
}

function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

const isOfJob = ({ body }: CommentView) => body.includes('|submitted|');

function withTenTargets(appCfg: string): string {
  const nodeTypes = Object.fromEntries(
    targets.map((subdir, index) => [
      `bench_${index}`,
      { os: 'linux', cpu_subdir: subdir, slurm_params: '--cpus-per-task=1', repo_targets: ['eessi.io-2023.06'] },
    ]),
  );
  return appCfg.replace(/node_type_map = \{[\s\S]*?\n {2}\}\n/, `node_type_map = ${JSON.stringify(nodeTypes)}\n`);
}

await main();
process.exit(0);
