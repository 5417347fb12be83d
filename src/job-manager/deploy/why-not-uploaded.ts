import { lastWords } from '../../daemon/last-words.ts';
import { cutTo } from '../../messages/comment.ts';
import type { ProgramResult } from '../../outside/processes/run-program.ts';
import { whyProgramFailed } from '../../outside/processes/why-program-failed.ts';

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
