import type { Logger } from '../daemon/logger.ts';
import { oneAtATime } from '../daemon/one-at-a-time.ts';
import { answerHealth, type Health } from './tell-health.ts';

interface Options {
  readonly health: () => Promise<Health>;
  readonly log: Logger;
  /** How long whoever asks waits. */
  readonly patienceMilliseconds?: number;
}

export type HealthTeller = (how: 'json' | 'words') => Promise<ReturnType<typeof answerHealth>>;

const usualPatienceMilliseconds = 5_000;

/** Answers how it is, to any number who ask at once; a file server that hangs keeps nobody waiting, and does not make them pile up. */
export function healthTeller({ health, log, patienceMilliseconds = usualPatienceMilliseconds }: Options): HealthTeller {
  const asked = shared(async () => {
    try {
      const state = await health();
      return { json: answerHealth(state, 'json'), words: answerHealth(state, 'words') };
    } catch (err) {
      log.error({ err }, 'how the bot is could not be found out');
      return unknown('how the bot is could not be found out: its log says why');
    }
  });
  const late = unknown(
    `how the bot is was not found out within ${patienceMilliseconds / 1000} s: does the file server of state_dir answer (ls state_dir)?`,
  );
  return async (how) => (await within(patienceMilliseconds, asked(), late))[how];
}

function unknown(text: string) {
  return { json: { status: 503, text }, words: { status: 503, text } };
}

/** Those who ask while one is being answered get the next answer, which is one for all of them. */
function shared<T>(ask: () => Promise<T>): () => Promise<T> {
  const inTurn = oneAtATime();
  let next: Promise<T> | undefined;
  return () => {
    next ??= inTurn('', () => {
      next = undefined;
      return ask();
    });
    return next;
  };
}

async function within<T>(milliseconds: number, work: Promise<T>, otherwise: T): Promise<T> {
  const late = Promise.withResolvers<T>();
  const timer = setTimeout(() => late.resolve(otherwise), milliseconds);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
