import { Violation } from './invariants.ts';
import { importDaemon, stateDir, workDirectory } from './lease-daemon.ts';
import {
  type Contender,
  type FaultOfCall,
  type FilesFault,
  type LeaseHistory,
  lastSecond,
  tellingCalls,
} from './lease-history.ts';
import { LeaseInvariants } from './lease-invariants.ts';
import { type CallFault, type Host, type Process, ProcessDied } from './process.ts';
import { begin, World } from './world.ts';

/** From the last fault on, until when the lease must be held again; and something more. */
const restSeconds = 80;
const locks = `${stateDir}/locks/`;

const contenderNames = ['A', 'B', 'C', 'D'];
/** One that comes when all is over, and must get or await the lease. */
const lastName = 'Z';
const daemons = new Map(
  await Promise.all([...contenderNames, lastName].map(async (name) => [name, await importDaemon(name)] as const)),
);

interface Played {
  readonly steps: number;
  readonly seconds: number;
  readonly grants: number;
}

/** Plays a history of leases; throws a {@link Violation} where an invariant does not hold. `story`: what happened is written into it. */
export async function playLeases(history: LeaseHistory, story?: string[]): Promise<Played> {
  const play = new LeasePlay(history, story !== undefined);
  try {
    return await play.run();
  } finally {
    await play.end();
    story?.push(...play.world.story);
  }
}

