import type { Logger } from '../daemon/logger.ts';
import { within } from '../daemon/within.ts';
import { coalesce } from '../outside/files/coalesce.ts';
import { answerHealth, type Health } from './tell-health.ts';

interface Options {
  readonly health: () => Promise<Health>;
  readonly log: Logger;
  /** How long a caller waits. */
  readonly patienceMilliseconds?: number;
}

export type HealthTeller = (how: 'json' | 'words') => Promise<ReturnType<typeof answerHealth>>;

const usualPatienceMilliseconds = 5_000;

/** Answers health checks, any number at once. If a file server hangs, callers get a timeout and do not pile up. */
export function healthTeller({ health, log, patienceMilliseconds = usualPatienceMilliseconds }: Options): HealthTeller {
  const asked = coalesce(async () => {
    try {
      const state = await health();
      return { json: answerHealth(state, 'json'), words: answerHealth(state, 'words') };
    } catch (err) {
      log.error({ err }, 'health check failed');
      return unknown('health check failed: the log says why');
    }
  });
  const late = unknown(
    `health check timed out after ${patienceMilliseconds / 1000} s: does the file server of state_dir answer (ls state_dir)?`,
  );
  return async (how) => (await within(patienceMilliseconds, asked(), late))[how];
}

function unknown(text: string) {
  return { json: { status: 503, text }, words: { status: 503, text } };
}
