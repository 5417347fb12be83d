import { stat } from 'node:fs/promises';
import { hasCode } from './has-code.ts';

/** Whether something has that name; a dangling link does not count. */
export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return false;
    throw error;
  }
}
