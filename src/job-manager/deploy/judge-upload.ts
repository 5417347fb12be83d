import { lastWords } from '../../daemon/last-words.ts';
import type { CallOutcome, TroubleVerdict } from '../../daemon/troubles.ts';
import { cutTo } from '../../messages/comment.ts';
import type { ProgramResult } from '../../outside/processes/run-program.ts';
import { whyProgramFailed } from '../../outside/processes/why-program-failed.ts';

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

const longestReason = 300;

/** Undefined: uploaded. Otherwise the script's last output, if any, and its exit status. */
export function whyNotUploaded(result: ProgramResult): string | undefined {
  if (result.kind === 'exited') {
    if (result.code === 0) return undefined;
    const said = lastWords(result.stderr);
    if (said !== undefined) return `${said} (exit status ${result.code})`;
  }
  return cutTo(whyProgramFailed('the upload script', result), longestReason);
}
