import type { Environment } from '../../settings/environment.ts';

/** Words with which an event handler opens no port, so that nobody sends to it. */
const asksItself = /^(--pull|--cron|-c|--file|-f)(=|$)/;

/** Variables without which a restarted event handler would hear nothing: set in the running one, not in this shell. */
export function findLostVariables(
  words: readonly string[],
  running: Environment,
  shell: Environment,
): readonly string[] {
  if (words.some((word) => asksItself.test(word))) return [];
  const hasRelay = words.some((word) => /^--smee(=|$)/.test(word));
  const needed = ['GITHUB_APP_SECRET_TOKEN', ...(hasRelay ? [] : ['SMEE_URL'])];
  return needed.filter((name) => running[name] && !shell[name]);
}
