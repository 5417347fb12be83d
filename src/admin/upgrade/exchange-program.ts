import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clone, Version } from '../../outside/git/program-clone.ts';
import { wordsOf } from '../../words-of.ts';
import { daemons } from '../daemons/daemon-names.ts';
import type { ToRestart } from './plan-upgrade.ts';
import { nextIn } from './prepare-version.ts';
import { noteUpgradeEnded, type UpgradeRecord } from './upgrade-record.ts';

interface Tools {
  readonly root: string;
  readonly clone: Pick<Clone, 'checkOut'>;
  /** Asks a daemon to stop, and waits; the exit status. One that does not run is stopped. */
  readonly stopDaemon: (daemon: ToRestart) => Promise<number>;
  /** Starts one by the program that is checked out now; the exit status. One that runs is started. */
  readonly startDaemon: (daemon: ToRestart) => Promise<number>;
  readonly run: (
    program: string,
    words: readonly string[],
  ) => Promise<{ readonly status: number; readonly lines: readonly string[] }>;
  readonly say: (line: string) => void;
  readonly complain: (lines: string | readonly string[]) => void;
}

/**
 * Stops the daemons, checks the version out, starts them again; what fails leads back to the version before. The exit status.
 * Each step can be repeated, so that a killed one goes on from its record.
 */
export async function exchangeProgram(record: UpgradeRecord, packages: string, tools: Tools): Promise<number> {
  const { from, to, restart } = record;
  const { say, complain } = tools;
  const why = (await stopAll(restart, tools)) ?? (await putInPlace(to, tools)) ?? (await startAll(restart, tools));
  if (why === undefined) {
    await noteUpgradeEnded(packages, true);
    await rm(nextIn(packages), { recursive: true, force: true, maxRetries: 10 });
    say(`This is ${to.name} now${tellRestarted(restart)}. To go back: ./bot.sh upgrade --back`);
    return 0;
  }
  complain([`error: ${why}`, `Going back to ${from.name} …`]);
  const whyNotBack =
    (await stopAll(restart, tools)) ?? (await putInPlace(from, tools)) ?? (await startAll(restart, tools));
  if (whyNotBack === undefined) {
    await noteUpgradeEnded(packages, false);
    complain(`This is ${from.name} again${tellRestarted(restart)}: nothing was upgraded.`);
    return 1;
  }
  complain([
    `error: ${whyNotBack}`,
    `Neither version is complete now. When the reason is gone, run ./bot.sh upgrade again: it goes on to ${to.name}.`,
  ]);
  return 1;
}

async function stopAll(restart: readonly ToRestart[], { stopDaemon }: Tools): Promise<string | undefined> {
  for (const daemon of restart)
    if ((await stopDaemon(daemon)) !== 0) return `the ${daemons[daemon.name].kind} did not stop; it says why above`;
  return undefined;
}

/** Checks a version out, with its packages. */
async function putInPlace(version: Version, { clone, root, run }: Tools): Promise<string | undefined> {
  try {
    await clone.checkOut(version);
  } catch (error) {
    return `${version.name} could not be checked out: ${wordsOf(error)}`;
  }
  const { status, lines } = await run(join(root, 'scripts/install-packages.sh'), []);
  return status === 0 ? undefined : `the packages of ${version.name} could not be put in place: ${lines.join(' ')}`;
}

async function startAll(restart: readonly ToRestart[], { startDaemon }: Tools): Promise<string | undefined> {
  for (const daemon of restart)
    if ((await startDaemon(daemon)) !== 0) return `the ${daemons[daemon.name].kind} did not start; it says why above`;
  return undefined;
}

function tellRestarted(restart: readonly ToRestart[]): string {
  if (restart.length === 0) return '; no daemon ran, and none was started';
  return `, and ${restart.map(({ name }) => `the ${daemons[name].kind}`).join(' and ')} ${restart.length === 1 ? 'runs' : 'run'} again`;
}