class LeasePlay {
  readonly world: World;
  readonly #history: LeaseHistory;
  readonly #hosts: readonly Host[];
  readonly #invariants = new LeaseInvariants();
  readonly #processes = new Map<string, Process>();
  /** Contender and beginning of a call -> how many there were. */
  readonly #callsOf = new Map<string, number>();
  readonly #callFaults: readonly FaultOfCall[];
  readonly #filesFaults: readonly FilesFault[];
  #grants = 0;
  #endsAt = begin + (lastSecond + restSeconds) * 1000;
  #violation: unknown;
  #onUnhandled = (error: unknown) => {
    if (!(error instanceof ProcessDied)) this.#violation ??= error;
  };

  constructor(history: LeaseHistory, isTold: boolean) {
    this.#history = history;
    this.#hosts = history.clocksOffSeconds.map((seconds, index) => ({
      name: `login${index}`,
      clockOffMilliseconds: seconds * 1000,
    }));
    this.#callFaults = history.faults.filter((fault) => fault.kind === 'call');
    this.#filesFaults = history.faults.filter((fault) => fault.kind === 'files');
    this.world = new World({
      seed: history.schedule,
      begin,
      faultOf: (process, call, count) => this.#faultOf(process, call, count),
      onDeath: (_how, process) => this.#ended(process, undefined),
      onCall: (process, call, madeAtStep) => this.#guard(() => this.#happened(process, call, madeAtStep)),
      isStep: (look) => look.includes(locks),
    });
    this.world.isTold = isTold;
  }

  async run(): Promise<Played> {
    process.on('unhandledRejection', this.#onUnhandled);
    const { world } = this;
    for (const directory of [stateDir, workDirectory, '/home']) world.files.mkdir(directory, 0o755);
    world.files.syncAll();
    this.#history.contenders.forEach((contender, index) => {
      world.after(contender.startsAtSecond * 1000, () => this.#start(contenderNames[index] ?? '', contender));
    });
    for (const fault of this.#history.faults) {
      if (fault.kind === 'termination') world.after(fault.atSecond * 1000, () => this.#terminate(fault.contender));
    }
    const last: Contender = { host: 0, standby: true, startsAtSecond: lastSecond, downSeconds: undefined };
    world.after(lastSecond * 1000, () => this.#start(lastName, last));
    let until = 0;
    while (until < this.#endsAt) {
      until = this.#endsAt; // what goes wrong on the way may put it off
      await world.play(
        until,
        () => false,
        () => this.#check(),
      );
    }
    return { steps: world.steps, seconds: (world.now - begin) / 1000, grants: this.#grants };
  }

  async end(): Promise<void> {
    await this.world.end();
    await new Promise(setImmediate); // by then Node has told of all that nobody handled
    process.off('unhandledRejection', this.#onUnhandled);
  }

  #start(name: string, contender: Contender): void {
    const daemon = daemons.get(name);
    if (daemon === undefined) throw new Error(`there is no contender ${name}`);
    const started = this.world.start(
      name,
      (process) =>
        daemon(process, contender.standby, {
          granted: (number) => this.#guard(() => this.#granted(process, number)),
          refused: () => this.#guard(() => this.#invariants.refused(process)),
        }),
      (error) => this.#ended(started, error),
      this.#hosts[contender.host],
    );
    this.#processes.set(name, started);
    this.#invariants.trouble(started);
  }

  #granted(process: Process, number: number): void {
    this.world.tell(() => `${process.name} is given number ${number}`);
    this.#grants++;
    this.#invariants.granted(process, number);
  }

  #ended(process: Process, error: unknown): void {
    if (error !== undefined && !this.#invariants.hasTrouble(process, 60)) {
      this.#violation ??= new Violation(`${process.name} ended, and nothing was wrong with it: ${String(error)}`);
    }
    this.world.tell(() => `${process.name} has ended ${error === undefined ? '' : String(error)}`);
    this.#invariants.trouble(process);
    const contender = this.#history.contenders[contenderNames.indexOf(process.name)];
    if (contender?.downSeconds === undefined || !this.#isTimeOfFaults()) return;
    this.world.after(contender.downSeconds * 1000, () => this.#start(process.name, contender));
  }

  #terminate(contender: number): void {
    const process = this.#processes.get(contenderNames[contender] ?? '');
    if (process?.alive) this.world.terminate(process);
  }

  // --- what goes wrong

  #isTimeOfFaults(): boolean {
    return this.world.now < begin + lastSecond * 1000;
  }

  #faultOf(process: Process, call: string, count: number): CallFault | undefined {
    if (!this.#isTimeOfFaults()) return undefined;
    const fault = this.#faultOfCall(process, call, count) ?? this.#faultOfFiles(process, call);
    if (fault?.kind === 'stop' || fault?.kind === 'slow') {
      this.#invariants.trouble(process, fault.seconds);
      this.#endsAt = Math.max(this.#endsAt, this.world.now + (fault.seconds + restSeconds) * 1000);
    } else if (fault !== undefined) {
      this.#invariants.trouble(process);
    }
    return fault;
  }

  #faultOfCall({ name }: Process, call: string, count: number): CallFault | undefined {
    if (this.#callFaults.length === 0) return undefined;
    for (const of of tellingCalls) {
      if (call.startsWith(of)) this.#callsOf.set(`${name} ${of}`, (this.#callsOf.get(`${name} ${of}`) ?? 0) + 1);
    }
    return this.#callFaults.find(
      ({ contender, of, at }) =>
        contenderNames[contender] === name &&
        (of === '' ? at === count : call.startsWith(of) && this.#callsOf.get(`${name} ${of}`) === at),
    )?.fault;
  }

  #faultOfFiles({ host }: Process, call: string): CallFault | undefined {
    const second = (this.world.now - begin) / 1000;
    const fault = this.#filesFaults.find(
      (each) => this.#hosts[each.host] === host && each.fromSecond <= second && second < each.fromSecond + each.seconds,
    );
    if (fault === undefined || (fault.of === 'changes' && !isChange.test(call))) return undefined;
    if (fault.how !== 'hangs') return { kind: 'error', code: fault.how };
    return { kind: 'slow', when: 'before', seconds: fault.fromSecond + fault.seconds - second };
  }

  // --- what must hold after each step

  #happened(process: Process, call: string, madeAtStep: number): void {
    const [, lease, number] = /^link (.*\.(\d+)\.lease)$/.exec(call) ?? [];
    if (lease?.startsWith(locks)) this.#invariants.made(process, lease, Number(number));
    const isVisible = isChange.test(call) && !call.endsWith('.tmp') && !call.startsWith('fsync');
    if (isVisible && call.includes(`${workDirectory}/`)) this.#invariants.changed(process, call, madeAtStep);
  }

  #check(): void {
    if (this.#violation !== undefined) throw this.#violation;
    const waits = ({ name, alive, isStopped }: Process) => alive && !isStopped && this.#isOnStandby(name);
    this.#invariants.check([...this.#processes.values()].filter(waits));
  }

  #isOnStandby(name: string): boolean {
    return this.#history.contenders[contenderNames.indexOf(name)]?.standby ?? name === lastName;
  }

  #guard(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.#violation ??= error;
    }
  }
}

const isChange = /^(write|open|mkdir|link|rename|unlink|rm|truncate|fsync) /;
