import type { Environment } from '../../settings/environment.ts';
import { waysIn } from './ways-in.ts';

/** Variables without which a restarted event handler would hear nothing: set in the running one, not in this shell. */
export function findLostVariables(
  words: readonly string[],
  running: Environment,
  shell: Environment,
): readonly string[] {
  const { asksItself, smee } = waysIn(words);
  if (asksItself) return [];
  const needed = ['GITHUB_APP_SECRET_TOKEN', ...(smee === undefined ? ['SMEE_URL'] : [])];
  return needed.filter((name) => running[name] && !shell[name]);
}
