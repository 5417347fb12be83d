import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { wordsOf } from '../../words-of.ts';
import { coalesce } from './coalesce.ts';
import { isDiskTrouble } from './disk-trouble.ts';
import { hasCode } from './has-code.ts';

/** Of each directory that is being synced. */
const syncs = new Map<string, () => Promise<void>>();

/** Makes the names in a directory survive a power cut. Callers that wait at the same time share the next sync. */
export async function syncDirectory(path: string): Promise<void> {
  const sync =
    syncs.get(path) ??
    coalesce(
      () => syncNow(path),
      () => syncs.delete(path),
    );
  syncs.set(path, sync);
  await sync();
}

async function syncNow(path: string): Promise<void> {
  try {
    const directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
    await directory.sync().finally(() => directory.close());
    unsynced.delete(path);
  } catch (error) {
    // Some network file systems cannot sync a directory and answer EINVAL: their server writes names through.
    if (hasCode(error, 'EINVAL')) return;
    if (!isDiskTrouble(error)) throw error;
    unsynced.add(path);
    throw new NotSynced(path, error);
  }
}

/** Directories whose last sync failed. */
const unsynced = new Set<string>();
export const isAllSynced = () => unsynced.size === 0;

/** A change in a directory is visible, but a power cut may undo it. */
class NotSynced extends Error {
  override name = 'NotSynced';
  readonly directory: string;

  constructor(directory: string, cause: unknown) {
    super(`${directory} could not be synced: ${wordsOf(cause)}`, { cause });
    this.directory = directory;
  }
}

/** Before a retry: syncs what the failed attempt changed, since the next one finds it changed. Throws if that fails again. */
export async function syncAgain(failure: unknown): Promise<void> {
  if (failure instanceof NotSynced) {
    await syncDirectory(failure.directory).catch((error: unknown) => {
      if (!hasCode(error, 'ENOENT')) throw error; // the directory is gone
    });
  } else if (failure instanceof AggregateError) for (const each of failure.errors) await syncAgain(each);
  else if (failure instanceof Error) await syncAgain(failure.cause);
}
