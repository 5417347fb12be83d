import type { Logger } from '../daemon/logger.ts';
import { describeProblem } from './describe-problem.ts';
import type { WatchedReading } from './watch-settings.ts';

/** Logs each edit of the configuration: in force, partly in force after a restart, or not valid. */
export function logChanges(log: Logger): (reading: WatchedReading) => void {
  return (reading) => {
    if (reading.kind === 'problems') {
      const problems = reading.problems.map(describeProblem);
      log.error({ problems }, 'the configuration was edited and is not valid: the last good settings stay in force');
    } else if (reading.awaitingRestart.length > 0) {
      const awaitingRestart = reading.awaitingRestart.map(describeProblem);
      log.warn(
        { awaitingRestart },
        'the configuration was edited and is in force, but for programs: they change with a restart',
      );
    } else log.info('the configuration was edited: the new settings are in force');
  };
}
