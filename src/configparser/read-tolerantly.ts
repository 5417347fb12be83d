import { findEntry } from './interpolate.ts';
import { type ConfigProblem, parseConfig } from './parse-config.ts';

/** What bash scripts or other programs left in a `.result`, `.test` or `.metadata`. */
interface TolerantReading {
  /** The value of a key in a section; undefined where either is missing, or the key stands there twice with different values. */
  valueOf(section: string, key: string): string | undefined;
  /** Whether the key stands in the section twice with different values. */
  isContradictory(section: string, key: string): boolean;
  /** The lines that were skipped; Python would refuse the file. */
  readonly problems: readonly ConfigProblem[];
}

/** Reads a file that does not double its percent signs: `%%` is `%`, any other `%` stays. Never throws. `prose`: as of `parseConfig`. */
export function readTolerantly(text: string, prose?: string): TolerantReading {
  const { config, problems } = parseConfig(text.replace(/^\ufeff/, ''), prose);
  const isContradictory = (section: string, key: string) => {
    const first = findEntry(config, section, key)?.value;
    return config.repeated.some((other) => other.section === section && other.key === key && other.value !== first);
  };
  return {
    valueOf: (section, key) => {
      const name = key.toLowerCase();
      return isContradictory(section, name) ? undefined : findEntry(config, section, name)?.value.replaceAll('%%', '%');
    },
    isContradictory: (section, key) => isContradictory(section, key.toLowerCase()),
    problems,
  };
}
