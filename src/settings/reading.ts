import { resolve } from 'node:path';
import type { z } from 'zod';
import type { ProgramCall } from '../outside/processes/program-call.ts';
import type { ConfigFile, Setting } from './config-file.ts';
import type { Dialect } from './dialects.ts';
import { hasPlaceholder } from './doubts-of.ts';
import type { Environment } from './environment.ts';
import { expandPath } from './expand-path.ts';
import { suggest } from './nearest-name.ts';
import { parseJson } from './parse-json.ts';
import { parseProgramCall, splitWords } from './posix-words.ts';
import type { Problem } from './settings.ts';
import { removeQuotes, removeShellQuoting } from './shell-text.ts';
import { checkTemplate, type Template } from './template.ts';

/** A setting that is a path: as it is written, and what it means. */
export interface WrittenPath {
  readonly where: Omit<Problem, 'message'>;
  readonly written: string;
  readonly expanded: string;
}

/** A setting that names a program. `isNeeded`: without it no daemon starts. */
export interface WrittenProgram {
  readonly where: Omit<Problem, 'message'>;
  readonly call: Pick<ProgramCall, 'program' | 'environment'>;
  readonly isNeeded: boolean;
}

/** Shared by all readers of settings. Problems are noted in the file; what is then returned instead of a value is never used. */
export interface Reading {
  readonly file: ConfigFile;
  readonly environment: Environment;
  readonly workingDirectory: string;
  readonly dialect: Dialect;
  /** Collected for the check against the disk. */
  readonly paths: WrittenPath[];
  readonly programs: WrittenProgram[];
}

/** A path, expanded; a relative one starts at the working directory. Empty stays empty. */
export function readPath(reading: Reading, setting: Setting): string {
  const path = readRelativePath(reading, setting);
  // A placeholder is reported already; no need to check it against the disk.
  if (path === '' || hasPlaceholder(setting.key, setting.value)) return path;
  const expanded = resolve(reading.workingDirectory, path);
  if (path !== expanded && !path.startsWith('/'))
    reading.file.warn(
      setting,
      `is relative to the directory in which the bot is started, now ${reading.workingDirectory}; write the full path`,
    );
  reading.paths.push({ where: reading.file.locate(setting), written: setting.value, expanded });
  return expanded;
}

/** A path, expanded, that may stay relative. `part`: its place in the setting, if that is a map. */
export function readRelativePath(reading: Reading, setting: Setting, written = setting.value, part?: string): string {
  if (part === undefined) warnOfComment(reading, setting);
  const result = expandPath(written, reading.environment);
  if ('path' in result && !/\p{Cc}/u.test(result.path)) return result.path;
  const problem =
    'problem' in result ? result.problem : 'holds a line end or another control character; write the path in one line';
  reading.file.refuse(setting, inPart(part, problem));
  return '';
}

const inPart = (part: string | undefined, message: string) => (part === undefined ? message : `${part} ${message}`);

