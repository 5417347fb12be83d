import { stat } from 'node:fs/promises';
import { isNotThere } from './has-code.ts';

/** Whether something has that name; a dangling link does not count. */
export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isNotThere(error)) return false;
    throw error;
  }
}
