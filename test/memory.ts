import { accessSync, constants, statfsSync } from 'node:fs';

const place = '/dev/shm';
const needed = 512 * 2 ** 20;

/** A file system in memory with enough room for the files of tests; undefined where there is none. In containers it often has 64 MB. */
export function fileSystemInMemory(): string | undefined {
  try {
    accessSync(place, constants.W_OK | constants.X_OK);
    const { bavail, bsize, type } = statfsSync(place);
    return type === tmpfs && bavail * bsize >= needed ? place : undefined;
  } catch {
    return undefined;
  }
}

/** As statfs(2) gives it. */
const tmpfs = 0x01021994;
