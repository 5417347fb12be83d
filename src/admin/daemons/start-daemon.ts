import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hyphenated } from '../../daemon/daemon-kinds.ts';
import { pause } from '../../daemon/pause.ts';
import { complain, say } from '../../daemon/terminal.ts';
import { environmentsOf } from '../../outside/processes/child-environment.ts';
import type { runProgram } from '../../outside/processes/run-program.ts';
import type { Settings } from '../../settings/settings.ts';
import { type DaemonName, daemons, printedPath } from './daemon-names.ts';
import { findHolder } from './find-holder.ts';
import { tellHolder, tellUnit } from './tell-holder.ts';
import { unitThatRestarts } from './unit-of-process.ts';

// Not the launcher of the daemon: that one would have packages installed.
const launcher = join(import.meta.dirname, '../../../scripts/run-program.sh');
const lookAgainMilliseconds = 200;
/** A machine that is busy starts a daemon in seconds; a git or Slurm that hangs delays it by its own time limits. */
const readyWithinMilliseconds = 120_000;
const shownLines = 40;

/** Starts a daemon that outlives the terminal, unless one runs; the exit status. Waits until it works, or has ended. */
export async function startDaemon(
  name: DaemonName,
  settings: Settings,
  options: readonly string[],
  run: typeof runProgram,
): Promise<number> {
  const holding = await findHolder(settings.stateDir, name);
  if (holding.kind !== 'none') {
    const what = holding.kind === 'reseal' ? 'nothing' : 'no second one';
    complain(`error: ${tellHolder(name, holding, process.cwd())}; ${what} was started`);
    return 1;
  }
  const unit = await unitThatRestarts(name, run, environmentsOf(process.env).upload);
  if (unit !== undefined) {
    complain(`error: systemd is about to start the ${daemons[name].kind} ${tellUnit(unit)}; no second one was started`);
    return 1;
  }
  const { kind, logPath, isReady } = daemons[name];
  const printed = printedPath(logPath(settings));
  const { child, start } = await spawnDetached(hyphenated(kind), options, printed);
  const ended = once(child, 'exit').then(([code, signal]) => ({ code, signal }) as const);
  const settled = new AbortController();
  const limit = AbortSignal.any([settled.signal, AbortSignal.timeout(readyWithinMilliseconds)]);
  const outcome = await Promise.race([ended, untilReady(printed, start, isReady, limit)]);
  settled.abort();
  if (outcome === 'ready') {
    child.unref();
    say(
      `Started: the ${daemons[name].kind} is process ${child.pid}; its log is ${logPath(settings)}, what it prints ${printed}`,
    );
    return 0;
  }
  if (outcome === 'silent') {
    child.unref();
    complain(
      `error: the ${daemons[name].kind} (process ${child.pid}) has not begun to work within ${readyWithinMilliseconds / 1000} s; what it prints is in ${printed}`,
    );
    return 1;
  }
  const lines = (await textFrom(printed, start)).trimEnd().split('\n').slice(-shownLines);
  if (outcome.code === 0) {
    say([`The ${daemons[name].kind} has ended, with exit status 0:`, ...lines]);
    return 0;
  }
  complain([
    `error: the ${daemons[name].kind} was not started: it has ended (${outcome.signal ?? `exit status ${outcome.code}`}) and printed:`,
    ...lines,
  ]);
  return outcome.code ?? 1;
}

/** In a session of its own: it gets no signal of the terminal. */
async function spawnDetached(program: string, options: readonly string[], printed: string) {
  mkdirSync(dirname(printed), { recursive: true });
  const start = await sizeOf(printed);
  const output = openSync(printed, 'a', 0o600);
  const child: ChildProcess = spawn(launcher, [program, ...options], {
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  return { child, start };
}

async function untilReady(
  printed: string,
  start: number,
  isReady: RegExp,
  limit: AbortSignal,
): Promise<'ready' | 'silent'> {
  for (;;) {
    if (isReady.test(await textFrom(printed, start))) return 'ready';
    await pause(lookAgainMilliseconds, limit);
    if (limit.aborted) return 'silent';
  }
}

const textFrom = async (path: string, start: number) => (await readFile(path)).subarray(start).toString('utf8');

const sizeOf = async (path: string) =>
  await stat(path).then(
    ({ size }) => size,
    () => 0, // it is made
  );
