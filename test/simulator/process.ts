import type { Remains } from './files.ts';

/** What a dead process's calls come back with: nothing of them happens any more. */
export class ProcessDied extends Error {
  override name = 'ProcessDied';
}

/** A machine that daemons run on. */
export interface Host {
  readonly name: string;
  /** By how much its clock is wrong. */
  readonly clockOffMilliseconds: number;
}

/** A daemon from its start to its end. */
export interface Process {
  readonly name: string;
  readonly host: Host;
  /** Used again by its host when it has ended. */
  readonly pid: number;
  /** What the kernel says about when it started: no other process of that pid has it. */
  readonly startTicks: number;
  alive: boolean;
  /** By SIGSTOP: nothing of it happens until SIGCONT. */
  isStopped: boolean;
  readonly stop: AbortController;
  /** Hears of an end that nobody wished. */
  readonly onEnd: (error: unknown) => void;
}

/** What is to go wrong with a call of a process. */
export type CallFault =
  | { readonly kind: 'kill'; readonly when: 'before' | 'after' }
  | { readonly kind: 'power cut'; readonly when: 'before' | 'after'; readonly remains: Remains }
  /** `code`: with what it fails when that is over. */
  | {
      readonly kind: 'stop' | 'slow';
      readonly when: 'before' | 'after';
      readonly seconds: number;
      readonly code?: string | undefined;
    }
  /** After: it is done, and the answer is lost. */
  | { readonly kind: 'error'; readonly code: string; readonly when?: 'before' | 'after' };
