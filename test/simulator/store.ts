import { basename } from 'node:path';
import type { ProgramCall } from '../../src/outside/processes/program-call.ts';
import type { ProgramResult, runProgram } from '../../src/outside/processes/run-program.ts';
import type { StoreFault } from './history.ts';
import { world } from './world.ts';

/** The upload script and the S3 store behind it. */
export class SimulatedStore {
  /** Artefact -> how often it was put. */
  readonly objects = new Map<string, number>();
  readonly #faultNow: () => StoreFault['how'] | undefined;
  readonly #onUpload: (artefact: string) => void;

  constructor(faultNow: () => StoreFault['how'] | undefined, onUpload: (artefact: string) => void) {
    this.#faultNow = faultNow;
    this.#onUpload = onUpload;
  }

  readonly runProgram: typeof runProgram = (command: Pick<ProgramCall, 'program' | 'arguments'>) => {
    const artefact = basename(command.arguments.at(-1) ?? '');
    return world().request<ProgramResult>(`upload ${artefact}`, () => {
      const fault = this.#faultNow();
      if (fault === 'refuses') return { kind: 'exited', code: 1, stdout: '', stderr: 'simulated: AccessDenied' };
      this.#onUpload(artefact);
      this.objects.set(artefact, (this.objects.get(artefact) ?? 0) + 1);
      if (fault === 'loses answers') return { kind: 'exited', code: 1, stdout: '', stderr: 'simulated: time-out' };
      return { kind: 'exited', code: 0, stdout: '', stderr: '' };
    });
  };
}
