import type { Logger } from '../daemon/logger.ts';
import { pause } from '../daemon/pause.ts';
import type { Git } from '../outside/git/git.ts';

const dayMilliseconds = 24 * 60 * 60 * 1000;

/** Packs the mirrors at the start and then once a day: each fetch adds files, and many files make clones slow. */
export async function keepMirrorsPacked(
  git: () => Promise<Pick<Git, 'packMirrors'>>,
  log: Logger,
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    try {
      for (const failure of await (await git()).packMirrors()) log.warn(failure, 'a mirror could not be packed');
    } catch (err) {
      log.warn({ err }, 'the mirrors could not be packed: retried tomorrow');
    }
    await pause(dayMilliseconds, stop);
  }
}
