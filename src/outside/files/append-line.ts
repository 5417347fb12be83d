import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { mayWrite } from './check-before-writes.ts';
import { syncDirectory } from './sync-directory.ts';

/** Appends one line; `line` without its line end. */
export async function appendLineDurably(path: string, line: string, mode = 0o644): Promise<void> {
  await mayWrite(); // here too: this may create the file
  await appendLine(await open(path, 'a', mode), path, line);
}

/**
 * Like {@link appendLineDurably}, for a file that jobs can replace: not through a link, and not into a pipe, on which it would hang, or a
 * device.
 */
export async function appendLineUntrusted(path: string, line: string, mode = 0o644): Promise<void> {
  await mayWrite();
  const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants;
  await appendLine(await open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK, mode), path, line);
}

async function appendLine(file: FileHandle, path: string, line: string): Promise<void> {
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new Error(`${path} is not a regular file: nothing is written to it.`);
    await writeLine(file, line, stats.size);
  } finally {
    await file.close();
  }
  await syncDirectory(dirname(path));
}

async function writeLine(file: FileHandle, line: string, size: number): Promise<void> {
  try {
    await mayWrite();
    await file.writeFile(`${line}\n`); // write() may silently stop early on a full disk
    await file.sync();
  } catch (error) {
    // Readers skip a torn line; it is cut off while nobody else can have written behind it.
    await mayWrite()
      .then(() => file.truncate(size))
      .catch(() => {});
    throw error;
  }
}
