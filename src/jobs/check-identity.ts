import { createHash } from 'node:crypto';
import { isForgeNumber } from './forge-names.ts';
import { placeOfRecord } from './job-record.ts';

/** By what the check of the job in that directory is known again: its pull request, which GitHub does not tell of forks, and the job. */
export function checkIdentity(pullRequest: number, directory: string): string {
  return `${pullRequest}-${createHash('sha256').update(placeOfRecord(directory)).digest('hex').slice(0, 32)}`;
}

/** The pull request of a check; undefined: the check is none of ours. */
export function pullRequestOfCheck(identity: string): number | undefined {
  const number = Number(/^(\d+)-[0-9a-f]{32}$/.exec(identity)?.[1]);
  return isForgeNumber(number) ? number : undefined;
}
