import { readFile, readlink, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { locksDirectory, readLease } from '../../daemon/lease-file.ts';
import { readReport } from '../../jobs/reports.ts';
import { type DaemonName, daemonNames, daemons } from '../daemons/daemon-names.ts';
import { findHolder } from '../daemons/find-holder.ts';
import type { Finding } from './finding.ts';
import { judgeDaemon } from './judge-daemon.ts';

const root = join(import.meta.dirname, '../../..');

/** Looks at one daemon by its lease and its last report. */
export async function lookAtDaemon(stateDir: string, name: DaemonName): Promise<readonly Finding[]> {
  const holding = await findHolder(stateDir, name);
  const lease = await readLease(locksDirectory(stateDir), daemons[name].kind);
  const died = holding.kind === 'none' && lease !== undefined && lease.holder?.released === undefined;
  const report = await readReport(stateDir, name === 'event_handler' ? 'event-handler' : 'job-manager');
  const program = holding.kind === 'here' ? await programOf(holding.pid) : undefined;
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
    const text = await readFile(join('/proc', String(holding.pid), 'environ'), 'utf8').catch(() => undefined); // another account's
    if (text === undefined) continue;
    const pairs = text.split('\0').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
    return { whose: `the ${daemons[name].kind} (process ${holding.pid})`, environment: Object.fromEntries(pairs) };
  }
  return undefined;
}

/** The clone of a daemon's program: its command line ends with `…/src/NAME/main.ts`, and options. */
async function programOf(pid: number): Promise<string | undefined> {
  const words = (await readFile(join('/proc', String(pid), 'cmdline'), 'utf8').catch(() => '')).split('\0');
  const main = words.find((word) => word.endsWith('/main.ts'));
  if (main === undefined) return undefined;
  const path = main.startsWith('/') ? main : join(await readlink(join('/proc', String(pid), 'cwd')), main);
  return dirname(dirname(dirname(path)));
}

/** git notes there each checkout and pull. */
async function timeOfLastChange(): Promise<string | undefined> {
  const noted = await stat(join(root, '.git/logs/HEAD')).catch(() => undefined); // a package, or no clone
  return noted?.mtime.toISOString();
}
