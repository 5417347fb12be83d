/** Likely mistakes in a value, as sentences. */
interface Doubts {
  /** The value is still the example's. */
  readonly placeholder?: string;
  readonly others: readonly string[];
}

/** Finds placeholders of examples and invisible characters in a value. `isText`: the value is free text. */
export function doubtsOf(key: string, value: string, isText: boolean): Doubts {
  const others: string[] = [];
  if (value.includes('\ufffd')) others.push('holds bytes that are not UTF-8; save the file as UTF-8');
  if (isText) return { others };
  const odd = new Set([...value.matchAll(oddCharacters)].map(([character]) => character));
  for (const character of odd)
    others.push(`holds ${nameOf(character)}, which nothing here takes for ${ordinary(character)}; type it anew`);
  const placeholders = placeholdersIn(key, value);
  if (placeholders.length === 0) return { others };
  const named = placeholders.map((one) => `\`${one}\``).join(', ');
  const placeholder = `still holds ${named}, as the example does; write what it stands for${placeholders.includes(value) ? '' : ' in its place'}`;
  return { placeholder, others };
}

// Blanks other than U+0020 and the tab, zero-width characters, quotes and dashes of word processors.
const oddCharacters =
  /[\u00a0\u1680\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff]|[\u2018-\u201f\u00ab\u00bb]|(?<![^\s"'=])[\u2010-\u2015\u2212]/gu;

function nameOf(character: string): string {
  const code = `U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`;
  return /[\u2010-\u201f\u2212\u00ab\u00bb]/.test(character)
    ? `\`${character}\` (${code})`
    : `an invisible character (${code})`;
}

function ordinary(character: string): string {
  if (/[\u2018-\u201f\u00ab\u00bb]/.test(character)) return 'a quote';
  return /[\u2010-\u2015\u2212]/.test(character) ? 'a `-`' : 'a blank';
}

/** Whole values of the Python bot's examples. They may be meant, so they only get a warning. */
const examples: Readonly<Record<string, string>> = {
  app_id: '123456',
  installation_id: '12345678',
  app_name: 'MY-bot',
  job_name: 'JOB_NAME',
};

const placeholder = new RegExp(
  [
    /(?<![\w${])(?:PATH_TO|URL_TO|LOCATION_WHERE|YOUR|NAME_OF)_\w+/,
    /(?<![\w${])(?:GH_ACCOUNT_\d+|PROXY_(?:DNS|IP)\w*|JOBS_BASE_DIR)(?!\w)/,
    /(?<![\w${])MODULE\d+\/VERSION\d+/,
    /(?<!\w)PATH\/TO\/\w*/,
    /(?<![\w/])\/path\/to\/[\w./-]*/,
    /\/home\/USER(?=\/|$)/,
    /<[a-z][\w ]*>/,
  ]
    .map((part) => part.source)
    .join('|'),
  'g',
);

function placeholdersIn(key: string, value: string): readonly string[] {
  const whole = value.replaceAll(/^(["'])(.*)\1$/gs, '$2');
  if (Object.hasOwn(examples, key) && examples[key] === whole) return [whole];
  return [...new Set([...value.matchAll(placeholder)].map(([found]) => found))];
}

/** Whether a value still holds a placeholder of an example. */
export function hasPlaceholder(key: string, value: string): boolean {
  return placeholdersIn(key, value).length > 0;
}
