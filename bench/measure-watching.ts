import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../test/slurm/free-ports.ts';
import { type CountedCalls, countingEnvironment, readCalls } from './counted-calls.ts';
import type { Figure, Measured } from './figure.ts';
import { untilIntervals } from './interval-times.ts';
import { makeKnownJobs, showInQueue } from './known-jobs.ts';
import { residentMegabytes } from './process-facts.ts';
import { withQuietSite } from './quiet-site.ts';

const aims: Readonly<Record<number, number>> = { 1: 5, 100: 20, 1000: 100, 10000: 1_000 };
const memoryAims: Readonly<Record<number, number>> = { 1: 60, 1000: 100, 10000: 200 };

/** What an interval costs in which nothing changes: the daemon's own time, beside that of squeue. */
export async function measureWatching(isQuick: boolean): Promise<Measured> {
  const figures: Figure[] = [];
  const own: [number, number][] = [];
  const memory: [number, number][] = [];
  for (const jobs of isQuick ? [1, 100, 1_000] : [1, 10, 100, 1_000, 10_000]) {
    const seen = await measureOne(jobs, isQuick ? 5 : 20);
    own.push([jobs, seen.ownMilliseconds]);
    memory.push([jobs, seen.megabytes]);
    const limit = { what: 'squeue alone', value: seen.squeueMilliseconds };
    const part = 'watching';
    const [aim, memoryAim] = [aims[jobs], memoryAims[jobs]];
    if (aim !== undefined) {
      const measured = seen.ownMilliseconds;
      figures.push({
        part,
        what: `an interval beyond squeue, ${jobs} jobs`,
        unit: 'ms',
        measured,
        limit,
        aim: { atMost: aim },
      });
      const what = (of: string) => `${of} in an interval, ${jobs} jobs`;
      figures.push({ part, what: what('child processes'), unit: '', measured: seen.calls.spawn, aim: { atMost: 1 } });
      figures.push({ part, what: what('requests to GitHub'), unit: '', measured: seen.requests, aim: { atMost: 0 } });
      figures.push({ part, what: what('files opened'), unit: '', measured: seen.calls.open });
      figures.push({ part, what: what('fsyncs'), unit: '', measured: seen.calls.sync });
    }
    if (memoryAim !== undefined)
      figures.push({
        part: 'memory',
        what: `job manager, ${jobs} jobs`,
        unit: 'MB',
        measured: seen.megabytes,
        aim: { atMost: memoryAim },
      });
  }
  return {
    figures,
    growth: [
      { over: 'jobs', what: 'own time of an interval', unit: 'ms', points: own },
      { over: 'jobs', what: 'memory of the job manager', unit: 'MB', points: memory },
    ],
  };
}

interface Seen {
  readonly ownMilliseconds: number;
  readonly squeueMilliseconds: number;
  /** In one interval. */
  readonly calls: CountedCalls;
  /** To GitHub, in one interval. */
  readonly requests: number;
  readonly megabytes: number;
}

async function measureOne(count: number, intervals: number): Promise<Seen> {
  const [port = 0] = await freePorts(1);
  const edit = (appCfg: string) => appCfg.replace('[job_manager]\n', `[job_manager]\nmetrics_port = ${port}\n`);
  const calls = join(tmpdir(), `bot-bench-calls-${process.pid}`);
  return await withQuietSite({ edit, environment: countingEnvironment(calls) }, async ({ site, slurm }) => {
    await site.run('job_manager.sh', '--max-manager-iterations', '1'); // from now on what lies there has seals
    await showInQueue(slurm, await makeKnownJobs(site, count, 'running'), 'RUNNING');
    const manager = await site.startJobManager();
    const begin = await untilIntervals(port, 3);
    const [before, asked] = [await readCalls(manager, calls), site.github.requests.length];
    const end = await untilIntervals(port, begin.count + intervals);
    const after = await readCalls(manager, calls);
    await rm(calls);
    const took = end.count - begin.count;
    const per = (name: keyof CountedCalls) => (after[name] - before[name]) / took;
    const squeueMilliseconds = ((end.slurmSeconds - begin.slurmSeconds) / took) * 1000;
    return {
      squeueMilliseconds,
      ownMilliseconds: ((end.seconds - begin.seconds) / took) * 1000 - squeueMilliseconds,
      calls: { open: per('open'), sync: per('sync'), spawn: per('spawn') },
      requests: (site.github.requests.length - asked) / took,
      megabytes: await residentMegabytes(manager.process.pid),
    };
  });
}
