import type { Settings } from '../../settings/settings.ts';
import type { BuiltJob } from '../commands/built-jobs.ts';
import { type CommandName, commandNamed, isKept } from '../commands/commands.ts';
import { parseCommand } from './parse-command.ts';

/**
 * What to type after `bot:` instead: what was probably meant if that works on this instance, else an example. `about`: the command that was
 * typed, or that it is spelled like. `built`: it was understood, and selects nothing here.
 */
export function exampleFor(
  meant: string,
  about: CommandName | undefined,
  settings: Settings,
  built?: readonly BuiltJob[],
): string {
  if (about === undefined) return 'help';
  if (works(meant, settings, built)) return meant;
  const own = commandNamed(about).example(settings);
  if (own !== undefined && (built === undefined || works(own, settings, built))) return own;
  return commandNamed('build').example(settings) ?? 'show_config';
}

function works(typed: string, settings: Settings, built: readonly BuiltJob[] = []): boolean {
  const parsed = parseCommand(typed, settings.dialect);
  if (parsed.kind === 'misunderstood') return false;
  const command = commandNamed(parsed.name);
  const decision = command.plan(parsed, settings, built);
  return isKept(decision) && !command.isPartlyRefused?.(decision);
}
