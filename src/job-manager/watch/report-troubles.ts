import type { Troubles } from '../../daemon/troubles.ts';
import { reporter } from '../../jobs/reports.ts';
import { describeProblem } from '../../settings/describe-problem.ts';
import type { SettingsFile } from '../../settings/watch-settings.ts';
import { wordsOf } from '../../words-of.ts';
import type { OrderWorker } from '../orders/order-worker.ts';
import type { Tools } from '../tools.ts';
import type { WatchMemory } from './watch-memory.ts';

/** Makes the report of each interval: when the queue was last read, troubles, why orders wait. `failure`: of the whole interval. */
export function troubleReporter(
  failing: Troubles,
  settingsFile: Pick<SettingsFile, 'awaitingRestart'>,
  orders: Pick<OrderWorker, 'waiting'>,
): (tools: Tools, memory: Pick<WatchMemory, 'told'>, failure?: unknown) => Promise<void> {
  const report = reporter('job manager', failing);
  let queueReadAt: string | undefined;
  return async ({ settings, now, monotonic, log }, { told }, failure) => {
    if (!told.has('queue') && failure === undefined) queueReadAt = now().toISOString();
    const troubles = [...told].map(([subject, what]) => ({ subject, what }));
    if (failure !== undefined) {
      const what = wordsOf(failure);
      troubles.push({ subject: 'the whole interval', what });
    }
    const said = {
      ...(queueReadAt !== undefined && { queueReadAt }),
      troubles,
      orders: orders.waiting(),
      failing: failing.open.filter(({ kind }) => kind !== 'state'),
      awaitingRestart: settingsFile.awaitingRestart.map(describeProblem),
    };
    await report(settings.stateDir, said, { now, monotonic }, log);
  };
}
