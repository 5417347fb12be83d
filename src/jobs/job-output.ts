import { homedir } from 'node:os';
import { join } from 'node:path';
import { visible } from '../daemon/visible.ts';
import { withoutEscapeSequences } from '../daemon/without-escape-sequences.ts';
import { withoutSecrets } from '../daemon/without-secrets.ts';
import { readEndUntrusted, type UntrustedEnd } from '../outside/files/read-untrusted.ts';
import { jobFiles } from './directories.ts';
import type { JobLink } from './handovers.ts';

/** Longer lines are cut: nobody reads more of one on a pull request. */
const longestLine = 500;

/** The last lines that a job printed, for people; or why there are none, as the end of a sentence. */
export type JobOutput =
  | { readonly kind: 'lines'; readonly lines: readonly string[] }
  | Exclude<UntrustedEnd, { readonly kind: 'text' }>;

/** Reads the last lines of `slurm-ID.out`, from its end only. `places`: directories of the bot, whose paths are not shown. */
export async function readJobOutput(
  { id, directory }: JobLink,
  count: number,
  places: readonly string[],
): Promise<JobOutput> {
  const end = await readEndUntrusted(join(directory, jobFiles.output(id)));
  if (end.kind !== 'text') return end;
  return { kind: 'lines', lines: lastLines(end.text, count, { ...end, hidden: hiddenPlaces(directory, places) }) };
}

interface Reading {
  /** The text begins where the file does. */
  readonly isWhole: boolean;
  /** Path -> what is shown in its place; longer paths first. */
  readonly hidden?: readonly (readonly [string, string])[];
}

function hiddenPlaces(directory: string, places: readonly string[]): readonly (readonly [string, string])[] {
  const paths = [...places, homedir()].filter((path) => path.startsWith('/') && path.length > 1);
  const longestFirst = paths.toSorted((a, b) => b.length - a.length);
  return [[directory, '.'], ...longestFirst.map((path) => [path, '(path)'] as const)];
}

/**
 * The last lines of a text as a terminal would show them: without colours, and with the last state of a progress bar. Secrets are hidden
 * before lines are chosen, since a key has many lines.
 */
export function lastLines(text: string, count: number, { isWhole, hidden = [] }: Reading): readonly string[] {
  const shown = withoutEscapeSequences(text).split('\n').map(asOnTerminal);
  const isOnlyLine = shown.slice(1).every((line) => line.trim() === '');
  const lines = isWhole || isOnlyLine ? shown : shown.slice(1);
  const harmless = hidden.reduce((all, [path, name]) => all.replaceAll(path, name), withoutKeys(lines.join('\n')));
  const told = harmless.trimEnd().split('\n');
  return told.length === 1 && told[0] === '' ? [] : told.slice(-count).map(readable);
}

/** A carriage return begins the line anew; a backspace removes a character. */
function asOnTerminal(line: string): string {
  const last = line.split('\r').findLast((part) => part.trim() !== '') ?? '';
  if (!last.includes('\b')) return last;
  const kept: string[] = [];
  for (const character of last) {
    if (character === '\b') kept.pop();
    else kept.push(character);
  }
  return kept.join('');
}

/** Hides keys, also cut ones without first or last line. A whole key is one match, so that this takes linear time. */
function withoutKeys(text: string): string {
  const whole = withoutSecrets(text);
  return whole
    .replaceAll(/(?:^[\w+/=]{20,}\n)+(?<end>-----END [A-Z ]+-----)?/gm, (lines, end) => (end ? '(secret)' : lines))
    .replaceAll(/(?:^[A-Za-z\d+/]{64}$\n?){2,}/gm, '(secret)\n');
}

function readable(line: string): string {
  const text = visible(
    line
      .trimEnd()
      .slice(0, 2 * longestLine)
      .replaceAll('\t', '    '),
  );
  if (text.length <= longestLine) return text;
  return `${text.slice(0, longestLine).toWellFormed()}…`;
}