/** A `#` behind a value begins no comment but is part of the value. */
export function warnOfComment({ file }: Reading, setting: Setting): void {
  const [, comment] = /\s([#;](?:\s.*)?)$/s.exec(removeQuoted(setting.value)) ?? [];
  if (comment === undefined) return;
  file.warn(setting, `has \`${comment}\` as a part of its value; a comment has a line of its own`);
}

function removeQuoted(value: string): string {
  return value.replaceAll(/"[^"]*"|'[^']*'/g, '');
}

/** A word or number without quotes round it. */
function wordOf({ value }: Setting): string {
  return removeQuotes(value);
}

/** A hint in case a comment stands behind the value. */
export function commentHint({ value }: Setting): string {
  return /\S\s+[#;]/.test(value) ? '; a comment has a line of its own' : '';
}

/** A command line. */
export function readCommand(reading: Reading, setting: Setting): ProgramCall {
  const nothing: ProgramCall = { environment: {}, program: '', arguments: [] };
  if (setting.value === '') return nothing;
  const result = parseProgramCall(setting.value, reading.environment);
  if ('command' in result) return result.command;
  reading.file.refuse(setting, result.problem);
  return nothing;
}

/** A command of Slurm's that runs on this machine. A daemon starts without, and tries again: so a missing program is a doubt. */
export function readSlurmCommand(reading: Reading, setting: Setting): ProgramCall {
  const command = readCommand(reading, setting);
  if (command.program !== '' && !hasPlaceholder(setting.key, setting.value))
    reading.programs.push({ where: reading.file.locate(setting), call: command, isNeeded: false });
  return command;
}

/** Parameters of a command. `part`: their place in the setting, if that is a map. */
export function readWords(reading: Reading, setting: Setting, text = setting.value, part?: string): readonly string[] {
  const [, quote = '', inside = ''] = /^\s*(["'])(.*\s.*)\1\s*$/s.exec(text) ?? [];
  if (quote !== '' && !inside.includes(quote)) {
    // A shell would make one word of it, which no command knows.
    const message = `is in quotes as a whole: they are dropped, else all of it would be one word; remove them`;
    reading.file.warn(setting, inPart(part, message));
    return readWords(reading, setting, inside, part);
  }
  const result = splitWords(text, reading.environment);
  if ('words' in result) return result.words;
  reading.file.refuse(setting, inPart(part, result.problem));
  return [];
}

/** A text that may be quoted as for a shell. */
export function readText(reading: Reading, setting: Setting, text = setting.value, part?: string): string {
  if (part === undefined) warnOfComment(reading, setting);
  const result = removeShellQuoting(text);
  if ('text' in result) return result.text;
  reading.file.refuse(setting, inPart(part, result.problem));
  return '';
}

/** One of several words, in any case. */
export function readChoice<Choice extends string>(
  reading: Reading,
  setting: Setting,
  choices: readonly Choice[],
  whenEmpty: Choice,
): Choice {
  if (setting.value === '') return whenEmpty;
  const choice = choices.find((known) => known === wordOf(setting).toLowerCase());
  if (choice !== undefined) return choice;
  const hint = suggest(setting.value, choices, ['`', '`']) || commentHint(setting);
  reading.file.refuse(setting, `has to be one of ${choices.join(', ')}${hint}`);
  return whenEmpty;
}

/** `1 yes true on` or `0 no false off`. */
export function readBoolean(reading: Reading, setting: Setting): boolean {
  const word = wordOf(setting).toLowerCase();
  if (['1', 'yes', 'true', 'on'].includes(word)) return true;
  if (!['', '0', 'no', 'false', 'off'].includes(word))
    reading.file.refuse(setting, `has to be true or false${commentHint(setting)}`);
  return false;
}

/** A whole number above 0, such as GitHub's ids. */
export function readId(reading: Reading, setting: Setting): number {
  if (setting.value === '') return 0;
  const id = /^\d+$/.test(wordOf(setting)) ? Number(wordOf(setting)) : 0;
  if (id === 0 || !Number.isSafeInteger(id))
    reading.file.refuse(setting, `has to be the number that GitHub's pages show, digits alone${commentHint(setting)}`);
  return id;
}

/** A day. */
export const longestSeconds = 86_400;

/** A whole number of seconds, a day at most. */
export function readSeconds(reading: Reading, setting: Setting, whenEmpty: number): number {
  if (setting.value === '') return whenEmpty;
  const seconds = /^\d+$/.test(wordOf(setting)) ? Number(wordOf(setting)) : Number.NaN;
  if (seconds <= longestSeconds) return seconds;
  reading.file.refuse(setting, `has to be a whole number of seconds, ${longestSeconds} at most${commentHint(setting)}`);
  return whenEmpty;
}

/** How many of something there may be; 0, or empty: any number. */
export function readLimit({ file }: Reading, setting: Setting): number {
  if (setting.value === '') return 0;
  if (/^\d{1,6}$/.test(wordOf(setting))) return Number(wordOf(setting));
  file.refuse(setting, `has to be a whole number, 999999 at most; 0 sets no limit${commentHint(setting)}`);
  return 0;
}

/** The Python bot's example has this for "nobody": its code takes an empty list for nobody, its README does not. */
const nobody = '-NOT_ALLOWED_GH_ACCOUNT_NAME-';

/** Accounts, separated by blanks: `login` or `login:id`, as permissions.ts compares them. */
export function readAccounts(reading: Reading, setting: Setting): readonly string[] {
  const { file } = reading;
  warnOfComment(reading, setting);
  const entries = setting.value.split(/\s+/).filter((entry) => entry !== '');
  for (const entry of entries) {
    if (entry === nobody) continue;
    if (entry.includes(':') && !/^[^:]+:[1-9]\d{0,14}$/.test(entry)) {
      file.refuse(
        setting,
        `has \`${entry}\`, which is neither a login nor \`login:id\` with the number that https://api.github.com/users/LOGIN shows as id`,
      );
    } else if (!/^[a-z\d][a-z\d_-]*(\[bot\])?(:\d+)?$/i.test(entry)) {
      file.warn(setting, `has \`${entry}\`, which no account of GitHub is called; separate logins by blanks`);
    }
  }
  return entries;
}

/** A value in JSON. `schema` names what is expected by its error texts. Undefined where the key is empty, absent or wrong. */
export function readJson<Schema extends z.ZodType>(
  reading: Reading,
  setting: Setting,
  schema: Schema,
): { readonly value: z.output<Schema>; readonly keys: readonly string[] } | undefined {
  if (setting.value === '') return undefined;
  const json = parseJson(setting.value);
  if ('problem' in json) {
    const cutOff = json.problem.includes('has its end') ? reading.file.lineCutOff(setting) : undefined;
    const hint =
      cutOff === undefined
        ? ''
        : `; line ${cutOff} is not indented, so it does not belong to the value: put blanks before it`;
    reading.file.refuse(setting, `${json.problem}${hint}`, json.line);
    return undefined;
  }
  for (const key of json.repeated) reading.file.warn(setting, `has the key "${key}" twice; the last one counts`);
  const result = schema.safeParse(json.value);
  if (result.success) return { value: result.data, keys: json.keys };
  for (const { path, message } of result.error.issues) {
    reading.file.refuse(setting, path.length === 0 ? message : `${showPath(path)} ${message}`);
  }
  return undefined;
}

function showPath(path: readonly PropertyKey[]): string {
  return path.map((step) => (typeof step === 'number' ? `entry ${step + 1}` : `"${String(step)}"`)).join(': ');
}

/** Warns of keys of an entry of a map in JSON that are not among the known ones. */
export function warnOfUnknownKeys(
  { file }: Reading,
  setting: Setting,
  name: string,
  entry: object,
  known: readonly string[],
): void {
  for (const key of Object.keys(entry))
    if (!known.includes(key)) file.warn(setting, `"${name}" has "${key}", which is not known${suggest(key, known)}`);
}

/** A text with placeholders, or the default where the key is absent. */
export function readTemplate(
  reading: Reading,
  setting: Setting,
  names: readonly string[],
  whenAbsent: string,
): Template {
  if (!reading.file.has(setting.section, setting.key)) return whenAbsent as Template;
  const result = checkTemplate(reading.file.getText(setting.section, setting.key).value, names);
  if ('template' in result) return result.template;
  reading.file.refuse(setting, result.problem);
  return whenAbsent as Template;
}

/** A map without prototype: keys come from outside, and may be `constructor`. */
export function mapOf<Value>(entries: Iterable<readonly [string, Value]>): Readonly<Record<string, Value>> {
  const map: Record<string, Value> = Object.create(null);
  for (const [key, value] of entries) map[key] = value;
  return map;
}
