import type { Settings } from '../../settings/settings.ts';
import { type CommandName, commandNamed, isKept } from '../commands/commands.ts';
import { parseCommand } from './parse-command.ts';

/**
 * What to type after `bot:` instead: what was probably meant if that works on this instance, else an example. `about`: the command that was
 * typed, or that it is spelled like. `isRefused`: it was understood, and selects nothing here.
 */
export function exampleFor(
  meant: string,
  about: CommandName | undefined,
  settings: Settings,
  isRefused = false,
): string {
  if (about === undefined) return 'help';
  if (works(meant, settings)) return meant;
  const own = commandNamed(about).example(settings);
  if (own !== undefined && (!isRefused || works(own, settings))) return own;
  return commandNamed('build').example(settings) ?? 'show_config';
}

function works(typed: string, settings: Settings): boolean {
  const parsed = parseCommand(typed, settings.dialect);
  if (parsed.kind === 'misunderstood') return false;
  const command = commandNamed(parsed.name);
  const decision = command.plan(parsed, settings, []);
  return isKept(decision) && !command.isPartlyRefused?.(decision);
}
