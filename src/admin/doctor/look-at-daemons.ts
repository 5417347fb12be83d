import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { locksDirectory, readLease } from '../../daemon/lease-file.ts';
import { readReport } from '../../jobs/reports.ts';
import { type DaemonName, daemonNames, daemons } from '../daemons/daemon-names.ts';
import { findHolder } from '../daemons/find-holder.ts';
import { lookAtDaemonProcess } from '../daemons/look-at-process.ts';
import type { Finding } from './finding.ts';
import { judgeDaemon } from './judge-daemon.ts';

const root = join(import.meta.dirname, '../../..');

/** Looks at one daemon by its lease and its last report. */
export async function lookAtDaemon(stateDir: string, name: DaemonName): Promise<readonly Finding[]> {
  const holding = await findHolder(stateDir, name);
  const lease = await readLease(locksDirectory(stateDir), daemons[name].kind);
  const died = holding.kind === 'none' && lease !== undefined && lease.holder?.released === undefined;
  const report = await readReport(stateDir, daemons[name].program);
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

/** The environment of the event handler that runs here, else of the job manager; undefined: none does. */
export async function environmentOfDaemon(
  stateDir: string,
): Promise<{ readonly whose: string; readonly environment: Readonly<Record<string, string>> } | undefined> {
  for (const name of daemonNames) {
    const holding = await findHolder(stateDir, name);
    if (holding.kind !== 'here') continue;
    const own = (await lookAtDaemonProcess(holding.pid))?.own;
    if (own === undefined) continue;
    return { whose: `the ${daemons[name].kind} (process ${holding.pid})`, environment: own.environment };
  }
  return undefined;
}

/** git notes there each checkout and pull. */
async function timeOfLastChange(): Promise<string | undefined> {
  const noted = await stat(join(root, '.git/logs/HEAD')).catch(() => undefined); // a package, or no clone
  return noted?.mtime.toISOString();
}
