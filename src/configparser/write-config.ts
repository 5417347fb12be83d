/** A section to be written: its keys and values in their order. */
interface SectionToWrite {
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
}

/**
 * Writes what Python's configparser and line-based bash scripts read alike: a line `key = value` each, nothing quoted, `%` as it is,
 * an empty line after each section. A line end in a value becomes a blank: a value can begin neither a key nor a section.
 */
export function writeConfig(sections: readonly SectionToWrite[]): string {
  return sections
    .map(({ name, values }) => [`[${name}]`, ...Object.entries(values).map(writeEntry), '', ''].join('\n'))
    .join('');
}

function writeEntry([key, value]: [string, string]): string {
  return `${key} = ${value.replaceAll(/\s+/g, (blanks) => (/[\r\n]/.test(blanks) ? ' ' : blanks))}`;
}
