import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

/** One of the bot's programs, running. */
export interface Daemon {
  readonly name: string;
  /** Of the process that runs now. */
  readonly pid: number;
  /** Everything that it printed. */
  readonly lines: readonly string[];
  /** Resolves with the first line that fits, printed already or not; rejects if the daemon ends before. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  /** Calls `listener` with a sentence when somebody has killed or stopped it, and when it is started again. */
  onEnd(listener: (sentence: string) => void): void;
  /** Resolves when it has failed, with a sentence; never after stop(). */
  readonly ended: Promise<string>;
  /** SIGTERM, and SIGKILL if that is not enough. */
  stop(): Promise<void>;
}

const killAfterMilliseconds = 15_000;
const restartAfterMilliseconds = 2_000;

/**
 * Starts a launcher, in a process group of its own: Ctrl-C in the terminal is for the demo, which then stops it. As by systemd with
 * Restart=on-failure it is started again if it is killed, and stays stopped if somebody stops it.
 */
export function startDaemon(
  name: string,
  program: string,
  words: readonly string[],
  {
    directory,
    environment,
    howToStart,
  }: {
    readonly directory: string;
    readonly environment: Readonly<Record<string, string>>;
    /** The command with which somebody starts it again. */
    readonly howToStart: string;
  },
): Daemon {
  const lines: string[] = [];
  const happened = new EventEmitter().setMaxListeners(0);
  const stopping = new AbortController();
  const start = () => {
    const options = { cwd: directory, env: environment, detached: true } as const;
    const child = spawn(program, words, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const input of [child.stdout, child.stderr])
      createInterface({ input }).on('line', (text) => {
        lines.push(text);
        happened.emit('line');
      });
    return child;
  };
  let child = start();
  const run = async (): Promise<string> => {
    for (;;) {
      const [code, signal] = await once(child, 'close').catch((error: Error) => [error.message, null]);
      const how = signal ?? (typeof code === 'number' ? `exit status ${code}` : code);
      if (code === 0 && !stopping.signal.aborted) {
        happened.emit('end', `The ${name} was stopped, and stays so. To start it again: ${howToStart}`);
        await once(stopping.signal, 'abort');
      }
      if (signal === null || stopping.signal.aborted)
        return `The ${name} has ended (${how}). It said:\n${lines.slice(-20).join('\n')}`;
      happened.emit('end', `The ${name} was killed (${how}): it is started again, as systemd does.`);
      await pause(restartAfterMilliseconds, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return '';
      child = start();
      happened.emit('end', `The ${name} runs again, as process ${child.pid}.`);
    }
  };
  const closed = run();
  const find = (pattern: RegExp) => lines.map((text) => pattern.exec(text)).find((found) => found !== null);

  return {
    name,
    lines,
    get pid() {
      return child.pid ?? 0;
    },
    ended: new Promise((resolve) => void closed.then((why) => (stopping.signal.aborted ? undefined : resolve(why)))),
    async line(pattern) {
      for (;;) {
        const found = find(pattern);
        if (found) return found;
        const why = await Promise.race([closed, once(happened, 'line')]);
        if (typeof why === 'string' && !find(pattern)) throw new Error(why);
      }
    },
    onEnd: (listener) => void happened.on('end', listener),
    async stop() {
      stopping.abort();
      child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), killAfterMilliseconds);
      await closed;
      clearTimeout(kill);
    },
  };
}
