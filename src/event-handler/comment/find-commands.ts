import type { Generation } from '../../settings/settings.ts';
import { spokenLines } from './spoken-lines.ts';

/** The commands of a comment, each as typed after `bot:`. Quotes, code blocks and HTML comments hold none. */
export function findCommands(body: string, generation: Generation): readonly string[] {
  const lines = spokenLines(body.split(/\r\n|\r|\n/));
  // Someone who writes a command starts a line with it; only then do indented ones count.
  if (!lines.some((line) => commandOf(line, generation) !== undefined)) return [];
  return lines.flatMap((line) => commandOf(line.trim(), generation) ?? []);
}

function commandOf(line: string, generation: Generation): string | undefined {
  const command = (generation === '9' ? /^bot:(.*)$/ : /^bot:\s(.*)$/).exec(line)?.[1]?.trim();
  return command === '' ? undefined : command;
}
