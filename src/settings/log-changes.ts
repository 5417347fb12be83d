import type { Logger } from '../daemon/logger.ts';
import { describeProblem } from './describe-problem.ts';
import type { WatchedReading } from './watch-settings.ts';

/** Logs each edit of the configuration: that it is in force, what of it takes a restart, or what keeps it from being in force. */
export function logChanges(log: Logger): (reading: WatchedReading) => void {
  return (reading) => {
    if (reading.kind === 'problems') {
      const problems = reading.problems.map(describeProblem);
      log.error({ problems }, 'the configuration was edited and is not valid: the last good settings stay in force');
    } else if (reading.awaitingRestart.length > 0) {
      const awaitingRestart = reading.awaitingRestart.map(describeProblem);
      log.warn(
        { awaitingRestart },
        'the configuration was edited: programs of the start stay in force until a restart, all else is in force',
      );
    } else log.info('the configuration was edited: the new settings are in force');
  };
}
