import { stat } from 'node:fs/promises';
import { hasCode } from './has-code.ts';

/** Whether something has that name; a dangling link does not count. */
export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    // Not one that is too long: what is asked for is mostly made next, and that one cannot be.
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return false;
    throw error;
  }
}
