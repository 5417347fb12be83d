import type { Markdown } from '../outside/forge/forge.ts';

const words = [':cry: FAILURE', ':grin: SUCCESS', ':shrug: UNKNOWN'];

/** How a job ended, and the word of its build or test. Undefined: it completed, and `said`, what that left, has no such word. */
export function shortResult(how: string, said: string): Markdown | undefined {
  // The first one counts: details such as `0 FAILURE` come after it.
  const [word] = /FAILURE|SUCCESS|UNKNOWN/.exec(said) ?? [];
  const shown = words.find((each) => word !== undefined && each.endsWith(word));
  const parts = [how, shown].filter(Boolean);
  return parts.length === 0 ? undefined : (parts.join(' ') as Markdown);
}
