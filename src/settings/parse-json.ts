/** Parsed JSON, or what is wrong with it in an admin's words. `line` counts from 0. */
type JsonReading =
  | {
      readonly value: unknown;
      /** The keys of the outermost object in the order of the text; JavaScript puts `"10"` before `"a"`. */
      readonly keys: readonly string[];
      /** Keys that stand twice in one object: the last one counts, as in Python. */
      readonly repeated: readonly string[];
    }
  | { readonly problem: string; readonly line: number };

/** Parses JSON. Unlike `JSON.parse` it tells line and reason of an error, and keeps the order of keys. */
export function parseJson(text: string): JsonReading {
  try {
    return new JsonText(text).read();
  } catch (error) {
    if (error instanceof JsonProblem) return { problem: error.message, line: error.line };
    throw error;
  }
}

class JsonProblem extends Error {
  readonly line: number;
  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

const token = /[{}[\],:]|"(?:[^"\\]|\\[\s\S])*"|[^\s{}[\],:"]+|[\s\S]/y;

class JsonText {
  readonly #text: string;
  readonly #repeated: string[] = [];
  #keys: readonly string[] | undefined;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): JsonReading {
    const value = this.#value(this.#next());
    const rest = this.#next();
    if (rest !== '') this.#fail(`has ${show(rest)} after its end`);
    return { value, keys: this.#keys ?? [], repeated: this.#repeated };
  }

  #value(first: string): unknown {
    if (first === '{') return this.#object();
    if (first === '[') return this.#list();
    return this.#scalar(first);
  }

  #object(): unknown {
    // No prototype: `constructor` is a key like any other.
    const object: Record<string, unknown> = Object.create(null);
    const keys = new Set<string>();
    const outermost = this.#keys === undefined;
    if (outermost) this.#keys = [];
    for (let word = this.#next(); word !== '}'; word = this.#next()) {
      if (keys.size > 0) word = this.#afterComma(word, '}');
      if (!word.startsWith('"')) this.#fail(`has ${show(word)} where a key in double quotes is expected`);
      const key = String(this.#scalar(word));
      const colon = this.#next();
      if (colon !== ':') this.#fail(`has ${show(colon)} where the \`:\` after the key "${key}" is expected`);
      if (keys.has(key)) this.#repeated.push(key);
      keys.add(key);
      object[key] = this.#value(this.#next());
    }
    if (outermost) this.#keys = [...keys];
    return object;
  }

  #list(): unknown[] {
    this.#keys ??= [];
    const list: unknown[] = [];
    for (let word = this.#next(); word !== ']'; word = this.#next()) {
      list.push(this.#value(list.length > 0 ? this.#afterComma(word, ']') : word));
    }
    return list;
  }

  #afterComma(comma: string, end: '}' | ']'): string {
    if (comma !== ',') this.#fail(`has ${show(comma)} where a \`,\` or \`${end}\` is expected`);
    const word = this.#next();
    if (word === end) this.#fail(`has a comma before \`${end}\`; remove the comma after the last entry`);
    return word;
  }

  #scalar(word: string): unknown {
    this.#keys ??= [];
    if (word === '"') this.#fail('has a `"` without its partner');
    if (word.startsWith("'")) this.#fail(`has ${show(word)}; JSON wants double quotes`);
    try {
      return JSON.parse(word);
    } catch {
      const hint = word.startsWith('"') ? 'a text with a line end or an unknown escape' : 'no value that JSON knows';
      return this.#fail(`has ${show(word)}, ${hint}; texts are put in double quotes`);
    }
  }

  /** The next token; empty at the end. */
  #next(): string {
    while (/^[ \t\r\n]$/.test(this.#text.charAt(this.#at))) this.#at++;
    token.lastIndex = this.#at;
    const word = token.exec(this.#text)?.[0] ?? '';
    this.#at += word.length;
    return word;
  }

  #fail(message: string): never {
    throw new JsonProblem(`is not JSON: it ${message}`, this.#text.slice(0, this.#at).split('\n').length - 1);
  }
}

function show(word: string): string {
  return word === '' ? 'its end' : `\`${word.length > 40 ? `${word.slice(0, 39)}…` : word}\``;
}
