import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A program that runs until it is stopped. */
export interface Daemon {
  stop(): Promise<void>;
  /** As when its machine fails: SIGKILL. */
  kill(): Promise<void>;
}

/**
 * The daemon runs under a watch that waits for the end of its standard input: should we be killed, however suddenly, the pipe closes
 * and the daemon is ended too. Its process id is never guessed.
 */
const watch = `
"$@" </dev/null >/dev/null 2>&1 & pid=$!
while read -r signal; do kill -$signal $pid; done
kill $pid 2>/dev/null
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do kill -0 $pid 2>/dev/null || exit 0; sleep 0.25; done
kill -KILL $pid`;

/** Starts a daemon that stays in the foreground. */
export function startDaemon(words: readonly string[], environment: NodeJS.ProcessEnv): Daemon {
  const child: ChildProcess = spawn('sh', ['-c', watch, 'watch', ...words], {
    env: environment,
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const exited = once(child, 'exit');
  const end = async (lastWords = '') => {
    child.stdin?.end(lastWords);
    await exited;
  };
  return { stop: () => end(), kill: () => end('KILL\n') };
}
