import { policies, waitSeconds } from '../../daemon/attempts.ts';

/** A Slurm that answers faster is not under load. */
const slowSeconds = 5;
/** Our requests take at most a tenth of a slow Slurm's time. */
const restPerWork = 10;
/** As a multiple of the interval, and in seconds. */
const longestPause = { intervals: 5, seconds: 600 };

/** The pause after failed releases in a row: one interval, two, four, …, ten minutes at most. */
export function planReleasePause(pollIntervalSeconds: number, failures: number): number {
  const { longestSeconds, growth } = policies['release of a job'];
  const half = pollIntervalSeconds / 2; // half an interval earlier, as intervals do not begin to the second
  const waits = { firstSeconds: pollIntervalSeconds, growth, longestSeconds: longestSeconds + half };
  return waitSeconds(waits, failures) - half;
}

/** The pause until the queue is read again: the interval; longer if Slurm is slow, within bounds. */
export function planPause(pollIntervalSeconds: number, tookSeconds: number): number {
  if (tookSeconds < slowSeconds) return pollIntervalSeconds;
  const bound = Math.min(pollIntervalSeconds * longestPause.intervals, longestPause.seconds);
  return Math.max(pollIntervalSeconds, Math.min(tookSeconds * restPerWork, bound));
}
