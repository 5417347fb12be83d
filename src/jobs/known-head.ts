import { join } from 'node:path';
import { z } from 'zod';
import { readTextIfThere } from '../outside/files/durable-files.ts';
import { parseShape } from '../outside/files/parse-shape.ts';
import { openSealed } from '../outside/files/seal.ts';
import type { RepositoryName } from '../outside/github/github.ts';
import { isCommit } from './github-names.ts';

/** Where the event handler keeps what events told of a pull request. */
export function knownPullRequestPath(stateDir: string, { owner, name }: RepositoryName, number: number): string {
  return join(stateDir, 'pulls', owner.toLowerCase(), name.toLowerCase(), `${number}.json`);
}

/** Where it belongs, for its seal. */
export const placeOfPullRequest = ({ owner, name }: RepositoryName, number: number) =>
  `${owner}/${name}/${number}`.toLowerCase();

/** The head of a pull request as the last event told it; undefined where none did. */
export async function readKnownHead(
  stateDir: string,
  repository: RepositoryName,
  number: number,
): Promise<string | undefined> {
  const sealed = await readTextIfThere(knownPullRequestPath(stateDir, repository, number));
  const opened = openSealed('pull request', placeOfPullRequest(repository, number), sealed ?? '');
  const known = opened.kind === 'text' ? parseShape(opened.text, shape) : undefined;
  return isCommit(known?.headSha) ? known.headSha : undefined; // where it is damaged the event handler finds that, and asks GitHub
}

const shape = z.object({ headSha: z.string() });
