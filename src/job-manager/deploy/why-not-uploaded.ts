import { lastWords } from '../../daemon/last-words.ts';
import { cutTo } from '../../messages/comment.ts';
import type { ProgramResult } from '../../outside/processes/run-program.ts';

const longestReason = 300;

/** Undefined: uploaded. Otherwise the script's last output, if any. */
export function whyNotUploaded(result: ProgramResult): string | undefined {
  if (result.kind === 'exited' && result.code === 0) return undefined;
  if (result.kind === 'not-started') return cutTo(result.message, longestReason);
  const said = lastWords(result.stderr);
  if (said !== undefined && result.kind === 'exited') return said;
  switch (result.kind) {
    case 'exited':
      return `the upload script ended with exit status ${result.code}`;
    case 'killed':
      return `the upload script was ended by ${result.signal}`;
    case 'timed-out':
      return `the upload script did not end within ${result.milliseconds / 3_600_000} hours`;
    case 'too-much-output':
      return 'the upload script printed too much and was ended';
  }
}
