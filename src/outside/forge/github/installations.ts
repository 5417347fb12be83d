import type { Octokit } from '@octokit/rest';
import { NeedsAdmin, PerhapsGone, type RepositoryName } from '../forge.ts';
import { RateLimit } from './rate-limit.ts';

/** An installation of the App, by which it acts on the repositories of one account. GitHub counts the requests of each by themselves. */
export interface Installation {
  readonly client: () => Promise<Octokit>;
  readonly limit: RateLimit;
}

export interface InstallationsOptions {
  /** `installation_id` of app.cfg: one or more. */
  readonly ids: readonly number[];
  readonly clientOf: (id: number) => Promise<Octokit>;
  /** Asks GitHub of which account an installation is. */
  readonly readAccount: (id: number) => Promise<string | 'gone'>;
  readonly monotonic: () => number;
}

export interface Installations {
  readonly all: readonly Installation[];
  /** The one that is of the repository's owner. Throws {@link NeedsAdmin} where none is. */
  of(repository: RepositoryName): Promise<Installation>;
}

/** A single installation is never asked whose it is. Of several, GitHub tells it once, and again where an owner is not among them. */
export function installationsOf({ ids, clientOf, readAccount, monotonic }: InstallationsOptions): Installations {
  const all = ids.map((id) => {
    let client: Promise<Octokit> | undefined;
    return { id, client: () => (client ??= clientOf(id)), limit: new RateLimit(monotonic) };
  });
  const [only] = all;
  const byOwner = new Map<string, Installation>();
  /** Those of which the account is not known yet: one that fails does not hold up the others. */
  const askAll = async (): Promise<readonly unknown[]> => {
    const outcomes = await Promise.allSettled(
      all.map(async (installation) => {
        const account = await readAccount(installation.id);
        if (account !== 'gone') byOwner.set(account.toLowerCase(), installation);
      }),
    );
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    return failures.filter((failure) => !(failure instanceof PerhapsGone)); // which is about the installation, not about what is asked for
  };
  return {
    all,
    async of({ owner, name }) {
      if (all.length === 1 && only !== undefined) return only;
      const known = byOwner.get(owner.toLowerCase());
      if (known !== undefined) return known;
      const [failure] = await askAll();
      const found = byOwner.get(owner.toLowerCase());
      if (found !== undefined) return found;
      if (failure !== undefined) throw failure;
      const message = `none of the App's installations ${ids.join(', ')} is of ${owner}, to whom ${owner}/${name} belongs: add it to installation_id in app.cfg`;
      throw new NeedsAdmin(message, { cause: undefined });
    },
  };
}
