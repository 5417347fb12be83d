import { indentOf, strip, stripEnd, stripStart } from './white-space.ts';

/** A file in the dialect of Python's configparser. Values are as written: {@link interpolate} or readTolerantly make sense of `%`. */
export interface Config {
  /** `[DEFAULT]`: its keys count as present in every section. */
  readonly defaults: ConfigSection;
  readonly sections: ReadonlyMap<string, ConfigSection>;
  /** Keys that a section has twice; the second is ignored. */
  readonly repeated: readonly RepeatedEntry[];
}

/** The second entry of a key in a section. */
interface RepeatedEntry extends ConfigEntry {
  readonly section: string;
}

export interface ConfigSection {
  readonly name: string;
  /** Of the header; 1-based. */
  readonly line: number;
  /** By lower-cased key. */
  readonly entries: ReadonlyMap<string, ConfigEntry>;
}

export interface ConfigEntry {
  readonly key: string;
  /** Trimmed; continuation lines are joined by line ends. */
  readonly value: string;
  /** The line of each line of the value; never empty. 1-based. */
  readonly lines: readonly [number, ...number[]];
}

/** Python refuses the whole file for each of these. */
export interface ConfigProblem {
  readonly line: number;
  readonly section?: string;
  readonly key?: string;
  readonly message: string;
}

/**
 * Parses as python3's `ConfigParser()` does. What Python refuses becomes a problem and parsing goes on: the first of duplicates counts,
 * other bad lines are skipped. `prose`: a key whose value may continue in lines without indent, up to the next `[section]` or `key =`;
 * Python knows no such keys.
 */
export function parseConfig(
  text: string,
  prose?: string,
): { readonly config: Config; readonly problems: readonly ConfigProblem[] } {
  const reading = new Reading(prose);
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) reading.takeLine(line, index + 1);
  return reading.finish();
}

interface OpenSection {
  readonly name: string;
  readonly line: number;
  readonly entries: Map<string, OpenEntry>;
}

interface OpenEntry {
  readonly key: string;
  readonly parts: [string, ...string[]];
  readonly lines: [number, ...number[]];
}

const header = /^\[(.+)\]/s;
/** Within prose, `[  FAILED  ] 2 tests` is no header, and `Note: x` no key. */
const endOfProse = /^(\[[A-Za-z_][\w.-]*\]$|[A-Za-z_]\w*\s*=)/;

class Reading {
  readonly #defaults: OpenSection = { name: 'DEFAULT', line: 0, entries: new Map() };
  readonly #sections = new Map<string, OpenSection>();
  readonly #problems: ConfigProblem[] = [];
  readonly #repeated: { readonly section: string; readonly entry: OpenEntry }[] = [];
  readonly #prose: string | undefined;
  #section: OpenSection | undefined;
  #entry: OpenEntry | undefined;
  #indent = 0;
  #saidThatNoSection = false;

  constructor(prose: string | undefined) {
    this.#prose = prose;
  }

  takeLine(line: string, number: number): void {
    const content = strip(line);
    if (content.startsWith('#') || content.startsWith(';')) return;
    if (content === '') {
      this.#continueEntry('', number);
    } else if (this.#entry !== undefined && (indentOf(line) > this.#indent || this.#isProse(content))) {
      this.#continueEntry(content, number);
    } else {
      this.#indent = indentOf(line);
      this.#entry = undefined;
      const name = header.exec(content)?.[1];
      if (name !== undefined) this.#openSection(name, number);
      else this.#openEntry(content, number);
    }
  }

  finish(): { config: Config; problems: ConfigProblem[] } {
    const sections = [...this.#sections].map(([name, section]) => [name, close(section)] as const);
    const repeated = this.#repeated.map(({ section, entry }) => ({ section, ...closeEntry(entry) }));
    return {
      config: { defaults: close(this.#defaults), sections: new Map(sections), repeated },
      problems: this.#problems,
    };
  }

  #isProse(content: string): boolean {
    return this.#prose !== undefined && this.#entry?.key === this.#prose && !endOfProse.test(content);
  }

  #continueEntry(content: string, line: number): void {
    this.#entry?.parts.push(content);
    this.#entry?.lines.push(line);
  }

  #openSection(name: string, line: number): void {
    const known = name === this.#defaults.name ? this.#defaults : this.#sections.get(name);
    if (known === undefined) {
      this.#section = { name, line, entries: new Map() };
      this.#sections.set(name, this.#section);
      return;
    }
    this.#section = known;
    if (known === this.#defaults) return;
    this.#report(line, `the section [${name}] is there already, in line ${known.line}; put its keys together there`);
  }

  #openEntry(content: string, line: number): void {
    if (this.#section === undefined) {
      if (!this.#saidThatNoSection)
        this.#report(line, 'comes before the first section; put a line `[section]` above it');
      this.#saidThatNoSection = true;
      return;
    }
    const separator = content.search(/[=:]/);
    if (separator < 1) {
      const what = separator < 0 ? 'has neither `=` nor `:`' : 'has no key';
      this.#report(line, `\`${content}\` ${what}; write \`key = value\`, or indent the line if it continues a value`);
      return;
    }
    const key = stripEnd(content.slice(0, separator)).toLowerCase();
    const entry: OpenEntry = { key, parts: [stripStart(content.slice(separator + 1))], lines: [line] };
    this.#entry = entry;
    const first = this.#section.entries.get(key);
    if (first === undefined) {
      this.#section.entries.set(key, entry);
      return;
    }
    this.#repeated.push({ section: this.#section.name, entry });
    this.#report(line, `the key is there already, in line ${first.lines[0]}; remove one of the two`, key);
  }

  #report(line: number, message: string, key?: string): void {
    const section = this.#section?.name;
    this.#problems.push({
      line,
      ...(section !== undefined && { section }),
      ...(key !== undefined && { key }),
      message,
    });
  }
}

function close(section: OpenSection): ConfigSection {
  const entries = [...section.entries].map(([key, entry]) => [key, closeEntry(entry)] as const);
  return { name: section.name, line: section.line, entries: new Map(entries) };
}

function closeEntry({ key, parts, lines }: OpenEntry): ConfigEntry {
  return { key, value: stripEnd(parts.join('\n')), lines };
}
