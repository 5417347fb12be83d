import { findEntry, interpolate } from '../configparser/interpolate.ts';
import { type Config, type ConfigEntry, type ConfigSection, parseConfig } from '../configparser/parse-config.ts';
import { stripStart } from '../configparser/white-space.ts';
import { doubtsOf } from './doubts-of.ts';
import { suggest } from './nearest-name.ts';
import type { Problem } from './settings.ts';

/** A configuration file as it was read from the disk. */
export interface FileText {
  readonly path: string;
  readonly text: string;
}

/** A value and its place. */
export interface Setting {
  readonly section: string;
  readonly key: string;
  /** `%%` and `%(name)s` are resolved; empty where the key is absent. */
  readonly value: string;
}

/** What a file may hold. */
interface KnownNames {
  /** Section -> its keys. */
  readonly sections: Readonly<Record<string, readonly string[]>>;
  /** Keys whose value is free text. */
  readonly texts: readonly string[];
  /** Keys that the bot uses from the start: a placeholder left there is a problem, elsewhere a warning. */
  readonly needed: readonly string[];
}

/** A configuration file while it is read: values by section and key, and all problems with them. */
export class ConfigFile {
  readonly problems: Problem[] = [];
  readonly warnings: Problem[] = [];
  readonly #path: string;
  readonly #config: Config;
  /** By section and key: each is resolved, and its problem noted, once. */
  readonly #resolved = new Map<string, { readonly value: string; readonly failed: boolean }>();

  constructor({ path, text }: FileText) {
    this.#path = path;
    const { config, problems } = parseConfig(text.replace(/^\ufeff/, ''));
    this.#config = config;
    for (const problem of problems) this.problems.push({ file: path, ...problem });
  }

