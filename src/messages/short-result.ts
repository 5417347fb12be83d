import type { Markdown } from '../outside/forge/forge.ts';
import { ownText } from './markdown.ts';

const words = [':cry: FAILURE', ':grin: SUCCESS', ':shrug: UNKNOWN'];

/**
 * The text of a row `finished` or `test result` in a few words: Slurm's state, if the job did not end well, and the word of the build.
 * Undefined: it has neither.
 */
export function shortResult(text: Markdown): Markdown | undefined {
  const [bySlurm = ''] = /^`[A-Z_]+`(?: \([^()]{0,200}\))?/.exec(text) ?? [];
  // The first one counts: details such as `0 FAILURE` come after it.
  const [word] = /FAILURE|SUCCESS|UNKNOWN/.exec(text.slice(bySlurm.length)) ?? [];
  const shown = words.find((each) => word !== undefined && each.endsWith(word));
  if (shown === undefined && bySlurm === '') return undefined;
  return ownText([bySlurm, shown].filter(Boolean).join(' '));
}
