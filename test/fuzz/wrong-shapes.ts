// What somebody may put in place of a JSON file of ours: each is no file that we wrote.

type Path = readonly (string | number)[];

/** Whatever the file is for. */
const wholes: readonly (readonly [what: string, text: string])[] = [
  ['an empty file', ''],
  ['a line end', '\n'],
  ['zeros', '\0\0\0\0'],
  ['no JSON', 'x'],
  ['null', 'null'],
  ['true', 'true'],
  ['an array', '[]'],
  ['a number', '7'],
  ['a huge number', '1e999'],
  ['a text', '"x"'],
  ['an empty object', '{}'],
  ['an object that is no text', '{"toString":1,"valueOf":1}'],
  ['a prototype', '{"__proto__":{"version":1}}'],
  ['version 2', '{"version":2}'],
  ['deep arrays', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ['deep objects', `${'{"version":'.repeat(50_000)}1${'}'.repeat(50_000)}`],
];

/** In place of one member. */
const members: readonly (readonly [what: string, json: string])[] = [
  ['null', 'null'],
  ['an object that is no text', '{"toString":1,"valueOf":1}'],
  ['a prototype', '{"__proto__":{"length":1}}'],
  ['deep arrays', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
  ['a huge number', '1e999'],
  ['a number below 0', '-1e300'],
  ['half a number', '0.5'],
];

/** `whole` is one that is right; members of `optional` may be missing: `a.b` of `{"a": {"b": …}}`, `a.0` of a list. */
export function wrongShapes(whole: object, optional: readonly string[]): (readonly [what: string, text: string])[] {
  const isFree = (path: Path) => optional.includes(path.join('.'));
  const paths = pathsOf(whole);
  const missing = paths
    .filter((path) => typeof path.at(-1) === 'string' && !isFree(path))
    .map((path) => [`no ${path.join('.')}`, withMember(whole, path, undefined)] as const);
  const changed = paths.flatMap((path) =>
    members.map(([what, json]) => [`${what} as ${path.join('.')}`, withMember(whole, path, json)] as const),
  );
  return [...wholes, ...missing, ...changed];
}

/** The paths of all members, outer ones first. */
function pathsOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  const keys: Path = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.flatMap((key) => [
    [...at, key],
    ...pathsOf((value as Record<string | number, unknown>)[key], [...at, key]),
  ]);
}

/** The text of `whole` with the JSON of one member replaced; `undefined`: left out. */
function withMember(whole: object, path: Path, json: string | undefined): string {
  const placeholder = '\u0001member\u0001';
  const copy: unknown = structuredClone(whole);
  let holder = copy as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) holder = holder[key] as typeof holder;
  const last = path.at(-1) ?? '';
  if (json === undefined) delete holder[last];
  else holder[last] = placeholder;
  return JSON.stringify(copy).replace(JSON.stringify(placeholder), () => json ?? '');
}
