import type { RepositoryName } from '../forge/forge.ts';
import type { ChangeTree } from './change-tree.ts';

/** Which step of getting a pull request failed, and what git said. */
export type GitFailure = {
  readonly kind: 'failed';
  readonly step: 'clone' | 'checkout' | 'diff' | 'apply';
  /** git's own words, without secrets. */
  readonly message: string;
  /** Its server did not answer, or the mirror may be damaged: retry. */
  readonly mayPass?: true;
};

/** Git in our words. The real one: git-commands.ts. */
export interface Git {
  /**
   * Brings the repository's mirror up to date once: all branches, the pull request's head, and the commit `wanted`, which may have been
   * its head before. Fails at `checkout` where there is no base branch, at `diff` where that commit is gone. A fetch that began after
   * `since` (of the monotonic clock), and within the last minute, is good enough; without it there is always one. A mirror that is damaged
   * is made anew; `damage`: what git said of it. Once it is fetched nothing goes from the mirror before `until` settles: to be given where it
   * is read from, or borrowed from.
   */
  fetchMirror(mirror: Mirror, wanted: string, since?: number, until?: Promise<unknown>): Promise<Fetched | GitFailure>;
  /**
   * What the pull request changes, upon the base branch at `baseSha`. Writes the difference between the merge base and `headSha` to `file`:
   * binary content, renames and modes included. Fails at `apply` where it conflicts with the base branch, or cannot be carried there whole.
   */
  readChange(
    of: { readonly mirror: Mirror; readonly baseSha: string; readonly headSha: string },
    file: string,
  ): Promise<ReadChange | GitFailure>;
  /**
   * Makes `directory`: a clone of the mirror, `origin` as on GitHub, the base branch checked out with the change in its working tree.
   * The index is the base branch's, but for submodules, which are at the commits of the change. The clone is made while the change is
   * still being read; where that fails, its failure is the answer. It borrows its objects from the mirror until {@link giveObjects}.
   */
  checkOut(
    mirror: Mirror,
    change: ReadChange | Promise<ReadChange | GitFailure>,
    directory: string,
  ): Promise<{ readonly kind: 'checked-out' } | GitFailure>;
  /** Makes `directory` what {@link checkOut} made of `from`, in which no tracked file has been changed since. */
  copyCheckOut(from: string, directory: string): Promise<{ readonly kind: 'checked-out' } | GitFailure>;
  /** Gives what was checked out objects of its own: from now on it does not need the mirror. */
  giveObjects(mirror: Mirror, directory: string): Promise<void>;
  /** Clones any repository (of `PATH@GIT_REPO`) into a directory that does not exist yet. */
  clone(address: string, directory: string): Promise<{ readonly kind: 'cloned' } | GitFailure>;
  /** Packs mirrors with many small files, one after the other, none while it is in use. Gives back those that failed. */
  packMirrors(): Promise<readonly { readonly mirror: string; readonly message: string }[]>;
}

export interface Fetched {
  readonly kind: 'fetched';
  readonly baseSha: string;
  readonly headSha: string;
  readonly damage?: string;
}

export type ReadChange = { readonly kind: 'change' } & ChangeTree;

export interface Mirror {
  readonly repository: RepositoryName;
  readonly baseBranch: string;
  readonly pullRequest: number;
}
