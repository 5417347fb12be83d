import { constants, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';

/** What had a name when it was looked at. */
export interface Pinned {
  /** Leads to it, and through no link: a job that gives the name to something else changes nothing here. */
  readonly path: string;
  /** Where it was found. */
  readonly found: string;
  readonly stats: Stats;
}

/** Of Linux, and missing among Node's: opens a file of whatever kind without reading it. A pipe is not waited for, no rights are needed. */
const O_PATH = 0o10000000;

/** Pins what has a name now, be it a link, while `use` works with it. The entries of a directory are pinned by `${path}/NAME` in turn. */
export async function withPinned<T>(found: string, use: (pinned: Pinned) => Promise<T>): Promise<T> {
  const file = await open(found, O_PATH | constants.O_NOFOLLOW);
  try {
    return await use({ path: `/proc/self/fd/${file.fd}`, found, stats: await file.stat() });
  } finally {
    await file.close();
  }
}
