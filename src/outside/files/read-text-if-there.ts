import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { hasCode } from './has-code.ts';

/**
 * The text of a file, or undefined if it is missing, also where a file lies in the place of its directory. Anything else of that name
 * (a directory, a pipe, on which reading would hang, a link to itself) counts as an empty file.
 */
export async function readTextIfThere(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return (await file.stat()).isFile() ? await file.readFile('utf8') : '';
    } finally {
      await file.close();
    }
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    if (hasCode(error, 'ELOOP', 'ENXIO')) return '';
    throw error;
  }
}
