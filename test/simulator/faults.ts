import { systemError } from './files.ts';
import { type ClockStep, type Fault, type FaultOfCall, tellingCalls } from './history.ts';
import type { CallFault, Process } from './process.ts';
import { begin, world } from './world.ts';

const beginningsOf = {
  'event handler': new Set<string>(tellingCalls['event handler']),
  'job manager': new Set<string>(tellingCalls['job manager']),
};

/** A fourth one in a row, with something waiting, would rightly be taken for a delivery's fault, which is set aside. */
const mostDeaths = 3;

/** What goes wrong in a history: for a while, or with one call. */
export class Faults {
  readonly #faults: readonly Fault[];
  readonly #clockSteps: readonly ClockStep[];
  readonly #ofCalls: readonly FaultOfCall[];
  /** Daemon and beginning of a call -> how many there were. */
  readonly #callsOf = new Map<string, number>();
  /** The event handler's. */
  #deaths = 0;
  #powerCut: { readonly daemon: string; readonly at: number } | undefined;
  /** When the last of those that last for a while ends. */
  readonly lastEnd: number;
  /** As long as all of them together, one after the other. */
  readonly allSeconds: number;
  /** What has not befallen a call by then does not. */
  areOver = false;

  constructor(faults: readonly Fault[], clockSteps: readonly ClockStep[]) {
    this.#clockSteps = clockSteps;
    this.#faults = faults;
    this.#ofCalls = faults.filter((fault) => fault.kind === 'call');
    const windows = [...faults, ...clockSteps];
    const ends = windows.map((each) => ('seconds' in each ? each.fromSecond + each.seconds : 0));
    this.lastEnd = begin + Math.max(0, ...ends) * 1000;
    const downSeconds = this.#ofCalls.map((fault) => fault.downSeconds);
    this.allSeconds = [...ends, ...downSeconds].reduce((sum, seconds) => sum + seconds, 0);
  }

  now<K extends Fault['kind']>(kind: K): Extract<Fault, { kind: K }> | undefined {
    const second = (world().now - begin) / 1000;
    return this.#faults.find(
      (fault): fault is Extract<Fault, { kind: K }> =>
        fault.kind === kind &&
        'seconds' in fault &&
        fault.fromSecond <= second &&
        second < fault.fromSecond + fault.seconds,
    );
  }

  /** By how much the machine's clock is wrong. */
  clockOffSeconds(): number {
    const second = (world().now - begin) / 1000;
    const steps = this.#clockSteps.filter(
      ({ fromSecond, seconds }) => fromSecond <= second && second < fromSecond + seconds,
    );
    return steps.reduce((sum, { stepSeconds }) => sum + stepSeconds, 0);
  }

  /** What is to go wrong with a call, the process's `count`th. */
  befalling(process: Process, call: string, count: number): CallFault | undefined {
    if (this.areOver) return undefined;
    if (this.#ofCalls.length > 0) this.#count(process, call);
    const isOfDisk = /^(writeFile|write|open|mkdir|symlink|link|rename|unlink|fsync|copyFile) /.test(call);
    const isThis = ({ daemon, of, at, fault }: FaultOfCall) =>
      daemon === process.name &&
      (isOfDisk || fault.kind !== 'error') &&
      (of === '' ? at === count : call.startsWith(of) && this.#callsOf.get(`${daemon} ${of}`) === at);
    const planned = this.#ofCalls.find(isThis);
    if (planned !== undefined && (!endsEventHandler(planned) || this.mayDie())) {
      const { daemon, powerCutAfter } = planned;
      if (powerCutAfter !== undefined) this.#powerCut = { daemon, at: count + powerCutAfter };
      return planned.fault;
    }
    const { daemon, at } = this.#powerCut ?? {};
    if (daemon === process.name && at === count && this.mayDie()) {
      return { kind: 'power cut', when: 'before', remains: 'nothing' };
    }
    const disk = this.now('disk');
    return disk !== undefined && isOfDisk ? { kind: 'error', code: disk.code } : undefined;
  }

  /** Whether the event handler may be killed once more, which is to happen then. */
  mayDie(): boolean {
    return ++this.#deaths <= mostDeaths;
  }

  /** A disk that is broken, or away, cannot be read either. */
  whyNoLook(look: string): Error | undefined {
    const disk = this.areOver ? undefined : this.now('disk');
    if (disk === undefined || !disk.hidesFiles) return undefined;
    const [, name = '', path = ''] = /^(\S+|look into) (.*)$/.exec(look) ?? [];
    return path.startsWith('/proc/') ? undefined : systemError(disk.code, name, path);
  }

  /** How long a daemon stays down that died of a call. */
  downSeconds({ name }: Process): number {
    return this.#ofCalls.find(({ daemon }) => daemon === name)?.downSeconds ?? 1;
  }

  #count(process: Process, call: string): void {
    for (const of of beginningsOf[process.name as keyof typeof beginningsOf] ?? []) {
      if (!call.startsWith(of)) continue;
      const key = `${process.name} ${of}`;
      this.#callsOf.set(key, (this.#callsOf.get(key) ?? 0) + 1);
    }
  }
}

const endsEventHandler = ({ daemon, fault }: FaultOfCall) =>
  fault.kind === 'power cut' || (fault.kind === 'kill' && daemon === 'event handler');
