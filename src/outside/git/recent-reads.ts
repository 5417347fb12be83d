import { link, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReadChange } from './git.ts';

/** What a fetch brought, by the monotonic clock. */
interface Fetched {
  readonly begun: number;
  readonly baseSha: string;
  readonly headSha: string;
}

interface Kept {
  readonly change: ReadChange;
  /** Its diff, in a file that nobody else changes. */
  readonly file: string;
}

/** A fetch is shared for this long at most: the base branch may have moved on since. */
const sharedForMilliseconds = 60_000;

/**
 * The last fetch and the last change of a mirror, for commands that come in a row. A fetch serves the commands that came before it began; a
 * change those with the same two commits. In memory, except the diff, which is a file in the mirror.
 */
export class RecentReads {
  readonly #fetched = new Map<string, Map<string, Fetched>>();
  readonly #changes = new Map<string, { readonly of: string } & Kept>();

  /** The last fetch of `what`, if it began after `since` and not long before `now`. */
  fetchedSince(mirror: string, what: string, since: number, now: number): Fetched | undefined {
    const last = this.#fetched.get(mirror)?.get(what);
    return last !== undefined && last.begun >= since && now - last.begun < sharedForMilliseconds ? last : undefined;
  }

  noteFetch(mirror: string, what: string, fetched: Fetched): void {
    const all = this.#fetched.get(mirror) ?? new Map<string, Fetched>();
    this.#fetched.set(mirror, all.set(what, fetched));
  }

  /** The change between these commits, if it was the last one; then its diff is in `file`. */
  async takeChange(mirror: string, of: string, file: string): Promise<ReadChange | undefined> {
    const last = this.#changes.get(mirror);
    if (last?.of !== of) return undefined;
    const isThere = await link(last.file, file).then(
      () => true,
      () => false, // replaced meanwhile, or the two lie on different file systems: it is read anew
    );
    return isThere ? last.change : undefined;
  }

  /** Keeps a change, and its diff, in place of the one before. */
  async keepChange(mirror: string, of: string, { change, file }: Kept): Promise<void> {
    const directory = join(mirror, 'last-change');
    this.#changes.delete(mirror);
    const kept = join(directory, `${of}.diff`);
    try {
      await rm(directory, { recursive: true, force: true });
      await mkdir(directory);
      await link(file, kept);
      this.#changes.set(mirror, { of, change, file: kept });
    } catch {
      // It is kept to be quick alone.
    }
  }

  /** To be called before objects may be removed from the mirror. */
  forget(mirror: string): void {
    this.#fetched.delete(mirror);
    this.#changes.delete(mirror);
  }
}
