import type { RepositoryName } from '../github/github.ts';

/** Which step of getting a pull request failed, and what git said. */
export type GitFailure = {
  readonly kind: 'failed';
  readonly step: 'clone' | 'checkout' | 'diff' | 'apply';
  /** git's own words, without secrets. */
  readonly message: string;
};

/** Git in our words. The real one: git-commands.ts. */
export interface Git {
  /**
   * Brings the repository's mirror up to date once: all branches, the pull request's head, and the commit `wanted`, which may have been
   * its head before. Fails at `checkout` where there is no base branch, at `diff` where that commit is gone.
   */
  fetchMirror(
    mirror: Mirror,
    wanted: string,
  ): Promise<{ readonly kind: 'fetched'; readonly headSha: string } | GitFailure>;
  /** Writes the difference between the merge base and `headSha` to `file`: binary content, renames and modes included. */
  writeDiff(mirror: Mirror, headSha: string, file: string): Promise<{ readonly kind: 'written' } | GitFailure>;
  /** Makes `directory`: an own clone of the mirror, `origin` as on GitHub, base branch checked out. */
  checkOut(mirror: Mirror, directory: string): Promise<{ readonly kind: 'checked-out' } | GitFailure>;
  /** Applies a diff file to the working tree. */
  applyDiff(directory: string, file: string): Promise<{ readonly kind: 'applied' } | GitFailure>;
  /** Clones any repository (of `PATH@GIT_REPO`) into a directory that does not exist yet. */
  clone(address: string, directory: string): Promise<{ readonly kind: 'cloned' } | GitFailure>;
  /** Packs the mirrors in which many small files have gathered, one after the other, none while it is in use. Those that could not be packed. */
  packMirrors(): Promise<readonly { readonly mirror: string; readonly message: string }[]>;
}

export interface Mirror {
  readonly repository: RepositoryName;
  readonly baseBranch: string;
  readonly pullRequest: number;
}
