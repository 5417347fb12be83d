import type { Clock } from '../daemon/clock.ts';
import type { Logger } from '../daemon/logger.ts';
import type { OpenOrder } from '../jobs/orders.ts';
import type { Forge } from '../outside/forge/forge.ts';
import type { Environments } from '../outside/processes/child-environment.ts';
import type { runProgram } from '../outside/processes/run-program.ts';
import type { Slurm } from '../outside/slurm/slurm.ts';
import type { Settings } from '../settings/settings.ts';
import type { JobStore } from './records/job-store.ts';

/** What one interval works with: the settings in force, GitHub and Slurm. */
export interface Tools extends Clock {
  readonly settings: Settings;
  readonly forge: Forge;
  readonly slurm: Slurm;
  readonly runProgram: typeof runProgram;
  /** Environments of child processes. */
  readonly environments: Pick<Environments, 'upload'>;
  readonly jobs: JobStore;
  readonly log: Logger;
  /** Called after each run of the upload script, with the size of the artefact. */
  readonly onUpload?: (result: 'uploaded' | 'failed', bytes: number, milliseconds: number) => void;
}

/** What carrying out one order works with. */
export interface OrderTools extends Tools {
  /** Says what the order does or waits for, the end of a sentence, for `./bot.sh status`. */
  readonly tell?: (what: string) => void;
}

/** How orders of one kind are carried out. */
export interface OrderKind {
  /** `done`: the order is closed; `waits`: a later interval calls it again. Idempotent, also after a kill halfway. */
  readonly carryOut: (open: OpenOrder, tools: OrderTools) => Promise<'done' | 'waits'>;
  /** Must succeed once before orders of this kind are carried out; until then they wait, with its error as the reason. */
  readonly prepare?: (tools: Tools) => Promise<void>;
  /** Earlier orders of the same pull request that must be done first, by kind; `words` says it for people. Absent: none. */
  readonly waitsFor?: { readonly kinds: readonly string[]; readonly words: string };
}
