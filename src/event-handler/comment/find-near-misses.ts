import type { Dialect } from '../../settings/dialects.ts';
import { editDistance } from '../../settings/edit-distance.ts';
import { nearestName } from '../../settings/nearest-name.ts';
import { commandNamed, commands } from '../commands/commands.ts';
import { components } from '../commands/filter.ts';
import { commandOf, findCommands } from './find-commands.ts';
import { spokenLines } from './spoken-lines.ts';

/** A line that was probably meant as a command, and is none. */
export interface NearMiss {
  /** The line, without blanks around it. */
  readonly line: string;
  /** What would stand after `bot:`. */
  readonly typed: string;
}

const names = commands.map(({ name }) => name);

/**
 * Lines of a comment that were probably meant as commands: `bot build …`, `Bot: …`, a command in inline code, commands that are all
 * indented. A whole line that has nothing but a command: prose that tells of commands is passed over.
 */
export function findNearMisses(body: string, dialect: Dialect): readonly NearMiss[] {
  const lines = body.split(/\r\n|\r|\n/);
  const areRead = findCommands(body, dialect).length > 0;
  return linesToRead(lines, dialect).flatMap((raw) => {
    const line = raw.trim();
    const isIndented = /^\s/.test(raw);
    if (commandOf(line, dialect.commandLine) !== undefined && (areRead || !isIndented)) return [];
    if (isIndented && !areRead && !lines.every((each) => /^\s|^$/.test(each))) return []; // of a list, mostly
    const typed = commandMeant(withoutCode(line), dialect);
    return typed === undefined ? [] : [{ line, typed }];
  });
}

/** The author's own words; a comment that is one indented block of commands too, though it is code. */
function linesToRead(lines: readonly string[], dialect: Dialect): readonly string[] {
  const spoken = spokenLines(lines);
  const written = lines.filter((line) => line.trim() !== '');
  const areCommands = written.every((line) => commandOf(line.trim(), dialect.commandLine) !== undefined);
  return spoken.length === 0 && areCommands ? written : spoken;
}

/** What a line says that is nothing but inline code. */
function withoutCode(line: string): string {
  return /^(`+)(?!`)([^`]+)\1$/.exec(line)?.[2]?.trim() ?? line;
}

const addressed = /^@?(\w{2,4})\s*([:;,.]?)\s*(\S.*)$/;

/** What was meant to stand after `bot:`; undefined: it is no command, as far as anybody can tell. */
function commandMeant(text: string, dialect: Dialect): string | undefined {
  const [, bot = '', sign = '', rest = ''] = addressed.exec(text) ?? [];
  const isCalled = bot.toLowerCase() === 'bot';
  if (!isCalled && !(sign === ':' && editDistance(bot.toLowerCase(), 'bot') === 1)) return undefined;
  const [first = '', ...words] = rest.replaceAll(/(\b[a-z]+:)\s+(?=\S)/gi, '$1').split(/\s+/);
  const isExact = commandNamed(first.toLowerCase()) !== undefined;
  const name = isExact ? first.toLowerCase() : nearestName(first, names);
  if (name === undefined) return undefined;
  const known = commandNamed(name)?.words?.(dialect, names) ?? [];
  const areArguments = words.every((word) => known.includes(word) || isArgument(word));
  // A word that is only like a command needs an argument beside it: `bot: bind` is said of other things. So does a name that is only like
  // the bot's: `@bob: help`.
  const isMeant = areArguments && (isExact || words.length > 0) && (isCalled || words.some(isArgument));
  return isMeant ? [name, ...words].join(' ') : undefined;
}

const argumentNames = [...components, 'for', 'jobargs', 'lines', 'on', 'sha'] as const;
const shortNames = components.map((each) => each.slice(0, 4));

/** `arch:zen2`, shortened or nearly right; not what prose has before a colon: `bot build log: https://…`. */
function isArgument(word: string): boolean {
  const name = /^([a-z]{2,16}):(?!\/\/)\S/i.exec(word)?.[1]?.toLowerCase();
  if (name === undefined) return false;
  return (
    argumentNames.some((each) => each.startsWith(name)) ||
    nearestName(name, [...argumentNames, ...shortNames]) !== undefined
  );
}
