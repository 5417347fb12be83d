import { policies, waitSeconds } from '../../daemon/attempts.ts';

/** What takes less is no load. */
const slowSeconds = 5;
/** A slow Slurm is busy with us for a tenth of the time at most. */
const restPerWork = 10;
/** As a multiple of the interval, and in seconds. */
const longestPause = { intervals: 5, seconds: 600 };

/** How long a job that could not be released, so often in a row, is left alone: one interval, two, four, …, ten minutes at most. */
export function planReleasePause(pollIntervalSeconds: number, failures: number): number {
  const { longestSeconds, growth } = policies['release of a job'];
  const half = pollIntervalSeconds / 2; // no interval begins to the second
  const waits = { firstSeconds: pollIntervalSeconds, growth, longestSeconds: longestSeconds + half };
  return waitSeconds(waits, failures) - half;
}

/** How long to pause until the queue is read again: the interval; longer where Slurm took long, within bounds. */
export function planPause(pollIntervalSeconds: number, tookSeconds: number): number {
  if (tookSeconds < slowSeconds) return pollIntervalSeconds;
  const bound = Math.min(pollIntervalSeconds * longestPause.intervals, longestPause.seconds);
  return Math.max(pollIntervalSeconds, Math.min(tookSeconds * restPerWork, bound));
}
