import { pause } from '../../daemon/pause.ts';
import { complain, say } from '../../daemon/terminal.ts';
import { type JobManagerReport, readReport } from '../../jobs/reports.ts';
import { hasCode } from '../../outside/files/has-code.ts';
import { type DaemonName, daemons } from './daemon-names.ts';
import { findHolder, type Holding } from './find-holder.ts';
import { tellHolder } from './tell-holder.ts';

const lookAgainMilliseconds = 200;

/** Asks a daemon of this machine to stop, and waits until it has ended; the exit status. `found`: its holder, if that was looked up. */
export async function stopDaemon(
  name: DaemonName,
  stateDir: string,
  withinSeconds: number,
  found?: Holding,
): Promise<number> {
  const { kind } = daemons[name];
  const holding = found ?? (await findHolder(stateDir, name));
  if (holding.kind === 'none') {
    say(`The ${kind} does not run.`);
    return 0;
  }
  if (holding.kind !== 'here' || holding.unit !== undefined) {
    complain(`error: ${tellHolder(name, holding, process.cwd())}; it was not stopped`);
    return 1;
  }
  const { pid } = holding;
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    if (hasCode(error, 'ESRCH')) {
      say(`Stopped: the ${kind} (process ${pid}).`); // it has just ended
      return 0;
    }
    if (!hasCode(error, 'EPERM')) throw error;
    complain(`error: the ${kind} (process ${pid}) belongs to another account: run this as that one`);
    return 1;
  }
  const limit = AbortSignal.timeout(withinSeconds * 1000);
  let said = '';
  for (;;) {
    const now = await findHolder(stateDir, name);
    if (now.kind !== 'here' || now.pid !== pid) {
      say(`Stopped: the ${kind} (process ${pid}).`);
      return 0;
    }
    const waits = tellWait(name, await readReport(stateDir, 'job manager'));
    if (waits !== said) say(`The ${kind} (process ${pid}) ends after this step: ${waits}`);
    said = waits;
    await pause(lookAgainMilliseconds, limit);
    if (!limit.aborted) continue;
    complain(
      `error: the ${kind} (process ${pid}) still runs after ${withinSeconds} s: ${waits}. It ends by itself; a kill loses nothing: kill -9 ${pid}`,
    );
    return 1;
  }
}

/** What it waits for, from its last report. */
function tellWait(name: DaemonName, report: Pick<JobManagerReport, 'orders'> | undefined): string {
  if (name === 'event_handler') return 'the deliveries that it has taken up';
  const [first, ...others] = report?.orders ?? [];
  if (first === undefined) return 'the interval that has begun';
  return `the order ${first.name} ${first.what}${others.length === 0 ? '' : `, and ${others.length} more`}`;
}
