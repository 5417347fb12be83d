import { join } from 'node:path';
import { mayWrite } from '../../outside/files/check-before-writes.ts';
import type { Version } from '../../outside/git/program-clone.ts';
import { wordsOf } from '../../words-of.ts';
import { daemons } from '../daemons/daemon-names.ts';
import type { ToRestart } from './plan-upgrade.ts';
import { removeNext } from './prepare-version.ts';
import { noteUpgradeEnded, type UpgradeRecord } from './upgrade-record.ts';
import type { UpgradeTools } from './upgrade-tools.ts';

/**
 * Stops the daemons, checks the version out, starts them again; what fails leads back to the version before. The exit status.
 * Each step can be repeated, so that a killed one goes on from its record; none is taken where another upgrade has begun since, while this
 * one was stopped by Ctrl-Z. `isResumed`: an earlier one was killed, perhaps while git was writing files.
 */
export async function exchangeProgram(record: UpgradeRecord, isResumed: boolean, tools: UpgradeTools): Promise<number> {
  const { from, to, restart } = record;
  const stopped = await stopAll(restart, tools);
  if (stopped.why !== undefined) return await asItWas(record, stopped.which, stopped.why, tools);
  const whyNotThere = await putInPlace(to, tools);
  if (whyNotThere !== undefined && !isResumed && (await tools.clone.now()).commit === from.commit)
    return await asItWas(record, restart, whyNotThere, tools);
  const why = whyNotThere ?? (await startAll(restart, tools));
  if (why !== undefined) return await goBack(record, why, tools);
  await noteUpgradeEnded(tools.packages, true);
  return await tellEnd('now', to, restart, tools, '. To go back: ./bot.sh upgrade --back');
}

/** Back to the version before: what runs of the new one is stopped first. The exit status is 1 unless that was asked for. */
export async function goBack(record: UpgradeRecord, why: string | undefined, tools: UpgradeTools): Promise<number> {
  const { from, restart } = record;
  const { say, complain } = tools;
  if (why !== undefined) complain(`error: ${why}`);
  say(`Going back to ${from.name} …`);
  const whyNot =
    (await stopAll(restart, tools)).why ?? (await putInPlace(from, tools)) ?? (await startAll(restart, tools));
  if (whyNot !== undefined) {
    complain([
      `error: ${whyNot}`,
      'Neither version is complete now. When the reason is gone, run ./bot.sh upgrade again, which goes on, or ./bot.sh upgrade --back.',
    ]);
    return 1;
  }
  await noteUpgradeEnded(tools.packages, false);
  const status = await tellEnd('again', from, restart, tools, why === undefined ? '.' : ': nothing was upgraded.');
  return why === undefined ? status : 1;
}

/** The files are those from before: what was stopped starts again. */
async function asItWas(
  { from }: UpgradeRecord,
  stopped: readonly ToRestart[],
  why: string,
  tools: UpgradeTools,
): Promise<number> {
  tools.complain(`error: ${why}`);
  const whyNot = await startAll(stopped, tools);
  if (whyNot !== undefined) tools.complain(`error: ${whyNot}; start it by ./bot.sh start`);
  await noteUpgradeEnded(tools.packages, false);
  await tellEnd('still', from, whyNot === undefined ? stopped : [], tools, ': nothing was upgraded.');
  return 1;
}

/** The exit status: 1 where another process has taken the place of a daemon, with the program of before. */
async function tellEnd(
  since: 'now' | 'again' | 'still',
  { name }: Version,
  restart: readonly ToRestart[],
  tools: UpgradeTools,
  end: string,
): Promise<number> {
  const { findStandby, say, complain, packages } = tools;
  await removeNext(packages);
  const standbys = (await Promise.all(restart.map(findStandby))).filter((sentence) => sentence !== undefined);
  say(`This is ${name} ${since}${standbys.length > 0 ? '' : tellRestarted(restart)}${end}`);
  for (const sentence of standbys) complain(`error: ${sentence}`);
  return standbys.length === 0 ? 0 : 1;
}

async function stopAll(
  restart: readonly ToRestart[],
  { stopDaemon }: UpgradeTools,
): Promise<{ readonly which: readonly ToRestart[]; readonly why?: string }> {
  for (const [index, daemon] of restart.entries()) {
    await mayWrite();
    if ((await stopDaemon(daemon)) !== 0) return { which: restart.slice(0, index), why: notStopped(daemon) };
  }
  return { which: restart };
}

const notStopped = ({ name }: ToRestart) =>
  `the ${daemons[name].kind} did not stop, see above; where it ends after a step, run upgrade again then, or ./bot.sh start ${name}`;

/** Checks a version out, with its packages. */
async function putInPlace(version: Version, { clone, root, run }: UpgradeTools): Promise<string | undefined> {
  await mayWrite();
  try {
    await clone.checkOut(version);
  } catch (error) {
    return `${version.name} could not be checked out: ${wordsOf(error)}`;
  }
  const { status, lines } = await run(join(root, 'scripts/install-packages.sh'), []);
  return status === 0 ? undefined : `the packages of ${version.name} could not be put in place: ${lines.join(' ')}`;
}

async function startAll(
  restart: readonly ToRestart[],
  { startDaemon, findStandby }: UpgradeTools,
): Promise<string | undefined> {
  for (const daemon of restart) {
    const isReplaced = async () => (await findStandby(daemon)) !== undefined; // told at the end
    if ((await isReplaced()) && !daemon.words.includes('--standby')) continue;
    await mayWrite();
    if ((await startDaemon(daemon)) === 0 || (await isReplaced())) continue;
    return `the ${daemons[daemon.name].kind} did not start; it says why above`;
  }
  return undefined;
}

function tellRestarted(restart: readonly ToRestart[]): string {
  if (restart.length === 0) return '; no daemon ran, and none was started';
  return `, and ${restart.map(({ name }) => `the ${daemons[name].kind}`).join(' and ')} ${restart.length === 1 ? 'runs' : 'run'} again`;
}
