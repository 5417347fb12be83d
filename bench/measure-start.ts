import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Figure, Measured } from './figure.ts';
import { makeKnownDeliveries } from './known-deliveries.ts';
import { makeKnownJobs, showInQueue } from './known-jobs.ts';
import { percentile } from './percentile.ts';
import { type QuietSite, withQuietSite } from './quiet-site.ts';

const run = promisify(execFile);

/** From the command to the line that says that it listens: on a new site, and with months of history. */
export async function measureStart(isQuick: boolean): Promise<Measured> {
  const [jobs, files] = isQuick ? [1_000, 10_000] : [10_000, 100_000];
  const alone = percentile(await tenTimes(startOfNode), 0.5);
  const limit = { what: 'Node alone', value: alone };
  return await withQuietSite({}, async (quiet) => {
    const { site } = quiet;
    const handler = () => timed(() => site.startEventHandler());
    const manager = () => timed(() => site.startJobManager());
    await handler(); // strips the types, where nobody has yet
    await manager();
    const listening = percentile(await tenTimes(handler), 0.5);
    const watching = percentile(await tenTimes(manager), 0.5);
    await makeHistory(quiet, jobs, files);
    const there = { handler: await handler(), manager: await manager() };
    const with_ = `${jobs.toLocaleString('en')} jobs and ${files.toLocaleString('en')} inbox files`;
    const figure = (what: string, measured: number, aim?: number): Figure => ({
      ...{ part: 'start', what, unit: 'ms', measured, limit },
      ...(aim !== undefined && { aim: { atMost: aim } }),
    });
    return {
      figures: [
        figure('event handler listens', listening, 250),
        figure('job manager watches', watching),
        figure(`event handler listens, ${with_}`, there.handler, 2_000),
        figure(`job manager watches, ${with_}`, there.manager, 2_000),
      ],
      growth: [
        {
          over: 'months of history',
          what: 'start to listening',
          unit: 'ms',
          points: [
            [0, listening],
            [12, there.handler],
          ],
        },
      ],
    };
  });
}

async function makeHistory({ site, slurm }: QuietSite, jobs: number, files: number): Promise<void> {
  await showInQueue(slurm, await makeKnownJobs(site, jobs, 'running'), 'RUNNING');
  await makeKnownDeliveries(site, files);
}

async function timed(start: () => Promise<{ stop(): Promise<unknown> }>): Promise<number> {
  const begin = performance.now();
  const running = await start();
  const took = performance.now() - begin;
  await running.stop();
  return took;
}

async function startOfNode(): Promise<number> {
  const begin = performance.now();
  await run(process.execPath, ['--eval', '0']);
  return performance.now() - begin;
}

async function tenTimes(measure: () => Promise<number>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < 10; round++) times.push(await measure());
  return times;
}
