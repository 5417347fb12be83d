import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';

/** One of the bot's programs, running. */
export interface Daemon {
  readonly name: string;
  /** Everything that it printed. */
  readonly lines: readonly string[];
  /** Resolves with the first line that fits, printed already or not; rejects if the daemon ends before. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves when it has ended by itself, with a sentence; never after stop(). */
  readonly ended: Promise<string>;
  /** SIGTERM, and SIGKILL if that is not enough. */
  stop(): Promise<void>;
}

const killAfterMilliseconds = 15_000;

/** Starts a launcher in a process group of its own: Ctrl-C in the terminal is for the demo, which then stops it. */
export function startDaemon(
  name: string,
  program: string,
  words: readonly string[],
  { directory, environment }: { readonly directory: string; readonly environment: Readonly<Record<string, string>> },
): Daemon {
  const lines: string[] = [];
  const printed = new EventEmitter().setMaxListeners(0);
  const child = spawn(program, words, {
    cwd: directory,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  for (const input of [child.stdout, child.stderr])
    createInterface({ input }).on('line', (text) => {
      lines.push(text);
      printed.emit('line');
    });
  let stopping = false;
  const closed = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`The ${name} could not be started: ${error.message}.`));
    child.once('close', (code, signal) =>
      resolve(`The ${name} has ended (${signal ?? `exit status ${code}`}). It said:\n${lines.slice(-20).join('\n')}`),
    );
  });
  const find = (pattern: RegExp) => lines.map((text) => pattern.exec(text)).find((found) => found !== null);

  return {
    name,
    lines,
    ended: new Promise((resolve) => void closed.then((why) => (stopping ? undefined : resolve(why)))),
    async line(pattern) {
      for (;;) {
        const found = find(pattern);
        if (found) return found;
        const why = await Promise.race([closed, once(printed, 'line')]);
        if (typeof why === 'string' && !find(pattern)) throw new Error(why);
      }
    },
    async stop() {
      stopping = true;
      child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), killAfterMilliseconds);
      await closed;
      clearTimeout(kill);
    },
  };
}
