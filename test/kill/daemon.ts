import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '../..');

/** Where a daemon is killed: at the call of this name, before or after it took effect; `orphan`: its child runs on. */
export interface KillPoint {
  readonly at: string;
  readonly when: 'before' | 'after' | 'orphan';
}

export interface DaemonOptions {
  readonly program: 'event-handler' | 'job-manager';
  /** Where app.cfg lies. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly arguments: () => readonly string[];
  /** The line that it prints when it is at work. */
  readonly readyLine: RegExp;
  /** Its numbered calls are written here. */
  readonly trace: string;
}

/** A daemon that is started again at once whenever it was killed; the kill point is for the first time only. */
export class Daemon {
  readonly #options: DaemonOptions;
  #child: ChildProcess | undefined;
  #ready: Promise<RegExpExecArray>;
  #closed: Promise<unknown> = Promise.resolve();
  #printed = '';
  #isWanted = true;
  deaths = 0;

  constructor(options: DaemonOptions, kill?: KillPoint) {
    this.#options = options;
    this.#ready = this.#start(kill);
  }

  /** Resolves when it is at work; what it printed then. */
  async ready(): Promise<RegExpExecArray> {
    for (;;) {
      const ready = this.#ready;
      const match = await ready;
      if (ready === this.#ready) return match;
    }
  }

  /** Asks it to stop, and again where it was killed while it did. Throws if it does not end well. */
  async stop(): Promise<void> {
    for (;;) {
      await this.ready();
      const [child, closed] = [this.#child, this.#closed];
      child?.kill('SIGTERM');
      await closed;
      if (child?.signalCode === 'SIGKILL') continue;
      if (child?.exitCode !== 0)
        throw new Error(`${this.#options.program} ended with ${child?.exitCode}: ${this.#printed}`);
      return;
    }
  }

  /** Ends it whatever it does. */
  async end(): Promise<void> {
    this.#isWanted = false;
    this.#child?.kill('SIGKILL');
    await this.#closed;
  }

  #start(kill: KillPoint | undefined): Promise<RegExpExecArray> {
    const { program, directory, environment, readyLine, trace } = this.#options;
    // As scripts/run-program.sh does, which would look for a Node first, twice a life.
    const words = ['--import', join(import.meta.dirname, 'count-calls.ts'), '--disable-warning=ExperimentalWarning'];
    const child = spawn(
      process.execPath,
      [...words, join(root, `src/${program}/main.ts`), ...this.#options.arguments()],
      {
        cwd: directory,
        env: {
          ...environment,
          UV_THREADPOOL_SIZE: '16',
          NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compiled'),
          KILL_ROOT: directory,
          KILL_TRACE: kill === undefined ? `${trace}.again` : trace,
          ...(kill && { KILL_AT: kill.at, KILL_WHEN: kill.when }),
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    this.#child = child;
    const ready = Promise.withResolvers<RegExpExecArray>();
    ready.promise.catch(() => {}); // is thrown where it is awaited
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.#printed += `${line}\n`;
        const match = readyLine.exec(line);
        if (match) ready.resolve(match);
      });
    }
    child.once('exit', () => {
      if (child.signalCode !== 'SIGKILL' || !this.#isWanted) {
        ready.reject(new Error(`${program} ended (exit status ${child.exitCode}): ${this.#printed}`));
        return;
      }
      this.deaths += 1;
      this.#ready = this.#start(undefined);
      this.#ready.then(ready.resolve, ready.reject);
    });
    this.#closed = once(child, 'exit');
    return ready.promise;
  }
}
