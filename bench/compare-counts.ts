import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../test/slurm/free-ports.ts';
import { fileAppears } from '../test/system/cases-site.ts';
import { type CountedCalls, countingEnvironment, readCalls } from './counted-calls.ts';
import { deliver, preparePing } from './deliver.ts';
import { untilIntervals } from './interval-times.ts';
import { makeKnownJobs, showInQueue } from './known-jobs.ts';
import { withQuietSite } from './quiet-site.ts';
import { requestsUntilUploaded } from './requests-until-uploaded.ts';

// What CI looks at: how often the daemons ask others for something. Times are not looked at: there is no time on which a build may fail.

interface Bound {
  readonly what: string;
  readonly counted: number;
  readonly atMost: number;
}

/** Prints what was counted; the exit status is 1 where something is asked for more often than it may be. */
export async function compareCounts(): Promise<number> {
  const bounds = [...(await ofReceiving()), ...(await ofWatching()), ...(await ofJobs())];
  for (const { what, counted, atMost } of bounds)
    console.log(`${counted > atMost ? 'TOO MANY' : 'ok      '}  ${what}: ${counted}, at most ${atMost}`);
  return bounds.some(({ counted, atMost }) => counted > atMost) ? 1 : 0;
}

const deliveries = 50;

async function ofReceiving(): Promise<Bound[]> {
  const calls = join(tmpdir(), `bot-counts-${process.pid}`);
  return await withQuietSite({ environment: countingEnvironment(calls) }, async ({ site, portOf }) => {
    const handler = await site.startEventHandler();
    const receive = async () => {
      const guid = randomUUID();
      await deliver(portOf(handler), preparePing(25_000), guid);
      await fileAppears(join(site.directory, 'jobs/.bot/inbox/done'), (name) => name.endsWith(`_${guid}.json`));
    };
    await receive();
    const [before, asked] = [await readCalls(handler, calls), site.github.requests.length];
    for (let count = 0; count < deliveries; count++) await receive();
    const after = await readCalls(handler, calls);
    await rm(calls);
    const each = (name: keyof CountedCalls) => (after[name] - before[name]) / deliveries;
    return [
      { what: 'fsyncs of a delivery, until it is put away', counted: each('sync'), atMost: 4.5 },
      { what: 'files opened for a delivery', counted: each('open'), atMost: 17 },
      { what: 'processes started for a delivery', counted: each('spawn'), atMost: 0 },
      { what: 'GitHub requests of a delivery', counted: site.github.requests.length - asked, atMost: 1 },
    ];
  });
}

const [jobs, intervals] = [200, 10];

async function ofWatching(): Promise<Bound[]> {
  const calls = join(tmpdir(), `bot-counts-${process.pid}`);
  const [port = 0] = await freePorts(1);
  const edit = (appCfg: string) => appCfg.replace('[job_manager]\n', `[job_manager]\nmetrics_port = ${port}\n`);
  return await withQuietSite({ edit, environment: countingEnvironment(calls) }, async ({ site, slurm }) => {
    await site.run('job_manager.sh', '--max-manager-iterations', '1'); // from now on what lies there has seals
    await showInQueue(slurm, await makeKnownJobs(site, jobs, 'running'), 'RUNNING');
    const manager = await site.startJobManager();
    const begin = await untilIntervals(port, 3);
    const [before, asked] = [await readCalls(manager, calls), site.github.requests.length];
    const end = await untilIntervals(port, begin.count + intervals);
    const after = await readCalls(manager, calls);
    await rm(calls);
    const each = (name: keyof CountedCalls) => (after[name] - before[name]) / (end.count - begin.count);
    const of = (what: string) => `${what} in an interval in which nothing changes, ${jobs} jobs`;
    return [
      { what: of('processes started'), counted: each('spawn'), atMost: 1.2 },
      { what: of('files opened'), counted: each('open'), atMost: 35 },
      { what: of('fsyncs'), counted: each('sync'), atMost: 1 },
      {
        what: `GitHub requests in ${intervals} such intervals`,
        counted: site.github.requests.length - asked,
        atMost: 0,
      },
    ];
  });
}

const summarized = 4;

async function ofJobs(): Promise<Bound[]> {
  return [
    {
      what: 'GitHub requests of a job, from its comment until it is uploaded',
      counted: await requestsUntilUploaded(1, 'comments of jobs'),
      atMost: 7,
    },
    {
      what: `GitHub requests of ${summarized} jobs in one summary, until all are uploaded`,
      counted: await requestsUntilUploaded(summarized, 'a summary'),
      atMost: 8 + summarized,
    },
  ];
}
