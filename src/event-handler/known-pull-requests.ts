import { join } from 'node:path';
import { makeDirectory, readTextIfThere, writeDurably } from '../outside/files/durable-files.ts';
import type { GitHub, PullRequest, RepositoryName } from '../outside/github/github.ts';
import type { PullRequestState } from './route.ts';

// What signed pull_request events told last. It costs no request, and it answers which commit was the head when a command was typed:
// events of one pull request are handled in order.

/** Remembers the state that an event tells, unless a later one is known. */
export async function rememberPullRequest(
  stateDir: string,
  repository: RepositoryName,
  number: number,
  state: PullRequestState,
): Promise<void> {
  const known = await recall(stateDir, repository, number);
  if (known !== undefined && known.updatedAt > state.updatedAt) return;
  await makeDirectory(directoryOf(stateDir, repository), 0o700);
  await writeDurably(pathOf(stateDir, repository, number), `${JSON.stringify({ version: 1, ...state }, null, 2)}\n`);
}

/** The pull request as it was last told by an event, else as GitHub tells it now. */
export async function readPullRequest(
  stateDir: string,
  repository: RepositoryName,
  number: number,
  github: Pick<GitHub, 'readPullRequest'>,
): Promise<PullRequest | 'gone'> {
  const known = await recall(stateDir, repository, number);
  if (known === undefined) return await github.readPullRequest(repository, number);
  return { number, baseBranch: known.baseBranch, headSha: known.headSha };
}

async function recall(
  stateDir: string,
  repository: RepositoryName,
  number: number,
): Promise<PullRequestState | undefined> {
  const text = await readTextIfThere(pathOf(stateDir, repository, number));
  if (text === undefined) return undefined;
  const state = JSON.parse(text) as PullRequestState & { version?: number };
  return state.version === 1 ? state : undefined;
}

const directoryOf = (stateDir: string, { owner, name }: RepositoryName) =>
  join(stateDir, 'pulls', owner.toLowerCase(), name.toLowerCase());
const pathOf = (stateDir: string, repository: RepositoryName, number: number) =>
  join(directoryOf(stateDir, repository), `${number}.json`);
