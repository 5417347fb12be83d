import type { CallOutcome, Verdict } from '../../daemon/troubles.ts';
import type { ProgramResult } from '../../outside/processes/run-program.ts';
import { whyNotUploaded } from './why-not-uploaded.ts';

/** EX_DATAERR of sysexits(3), by which an upload script may say so. */
const unfitArtefact = 65;

/**
 * Whether uploads succeed. That an artefact, which a job has made, is unfit says nothing of the store. The job manager runs no other program
 * by itself than what uploads.
 */
export function judgeUpload({ kind, ...outcome }: CallOutcome): Verdict | undefined {
  if (kind === 'failed' || !('answer' in outcome)) return undefined;
  const result = outcome.answer as ProgramResult;
  if (result.kind === 'exited' && result.code === unfitArtefact) return undefined;
  const words = whyNotUploaded(result);
  return { kind: 'upload', ...(words !== undefined && { words }) };
}
