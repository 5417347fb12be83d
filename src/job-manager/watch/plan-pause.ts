/** What takes less is no load. */
const slowSeconds = 5;
/** A slow Slurm is busy with us for a tenth of the time at most. */
const restPerWork = 10;
/** As a multiple of the interval, and in seconds. */
const longestPause = { intervals: 5, seconds: 600 };

/** How long a job that could not be released, so often in a row, is left alone: one interval, two, four, …, ten minutes at most. */
export function planReleasePause(pollIntervalSeconds: number, failures: number): number {
  const intervals = 2 ** (failures - 1) - 0.5; // the half: no interval begins to the second
  return Math.min(pollIntervalSeconds * intervals, longestPause.seconds);
}

/** How long to pause until the queue is read again: the interval; longer where Slurm took long, within bounds. */
export function planPause(pollIntervalSeconds: number, tookSeconds: number): number {
  if (tookSeconds < slowSeconds) return pollIntervalSeconds;
  const bound = Math.min(pollIntervalSeconds * longestPause.intervals, longestPause.seconds);
  return Math.max(pollIntervalSeconds, Math.min(tookSeconds * restPerWork, bound));
}
