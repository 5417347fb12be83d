import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createDurably } from '../../outside/files/durable-files.ts';
import { readTextIfThere } from '../../outside/files/read-text-if-there.ts';

/** Writes a file unless there is one. `same`: it says just this; `other`: it says something else, and stays. */
export async function writeNewFile(path: string, text: string, mode = 0o600): Promise<'written' | 'same' | 'other'> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  if ((await createDurably(path, text, mode)) === 'created') return 'written';
  return (await readTextIfThere(path)) === text ? 'same' : 'other';
}
