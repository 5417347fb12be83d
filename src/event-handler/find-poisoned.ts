import type { Logger } from '../daemon/logger.ts';
import { pause } from '../daemon/pause.ts';
import type { OutsideWaits } from './outside-waits.ts';
import { receivedBesideOthers } from './receive/attempt-counts.ts';
import type { Inbox } from './receive/inbox.ts';
import type { InboxWorker } from './work-off.ts';

interface Start {
  readonly inbox: Pick<Inbox, 'waiting' | 'setAside' | 'attemptCounts'>;
  readonly worker: Pick<InboxWorker, 'attemptNow'>;
  readonly waits: Pick<OutsideWaits, 'isWaiting' | 'onChange'>;
  /** Tells on the pull request that the delivery was set aside. */
  readonly tellOfFailure: (name: string) => Promise<void>;
  readonly stop: AbortSignal;
  readonly log: Logger;
}

/** A delivery handled for this long has not crashed the process. */
const longEnoughMilliseconds = 60_000;

/**
 * Finds the poison message: the delivery that crashes the event handler each time (out of memory, a fault of Node's), and sets it aside.
 * Call it before any delivery is taken up. If one was received too often, all waiting ones are handled one by one. A crash while an answer
 * from outside is awaited does not count: the delivery did not cause it. Waiting for git counts: it reads the pull request's files, which
 * may exhaust the memory.
 */
export async function findPoisoned({ inbox, worker, waits, tellOfFailure, stop, log }: Start): Promise<void> {
  const { attemptCounts } = inbox;
  for (const name of await inbox.waiting()) {
    const { received } = attemptCounts.of(name);
    if (received <= receivedBesideOthers) continue;
    log.error({ name, received }, 'set a delivery aside: it crashes the event handler');
    await inbox.setAside(
      name,
      `the event handler crashed ${received} times in a row, the last time while it handled this delivery alone`,
    );
    await tellOfFailure(name).catch((err: unknown) =>
      log.error({ err }, 'could not tell on the pull request that a delivery was set aside'),
    );
  }
  const waiting = await inbox.waiting();
  if (!waiting.some((name) => attemptCounts.of(name).received >= receivedBesideOthers)) return;
  log.warn('the event handler crashed repeatedly: handling deliveries one by one');
  for (const name of waiting) {
    if (stop.aborted) return;
    const before = attemptCounts.of(name).received;
    const count = (received: number) =>
      attemptCounts
        .keep(name, { ...attemptCounts.of(name), received })
        .catch((err: unknown) => log.warn({ err, name }, 'could not count how often a delivery was received'));
    waits.onChange(() => count(waits.isWaiting ? before : before + 1));
    const enough = new AbortController();
    const handled = worker.attemptNow(name).then(() => enough.abort());
    await Promise.race([handled, pause(longEnoughMilliseconds, AbortSignal.any([stop, enough.signal]))]);
    waits.onChange(async () => {});
    if (!enough.signal.aborted && !stop.aborted) await count(before);
  }
}
