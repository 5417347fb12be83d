import { Violation } from './invariants.ts';
import type { Process } from './process.ts';
import { world } from './world.ts';

/** A holder that has not renewed for so long may be taken for dead. */
const silentSeconds = 45;
const takenOverAfterSeconds = 60;
const endsAfterSeconds = 30;

/** A lease file that somebody made, and what became of it. */
interface Taking {
  readonly process: Process;
  readonly number: number;
  readonly path: string;
  /** Made when a higher one had been given to somebody already: it must not be given. */
  readonly isLate: boolean;
  /** At which step its maker was told that it has the lease, and when. */
  granted?: { readonly step: number; readonly at: number };
  /** It was not renewed for so long that another one may take it over. */
  wasSilent: boolean;
  /** Changes after somebody else was given a higher one. */
  lateChanges: number;
}

/** What must hold after each step, whoever takes, holds and loses the lease. */
export class LeaseInvariants {
  readonly #takings: Taking[] = [];
  /** When something last went wrong, for whom. */
  readonly #troubleAt = new Map<Process, number>();
  #lastTroubleAt = 0;
  #checkedAt = -1;

  /** Until when something goes wrong for a process: it dies, stops, starts, is slow, or its files fail. */
  trouble(process: Process, seconds = 0): void {
    const until = world().now + seconds * 1000;
    this.#troubleAt.set(process, Math.max(until, this.#troubleAt.get(process) ?? 0));
    this.#lastTroubleAt = Math.max(until, this.#lastTroubleAt);
  }

  hasTrouble(process: Process, withinSeconds: number): boolean {
    return world().now - (this.#troubleAt.get(process) ?? 0) <= withinSeconds * 1000;
  }

  /** The lease file of a number has got its name. */
  made(process: Process, path: string, number: number): void {
    const last = this.#takings.at(-1);
    // Its own, of which it was not told, it may take over.
    if (last !== undefined && number > last.number && last.process !== process) this.#checkMayBeTaken(last, number);
    const isLate = this.#takings.some((other) => other.granted !== undefined && other.number > number);
    this.#takings.push({ process, number, path, isLate, wasSilent: false, lateChanges: 0 });
    this.#takings.sort((a, b) => a.number - b.number);
  }

  granted(process: Process, number: number): void {
    const twice = this.#takings.find((other) => other.granted !== undefined && other.number === number);
    if (twice) throw new Violation(`number ${number} was given to ${twice.process.name} and to ${process.name}`);
    const its = this.#takings.find((each) => each.process === process && each.number === number);
    if (its === undefined) throw new Violation(`${process.name} was given number ${number} and has not made its file`);
    if (its.isLate) throw new Violation(`${process.name} was given number ${number} after a higher one had been given`);
    its.granted = { step: world().steps, at: world().now };
  }

  refused(process: Process): void {
    if (this.#hasBeenQuiet() && this.#holder() === undefined) {
      throw new Violation(`${process.name} was refused, and nobody has held the lease for a minute`);
    }
  }

  /** A process has made a change that others see, by a call that it made at a step. */
  changed(process: Process, call: string, madeAtStep: number): void {
    const its = this.#takings.find((each) => each.process === process && each.granted !== undefined);
    if (its === undefined) throw new Violation(`${process.name} made a change and has no lease: ${call}`);
    const next = this.#nextGranted(its);
    if (next?.granted === undefined) return;
    if (madeAtStep > next.granted.step || ++its.lateChanges > 1) {
      const which = its.lateChanges > 1 ? 'a second change' : 'a change that was not under way then';
      throw new Violation(
        `after number ${next.number} was given to ${next.process.name}, ${process.name} (number ${its.number}) made ${which}: ${call}`,
      );
    }
  }

  check(waiting: readonly Process[]): void {
    if (world().now === this.#checkedAt) return;
    this.#checkedAt = world().now;
    for (const taking of this.#takings) {
      if (!taking.process.alive) continue;
      this.#checkRenewed(taking);
      this.#checkEnds(taking);
    }
    const [whoWaits] = waiting;
    if (whoWaits !== undefined && this.#hasBeenQuiet() && this.#holder() === undefined) {
      throw new Violation(`nobody has held the lease for a minute, and ${whoWaits.name} waits for it`);
    }
  }

  #checkMayBeTaken({ process, number, path, wasSilent }: Taking, next: number): void {
    const wasGivenBack = world().files.text(path)?.includes('"released"') ?? false;
    if (!process.alive || wasSilent || wasGivenBack) return;
    throw new Violation(
      `number ${next} was made while ${process.name}, which had number ${number}, lives and renews it`,
    );
  }

  /** Who has no trouble renews in time. */
  #checkRenewed(taking: Taking): void {
    const { files, now } = world();
    if (taking.wasSilent || !files.has(taking.path)) return;
    if (now - files.find(taking.path, 'stat').mtimeMs <= silentSeconds * 1000) return;
    taking.wasSilent = true;
    if (this.hasTrouble(taking.process, silentSeconds + 15)) return;
    throw new Violation(`${taking.process.name} has not renewed number ${taking.number} for ${silentSeconds} s`);
  }

  #checkEnds(taking: Taking): void {
    const { process, number, granted } = taking;
    if (granted === undefined || process.isStopped || this.hasTrouble(process, endsAfterSeconds)) return;
    const next = this.#nextGranted(taking);
    if (next?.granted === undefined || world().now - next.granted.at <= endsAfterSeconds * 1000) return;
    throw new Violation(
      `${process.name} (number ${number}) has not ended, ${endsAfterSeconds} s after number ${next.number} was given`,
    );
  }

  #nextGranted({ number }: Taking): Taking | undefined {
    return this.#takings.find((other) => other.granted !== undefined && other.number > number);
  }

  #hasBeenQuiet(): boolean {
    return world().now - this.#lastTroubleAt > takenOverAfterSeconds * 1000;
  }

  #holder(): Taking | undefined {
    const last = this.#takings.findLast(({ granted }) => granted !== undefined);
    const holds = last?.process.alive && !last.process.isStopped && world().files.has(last.path);
    return holds ? last : undefined;
  }
}
