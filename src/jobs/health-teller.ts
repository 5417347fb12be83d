import type { Logger } from '../daemon/logger.ts';
import { within } from '../daemon/within.ts';
import { coalesce } from '../outside/files/coalesce.ts';
import type { Failing } from './find-failing.ts';

/** The answer to a health check. */
export interface Health {
  readonly ok: boolean;
  /** Why nothing can be stored, or read. */
  readonly storage: string | null;
  readonly configurationProblems: readonly string[];
  readonly failing: readonly Failing[];
}

/** The same in words: `ok`, or what is wrong, a line each. */
function tellHealth({ ok, storage, configurationProblems, failing }: Health): string {
  if (ok) return 'ok';
  return [
    'not ok:',
    ...(storage === null ? [] : [`- storage: ${storage}`]),
    ...configurationProblems.map((problem) => `- configuration: an edited file is not in force: ${problem}`),
    ...failing.map(({ daemon, kind, what }) => `- ${daemon}, ${kind}: ${what}`),
  ].join('\n');
}

/** The HTTP answer. */
export function answerHealth(health: Health, how: 'json' | 'words') {
  const status = health.ok ? 200 : 503;
  if (how === 'words') return { status, text: tellHealth(health) };
  return { status, text: JSON.stringify(health, null, 2), headers: { 'content-type': 'application/json' } };
}

/** By the header Accept. */
export const isJsonWanted = (accept: string | undefined) => /\bjson\b/i.test(accept ?? '');

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
