import { AsyncLocalStorage } from 'node:async_hooks';
import { Files, type Remains, systemError } from './files.ts';
import { type CallFault, type Host, type Process, ProcessDied } from './process.ts';
import { randomOf } from './random.ts';

// One seeded scheduler behind everything that can happen: files, requests, the clock, death. A step is one call that others can see or
// that a kill can fall before or after. Between two steps the daemons run until each of them waits.

interface Call {
  readonly process: Process;
  run(): void;
  die(): void;
}

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly process: Process | undefined;
  fire(): void;
  die(): void;
}

interface Options {
  readonly seed: number;
  readonly begin: number;
  readonly faultOf: (process: Process, call: string, count: number) => CallFault | undefined;
  readonly onDeath: (how: 'kill' | 'power cut', process: Process) => void;
  /** Hears of each call that has happened, and by the answer of which step it was made: others may have come between. */
  readonly onCall?: (process: Process, call: string, madeAtStep: number) => void;
  /** Looks between which others may come; without it none are. */
  readonly isStep?: (look: string) => boolean;
  /** By how much the clocks of all machines are wrong now; without it they are right. */
  readonly clockOffMilliseconds?: () => number;
  /** The error of a look that fails; without it none does. */
  readonly whyNot?: (look: string) => Error | undefined;
}

const onlyHost: Host = { name: 'localhost', clockOffMilliseconds: 0 };

const here = new AsyncLocalStorage<Process>();
let current: World | undefined;

/** The world in which the present history happens. */
export function world(): World {
  if (current === undefined) throw new Error('no history is being played');
  return current;
}

export class World {
  readonly files: Files;
  readonly #random: () => number;
  readonly #processes = new Set<Process>();
  readonly #ready: Call[] = [];
  readonly #timers: Timer[] = [];
  readonly #options: Options;
  readonly #calls = new Map<string, number>();
  #order = 0;
  now: number;
  steps = 0;
  /** The step whose answer the running process goes by: an earlier one where it was stopped in between. */
  #goesByStep = 0;
  /** What happened, for people. */
  readonly story: string[] = [];
  isTold = false;

