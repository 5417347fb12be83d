import type { CallOutcome, TroubleVerdict } from '../../daemon/troubles.ts';
import type { ProgramResult } from '../../outside/processes/run-program.ts';
import { whyNotUploaded } from './why-not-uploaded.ts';

/** EX_DATAERR of sysexits(3): the exit code by which an upload script says so. */
const unfitArtefact = 65;

/**
 * Judges whether uploads succeed. An unfit artefact is the job's fault, and says nothing about the store. Every program that the job manager
 * runs by itself is an upload.
 */
export function judgeUpload({ kind, ...outcome }: CallOutcome): TroubleVerdict | undefined {
  if (kind === 'failed' || !('answer' in outcome)) return undefined;
  const result = outcome.answer as ProgramResult;
  if (result.kind === 'exited' && result.code === unfitArtefact) return undefined;
  const words = whyNotUploaded(result);
  return { kind: 'upload', ...(words !== undefined && { words }) };
}