  get sectionNames(): readonly string[] {
    return [...this.#config.sections.keys()];
  }

  has(section: string, key: string): boolean {
    return this.#find(section, key) !== undefined;
  }

  /** The value of a key, without leading blanks. A lone `%` is a problem, and the value empty. */
  get(section: string, key: string): Setting {
    return { section, key, value: stripStart(this.getText(section, key).value) };
  }

  /** Like {@link get}, but keeps a line end before the text. */
  getText(section: string, key: string): Setting {
    return { section, key, value: this.#resolve(section, key).value };
  }

  /** Like {@link get}, for a key that must be there and not empty. */
  getRequired(section: string, key: string): Setting {
    const setting = this.get(section, key);
    if (setting.value === '' && !this.#resolve(section, key).failed) {
      this.refuse(setting, `${this.has(section, key) ? 'is empty' : 'is missing'}; it has to be set`);
    }
    return setting;
  }

  /** Notes that a setting cannot be used. `valueLine`: the line of its value, counted from 0. */
  refuse(setting: Setting, message: string, valueLine = 0): void {
    this.problems.push({ ...this.locate(setting, valueLine), message });
  }

  /** Notes that a setting is doubtful but usable. */
  warn(setting: Setting, message: string): void {
    this.warnings.push({ ...this.locate(setting), message });
  }

  /**
   * Resolves every known key, also unused ones; warns of unknown sections and keys, of settings that ended up in the value of another key,
   * and of values that look like mistakes.
   */
  checkEntries({ sections: known, texts, needed }: KnownNames): void {
    for (const section of [this.#config.defaults, ...this.#config.sections.values()])
      this.#warnOfSwallowed(known, section);
    for (const { name, line, entries } of this.#config.sections.values()) {
      const keys = Object.hasOwn(known, name) ? known[name] : undefined;
      if (keys === undefined) {
        const message = `is no section that the bot knows${suggest(name, Object.keys(known), ['[', ']'])}`;
        this.warnings.push({ file: this.#path, line, section: name, message });
        continue;
      }
      for (const entry of entries.values()) {
        if (!keys.includes(entry.key)) this.#warnOfUnknownKey(known, name, entry);
        else this.#tellDoubts(this.get(name, entry.key), texts.includes(entry.key), needed.includes(entry.key));
      }
    }
  }

  #tellDoubts(setting: Setting, isText: boolean, isNeeded: boolean): void {
    const { placeholder, others } = doubtsOf(setting.key, setting.value, isText);
    for (const message of others) this.warn(setting, message);
    if (placeholder === undefined) return;
    if (isNeeded) this.refuse(setting, placeholder);
    else this.warn(setting, placeholder);
  }

  /** An indented line continues the value above it, even if it looks like a setting. */
  #warnOfSwallowed(known: KnownNames['sections'], { name, entries }: ConfigSection): void {
    const keys = new Set(Object.values(known).flat());
    for (const { key, value, lines } of entries.values()) {
      for (const [index, text] of value.split('\n').entries()) {
        const [, header] = /^\[([\w.-]+)\]$/.exec(text) ?? [];
        const [, swallowed] = /^(\w+)\s*[=:]/.exec(text) ?? [];
        const isSetting = swallowed !== undefined && keys.has(swallowed.toLowerCase());
        if (index === 0 || !(isSetting || (header !== undefined && Object.hasOwn(known, header)))) continue;
        const message = `has the line \`${text}\` in its value, since that line is indented; remove the blanks before it if it ${isSetting ? 'is a setting of its own' : 'begins a section'}`;
        const line = lines[index];
        this.warnings.push({ file: this.#path, ...(line !== undefined && { line }), section: name, key, message });
      }
    }
  }

  #warnOfUnknownKey(
    known: Readonly<Record<string, readonly string[]>>,
    section: string,
    { key, value, lines }: ConfigEntry,
  ): void {
    const elsewhere = Object.keys(known).find((other) => known[other]?.includes(key));
    const message =
      elsewhere === undefined
        ? `is no setting that the bot knows${suggest(key, known[section] ?? [], ['`', '`'])}`
        : `is no setting of this section; it belongs to [${elsewhere}]`;
    this.warnings.push({ file: this.#path, line: lines[0], section, key, value, message });
  }

  #resolve(section: string, key: string): { readonly value: string; readonly failed: boolean } {
    const name = `${section}\n${key}`;
    const known = this.#resolved.get(name);
    if (known !== undefined) return known;
    const entry = this.#find(section, key);
    const result = entry === undefined ? { value: '' } : interpolate(this.#config, section, entry);
    const resolved = 'value' in result ? { ...result, failed: false } : { value: '', failed: true };
    this.#resolved.set(name, resolved);
    if ('problem' in result) this.refuse({ section, key, value: entry?.value ?? '' }, result.problem);
    return resolved;
  }

  #find(section: string, key: string): ConfigEntry | undefined {
    return this.#config.sections.has(section) ? findEntry(this.#config, section, key) : undefined;
  }

  /** The line behind a value in JSON that looks like more of it, and is not: it is not indented, so a key of its own. */
  lineCutOff({ section, key }: Setting): number | undefined {
    const last = this.#find(section, key)?.lines.at(-1) ?? Number.POSITIVE_INFINITY;
    const entries = [...(this.#config.sections.get(section)?.entries.values() ?? [])];
    const next = entries.find(({ lines: [first = 0] }) => first > last);
    return next !== undefined && /^["{}[\]]/.test(next.key) ? next.lines[0] : undefined;
  }

  /** The place of a setting; for a missing one the start of its section. `valueLine`: the line of its value. */
  locate({ section, key, value }: Setting, valueLine = 0): Omit<Problem, 'message'> {
    const entry = this.#find(section, key);
    const lines = entry?.lines;
    const before = /^\s*/.exec(entry?.value ?? '')?.[0].split('\n').length ?? 1; // its empty lines, plus one
    const line =
      lines?.[valueLine === 0 ? 0 : before - 1 + valueLine] ?? lines?.[0] ?? this.#config.sections.get(section)?.line;
    const found = lines !== undefined && value !== '' ? { value } : {};
    return { file: this.#path, ...(line !== undefined && { line }), section, key, ...found };
  }
}
