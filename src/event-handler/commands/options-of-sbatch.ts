import { codeSpan } from '../../messages/escape-markdown.ts';
import { md } from '../../messages/markdown.ts';
import type { Markdown } from '../../outside/forge/forge.ts';

/** What the bot itself decides of a job: what it runs, where, as whom, with which name and output, when; and what makes no job, or does not tell its id. */
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
 * Why an option of sbatch, `--name`, `--name=value`, `-n value`, `-nvalue`, is not passed on whatever a site allows; undefined where it may
 * be. sbatch takes a long option by any beginning of its name, and several short ones in a word.
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
  // All of them are flags: a value behind them would be taken for the job's script, or for more flags.
  return unit.includes(' ') ? 'wrap' : undefined;
}
