import { waitSeconds } from '../../daemon/attempts.ts';
import type { Asked } from '../../jobs/job-record.ts';
import type { EndMarker } from '../../jobs/results.ts';
import type { JobEnd } from '../../outside/slurm/job-state.ts';
import type { JobReading } from '../../outside/slurm/slurm.ts';

/** Ask in this many intervals in a row, then after twice the pause each time. */
const timesInARow = 3;
/** As a multiple of the interval, and in seconds. */
const longestPause = { intervals: 10, seconds: 600 };
/** Slurm forgets a job five minutes after its end (MinJobAge): a job that it still knows must be asked for more often. */
const longestPauseForKnownSeconds = 240;

/** Whether Slurm is to be asked (again) for a job that its queue does not show. */
export function isTimeToAsk(asked: Asked | undefined, now: Date, pollIntervalSeconds: number): boolean {
  if (asked === undefined) return true;
  const bound = asked.timesUnknown === 0 ? longestPauseForKnownSeconds : longestPause.seconds;
  const longestSeconds = Math.max(pollIntervalSeconds, Math.min(pollIntervalSeconds * longestPause.intervals, bound));
  const waits = { firstSeconds: pollIntervalSeconds, growth: 2, longestSeconds };
  const pause = waitSeconds(waits, Math.max(1, asked.times - timesInARow + 1));
  const ageMilliseconds = now.getTime() - Date.parse(asked.at);
  // Nine tenths, so as not to miss the next interval. A time in the future means that the clock was set back.
  return ageMilliseconds >= pause * 900 || ageMilliseconds < 0;
}

/** Counts another answer. */
export function afterAsking(before: Asked | undefined, reading: JobReading, now: Date): Asked {
  const at = now.toISOString();
  const times = (before?.times ?? 0) + 1;
  if (reading.kind === 'job') return { times, at, timesUnknown: 0 };
  const isFirst = before === undefined || before.timesUnknown === 0;
  const unknown = isFirst ? {} : { unknownSeconds: (before.unknownSeconds ?? 0) + secondsBetween(before, now) };
  // An unreadable answer neither counts nor resets the count.
  const timesUnknown = (before?.timesUnknown ?? 0) + (reading.kind === 'unreadable' ? 0 : 1);
  return { times, at, timesUnknown, ...unknown };
}

/** Seconds since the last answer; at most the longest pause: more means that the clock was set, or the daemon was down. */
function secondsBetween({ at }: Asked, now: Date): number {
  const seconds = (now.getTime() - Date.parse(at)) / 1000;
  return Math.min(Math.max(seconds, 0), longestPause.seconds);
}

/** After this many answers "unknown" in a row a job counts as ended: with the end marker of its script, and without. */
const timesUnknownUntilEnded = 2;
const timesUnknownUntilVanished = 3;
/** How long accounting may take to come back, or to catch up. */
const patienceSeconds = 3600;

/** How a job that left the queue ended, by Slurm's answer; undefined: not known yet. `asked`: including this answer. */
export function planAfterAsking(reading: JobReading, end: EndMarker | undefined, asked: Asked): JobEnd | undefined {
  if (reading.kind === 'unreadable') return undefined;
  if (reading.kind === 'job') return endOf(reading, asked);
  // Slurm has forgotten the job; the end marker of its script says how it ended.
  if (end !== undefined && asked.timesUnknown >= timesUnknownUntilEnded) return told(end);
  if (asked.timesUnknown < timesUnknownUntilVanished) return undefined;
  const { stillToCome } = reading;
  if (stillToCome !== undefined && (asked.unknownSeconds ?? 0) < patienceSeconds) return undefined;
  const reason = ['Slurm no longer knows this job', ...(stillToCome === undefined ? [] : [stillToCome])].join('; ');
  return { how: 'vanished', reason };
}

function endOf(reading: JobReading & { readonly kind: 'job' }, asked: Asked): JobEnd | undefined {
  // Accounting lags by some seconds: ask once more.
  const isEarly = reading.stillToCome !== undefined && asked.times < 2;
  return reading.is.kind !== 'ended' || isEarly ? undefined : reading.is.end;
}

function told({ exitStatus = 0 }: EndMarker): JobEnd {
  return exitStatus === 0
    ? { how: 'completed', reason: '' }
    : { how: 'failed', reason: '', exitCode: `${exitStatus}:0` };
}
