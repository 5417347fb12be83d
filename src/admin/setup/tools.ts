import type { findProgram } from '../../outside/processes/find-program.ts';
import type { runProgram } from '../../outside/processes/run-program.ts';

/** What setup works with. */
export interface SetupTools {
  /** The directory of this program, with the examples. */
  readonly root: string;
  /** Where app.cfg is to lie. */
  readonly directory: string;
  /** Where key and secrets are to lie, for their owner alone. */
  readonly secretsDirectory: string;
  readonly apiUrl: string;
  readonly serverUrl: string;
  readonly smeeServer: string;
  /** As `uname -m` names this machine. */
  readonly machine: string;
  readonly searchPath: string;
  readonly runProgram: typeof runProgram;
  readonly findProgram: typeof findProgram;
  /** What Slurm's commands see. */
  readonly environment: Readonly<Record<string, string>>;
  readonly listInstallations: (app: {
    readonly id: number;
    readonly privateKey: string;
  }) => Promise<readonly { readonly id: number; readonly account: string }[]>;
  readonly say: (lines: string | readonly string[]) => void;
  /** Asks the person at the terminal; undefined: there is none. */
  readonly ask: ((question: string, whyNot: (answer: string) => string | undefined) => Promise<string>) | undefined;
  /** Resolves after a while. */
  readonly pause: () => Promise<void>;
}
