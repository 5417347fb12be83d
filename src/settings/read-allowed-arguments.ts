import { z } from 'zod';
import { readOtherwise, whyNotCompiled } from './compile-pattern.ts';
import { maxPatternSteps, sizeOfPattern } from './pattern-size.ts';
import { type Reading, readJson } from './reading.ts';
import type { AllowedArgument } from './settings.ts';

/**
 * `allowed_jobargs`, `allowed_submitargs`: entries of the given names, each a regular expression. What the Python bot would find out when
 * somebody types an argument, and a name that it would pass over so that the entry allows more than it says, are errors here.
 */
export function readAllowedArguments(
  reading: Reading,
  key: 'allowed_jobargs' | 'allowed_submitargs',
  names: readonly (keyof AllowedArgument)[],
): readonly AllowedArgument[] {
  const { file } = reading;
  const setting = file.get('buildenv', key);
  const example = `{${names.map((name) => `"${name}": "PATTERN"`).join(', ')}}`;
  const entry = z.record(z.string(), z.string('has to be a text, a pattern'), `has to be an object such as ${example}`);
  const entries = readJson(reading, setting, z.array(entry, 'has to be a list'))?.value ?? [];
  return entries.map((each, index) => {
    for (const [name, pattern] of Object.entries(each)) {
      const why = names.some((known) => known === name)
        ? whyNoPattern(pattern)
        : `is nothing that an entry of ${key} can have; it is ${example}`;
      if (why !== undefined) file.refuse(setting, `entry ${index + 1}: "${name}" ${why}`);
    }
    if (['', '.*', undefined].includes(each['value'])) {
      file.warn(
        setting,
        `entry ${index + 1} allows any value: whoever may build chooses it; write a pattern if that is too much`,
      );
    }
    return each;
  });
}

/** Each is searched in what somebody types: its cost is its size times the length of that. */
function whyNoPattern(pattern: string): string | undefined {
  const size = sizeOfPattern(pattern);
  if (size > maxPatternSteps)
    return `has ${size} steps when its repetitions are written out; ${maxPatternSteps} are allowed: write \`+\` or \`*\` in place of numbers`;
  const otherwise = readOtherwise(pattern);
  if (otherwise !== undefined) return otherwise;
  const why = whyNotCompiled(pattern);
  if (why === undefined) return undefined;
  return `is no regular expression that this bot can search: ${why}; look-around and back-references are not supported`;
}
