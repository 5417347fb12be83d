import type { Settings } from '../../settings/settings.ts';
import { type CommandName, commandNamed, isKept } from '../commands/commands.ts';
import { parseCommand } from './parse-command.ts';

/**
 * What to type behind `bot:` instead of what was typed: the same with the right name of the command, where that works on this instance,
 * else an example that does. `about`: the command that it is, or is spelled like.
 */
export function exampleFor(typed: string, about: CommandName | undefined, settings: Settings): string {
  if (about === undefined) return 'help';
  const corrected = typed.trim().replace(/^\S+/, about);
  const examples = [commandNamed(about).example(settings), commandNamed('build').example(settings)];
  return [corrected, ...examples].find((each) => each !== undefined && works(each, settings)) ?? 'show_config';
}

function works(typed: string, settings: Settings): boolean {
  const parsed = parseCommand(typed, settings.dialect);
  if (parsed.kind === 'misunderstood') return false;
  const command = commandNamed(parsed.name);
  const decision = command.plan(parsed, settings, []);
  return isKept(decision) && !command.isPartlyRefused?.(decision);
}
