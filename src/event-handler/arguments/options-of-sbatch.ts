import { codeSpan } from '../../messages/escape-markdown.ts';
import { md } from '../../messages/markdown.ts';
import type { Markdown } from '../../outside/forge/forge.ts';

/** Options that the bot itself sets (script, directory, account, name, output, time), and those that submit no job or hide its id. */
const taken = [
  ...['array', 'begin', 'chdir', 'clusters', 'error', 'export', 'gid', 'hold', 'job-name', 'output', 'uid', 'wrap'],
  ...['help', 'parsable', 'quiet', 'test-only', 'usage', 'version', 'wait'],
];

/** Their short forms. Source: sbatch(1). */
const takenLetters: Readonly<Record<string, string>> = {
  a: 'array',
  b: 'begin',
  D: 'chdir',
  e: 'error',
  h: 'help',
  H: 'hold',
  J: 'job-name',
  M: 'clusters',
  o: 'output',
  Q: 'quiet',
  V: 'version',
  W: 'wait',
};
/** Short options that take no value, so that another one may follow in the same word. Source: sbatch(1). */
const flags = 'kOsv';

/**
 * Why an option of sbatch (`--name`, `--name=value`, `-n value`, `-nvalue`) is never passed on, whatever a site allows; undefined if it may
 * be. sbatch accepts abbreviated long options, and several short ones in a word.
 */
export function whyTakenAway(unit: string): Markdown | undefined {
  if (!unit.startsWith('-') || /^--?(=|$| )/.test(unit))
    return md`${codeSpan(unit)} is no option; sbatch would take it for the job's script.`;
  const option = unit.startsWith('--') ? longOption(unit) : shortOption(unit);
  if (option === undefined) return undefined;
  return md`${codeSpan(`--${option}`)} is this bot's to set: it would take the job out of its hands. Leave it out.`;
}

function longOption(unit: string): string | undefined {
  const [, name = ''] = /^--([^= ]*)/.exec(unit) ?? [];
  return taken.find((option) => option.startsWith(name) || name.startsWith(option));
}

function shortOption(unit: string): string | undefined {
  const letters = unit.slice(1).split(' ')[0] ?? '';
  for (const letter of letters) {
    const option = takenLetters[letter];
    if (option !== undefined) return option;
    if (!flags.includes(letter)) return undefined;
  }
  // All are flags: sbatch would take a value after them for the job script, or for more flags.
  return unit.includes(' ') ? 'wrap' : undefined;
}
