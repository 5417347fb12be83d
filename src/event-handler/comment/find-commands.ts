import type { Dialect } from '../../settings/dialects.ts';
import { spokenLines } from './spoken-lines.ts';

/** The commands of a comment, each as typed after `bot:`. Quotes, code blocks and HTML comments hold none. */
export function findCommands(body: string, { commandLine }: Dialect): readonly string[] {
  const lines = spokenLines(body.split(/\r\n|\r|\n/));
  // Someone who writes a command starts a line with it; only then do indented ones count.
  if (!lines.some((line) => commandOf(line, commandLine) !== undefined)) return [];
  return lines.flatMap((line) => commandOf(line.trim(), commandLine) ?? []);
}

/** What stands behind `bot:` in a line that is a command. */
export function commandOf(line: string, commandLine: RegExp): string | undefined {
  const command = commandLine.exec(line)?.[1]?.trim();
  return command === '' ? undefined : command;
}
