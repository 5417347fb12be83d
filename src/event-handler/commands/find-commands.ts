import type { Generation } from '../../settings/settings.ts';

/** The commands of a comment, each as typed after `bot:`. Quotes and fenced code blocks hold none. */
export function findCommands(body: string, generation: Generation): readonly string[] {
  const lines = spokenLines(body.split(/\r?\n/));
  // Someone who writes a command starts a line with it; only then do indented ones count.
  if (!lines.some((line) => commandOf(line, generation) !== undefined)) return [];
  return lines.flatMap((line) => commandOf(line.trim(), generation) ?? []);
}

function commandOf(line: string, generation: Generation): string | undefined {
  const command = (generation === '9' ? /^bot:(.*)$/ : /^bot:\s(.*)$/).exec(line)?.[1]?.trim();
  return command === '' ? undefined : command;
}

/** `(?!`)`: a run of backquotes is looked at once, not once for each of its lengths. */
const fence = /^\s*(?:(?:[-*+]|\d{1,9}[.)])\s+)*(`{3,}(?!`)(?!.*`)|~{3,})/;

/** Without quoted lines, and without fenced code blocks, also those of list items. */
function spokenLines(lines: readonly string[]): readonly string[] {
  const spoken: string[] = [];
  let closing: RegExp | undefined;
  for (const line of lines) {
    if (closing !== undefined) {
      if (closing.test(line)) closing = undefined;
      continue;
    }
    if (/^\s*>/.test(line)) continue;
    const opening = fence.exec(line)?.[1];
    if (opening === undefined) spoken.push(line);
    else closing = new RegExp(`^\\s*${opening.charAt(0)}{${opening.length},}\\s*$`);
  }
  return spoken;
}
