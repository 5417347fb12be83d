import { rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeDirectory, moveDurably } from '../../outside/files/durable-files.ts';
import { hasCode } from '../../outside/files/has-code.ts';
import { lstatIfThere } from '../../outside/files/lstat-if-there.ts';
import { syncDirectory } from '../../outside/files/sync-directory.ts';
import { copyTree, makeAccessible, removeTree } from './copy-tree.ts';
import type { Move } from './plan-clean-up.ts';

// A move first renames `from` to a hidden directory beside it. Then nobody works in it any more, a new `from` may be made, and the rest
// can be retried. Each step is written down before the next one begins, so that after a kill "it is not there" has only one meaning.

/** A move, and how far it is. */
export interface MoveUnderWay extends Move {
  readonly state:
    | 'planned'
    /** Everything is in the hidden directory. */
    | 'aside'
    /** A complete copy is in the trash bin, perhaps under its temporary name. */
    | 'copied'
    | 'done';
}

interface Trash {
  /** `TRASH_BIN_DIR/OWNER/REPO/YYYY.MM.DD` */
  readonly directory: string;
  /** Distinguishes the moves of different orders. */
  readonly delivery: string;
}

/** Whether a move has begun. */
export async function isBegun(move: MoveUnderWay, trash: Trash): Promise<boolean> {
  return move.state !== 'planned' || (await lstatIfThere(asideOf(move, trash))) !== undefined;
}

const asideOf = ({ from }: Move, { delivery }: Trash) => join(dirname(from), `.${basename(from)}.${delivery}.moving`);

/** Finishes a move. `record` is durable when it resolves. Gives back what could not be copied. */
export async function carryOutMove(
  move: MoveUnderWay,
  trash: Trash,
  record: (state: MoveUnderWay['state']) => Promise<void>,
): Promise<string[]> {
  const skipped: string[] = [];
  let { state } = move;
  const reach = async (next: MoveUnderWay['state']) => {
    await record(next);
    state = next;
  };
  const aside = asideOf(move, trash);
  const trashMonth = join(trash.directory, move.month);
  const copy = join(trashMonth, `.${basename(move.from)}.${trash.delivery}.copying`);
  await makeDirectory(trashMonth);
  if (state === 'planned') {
    await putAside(move, aside);
    await reach('aside');
  }
  if (state === 'aside') {
    if ((await moveToFreeName(aside, trashMonth, basename(move.from))) === 'moved') {
      await reach('done');
    } else {
      await removeTree(copy);
      skipped.push(...(await copyTree(aside, copy)));
      await syncDirectory(trashMonth);
      await reach('copied');
    }
  }
  if (state === 'copied') {
    await moveToFreeName(copy, trashMonth, basename(move.from));
    await removeTree(aside);
    await syncDirectory(dirname(aside));
    await reach('done');
  }
  return skipped;
}

async function putAside({ from, what }: Move, aside: string): Promise<void> {
  if (what === 'everything') {
    // If it was renamed already, `from` is a new one: the pull request was reopened.
    if (!(await lstatIfThere(aside))) await moveIfThere(from, aside);
    return;
  }
  await makeDirectory(aside);
  for (const { id, path } of what) {
    await makeDirectory(dirname(join(aside, path)));
    if (await lstatIfThere(join(from, path))) await makeAccessible(join(from, path));
    await moveIfThere(join(from, path), join(aside, path));
    await moveIfThere(join(from, id), join(aside, id));
    await removeEmptyAbove(join(from, path), from);
  }
}

/** If `from` is missing, it was moved before. */
async function moveIfThere(from: string, to: string): Promise<void> {
  try {
    await moveDurably(from, to);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}

/** Moves into `directory` as `name`, `name.1`, `name.2`, …; if `from` is missing, it was moved before. */
async function moveToFreeName(from: string, directory: string, name: string): Promise<'moved' | 'other file system'> {
  for (let number = 0; ; number++) {
    const to = join(directory, number === 0 ? name : `${name}.${number}`);
    if (await lstatIfThere(to)) continue;
    try {
      await moveDurably(from, to);
    } catch (error) {
      if (hasCode(error, 'ENOTEMPTY', 'EEXIST')) continue; // another bot was faster
      if (hasCode(error, 'EXDEV')) return 'other file system';
      if (!hasCode(error, 'ENOENT')) throw error;
    }
    await syncDirectory(directory); // also for a move by a process that was killed
    await syncDirectory(dirname(from));
    return 'moved';
  }
}

/** Removes the directories of the event and the run once they are empty. */
async function removeEmptyAbove(path: string, top: string): Promise<void> {
  for (let directory = dirname(path); directory !== top; directory = dirname(directory)) {
    try {
      await rmdir(directory);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) continue;
      if (hasCode(error, 'ENOTEMPTY', 'EEXIST')) return;
      throw error;
    }
  }
}
