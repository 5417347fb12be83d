import { dialects } from '../../settings/dialects.ts';
import { commandNamed } from '../commands/commands.ts';
import { findCommands } from './find-commands.ts';

/**
 * Whether a comment has commands, and all of them are answered whatever is ordered on the pull request: it need not wait for earlier
 * comments, whose builds may take long, or wait for Slurm or git.
 */
export function standsAlone(body: string): boolean {
  const typed = findCommands(body, dialects['9']);
  return typed.length > 0 && typed.every((each) => commandNamed(each.split(/\s/)[0] ?? '')?.standsAlone ?? false);
}
