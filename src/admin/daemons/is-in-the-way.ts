import { stat } from 'node:fs/promises';
import { hasCode } from '../../outside/files/has-code.ts';

/** Whether a file lies in the place of the state directory, or above it: then no daemon runs with it, nor has ever run. */
export const isInTheWay = (stateDir: string): Promise<boolean> =>
  stat(stateDir).then(
    (stats) => !stats.isDirectory(),
    (error) => hasCode(error, 'ENOTDIR'),
  );
