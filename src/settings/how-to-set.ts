import { readFile } from 'node:fs/promises';
import { quoteWord } from '../daemon/quote-word.ts';
import type { Environment } from './environment.ts';
import { environmentFilesOf } from './environment-files.ts';

/** What to type so that variables of a daemon are set: the file that has them, if that is where setup writes one. */
export async function howToSet(names: readonly string[], { HOME }: Environment): Promise<string> {
  for (const path of await environmentFilesOf(HOME)) {
    const text = await readFile(path, 'utf8').catch(() => ''); // another account's
    if (names.every((name) => new RegExp(`^(export )?${name}=.`, 'm').test(text)))
      return `set -a; . ${quoteWord(path)}; set +a`;
  }
  return `export ${names.map((name) => `${name}=VALUE`).join(' ')}; or, where a file has it (setup writes one into the directory of --secrets): set -a; . FILE; set +a`;
}
