import type { Logger } from '../daemon/logger.ts';
import { pause } from '../daemon/pause.ts';
import type { OutsideWaits } from './outside-waits.ts';
import type { Inbox } from './receive/inbox.ts';
import { receivedBesideOthers } from './receive/receipts.ts';
import type { InboxWorker } from './work-off.ts';

interface Start {
  readonly inbox: Pick<Inbox, 'waiting' | 'setAside' | 'receipts'>;
  readonly worker: Pick<InboxWorker, 'handleNow'>;
  readonly waits: Pick<OutsideWaits, 'isWaiting' | 'onChange'>;
  /** Tells whoever is concerned that what was set aside is. */
  readonly apologise: (name: string) => Promise<void>;
  readonly stop: AbortSignal;
  readonly log: Logger;
}

/** Whoever lives for so long with a delivery does not die of it. */
const longEnoughMilliseconds = 60_000;

/**
 * Finds the delivery of which the whole event handler dies each time (memory that it eats, a fault of Node's), and sets it aside. To be
 * called before anything else is taken up. Where one was received too often, all that wait are handled one by one. An attempt does not
 * count while an answer from outside is awaited: whoever is killed then was not killed by it. git is no such wait: what it reads is the
 * pull request's, and may eat the memory of all.
 */
export async function findPoisoned({ inbox, worker, waits, apologise, stop, log }: Start): Promise<void> {
  const { receipts } = inbox;
  for (const name of await inbox.waiting()) {
    const { received } = receipts.of(name);
    if (received <= receivedBesideOthers) continue;
    log.error({ name, received }, 'set a delivery aside: the event handler dies of it');
    await inbox.setAside(
      name,
      `the event handler died ${received} times in a row, at last while it handled this one alone`,
    );
    await apologise(name).catch((err: unknown) => log.error({ err }, 'could not tell of it'));
  }
  const waiting = await inbox.waiting();
  if (!waiting.some((name) => receipts.of(name).received >= receivedBesideOthers)) return;
  log.warn('the event handler died again and again: what waits is handled one by one');
  for (const name of waiting) {
    if (stop.aborted) return;
    const before = receipts.of(name).received;
    const count = (received: number) =>
      receipts
        .keep(name, { ...receipts.of(name), received })
        .catch((err: unknown) => log.warn({ err, name }, 'could not count how often a delivery was received'));
    waits.onChange(() => count(waits.isWaiting ? before : before + 1));
    const enough = new AbortController();
    const handled = worker.handleNow(name).then(() => enough.abort());
    await Promise.race([handled, pause(longEnoughMilliseconds, AbortSignal.any([stop, enough.signal]))]);
    waits.onChange(async () => {});
    if (!enough.signal.aborted && !stop.aborted) await count(before);
  }
}
