import type { Logger } from '../daemon/logger.ts';
import { describeProblem } from './describe-problem.ts';
import type { SettingsReading } from './settings.ts';

/** Logs each edit of the configuration: that it is in force, or what keeps it from being so. */
export function logChanges(log: Logger): (reading: SettingsReading) => void {
  return (reading) => {
    if (reading.kind === 'settings') log.info('the configuration was edited: the new settings are in force');
    else {
      const problems = reading.problems.map(describeProblem);
      log.error({ problems }, 'the configuration was edited and is not valid: the last good settings stay in force');
    }
  };
}
