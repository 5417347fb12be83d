import { constants } from 'node:fs';
import type { Failure } from '../daemon/attempts.ts';
import { isDiskTrouble } from '../outside/files/disk-trouble.ts';
import { mayAccess } from '../outside/files/may-access.ts';
import { TryAgainLater, Unsure } from '../outside/forge/forge.ts';

/** Something outside is away, or its answer was lost: retried for days, from the plan. */
export class Unavailable extends Error {
  override name = 'Unavailable';
}

/** A file of ours, or a job's, is unusable: only a person can repair it. The message says what is wrong. */
export class Unusable extends Error {
  override name = 'Unusable';
}

/** Whose fault an error is. Several errors are outside if all of them are. */
export function judgeError(error: unknown): Failure {
  if (error instanceof AggregateError) {
    const failures = error.errors.map(judgeError);
    if (failures.length === 0 || failures.some(({ kind }) => kind !== 'outside')) return { kind: 'own' };
    const asked = failures.flatMap((each) => (each.kind === 'outside' ? (each.retryAfterSeconds ?? []) : []));
    return outside(asked.length === 0 ? undefined : Math.max(...asked));
  }
  if (error instanceof Unusable) return { kind: 'unusable' };
  if (error instanceof TryAgainLater) return outside(error.retryAfterSeconds);
  const isOutside = error instanceof Unsure || error instanceof Unavailable || isDiskTrouble(error);
  return { kind: isOutside ? 'outside' : 'own' };
}

const outside = (retryAfterSeconds: number | undefined): Failure => ({
  kind: 'outside',
  ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
});

/**
 * Whose fault an error is while a job is followed. The job's: its files, the permissions of its directory, which it can change, and errors of
 * our code. Never the job's while the directory of all jobs is unusable.
 */
export async function judgeErrorOfJob(error: unknown, directory: string, jobsBaseDir: string): Promise<Failure> {
  const failure = judgeError(error);
  if (failure.kind !== 'own' || !(error instanceof Error)) return failure;
  // Where that cannot be used it is no job's fault, and is told as what it is.
  const canBeUsed = () => mayAccess(jobsBaseDir, constants.R_OK | constants.W_OK | constants.X_OK);
  const isOwn = isInside(error, directory) ? await canBeUsed() : isOfOurCode(error);
  return { kind: isOwn ? 'own' : 'outside' };
}

/** Whether a system error names a path in the directory. */
function isInside(error: Error, directory: string): boolean {
  const { path, dest } = error as NodeJS.ErrnoException & { readonly dest?: string };
  return [path, dest].some((each) => each === directory || each?.startsWith(`${directory}/`));
}

/** Node's fetch throws such errors, too, but with a cause. */
function isOfOurCode({ name, cause }: Error): boolean {
  return ['TypeError', 'RangeError', 'SyntaxError', 'ReferenceError'].includes(name) && cause === undefined;
}
