import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { Commit } from '../stand-ins/github/github-stand-in.ts';
import { pullRequestCommits, writeTargetRepository } from '../stand-ins/github/target-repository.ts';
import { runCommand } from '../test/slurm/run-command.ts';
import { startSlurm } from '../test/slurm/start-slurm.ts';
import { makeSite, repository, type Site } from '../test/system/site.ts';
import { build, withTargets } from './build-command.ts';
import type { Figure, Growth, Measured } from './figure.ts';
import { percentile } from './percentile.ts';

const [files, filesPerDirectory, historyMegabytes] = [20_000, 200, 100];
const aims: Readonly<Record<number, number>> = { 10: 1.5, 50: 4 };

/** Many targets by one command, in a repository of 20,000 files with 100 MB of history, with a GitHub that answers at once, and after 100 ms. */
export async function measureTargets(isQuick: boolean): Promise<Measured> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'bot-bench-')));
  const slurm = await startSlurm(join(directory, 'slurm'));
  const edit = (appCfg: string) => withTargets(appCfg).replace(/^chatlevel = .*/m, 'chatlevel = basic');
  const site = await makeSite({ slurm: slurm.environment, edit, files: writeLargeRepository });
  try {
    await site.github.push(repository, 'main', history());
    await site.startEventHandler();
    const opened = { branch: 'zlib', user: 'dave', commits: pullRequestCommits };
    const number = await site.github.openPullRequest(repository, opened);
    await build(site, number, 1, 600); // its mirror is made
    const counts = isQuick ? [1, 10] : [1, 10, 50];
    const alone = await treesAlone(site, directory, counts);
    const figures: Figure[] = [];
    const growth: Growth[] = [];
    for (const latency of [0, 100]) {
      site.github.answerAfter(latency);
      // Each tree is 22,000 inodes: fifty are measured once.
      const points = await timesOf(site, number, latency === 0 ? counts : [1, 10]);
      figures.push(...figuresOf(points, alone, latency));
      growth.push({
        over: 'targets',
        what: `20,000 files, GitHub of ${latency} ms: comment to the last job comment`,
        unit: 'ms',
        points,
      });
    }
    return { figures, growth };
  } finally {
    await site.close();
    await slurm.stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 10 });
  }
}

type Points = [targets: number, milliseconds: number][];

async function timesOf(site: Site, number: number, counts: readonly number[]): Promise<Points> {
  const points: Points = [];
  for (const count of counts) {
    const times: number[] = [];
    for (let round = 0; round < (count === 1 ? 3 : 1); round++)
      times.push((await build(site, number, count, 600)).milliseconds);
    points.push([count, percentile(times, 0.5)]);
  }
  return points;
}

function figuresOf(points: Points, alone: ReadonlyMap<number, number>, latency: number): Figure[] {
  const one = points[0]?.[1] ?? Number.NaN;
  const part = 'targets';
  const what = (of: string) => `20,000 files, GitHub of ${latency} ms: ${of}`;
  return points.map(([count, milliseconds]): Figure => {
    if (count === 1) return { part, what: what('comment to job comment'), unit: 'ms', measured: one };
    const limit = {
      what: 'the trees alone, as a multiple of one',
      value: (alone.get(count) ?? Number.NaN) / (alone.get(1) ?? Number.NaN),
    };
    return {
      ...{ part, what: what(`${count} targets, as a multiple of one`), unit: 'times', limit },
      ...{ measured: milliseconds / one, ...(aims[count] !== undefined && { aim: { atMost: aims[count] } }) },
    };
  });
}

/** Milliseconds for so many trees of the repository: one clone, and copies of it, four at a time. */
async function treesAlone(
  site: Site,
  directory: string,
  counts: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const environment = { PATH: process.env['PATH'] ?? '', HOME: directory };
  const run = (program: string, ...words: string[]) => runCommand({ environment, cwd: directory }, program, ...words);
  const times = new Map<number, number>();
  for (const count of counts) {
    const begin = performance.now();
    await run('git', 'clone', '--quiet', '--shared', join(site.directory, 'github', `${repository}.git`), 'tree-0');
    const copies = Array.from({ length: count - 1 }, (_, index) => `tree-${index + 1}`);
    await pLimit(4).map(copies, (name) => run('cp', '--recursive', '--reflink=auto', 'tree-0', name));
    times.set(count, performance.now() - begin);
    await Promise.all(['tree-0', ...copies].map((name) => rm(join(directory, name), { recursive: true })));
  }
  return times;
}

async function writeLargeRepository(workTree: string): Promise<void> {
  await writeTargetRepository(workTree, { buildSeconds: 0 });
  for (let first = 0; first < files; first += filesPerDirectory) {
    const directory = join(workTree, `large/${first / filesPerDirectory}`);
    await mkdir(directory, { recursive: true });
    for (let index = 0; index < filesPerDirectory; index++)
      await writeFile(join(directory, `recipe-${index}.eb`), `name = 'recipe ${first + index}'\n`.repeat(20));
  }
}

/** Commits that replace a large file, which the last one takes away again. */
function history(): Commit[] {
  const steps = Array.from({ length: 10 }, (_, index) => ({
    message: `Replace the data, step ${index}`,
    files: { 'data.bin': randomBytes((historyMegabytes / 10) * 1_000_000) },
  }));
  return [...steps, { message: 'Remove the data', files: { 'data.bin': null } }];
}
