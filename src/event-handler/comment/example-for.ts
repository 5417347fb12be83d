import type { Settings } from '../../settings/settings.ts';
import { type CommandName, commandNamed, isKept } from '../commands/commands.ts';
import { parseCommand } from './parse-command.ts';

/**
 * What to type after `bot:` instead: the same with the command's right name if that works on this instance, else an example that works.
 * `about`: the command that was typed, or that it is spelled like.
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
