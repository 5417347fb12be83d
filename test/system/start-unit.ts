import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { readUnit, type Unit } from './read-unit.ts';
import { type Notification, receiveNotifications } from './receive-notifications.ts';

type State = 'activating' | 'active' | 'reloading' | 'deactivating' | 'waits to be restarted' | 'inactive' | 'failed';

/** A unit that runs, with what `systemctl` would show of it. */
export interface RunningUnit {
  readonly state: State;
  /** The words of its last STATUS. */
  readonly status: string;
  readonly pid: number;
  /** How often its program was started. */
  readonly starts: number;
  /** How its program has ended, each time. */
  readonly results: readonly string[];
  /** Each message, in order. */
  readonly notifications: readonly Notification[];
  readonly output: string;
  /** Waits until this is so; looks after each message, and each end of the program. */
  waitUntil(isSo: (unit: RunningUnit) => boolean): Promise<void>;
  /** As ExecReload says. */
  reload(): void;
  stop(): Promise<void>;
}

export interface UnitOptions {
  readonly home: string;
  /** Of the account's systemd: PATH and the like. */
  readonly environment: Readonly<Record<string, string>>;
  /** What a drop-in would say: shorter times, for a test. */
  readonly instead?: Readonly<Record<string, string>>;
  /** What the daemon believes of the watchdog, so that a test sees it fed soon, and a busy machine is not taken for a hung daemon. */
  readonly toldWatchdogSeconds?: number;
}

/** Runs a unit as systemd does, as far as our units say something: the notify protocol, the watchdog, restarts and their limits. */
export async function startUnit(
  path: string,
  { home, environment, instead = {}, toldWatchdogSeconds }: UnitOptions,
): Promise<RunningUnit> {
  const unit = await readUnit(path, home, instead);
  const directory = await mkdtemp(join(tmpdir(), 'bot-notify-'));
  const manager = new Manager(unit, {
    HOME: home,
    ...environment,
    ...unit.environment,
    ...(await readEnvironment(unit)),
    NOTIFY_SOCKET: join(directory, 'notify'),
    WATCHDOG_USEC: String((toldWatchdogSeconds ?? unit.watchdog / 1_000) * 1_000_000),
  });
  const receiving = await receiveNotifications(join(directory, 'notify'), (each) => manager.hear(each));
  manager.onEnd(async () => {
    await receiving.close();
    await rm(directory, { recursive: true });
  });
  manager.start();
  return manager;
}

async function readEnvironment({ environmentFiles }: Unit): Promise<NodeJS.Dict<string>> {
  const read = environmentFiles.map(async (file) => {
    const text = readFile(file.replace(/^-/, ''), 'utf8');
    return parseEnv(await (file.startsWith('-') ? text.catch(() => '') : text));
  });
  return Object.assign({}, ...(await Promise.all(read)));
}

class Manager implements RunningUnit {
  state: State = 'inactive';
  status = '';
  starts = 0;
  output = '';
  readonly notifications: Notification[] = [];
  readonly results: string[] = [];
  readonly #unit: Unit;
  readonly #environment: NodeJS.Dict<string>;
  readonly #changes = new EventEmitter();
  #child: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #deadline = 0;
  /** Why this one ends it. */
  #why = '';
  #isToStop = false;
  #end: () => Promise<void> = async () => {};

  constructor(unit: Unit, environment: NodeJS.Dict<string>) {
    this.#unit = unit;
    this.#environment = environment;
    this.#changes.setMaxListeners(100);
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  onEnd(end: () => Promise<void>): void {
    this.#end = end;
  }

  start(): void {
    this.#enter('activating', this.#unit.startWithin, () => this.#kill('SIGTERM', 'timeout'));
    this.starts += 1;
    // systemd knows the process before it runs.
    const words = ['-c', 'WATCHDOG_PID=$$ exec "$@"', 'sh', ...this.#unit.start];
    const { workingDirectory: cwd } = this.#unit;
    const child = spawn('/bin/sh', words, { cwd, env: this.#environment, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => {
        this.output += data;
      });
    child.on('close', (code: number | null, signal: string | null) => this.#ended(code, signal));
  }

  hear(notification: Notification): void {
    this.notifications.push(notification);
    if (notification.isSenderThere) this.#obey(notification.assignments);
    this.#changes.emit('change');
  }

  #obey({ READY, WATCHDOG, STATUS, STOPPING, RELOADING, EXTEND_TIMEOUT_USEC }: Notification['assignments']): void {
    if (STATUS !== undefined) this.status = STATUS;
    if (EXTEND_TIMEOUT_USEC !== undefined) this.#extend(Number(EXTEND_TIMEOUT_USEC) / 1000);
    if (RELOADING === '1' && this.state === 'active') this.state = 'reloading';
    if (STOPPING === '1') this.#enter('deactivating', this.#unit.stopWithin, () => this.#kill('SIGKILL', 'timeout'));
    if (READY === '1' && (this.state === 'activating' || this.state === 'reloading')) this.#watch();
    if (WATCHDOG === '1' && this.state === 'active') this.#watch();
  }

  #watch(): void {
    this.#enter('active', this.#unit.watchdog, () => this.#kill('SIGABRT', 'watchdog'));
  }

  #enter(state: State, milliseconds?: number, whenOver?: () => void): void {
    clearTimeout(this.#timer);
    this.state = state;
    if (milliseconds === undefined || whenOver === undefined) return;
    this.#deadline = Date.now() + milliseconds;
    this.#timer = setTimeout(() => {
      const left = this.#deadline - Date.now();
      if (left > 0) this.#enter(state, left, whenOver);
      else whenOver();
    }, milliseconds);
  }

  #extend(milliseconds: number): void {
    if (this.state === 'activating' || this.state === 'deactivating')
      this.#deadline = Math.max(this.#deadline, Date.now() + milliseconds);
  }

  #kill(signal: NodeJS.Signals, result: string): void {
    this.#why = result;
    this.#enter('deactivating', this.#unit.stopWithin, () => this.#kill('SIGKILL', result));
    this.#child?.kill(signal);
    this.#child?.kill('SIGCONT');
  }

  #ended(code: number | null, signal: string | null): void {
    const ends = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGPIPE'];
    const isGood = this.#why === '' && (code === 0 || ends.includes(signal ?? ''));
    this.results.push(this.#why || (isGood ? 'success' : (signal ?? `exit-code ${code}`)));
    this.#why = '';
    const mayRestart =
      !isGood && !this.#isToStop && !this.#unit.neverAfter.includes(code ?? -1) && this.starts < this.#unit.mostStarts;
    if (mayRestart) this.#enter('waits to be restarted', this.#unit.restartAfter, () => this.start());
    else this.#enter(isGood ? 'inactive' : 'failed');
    this.#changes.emit('change');
  }

  async waitUntil(isSo: (unit: RunningUnit) => boolean): Promise<void> {
    while (!isSo(this)) await once(this.#changes, 'change');
  }

  reload(): void {
    this.#child?.kill('SIGHUP');
  }

  async stop(): Promise<void> {
    this.#isToStop = true;
    if (this.state === 'waits to be restarted') this.#enter('inactive');
    const isOver = () => this.state === 'inactive' || this.state === 'failed';
    if (!isOver()) {
      this.#enter('deactivating', this.#unit.stopWithin, () => this.#kill('SIGKILL', 'timeout'));
      this.#child?.kill('SIGTERM');
    }
    await this.waitUntil(isOver);
    await this.#end();
    this.#end = async () => {};
  }
}
