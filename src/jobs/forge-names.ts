import { z } from 'zod';
import { type OfPullRequest, pathSegment, type RepositoryName } from '../outside/forge/forge.ts';

// Names from files of jobs become part of paths, and of addresses of the forge's API: `..` would lead to another one.

/** The owner has one segment or several, and is not longer than the name of a directory. */
const isRepositoryName = ({ owner, name }: RepositoryName) =>
  owner.length <= 255 && [...owner.split('/'), name].every((segment) => pathSegment.test(segment));

/** A repository in a file. */
export const repositoryShape = z
  .object({ owner: z.string(), name: z.string() })
  .refine(isRepositoryName, 'is no name of a repository');

/** Parses `owner/name`; undefined if no repository can have that name. */
export function parseRepository(text: string): RepositoryName | undefined {
  const slash = text.lastIndexOf('/');
  const repository = { owner: text.slice(0, Math.max(0, slash)), name: text.slice(slash + 1) };
  return isRepositoryName(repository) ? repository : undefined;
}

/** As people, and files, name it: `owner/name`. */
export const fullName = ({ owner, name }: RepositoryName) => `${owner}/${name}`;

/** One text for a repository: GitHub ignores case in names. */
export const repositoryKey = (repository: RepositoryName) => fullName(repository).toLowerCase();

/** Whether both name one repository. */
export const isSameRepository = (a: RepositoryName | undefined, b: RepositoryName) =>
  a !== undefined && repositoryKey(a) === repositoryKey(b);

/** The same for a pull request: `owner/name#N`. */
export function pullRequestKey({ repository, pullRequest }: OfPullRequest): string {
  return `${repositoryKey(repository)}#${pullRequest}`;
}

/** Whether this is a full commit id: SHA-1 or SHA-256. */
export function isCommit(value: unknown): value is string {
  return typeof value === 'string' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value);
}

/** Whether GitHub can have given this number to a pull request or a comment. */
export function isForgeNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

export const forgeNumber = z.number().refine(isForgeNumber, 'is no number that GitHub gives');
