import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { hasCode } from './has-code.ts';

/** What has that name, and be it a link; undefined: nothing has. */
export async function lstatIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
