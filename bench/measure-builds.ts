import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pullRequestCommits } from '../stand-ins/github/target-repository.ts';
import { startSlurm } from '../test/slurm/start-slurm.ts';
import { makeSite, repository, type Site } from '../test/system/site.ts';
import { buildAlone } from './build-alone.ts';
import { build, comment, isOfJob, withTargets } from './build-command.ts';
import { type CountedSlurm, countSlurmRequests } from './count-slurm-requests.ts';
import type { Figure, Growth, Measured } from './figure.ts';
import { percentile } from './percentile.ts';
import { untilWorkedOff } from './until-worked-off.ts';

/** From the comment to sbatch, to the job's comment, to the upload: a real Slurm, and a GitHub of 0 ms a request. */
export async function measureBuilds(isQuick: boolean): Promise<Measured> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'bot-bench-')));
  const slurm = await startSlurm(join(directory, 'slurm'));
  const path = process.env['PATH'] ?? '';
  const counted = await countSlurmRequests(join(directory, 'counted'), path);
  const site = await makeSite({
    slurm: { ...slurm.environment, PATH: `${counted.directory}:${path}` },
    buildSeconds: 3,
    edit: (appCfg) => withTargets(appCfg).replace(/^chatlevel = .*/m, 'chatlevel = basic'),
  });
  try {
    await site.startEventHandler();
    const number = await openPullRequest(site, 'zlib');
    await build(site, number, 1); // its mirror is made
    const alone = await buildAlone(site, slurm.environment);
    const times = await timesOfBuilds(site, number, counted, isQuick);
    const many = await manyBuilds(site, isQuick ? 10 : 50);
    const growth = [await overComments(site, isQuick ? [0, 100] : [0, 100, 1_000, 5_000])];
    return {
      figures: [...figuresOf(times, alone), ...many],
      growth: [
        ...growth,
        { over: 'targets', what: 'comment to the last job comment', unit: 'ms', points: times.targets },
      ],
    };
  } finally {
    await site.close();
    await slurm.stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 10 });
  }
}

const openPullRequest = (site: Site, branch: string) =>
  site.github.openPullRequest(repository, { branch, user: 'dave', commits: pullRequestCommits });

interface Times {
  readonly sbatch: number;
  readonly targets: [number, number][];
}

async function timesOfBuilds(site: Site, number: number, counted: CountedSlurm, isQuick: boolean): Promise<Times> {
  const sbatches: number[] = [];
  const targets: [number, number][] = [];
  for (const count of isQuick ? [1, 10] : [1, 2, 5, 10, 50]) {
    const times: number[] = [];
    for (let round = 0; round < (count > 10 ? 3 : isQuick ? 3 : 10); round++) {
      await counted.take();
      const begun = Date.now();
      times.push((await build(site, number, count)).milliseconds);
      if (count === 1) sbatches.push(((await counted.firstSbatchAt()) ?? Number.NaN) - begun);
      await pause(500); // what follows the comment is no part of the next build
    }
    targets.push([count, percentile(times, 0.5)]);
  }
  return { sbatch: percentile(sbatches, 0.5), targets };
}

function figuresOf({ sbatch, targets }: Times, alone: number): Figure[] {
  const of = (count: number) => targets.find(([each]) => each === count)?.[1];
  const one = of(1) ?? Number.NaN;
  const limit = { what: 'git and sbatch alone', value: alone };
  const part = 'builds';
  const ratio = (count: number, aim: number): Figure[] => {
    const time = of(count);
    const what = `${count} targets in one command, as a multiple of one`;
    return time === undefined ? [] : [{ part, what, unit: 'times', measured: time / one, aim: { atMost: aim } }];
  };
  return [
    { part, what: 'comment to sbatch, p50', unit: 'ms', measured: sbatch, limit, aim: { atMostLimits: 1.5 } },
    { part, what: 'comment to sbatch, p50 (absolute)', unit: 'ms', measured: sbatch, limit, aim: { atMost: 100 } },
    { part, what: 'comment to job comment, p50', unit: 'ms', measured: one, limit, aim: { atMost: 120 } },
    ...ratio(10, 1.5),
    ...ratio(50, 4),
  ];
}

/** That many commands on one pull request at once: until the last job has its comment. */
async function manyBuilds(site: Site, count: number): Promise<Figure[]> {
  const number = await openPullRequest(site, `many-${count}`);
  const begin = performance.now();
  await Promise.all(Array.from({ length: count }, () => comment(site, number, 1)));
  await site.github.waitFor(
    `${count} job comments`,
    () => site.github.comments(repository, number).filter(isOfJob).length === count,
    600,
  );
  const measured = (performance.now() - begin) / 1000;
  const what = `${count} builds on one pull request: last job comment`;
  return [{ part: 'builds', what, unit: 's', measured, ...(count === 50 && { aim: { atMost: 4 } }) }];
}

/** The same build, on pull requests with ever more comments. */
async function overComments(site: Site, counts: readonly number[]): Promise<Growth> {
  const points: [number, number][] = [];
  for (const count of counts) {
    const number = await openPullRequest(site, `comments-${count}`);
    for (let made = 0; made < count; made++)
      await site.github.comment(repository, number, 'dave', `Nothing for a bot, ${made}.`);
    await untilWorkedOff(site);
    const times: number[] = [];
    for (let round = 0; round < 3; round++) times.push((await build(site, number, 1)).milliseconds);
    points.push([count, percentile(times, 0.5)]);
  }
  return { over: 'comments on the pull request', what: 'comment to job comment', unit: 'ms', points };
}