  constructor(options: Options) {
    this.#random = randomOf(options.seed);
    this.now = options.begin;
    this.#options = options;
    current = this;
    this.files = new Files(() => this.now + this.#clockOff());
  }

  /** 0 to 1. */
  random(): number {
    return this.#random();
  }

  between(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1));
  }

  tell(text: () => string): void {
    if (this.isTold) this.story.push(`${((this.now - begin) / 1000).toFixed(3).padStart(10)}  ${text()}`);
  }

  start(
    name: string,
    main: (process: Process) => Promise<void>,
    onEnd: (error: unknown) => void,
    host = onlyHost,
  ): Process {
    const process: Process = {
      name,
      host,
      pid: this.#freePid(host),
      startTicks: ++this.#order,
      alive: true,
      isStopped: false,
      stop: new AbortController(),
      onEnd,
    };
    this.#processes.add(process);
    this.tell(() => `${name} starts`);
    here.run(process, () => {
      main(process).then(
        () => this.#ended(process, undefined),
        (error: unknown) => this.#ended(process, error),
      );
    });
    return process;
  }

  /** Runs something inside a process, as a request that it receives. */
  inside<T>(process: Process, act: () => T): T {
    return here.run(process, act);
  }

  kill(process: Process): void {
    if (!process.alive) return;
    this.tell(() => `${process.name} is killed`);
    process.alive = false;
    this.#processes.delete(process);
    process.stop.abort();
    const isIts = (each: { process: Process | undefined }) => each.process === process;
    for (const call of this.#ready.filter(isIts)) call.die();
    for (const timer of this.#timers.filter(isIts)) timer.die();
    removeAll(this.#ready, isIts);
    removeAll(this.#timers, isIts);
  }

  /** SIGSTOP, and some time later SIGCONT. */
  freeze(process: Process, seconds: number): void {
    this.tell(() => `${process.name} is stopped for ${seconds} s`);
    process.isStopped = true;
    this.after(seconds * 1000, () => {
      this.tell(() => `${process.name} goes on`);
      process.isStopped = false;
    });
  }

  /** SIGTERM, which a stopped process hears of when it goes on. */
  terminate(process: Process): void {
    const hear = () => {
      this.tell(() => `${process.name} is told to end`);
      process.stop.abort();
    };
    if (process.alive) this.#later(0, process, hear, () => {});
  }

  /** The running process ends there and then. */
  exit(status: number): void {
    this.#ended(this.caller(), status === 0 ? undefined : new Error(`exit status ${status}`));
  }

  /** What /proc says about a process of the caller's host. */
  statOfProcess(pid: number): string | undefined {
    const found = this.#onHost(this.caller().host).find((each) => each.pid === pid);
    return found && `${pid} (node) ${'S '.repeat(19)}${found.startTicks} 0`;
  }

  /** The time as the caller's host has it. */
  clock(): number {
    return this.now + this.#clockOff() + (here.getStore()?.host.clockOffMilliseconds ?? 0);
  }

  cutPower(remains: Remains): void {
    for (const process of [...this.#processes]) this.kill(process);
    this.tell(() => `the power is cut; of what was not synced there remains ${remains}`);
    this.files.cutPower(remains, () => this.#random());
  }

  /** A call of the running process that a step of its own is made for. `fail`: what is left of it where it fails. */
  async call<T>(name: string, act: () => T, fail?: () => void): Promise<T> {
    const process = this.caller();
    const count = (this.#calls.get(process.name) ?? 0) + 1;
    this.#calls.set(process.name, count);
    const fault = this.#options.faultOf(process, name, count);
    if (fault === undefined && isPrivate(name)) return act();
    const madeAtStep = this.#goesByStep;
    const happen = () => {
      const value = act();
      this.#options.onCall?.(process, name, madeAtStep);
      return value;
    };
    return await new Promise<T>((resolve, reject) => {
      const die = () => reject(new ProcessDied());
      const answer = (outcome: () => T) => settle(outcome, resolve, reject);
      const run = () => {
        this.tell(() => `${process.name} ${count}: ${name}${fault ? ` (${JSON.stringify(fault)})` : ''}`);
        if (fault === undefined) return answer(happen);
        const step = this.steps;
        const wentBefore = fault.when === 'after' ? outcomeOf(happen) : undefined;
        const failWith = (code: string) => {
          if (wentBefore === undefined) fail?.();
          reject(systemError(code, name, ''));
        };
        const goOn = () => {
          if (wentBefore !== undefined) this.#goesByStep = step;
          if ('code' in fault && fault.code !== undefined) failWith(fault.code);
          else answer(wentBefore ?? happen);
        };
        switch (fault.kind) {
          case 'error':
            return failWith(fault.code);
          case 'stop':
          case 'slow':
            return this.#hold(fault, { process, run: goOn, die });
          case 'kill':
          case 'power cut':
            die();
            return this.#die(process, fault);
        }
      };
      this.#ready.push({ process, run, die });
    });
  }

  /** A look of the running process at something: no step of its own, unless the history wants it to be one. */
  async look<T>(name: string, act: () => T): Promise<T> {
    this.caller();
    if (this.#options.isStep?.(name)) return await this.call(name, act);
    const error = this.#options.whyNot?.(name);
    if (error !== undefined) throw error;
    return act();
  }

  /** Lets time pass for the running process, or until the signal. */
  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    const process = this.caller();
    await new Promise<void>((resolve, reject) => {
      const timer = this.#later(milliseconds, process, resolve, () => reject(new ProcessDied()));
      const abort = () => {
        removeAll(this.#timers, (each) => each === timer);
        reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
      };
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  /** Something that happens outside all processes, whatever is killed. */
  after(milliseconds: number, fire: () => void): void {
    this.#later(milliseconds, undefined, fire, () => {});
  }

  /**
   * A request to another machine: it arrives, whatever becomes of the caller then; the answer comes back if the caller lives. `arrive` gives the
   * answer, or throws what the caller sees. `begin`: what is the case from the call until then.
   */
  async request<T>(
    name: string,
    arrive: () => T,
    { begin, longestMilliseconds = 400 }: { begin?: () => void; longestMilliseconds?: number } = {},
  ): Promise<T> {
    const sent = await this.call(name, () => {
      begin?.();
      const answer = Promise.withResolvers<() => T>();
      this.after(this.between(5, longestMilliseconds), () => {
        try {
          const value = arrive();
          answer.resolve(() => value);
        } catch (error) {
          answer.resolve(() => {
            throw error;
          });
        }
      });
      return answer;
    });
    const process = this.caller();
    const answer = await sent.promise;
    if (!process.alive) throw new ProcessDied();
    return await this.call(`answer: ${name}`, answer);
  }

  /** Plays until `isOver`, or until `until`. */
  async play(until: number, isOver: () => boolean, check: () => void): Promise<'over' | 'time'> {
    for (;;) {
      await settled();
      check();
      const ready = this.#ready.filter(goesOn);
      const next = ready.length > 0 ? undefined : this.#timers.find(goesOn);
      // Nothing happens for a while: only then all can be at rest.
      if (ready.length === 0 && (next === undefined || next.at > this.now + 2000) && isOver()) return 'over';
      if (ready.length > 0) {
        const call = ready[Math.floor(this.#random() * ready.length)];
        removeAll(this.#ready, (each) => each === call);
        if (this.#random() < 0.3) this.now += 1;
        this.#goesByStep = ++this.steps;
        call?.run();
      } else {
        if (next === undefined || next.at > until) return 'time';
        removeAll(this.#timers, (each) => each === next);
        this.now = Math.max(this.now, next.at);
        this.#goesByStep = ++this.steps;
        next.fire();
      }
    }
  }

  /** Ends all processes, so that nothing of this world goes on. */
  async end(): Promise<void> {
    for (const process of [...this.#processes]) this.kill(process);
    await settled();
  }

  #clockOff(): number {
    return this.#options.clockOffMilliseconds?.() ?? 0;
  }

  /** The process that runs; dead ones are told that they are. */
  caller(): Process {
    const process = here.getStore();
    if (process === undefined) throw new Error('a call from outside all processes');
    if (!process.alive) throw new ProcessDied();
    return process;
  }

  /** What is left of a call waits. */
  #hold({ kind, seconds }: { kind: 'stop' | 'slow'; seconds: number }, rest: Call): void {
    if (kind === 'slow') {
      this.#later(seconds * 1000, rest.process, rest.run, rest.die);
    } else {
      this.freeze(rest.process, seconds);
      this.#ready.push(rest);
    }
  }

  #die(process: Process, fault: Extract<CallFault, { kind: 'kill' | 'power cut' }>): void {
    if (fault.kind === 'power cut') this.cutPower(fault.remains);
    else this.kill(process);
    this.#options.onDeath(fault.kind, process);
  }

  #ended(process: Process, error: unknown): void {
    if (!process.alive) return;
    this.kill(process);
    process.onEnd(error);
  }

  #onHost(host: Host): Process[] {
    return [...this.#processes].filter((each) => each.host === host);
  }

  #freePid(host: Host): number {
    const used = this.#onHost(host).map(({ pid }) => pid);
    let pid = 100;
    while (used.includes(pid)) pid++;
    return pid;
  }

  #later(milliseconds: number, process: Process | undefined, fire: () => void, die: () => void): Timer {
    const timer = { at: this.now + milliseconds, order: ++this.#order, process, fire, die };
    const index = this.#timers.findLastIndex((each) => each.at <= timer.at);
    this.#timers.splice(index + 1, 0, timer);
    return timer;
  }
}

/** When every history begins: noon, so that no day ends in it. */
export const begin = Date.UTC(2026, 2, 10, 12);

/** Resolves when every process waits for the world: what is left of promises and ticks has run. */
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

/** What happens to a temporary file is seen by nobody else: no step of its own, unless something goes wrong with it. */
function isPrivate(call: string): boolean {
  return call.endsWith('.tmp') && !call.startsWith('rename');
}

const goesOn = ({ process }: { process: Process | undefined }) => !process?.isStopped;

/** Does something; what comes of it is told whoever asks later. */
function outcomeOf<T>(act: () => T): () => T {
  try {
    const value = act();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

function settle<T>(answer: () => T, resolve: (value: T) => void, reject: (error: unknown) => void): void {
  try {
    resolve(answer());
  } catch (error) {
    reject(error);
  }
}

function removeAll<T>(list: T[], isMeant: (each: T) => boolean): void {
  for (let index = list.length - 1; index >= 0; index--) {
    const each = list[index];
    if (each !== undefined && isMeant(each)) list.splice(index, 1);
  }
}
