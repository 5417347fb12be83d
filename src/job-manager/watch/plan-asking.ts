import type { Asked } from '../../jobs/job-record.ts';
import type { EndMarker } from '../../jobs/results.ts';
import { type JobReading, terminalStates } from '../../outside/slurm/slurm.ts';
import type { Ending } from './plan-transitions.ts';

/** So often in successive intervals, then after twice as long each time. */
const timesInARow = 3;
/** As a multiple of the interval, and in seconds. */
const longestPause = { intervals: 10, seconds: 600 };
/** A job that Slurm has not forgotten will end, and is forgotten five minutes later (MinJobAge). */
const longestPauseForKnownSeconds = 240;

/** Whether Slurm is to be asked (again) for a job that its queue does not show. */
export function isTimeToAsk(asked: Asked | undefined, now: Date, pollIntervalSeconds: number): boolean {
  if (asked === undefined) return true;
  const intervals = Math.min(2 ** Math.max(0, asked.times - timesInARow), longestPause.intervals);
  const longestSeconds = asked.timesUnknown === 0 ? longestPauseForKnownSeconds : longestPause.seconds;
  const pause = Math.max(pollIntervalSeconds, Math.min(pollIntervalSeconds * intervals, longestSeconds));
  // Nine tenths, so as not to miss the next interval.
  return now.getTime() - Date.parse(asked.at) >= pause * 900;
}

/** What is known of the asking after another answer. */
export function afterAsking(before: Asked | undefined, reading: JobReading, now: Date): Asked {
  const at = now.toISOString();
  const times = (before?.times ?? 0) + 1;
  // One that could not be read is no answer: it neither counts nor makes those before it void.
  if (reading.kind === 'unreadable') return { ...before, times, at, timesUnknown: before?.timesUnknown ?? 0 };
  if (reading.kind === 'job') return { times, at, timesUnknown: 0 };
  return { times, at, timesUnknown: (before?.timesUnknown ?? 0) + 1, unknownSince: before?.unknownSince ?? at };
}

/** How often in a row a job must be unknown to Slurm before it counts as ended: with the end marker of its script, without. */
const timesUnknownUntilEnded = 2;
const timesUnknownUntilVanished = 3;
/** How long accounting may take to come back, or to catch up. */
const patienceSeconds = 3600;

/** How a job has ended that the queue does not show, after Slurm was asked for it; undefined: that is still open. `asked`: with this answer. */
export function planAfterAsking(
  reading: JobReading,
  end: EndMarker | undefined,
  asked: Asked,
  now: Date,
): Ending | undefined {
  if (reading.kind === 'unreadable') return undefined;
  if (reading.kind === 'job') return endingOf(reading, asked);
  // Nobody remembers how; that it came to its end is told by the job script's last act.
  if (end !== undefined && asked.timesUnknown >= timesUnknownUntilEnded) return told(end);
  if (asked.timesUnknown < timesUnknownUntilVanished) return undefined;
  const { stillToCome } = reading;
  const unknownSeconds = (now.getTime() - Date.parse(asked.unknownSince ?? asked.at)) / 1000;
  if (stillToCome !== undefined && unknownSeconds < patienceSeconds) return undefined;
  const reason = ['Slurm no longer knows this job', ...(stillToCome === undefined ? [] : [stillToCome])].join('; ');
  return { state: 'VANISHED', reason };
}

function endingOf(reading: JobReading & { readonly kind: 'job' }, asked: Asked): Ending | undefined {
  const { state, reason, exitCode, cancelledBy, stillToCome } = reading;
  if (!terminalStates.has(state)) return undefined;
  // Accounting is some seconds behind: a second look is worth its while, no more.
  if (stillToCome !== undefined && asked.times < 2) return undefined;
  return { state, reason, ...(exitCode && { exitCode }), ...(cancelledBy && { cancelledBy }) };
}

function told({ exitStatus = 0 }: EndMarker): Ending {
  return exitStatus === 0 ? { state: '', reason: '' } : { state: 'FAILED', reason: '', exitCode: `${exitStatus}:0` };
}
