import { codeSpan } from '../../messages/escape-markdown.ts';
import { joined, md } from '../../messages/markdown.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import { compilePattern } from '../../settings/compile-pattern.ts';
import type { AllowedArgument } from '../../settings/settings.ts';
import { withoutQuotes } from './argument-words.ts';
import { whyTakenAway } from './options-of-sbatch.ts';

type Judged<T> = { readonly accepted: T } | { readonly refused: Markdown };

const nameOfVariable = /^[A-Za-z_][A-Za-z0-9_]*$/;
const ofValue = /^[A-Za-z0-9_=:./+,@$-]*$/;
const ofOption = /^[A-Za-z0-9_=:./+,@-]+$/;

/**
 * Judges the `NAME=VALUE` of `jobargs:`. The job's shell exports it, and expands `$NAME` in it. Each unit of the value has to match an entry
 * of allowed_jobargs: the entry's key searches NAME, its value searches the unit.
 */
export function judgeJobArgument(argument: string, allowed: readonly AllowedArgument[]): Judged<string> {
  const typed = codeSpan(`jobargs:${argument}`);
  const text = textOf(argument);
  const sign = text.indexOf('=');
  if (sign < 0) return { refused: md`${typed} has no ${codeSpan('=')}; type ${codeSpan('jobargs:NAME=VALUE')}.` };
  const [name, value] = [text.slice(0, sign), text.slice(sign + 1)];
  if (!nameOfVariable.test(name)) return { refused: md`${typed}: ${codeSpan(name)} is no name of a variable.` };
  const tokens = tokensOf(value);
  const odd = tokens.find((token) => !ofValue.test(token));
  if (odd !== undefined) return { refused: oddCharacters(typed, odd, 'A-Z a-z 0-9 _ = : . / + , @ $ -') };
  const units = unitsOf(tokens);
  const foreign = (units.length === 0 ? [''] : units).find((unit) => !isAllowed(allowed, unit, name));
  if (foreign !== undefined) return { refused: notAllowed(typed, foreign, 'allowed_jobargs', allowed) };
  return { accepted: `${name}=${tokens.length > 1 ? `"${tokens.join(' ')}"` : value.trim()}` };
}

/**
 * Judges the options of `submitargs:` for sbatch. Each unit has to match an entry of allowed_submitargs. An option and its value become one
 * word, so that sbatch never takes a value for the job script. Options that would take the job out of the bot's control are always refused.
 */
export function judgeSubmitArgument(argument: string, allowed: readonly AllowedArgument[]): Judged<readonly string[]> {
  const typed = codeSpan(`submitargs:${argument}`);
  const tokens = tokensOf(textOf(argument));
  if (tokens.length === 0) return { refused: md`${typed} is empty; type an option of sbatch behind it.` };
  const odd = tokens.find((token) => !ofOption.test(token));
  if (odd !== undefined) return { refused: oddCharacters(typed, odd, 'A-Z a-z 0-9 _ = : . / + , @ -') };
  const units = unitsOf(tokens);
  const taken = units.map(whyTakenAway).find((why) => why !== undefined);
  if (taken !== undefined) return { refused: md`${typed}: ${taken}` };
  const foreign = units.find((unit) => !isAllowed(allowed, unit));
  if (foreign !== undefined) return { refused: notAllowed(typed, foreign, 'allowed_submitargs', allowed) };
  return { accepted: units.map((unit) => unit.replace(' ', unit.startsWith('--') ? '=' : '')) };
}

/** An unclosed quote is kept; the check of characters refuses it. */
function textOf(argument: string): string {
  const read = withoutQuotes(argument);
  return 'text' in read ? read.text : argument;
}

const tokensOf = (text: string) => text.split(/\s+/).filter((token) => token !== '');

/** An option without `=` and the value after it are one unit: `--from-pr 345`. */
function unitsOf(tokens: readonly string[]): readonly string[] {
  const units: string[] = [];
  for (const token of tokens) {
    const last = units.at(-1);
    const takesValue = last?.startsWith('-') && !last.includes('=') && !last.includes(' ') && !token.startsWith('-');
    if (takesValue) units[units.length - 1] = `${last} ${token}`;
    else units.push(token);
  }
  return units;
}

function isAllowed(allowed: readonly AllowedArgument[], unit: string, name?: string): boolean {
  const isIn = (pattern: string | undefined, text: string) =>
    pattern === undefined || compilePattern(pattern).matcher(text).find();
  return allowed.some(({ key, value }) => (name === undefined || isIn(key, name)) && isIn(value, unit));
}

function oddCharacters(typed: Markdown, token: string, characters: string): Markdown {
  const hint = /[“”‘’„«»]/.test(token) ? md` Type straight quotes, ${codeSpan('"')}.` : md``;
  return md`${typed}: ${codeSpan(token)} holds other characters than ${codeSpan(characters)}.${hint}`;
}

function notAllowed(typed: Markdown, unit: string, setting: string, allowed: readonly AllowedArgument[]): Markdown {
  if (allowed.length === 0)
    return md`${typed}: this bot allows none; its admin can allow some (${codeSpan(setting)}). Leave it out.`;
  return md`${typed}: ${codeSpan(unit)} is not allowed; this bot allows what matches ${listAllowed(allowed)}; its admin can allow more (${codeSpan(setting)}).`;
}

/** The entries of an allow-list, for people: `KEY=VALUE` or `VALUE`. */
export const listAllowed = (allowed: readonly AllowedArgument[]): Markdown =>
  joined(
    allowed.map(({ key, value }) => codeSpan([key, value].filter((each) => each !== undefined).join('=') || '.*')),
    ', ',
  );
