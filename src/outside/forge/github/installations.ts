import type { Octokit } from '@octokit/rest';
import { NeedsAdmin, PerhapsGone, type RepositoryName } from '../forge.ts';
import { RateLimit } from './rate-limit.ts';

/** An installation of the App: access to the repositories of one account. GitHub counts the requests of each installation separately. */
export interface Installation {
  readonly client: () => Promise<Octokit>;
  readonly limit: RateLimit;
}

export interface InstallationsOptions {
  /** `installation_id` of app.cfg: one or more. */
  readonly ids: readonly number[];
  readonly clientOf: (id: number) => Promise<Octokit>;
  /** Asks GitHub for the account of an installation. */
  readonly readAccount: (id: number) => Promise<string | 'gone'>;
  readonly monotonic: () => number;
}

export interface Installations {
  readonly all: readonly Installation[];
  /** The installation of the repository's owner. Throws {@link NeedsAdmin} if there is none. */
  of(repository: RepositoryName): Promise<Installation>;
}

/** For a single installation GitHub is not asked. For several it is asked once for their accounts, and again if an owner is not among them. */
export function installationsOf({ ids, clientOf, readAccount, monotonic }: InstallationsOptions): Installations {
  const all = ids.map((id) => {
    let client: Promise<Octokit> | undefined;
    return { id, client: () => (client ??= clientOf(id)), limit: new RateLimit(monotonic) };
  });
  const [only] = all;
  const byOwner = new Map<string, Installation>();
  /** Asks for the accounts that are not known yet. A failure does not hold up the others. */
  const askAll = async (): Promise<readonly unknown[]> => {
    const outcomes = await Promise.allSettled(
      all.map(async (installation) => {
        const account = await readAccount(installation.id);
        if (account !== 'gone') byOwner.set(account.toLowerCase(), installation);
      }),
    );
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    return failures.filter((failure) => !(failure instanceof PerhapsGone)); // it is about the installation, not about the request
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
