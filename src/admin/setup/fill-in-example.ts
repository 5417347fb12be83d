/** `section.key` -> its value. Lines after the first go on, indented. */
export type Values = Readonly<Record<string, string>>;

/**
 * The text of app.cfg.example with values in the place of its own; comments stay. A setting that is a comment there becomes one that counts.
 * Percent signs are doubled, as configparser reads them. Throws where a setting is not in the example.
 */
export function fillInExample(example: string, values: Values): string {
  const left = new Map(Object.entries(values));
  const lines: string[] = [];
  let section = '';
  let isReplaced = false;
  for (const line of example.split('\n')) {
    section = /^\[(\w+)\]/.exec(line)?.[1] ?? section;
    const [, key] = /^(?:# )?(\w+) =/.exec(line) ?? [];
    // The rest of a value that was replaced.
    if (isReplaced && key === undefined && /^\s+\S/.test(line)) continue;
    const name = `${section}.${key}`;
    const value = key === undefined ? undefined : left.get(name);
    isReplaced = value !== undefined;
    if (value === undefined) {
      lines.push(line);
      continue;
    }
    lines.push(`${key} = ${value.replaceAll('%', '%%').replaceAll('\n', '\n    ')}`.trimEnd());
    left.delete(name);
  }
  if (left.size > 0) throw new Error(`app.cfg.example has no ${[...left.keys()].join(', ')}`);
  return lines.join('\n');
}
