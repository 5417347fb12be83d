import type { Config, ConfigEntry } from './parse-config.ts';

/** The entry of a key in a section, or in `[DEFAULT]` where the section has none; values as written. */
export function findEntry(config: Config, section: string, key: string): ConfigEntry | undefined {
  const own = section === config.defaults.name ? config.defaults : config.sections.get(section);
  return own === undefined ? undefined : (own.entries.get(key) ?? config.defaults.entries.get(key));
}

// Python gives up at the same depth.
const maximumDepth = 10;
const percent = /%(?:%|\(([^)]+)\)s|)/g;

/** What a value means to Python: `%%` is `%`, `%(name)s` the value of that key; any other `%` is a problem. */
export function interpolate(
  config: Config,
  section: string,
  entry: ConfigEntry,
): { readonly value: string } | { readonly problem: string } {
  let problem: string | undefined;
  const expand = (text: string, depth: number): string => {
    if (depth > maximumDepth) {
      problem ??= `its \`%(name)s\` refer to each other in a circle, or more than ${maximumDepth} deep`;
      return '';
    }
    return text.replaceAll(percent, (whole, name: string | undefined) => {
      if (whole === '%%') return '%';
      if (name === undefined) {
        problem ??= 'has a single `%`; write `%%` for a percent sign';
        return '';
      }
      const other = findEntry(config, section, name.toLowerCase());
      if (other === undefined) {
        problem ??= `refers to \`%(${name})s\`, but there is no key \`${name}\` in [${section}] or [DEFAULT]; write \`%%(${name})s\` if it is not meant as a reference`;
        return '';
      }
      // Python counts only what has to be expanded again.
      if (problem !== undefined || !other.value.includes('%')) return other.value;
      return expand(other.value, depth + 1);
    });
  };
  const value = expand(entry.value, 1);
  return problem === undefined ? { value } : { problem };
}
