import { findEntry } from './interpolate.ts';
import { type ConfigProblem, parseConfig } from './parse-config.ts';

/** What bash scripts or other programs left in a `.result`, `.test` or `.metadata`. */
interface TolerantReading {
  /** The value of a key in a section; undefined where either is missing. */
  valueOf(section: string, key: string): string | undefined;
  /** What was passed over. Python would have refused the file. */
  readonly problems: readonly ConfigProblem[];
}

/** Reads a file whose writer does not double its percent signs: `%%` is `%`, any other `%` stays. Never throws. */
export function readTolerantly(text: string): TolerantReading {
  const { config, problems } = parseConfig(text);
  return {
    valueOf: (section, key) => findEntry(config, section, key.toLowerCase())?.value.replaceAll('%%', '%'),
    problems,
  };
}
