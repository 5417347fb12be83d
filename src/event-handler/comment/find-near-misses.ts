import type { Dialect } from '../../settings/dialects.ts';
import { editDistance } from '../../settings/edit-distance.ts';
import { nearestName } from '../../settings/nearest-name.ts';
import { components } from '../arguments/filter.ts';
import { commandNamed, commands } from '../commands/commands.ts';
import { commandOf, findCommands } from './find-commands.ts';
import { spokenLines } from './spoken-lines.ts';

/** A line that was probably meant as a command, but is not one. */
export interface NearMiss {
  /** The trimmed line. */
  readonly line: string;
  /** The text that belongs after `bot:`. */
  readonly typed: string;
}

const names = commands.map(({ name }) => name);

/**
 * Lines of a comment that were probably meant as commands: `bot build …`, `Bot: …`, a command in inline code, a comment with all its
 * commands indented. The whole line must be a command: prose that mentions one does not count.
 */
export function findNearMisses(body: string, dialect: Dialect): readonly NearMiss[] {
  const lines = body.split(/\r\n|\r|\n/);
  const areRead = findCommands(body, dialect).length > 0;
  return linesToRead(lines, dialect).flatMap((raw) => {
    const line = raw.trim();
    const isIndented = /^\s/.test(raw);
    if (commandOf(line, dialect.commandLine) !== undefined && (areRead || !isIndented)) return [];
    if (isIndented && !areRead && !lines.every((each) => /^\s|^$/.test(each))) return []; // mostly a list item
    const typed = commandMeant(withoutCode(line), dialect);
    return typed === undefined ? [] : [{ line, typed }];
  });
}

/** The author's own words; also a comment that is nothing but one indented block of commands, though Markdown takes it for code. */
function linesToRead(lines: readonly string[], dialect: Dialect): readonly string[] {
  const spoken = spokenLines(lines);
  const written = lines.filter((line) => line.trim() !== '');
  const areCommands = written.every((line) => commandOf(line.trim(), dialect.commandLine) !== undefined);
  return spoken.length === 0 && areCommands ? written : spoken;
}

/** The content of a line that is one piece of inline code; else the line. */
function withoutCode(line: string): string {
  return /^(`+)(?!`)([^`]+)\1$/.exec(line)?.[2]?.trim() ?? line;
}

const addressed = /^@?(\w{2,4})\s*([:;,.]?)\s*(\S.*)$/s; // s: U+2028 ends no line of a comment

/** The command that was probably meant, without `bot:`; undefined: none. */
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
  // A misspelled command needs an argument: `bot: bind` may mean something else. So does a misspelled `bot`: `@bob: help`.
  const isMeant = areArguments && (isExact || words.length > 0) && (isCalled || words.some(isArgument));
  return isMeant ? [name, ...words].join(' ') : undefined;
}

const argumentNames = [...components, 'for', 'jobargs', 'lines', 'on', 'sha'] as const;
const shortNames = components.map((each) => each.slice(0, 4));

/** `arch:zen2`, also shortened or misspelled; not a word of prose before a colon: `bot build log: https://…`. */
function isArgument(word: string): boolean {
  const name = /^([a-z]{2,16}):(?!\/\/)\S/i.exec(word)?.[1]?.toLowerCase();
  if (name === undefined) return false;
  return (
    argumentNames.some((each) => each.startsWith(name)) ||
    nearestName(name, [...argumentNames, ...shortNames]) !== undefined
  );
}
