import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { daemonKinds, hyphenated } from '../../daemon/daemon-kinds.ts';
import { hasCode } from '../../outside/files/has-code.ts';

/** A daemon's process, as /proc shows it. */
export interface DaemonProcess {
  /** The folder of its program: `event-handler`. */
  readonly name: string;
  /** The directory of its program, which has `src/NAME/main.ts`. */
  readonly program: string;
  /** Its options. */
  readonly words: readonly string[];
  /** Its working directory and environment; absent: it is another account's. */
  readonly own?: { readonly directory: string; readonly environment: Readonly<Record<string, string>> };
}

/** Looks at a process of this machine. Undefined: it is not the bot's, or has just ended. See proc(5). */
export async function lookAtDaemonProcess(pid: number): Promise<DaemonProcess | undefined> {
  const place = join('/proc', String(pid));
  const words = ((await unlessAway(readFile(join(place, 'cmdline'), 'utf8'))) ?? '').split('\0').slice(0, -1);
  const main = words.findIndex((word) => word.endsWith('/main.ts'));
  const path = words[main];
  if (path === undefined) return undefined;
  const directory = await unlessAway(readlink(join(place, 'cwd')));
  const environ = await unlessAway(readFile(join(place, 'environ'), 'utf8'));
  const own =
    directory === undefined || environ === undefined
      ? undefined
      : { directory, environment: Object.fromEntries(environ.split('\0').flatMap(variableOf)) };
  const program = join(path.startsWith('/') ? '/' : (directory ?? '/'), path, '../../..');
  return { name: basename(dirname(path)), program, words: words.slice(main + 1), ...(own && { own }) };
}

/** All daemons of this machine that run a program, whatever their state directory. */
export async function daemonsOfProgram(
  program: string,
): Promise<readonly (DaemonProcess & { readonly pid: number })[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const seen = await Promise.all(
    pids.map(async (pid) => {
      const process = await lookAtDaemonProcess(pid);
      const isOne = process?.program === program && daemonKinds.some((kind) => hyphenated(kind) === process.name);
      return isOne ? [{ ...process, pid }] : [];
    }),
  );
  return seen.flat();
}

function variableOf(pair: string): [string, string][] {
  const end = pair.indexOf('=');
  return end > 0 ? [[pair.slice(0, end), pair.slice(end + 1)]] : [];
}

async function unlessAway<T>(reading: Promise<T>): Promise<T | undefined> {
  return await reading.catch((error: unknown) => {
    if (hasCode(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) return undefined;
    throw error;
  });
}
