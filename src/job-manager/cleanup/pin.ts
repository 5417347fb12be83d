import { constants, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';

/** A file, link or directory, pinned. */
export interface Pinned {
  /** Leads to it through no link, even if a job gives its name to something else. */
  readonly path: string;
  /** Where it was found. */
  readonly found: string;
  readonly stats: Stats;
}

/** Linux's; Node does not define it. Opens a file of any kind without reading it, without permissions, and without waiting for a pipe. */
const O_PATH = 0o10000000;

/** Pins what has the name now, even a link, while `use` works with it. The entries of a directory can be pinned by `${path}/NAME`. */
export async function withPinned<T>(found: string, use: (pinned: Pinned) => Promise<T>): Promise<T> {
  const file = await open(found, O_PATH | constants.O_NOFOLLOW);
  try {
    return await use({ path: `/proc/self/fd/${file.fd}`, found, stats: await file.stat() });
  } finally {
    await file.close();
  }
}
