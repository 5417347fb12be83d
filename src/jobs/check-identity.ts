import { createHash } from 'node:crypto';
import { isForgeNumber } from './forge-names.ts';
import { placeOfRecord } from './job-record.ts';

/** The identity of a job's check: its pull request, which GitHub does not tell for forks, and its directory. */
export function checkIdentity(pullRequest: number, directory: string): string {
  return `${pullRequest}-${createHash('sha256').update(placeOfRecord(directory)).digest('hex').slice(0, 32)}`;
}

/** The pull request of a check; undefined: the check is not ours. */
export function pullRequestOfCheck(identity: string): number | undefined {
  const number = Number(/^(\d+)-[0-9a-f]{32}$/.exec(identity)?.[1]);
  return isForgeNumber(number) ? number : undefined;
}
