import { dirname, join } from 'node:path';
import { z } from 'zod';
import { listNames } from '../outside/files/list-names.ts';
import { openShape } from '../outside/files/open-shape.ts';
import { readTextIfThere } from '../outside/files/read-text-if-there.ts';
import { list, timeShape, word } from '../outside/files/shapes.ts';
import { type OfPullRequest, type RepositoryName, repositoryDirectory } from '../outside/forge/forge.ts';
import { isCommit } from './forge-names.ts';
import type { Order } from './orders.ts';

/** The file in which the event handler keeps what events said about a pull request. */
export function knownPullRequestPath(stateDir: string, of: OfPullRequest): string {
  return join(stateDir, 'pulls', `${placeOfPullRequest(of)}.json`);
}

/** Its place, for the seal. */
export const placeOfPullRequest = ({ repository, pullRequest }: OfPullRequest) =>
  `${repositoryDirectory(repository).toLowerCase()}/${pullRequest}`;

/** The content of the file; undefined if there is none. */
export async function readKnownPullRequest(
  stateDir: string,
  of: OfPullRequest,
): Promise<KnownPullRequest | 'damaged' | undefined> {
  const text = await readTextIfThere(knownPullRequestPath(stateDir, of));
  if (text === undefined) return undefined;
  return openShape('pull request', placeOfPullRequest(of), text, shape).value ?? 'damaged';
}

/** The same, but undefined also if the file is damaged: the event handler finds the damage, and asks GitHub. */
async function readIntact(stateDir: string, of: OfPullRequest): Promise<KnownPullRequest | undefined> {
  const known = await readKnownPullRequest(stateDir, of);
  return known === 'damaged' ? undefined : known;
}

/** The pull requests whose head this commit is, or was, according to events. */
export async function findPullRequests(
  stateDir: string,
  repository: RepositoryName,
  commit: string,
): Promise<readonly number[]> {
  const names = await listNames(dirname(knownPullRequestPath(stateDir, { repository, pullRequest: 1 })));
  const found: number[] = [];
  for (const pullRequest of names.flatMap((name) => /^(\d+)\.json$/.exec(name)?.[1] ?? []).map(Number)) {
    const known = await readIntact(stateDir, { repository, pullRequest });
    const heads = [known?.headSha, ...(known?.formerHeads ?? []).map(({ headSha }) => headSha)];
    if (heads.includes(commit)) found.push(pullRequest);
  }
  return found;
}

/** The head of a pull request according to the last event; undefined if there was none. */
export async function readKnownHead(stateDir: string, of: OfPullRequest): Promise<string | undefined> {
  const known = await readIntact(stateDir, of);
  return isCommit(known?.headSha) ? known.headSha : undefined;
}

/** The withdrawal of a deployment: its label was taken off; undefined: it was not. */
export async function readWithdrawal(
  stateDir: string,
  { delivery, ...of }: Pick<Order, 'repository' | 'pullRequest' | 'delivery'>,
): Promise<Withdrawal | undefined> {
  const known = await readIntact(stateDir, of);
  return known?.withdrawn?.deployments.find((each) => each.delivery === delivery);
}

/** `by`: login. */
const withdrawalShape = z.object({ delivery: word, by: word });
type Withdrawal = Readonly<z.infer<typeof withdrawalShape>>;

const shape = z.object({
  version: z.literal(1),
  baseBranch: word,
  headSha: word,
  updatedAt: timeShape,
  /** Heads that pushes replaced, oldest first. */
  formerHeads: list(z.object({ headSha: word, until: timeShape })).exactOptional(),
  /** Earlier heads were too many to be kept. */
  headsKnownFrom: timeShape.exactOptional(),
  /** The newest label that ordered a deployment. */
  deployment: z.object({ at: timeShape, delivery: word }).exactOptional(),
  /** Deployments whose label was taken off. */
  withdrawn: z
    .object({
      /** When the label was taken off last. */
      at: timeShape,
      /** Oldest first: the deliveries that ordered them, and who took the label off. */
      deployments: list(withdrawalShape),
    })
    .exactOptional(),
});
/** What events said about a pull request. Times are ISO 8601, by GitHub's clock. */
export type KnownPullRequest = Readonly<z.infer<typeof shape>>;
