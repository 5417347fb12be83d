import { counted } from '../counted.ts';
import { machineClock } from '../daemon/clock.ts';
import { moving } from '../daemon/life-signs.ts';
import { pause } from '../daemon/pause.ts';
import { longestStopMilliseconds, noServiceManager, type ServiceManager } from '../daemon/service-manager.ts';
import { isDiskTrouble } from '../outside/files/disk-trouble.ts';
import type { DaemonParts } from '../run-daemon.ts';
import type { Settings } from '../settings/settings.ts';
import { wordsOf } from '../words-of.ts';
import { orderKinds } from './order-kinds.ts';
import { OrderWorker } from './orders/order-worker.ts';
import type { Followed } from './records/followed.ts';
import { JobStore } from './records/job-store.ts';
import { StatusPage } from './status-page/status-page.ts';
import type { Tools } from './tools.ts';
import { planPause } from './watch/plan-pause.ts';
import { troubleReporter } from './watch/report-troubles.ts';
import { WatchMemory } from './watch/watch-memory.ts';
import { tellRecorded, watchOnce } from './watch/watch-once.ts';

export interface WatchOptions {
  /** Negative: for ever. */
  readonly maxManagerIterations: number;
  /** Ids of the jobs to follow; without it all. */
  readonly jobs?: readonly string[];
}

/** The result of an interval. */
interface IntervalFacts {
  readonly result: 'done' | 'queue unreadable' | 'failed';
  readonly seconds: number;
  /** The jobs after the interval; absent: it failed. */
  readonly followed?: readonly Followed[];
}

/** Never throws. */
export type OnInterval = (facts: IntervalFacts) => Promise<void>;

interface Watching extends Pick<DaemonParts, 'settingsFile' | 'troubles' | 'log' | 'stop'> {
  readonly buildTools: (settings: Settings, jobs: JobStore) => Promise<Tools>;
  readonly onInterval?: OnInterval;
  readonly manager?: ServiceManager;
}

/** Runs interval after interval until it is told to stop. A failed one is logged; the next one retries all. */
export async function keepWatching(
  options: WatchOptions,
  { settingsFile, buildTools, troubles, log, stop, onInterval = async () => {}, manager = noServiceManager }: Watching,
): Promise<void> {
  const memory = new WatchMemory();
  const jobs = new JobStore();
  const orders = new OrderWorker(orderKinds);
  const report = troubleReporter(troubles, settingsFile, orders);
  const statusPage = new StatusPage();
  const only = options.jobs === undefined ? undefined : new Set(options.jobs);
  const loop = manager.loop('watch');
  let [tookSeconds, follows] = [0, 0];
  let built: { settings: Settings; tools: Tools } | undefined;
  /** Reads the settings anew. */
  const toolsNow = async () => {
    const settings = await settingsFile.current();
    if (built?.settings !== settings) built = { settings, tools: await buildTools(settings, jobs) };
    return built.tools;
  };
  for (let iteration = 0; iteration !== options.maxManagerIterations && !stop.aborted; iteration++) {
    const { pollIntervalSeconds } = (await settingsFile.current()).jobManager;
    const milliseconds = iteration === 0 ? 0 : planPause(pollIntervalSeconds, tookSeconds) * 1000;
    loop.waits(milliseconds);
    if (iteration > 0) await pause(milliseconds, stop);
    if (stop.aborted) break;
    const begun = machineClock.monotonic();
    let came: Omit<IntervalFacts, 'seconds'> = { result: 'failed' };
    try {
      const now = await toolsNow();
      const outside = { forge: moving(now.forge, loop), slurm: moving(now.slurm, loop) };
      const watched = await watchOnce({ ...now, ...outside }, memory, only);
      tookSeconds = watched.tookSeconds;
      follows = watched.followed.length;
      // After the watch, which may have adopted jobs. Settings are read again: Slurm may take long, and a label set after an edit needs it.
      const tools = await toolsNow();
      orders.lookForWork(tools, stop);
      troubles.wentWell('disk');
      await statusPage.update(tools, watched.followed, troubles);
      await report(tools, memory);
      came = { result: memory.told.has('queue') ? 'queue unreadable' : 'done', followed: watched.followed };
    } catch (error) {
      if (isDiskTrouble(error)) troubles.report('disk', wordsOf(error));
      log.error({ err: error }, 'an interval failed: the next one retries');
      if (built !== undefined) await report(built.tools, memory, error);
    }
    await onInterval({ ...came, seconds: (machineClock.monotonic() - begun) / 1000 });
    loop.moved();
    manager.works(`follows ${counted(follows, 'job')}`, troubles.open);
  }
  loop.ended();
  manager.loop('orders').waits(longestStopMilliseconds);
  await orders.idle();
  if (built !== undefined && options.maxManagerIterations > 0) await tellRecorded(built.tools, memory, only);
}
