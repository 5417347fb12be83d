import type { Dialect } from '../../settings/dialects.ts';
import { spokenLines } from './spoken-lines.ts';

/** The commands of a comment, as typed after `bot:`. Those in quotes, code blocks and HTML comments do not count. */
export function findCommands(body: string, { commandLine }: Dialect): readonly string[] {
  const lines = spokenLines(body.split(/\r\n|\r|\n/));
  // Indented commands count only if another line starts with one.
  if (!lines.some((line) => commandOf(line, commandLine) !== undefined)) return [];
  return lines.flatMap((line) => commandOf(line.trim(), commandLine) ?? []);
}

/** The text after `bot:`, if the line is a command. */
export function commandOf(line: string, commandLine: RegExp): string | undefined {
  const command = commandLine.exec(line)?.[1]?.trim();
  return command === '' ? undefined : command;
}
