import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { locksDirectory, readLease } from '../../daemon/lease-file.ts';
import { readReport } from '../../jobs/reports.ts';
import { type DaemonName, daemonNames, daemons } from '../daemons/daemon-names.ts';
import { findHolder } from '../daemons/find-holder.ts';
import { isInTheWay } from '../daemons/is-in-the-way.ts';
import { lookAtDaemonProcess } from '../daemons/look-at-process.ts';
import { waysIn } from '../daemons/ways-in.ts';
import type { Finding } from './finding.ts';
import { judgeDaemon } from './judge-daemon.ts';
import type { SeenEnvironment } from './judge-environment.ts';

const root = join(import.meta.dirname, '../../..');

/** Looks at one daemon by its lease and its last report. */
export async function lookAtDaemon(stateDir: string, name: DaemonName): Promise<readonly Finding[]> {
  const holding = await findHolder(stateDir, name);
  const isNoDirectory = await isInTheWay(stateDir); // the configuration tells of it
  const lease = isNoDirectory ? undefined : await readLease(locksDirectory(stateDir), daemons[name].kind);
  const died = holding.kind === 'none' && lease !== undefined && lease.holder?.released === undefined;
  const report = await readReport(stateDir, daemons[name].kind);
  const program = holding.kind === 'here' ? (await lookAtDaemonProcess(holding.pid))?.program : undefined;
  const changedAt = await timeOfLastChange();
  return judgeDaemon({
    name,
    holding,
    died,
    ownProgram: root,
    failing: report?.failing ?? [],
    ...(program !== undefined && { program }),
    ...(changedAt !== undefined && { changedAt }),
  });
}

/** Of each daemon the environment that counts for it, and whose it is. */
type SeenEnvironments = Readonly<Record<DaemonName, SeenEnvironment>>;

/**
 * A daemon's own where it runs here and can be read, else that of this shell. What the event handler and the job manager both go by is
 * looked at in the job manager's where the event handler does not run.
 */
export async function environmentsOfDaemons(
  stateDir: string | undefined,
  shell: SeenEnvironment['environment'],
): Promise<SeenEnvironments> {
  const ofShell = { whose: 'this shell', environment: shell };
  const [eventHandler, jobManager] =
    stateDir === undefined ? [] : await Promise.all(daemonNames.map((name) => environmentOf(stateDir, name)));
  return { event_handler: eventHandler ?? jobManager ?? ofShell, job_manager: jobManager ?? ofShell };
}

async function environmentOf(stateDir: string, name: DaemonName): Promise<SeenEnvironment | undefined> {
  const holding = await findHolder(stateDir, name).catch(() => undefined); // told by another look
  if (holding?.kind !== 'here') return undefined;
  const { own, words = [] } = (await lookAtDaemonProcess(holding.pid)) ?? {};
  if (own === undefined) return undefined;
  const whose = `the ${daemons[name].kind} (process ${holding.pid})`;
  return { whose, environment: own.environment, ...(name === 'event_handler' && { ways: waysIn(words) }) };
}

/** git notes there each checkout and pull. */
async function timeOfLastChange(): Promise<string | undefined> {
  const noted = await stat(join(root, '.git/logs/HEAD')).catch(() => undefined); // a package, or no clone
  return noted?.mtime.toISOString();
}
