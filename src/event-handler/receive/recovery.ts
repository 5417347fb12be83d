import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../daemon/clock.ts';
import type { Loop } from '../../daemon/life-signs.ts';
import type { Logger } from '../../daemon/logger.ts';
import { pause } from '../../daemon/pause.ts';
import type { EventHandlerReport } from '../../jobs/reports.ts';
import { setDamagedAside, writeDurably } from '../../outside/files/durable-files.ts';
import { readTextIfThere } from '../../outside/files/read-text-if-there.ts';
import { type DeliveryList, PerhapsGone, type SentDelivery, TryAgainLater } from '../../outside/forge/forge.ts';
import type { ForgeTime } from '../../outside/forge/forge-time.ts';
import type { Webhooks } from '../../outside/forge/webhooks.ts';
import { wordsOf } from '../../words-of.ts';
import { parseObject } from './delivery.ts';
import { EarlyLooks } from './early-looks.ts';
import type { Inbox } from './inbox.ts';
import {
  beginProgress,
  correctBegin,
  fromTheBeginning,
  type Missing,
  type Progress,
  parseProgress,
  takeInPage,
  withFailure,
  without,
} from './plan-recovery.ts';

/** The forge and the installation, as configured when a round begins. */
interface RecoverySource {
  readonly forge: DeliveryList;
  readonly installationId: number;
}

interface RecoveryOptions {
  readonly stateDir: string;
  readonly inbox: Pick<Inbox, 'knows' | 'receive' | 'oldest' | 'takeLost'>;
  readonly webhooks: Pick<Webhooks, 'glance' | 'isHandled'>;
  readonly source: () => Promise<RecoverySource>;
  readonly log: Logger;
  readonly clock: Clock;
  readonly forgeTime: Pick<ForgeTime, 'now'>;
  /** Nothing sends deliveries to this process: each is fetched, which is no trouble. */
  readonly isPulling?: boolean;
  /** Called with the GUID of each delivery that GitHub lists and the inbox lacks, of any installation. */
  readonly onMissing?: (guid: string) => void;
  /** Called for each fetched delivery, with the time when GitHub delivered it. */
  readonly onFetched?: (event: string, deliveredAt: string) => void;
}

/** How many payloads are fetched at once. */
const atOnce = 6;
/** For how many rounds (early ones not counted) a delivery that cannot be fetched holds up those after it. */
const patience = 3;
const whenOffMilliseconds = 60_000;

/**
 * Recovers deliveries that never arrived: compares GitHub's list with the inbox by GUID, and fetches what is missing from GitHub.
 * The status in GitHub's list is ignored: a delivery that a relay lost counts as delivered there.
 *
 * A round reads the list back to the cursor, then fetches, oldest first. If it is interrupted, the next round goes on. After a kill it begins
 * at the cursor on disk; duplicates do no harm, as the inbox recognizes them.
 */
export class Recovery {
  readonly #options: RecoveryOptions;
  readonly #path: string;
  #progress: Progress | undefined;
  #written: Progress | undefined;
  #lastAt: string | undefined;
  #failure: string | undefined;
  #failingSince: string | undefined;
  /** By the monotonic clock. */
  #notBefore = Number.NEGATIVE_INFINITY;
  readonly #earlyLooks = new EarlyLooks();
  #wake = new AbortController();
  /** GUIDs that were looked for early and are listed, since the list was last read to its end. */
  readonly #listed = new Set<string>();
  /** When this process guessed the beginning without GitHub, by the monotonic clock. */
  #guessedAt: number | undefined;

  constructor(options: RecoveryOptions) {
    this.#options = options;
    this.#path = join(options.stateDir, 'recovery.json');
  }

  /** For people: when a comparison was last complete, what has failed since when, how many deliveries are to be fetched. */
  health(): Pick<EventHandlerReport, 'lastComparison' | 'failure' | 'missing'> & {
    readonly failingSince: string | null;
  } {
    const { missing = [], listing } = this.#progress ?? {};
    return {
      lastComparison: this.#lastAt ?? null,
      failure: this.#failure ?? null,
      failingSince: this.#failingSince ?? null,
      missing: missing.length + (listing?.found.length ?? 0),
    };
  }

  /** Nothing was ever compared: what GitHub lists until now is left to the bot that ran before. */
  async isFirst(): Promise<boolean> {
    await this.#readProgress();
    return this.#progress === undefined;
  }

  /** Compares at each interval until it is told to stop. 0 seconds: off; the settings are read again in a minute. */
  async keepComparing(
    intervalSeconds: () => Promise<number>,
    stop: AbortSignal,
    loop?: Pick<Loop, 'waits' | 'ended'>,
  ): Promise<void> {
    const { monotonic } = this.#options.clock;
    let last = monotonic();
    while (!stop.aborted) {
      const seconds = await intervalSeconds();
      this.#wake = new AbortController(); // before asking when to look early, so that no request is missed
      const interval = seconds === 0 ? whenOffMilliseconds : seconds * 1000;
      const untilEarly = seconds === 0 ? undefined : this.#earlyLooks.wait(monotonic());
      const untilInterval = seconds === 0 ? interval : Math.max(0, last + interval - monotonic());
      const waits = Math.min(untilInterval, untilEarly ?? untilInterval);
      const due = monotonic() + waits;
      loop?.waits(waits);
      await pause(waits, AbortSignal.any([stop, this.#wake.signal]));
      // Woken up, it waits anew, but not for ever: anybody may send what wakes it.
      const isDue = !this.#wake.signal.aborted || monotonic() >= due;
      if (seconds === 0 || !isDue || stop.aborted) continue;
      const isEarly = waits < untilInterval;
      await this.compare(stop, isEarly);
      if (!isEarly) last = monotonic();
    }
    loop?.ended();
  }

  /** A delivery could not be used, or (no GUID) some may be lost: reads the list at once, and again until it shows the delivery. */
  compareSoon(guid?: string): void {
    if (guid !== undefined && this.#options.inbox.knows(guid)) return;
    this.#earlyLooks.ask(guid, this.#options.clock.monotonic());
    this.#wake.abort();
  }

  /** One round. Failures are logged and shown by {@link health}; the next round goes on there. `isEarly`: an early round. */
  async compare(stop: AbortSignal, isEarly = false): Promise<'complete' | 'incomplete'> {
    const { log, clock } = this.#options;
    if (clock.monotonic() < this.#notBefore) return 'incomplete';
    try {
      await this.#readProgress();
      await this.#round(stop, isEarly);
      this.#earlyLooks.looked(clock.monotonic(), (guid) => this.#options.inbox.knows(guid) || this.#listed.has(guid));
      this.#listed.clear();
      this.#failure = this.#failingSince = undefined;
      if (!stop.aborted) this.#lastAt = clock.now().toISOString();
    } catch (error) {
      if (error instanceof TryAgainLater && error.retryAfterSeconds !== undefined) {
        this.#notBefore = clock.monotonic() + error.retryAfterSeconds * 1000;
      }
      this.#earlyLooks.couldNotLook(clock.monotonic(), this.#notBefore);
      this.#failure = wordsOf(error);
      this.#failingSince ??= clock.now().toISOString();
      log.warn({ err: error }, "comparing with GitHub's list failed: the next round continues");
    }
    await this.#writeDown();
    return this.#failure === undefined && !stop.aborted ? 'complete' : 'incomplete';
  }

  async #round(stop: AbortSignal, isEarly: boolean): Promise<void> {
    const { forge, installationId } = await this.#options.source();
    if (this.#progress !== undefined && this.#options.inbox.takeLost())
      this.#progress = fromTheBeginning(this.#progress);
    const isReadToItsEnd = await this.#readList(forge, installationId, stop);
    if (!isReadToItsEnd) return;
    await this.#writeDown(); // so that a long list is not read again after a kill
    await this.#fetchMissing(forge, stop, isEarly);
  }

  async #readList(forge: DeliveryList, installationId: number, stop: AbortSignal): Promise<boolean> {
    const { inbox, clock, onMissing, webhooks } = this.#options;
    const { isHandled } = webhooks;
    while (!stop.aborted) {
      const next = this.#progress?.listing?.next;
      try {
        const page = await forge.listDeliveries(next);
        for (const { guid } of page.entries) {
          if (this.#earlyLooks.wants(guid)) this.#listed.add(guid);
          if (!inbox.knows(guid)) onMissing?.(guid);
        }
        const progress = this.#corrected(this.#progress ?? beginProgress(page, clock.now()));
        this.#progress = takeInPage(progress, page, { installationId, isHandled }, (guid) => inbox.knows(guid));
      } catch (error) {
        this.#progress = afterFailedListing(this.#progress ?? this.#guess(), error);
        throw error;
      }
      if (this.#progress.listing === undefined) return true;
    }
    return false;
  }

  #guess(): Progress {
    const { clock, forgeTime } = this.#options;
    const now = forgeTime.now(); // known if GitHub answered at all, even with an error
    if (now !== undefined) return correctBegin(beginProgress('unreadable', now), now);
    this.#guessedAt = clock.monotonic();
    return beginProgress('unreadable', clock.now());
  }

  /** Corrects a guessed beginning. If our clock was ahead, deliveries before it would be left out. */
  #corrected(progress: Progress): Progress {
    const { clock, forgeTime } = this.#options;
    const now = forgeTime.now();
    if (!progress.guessed || now === undefined) return progress;
    const begun = now.getTime() - (this.#guessedAt === undefined ? 0 : clock.monotonic() - this.#guessedAt);
    return correctBegin(
      progress,
      new Date(this.#guessedAt === undefined ? Math.min(begun, Date.parse(progress.begin)) : begun),
    );
  }

  async #fetchMissing(forge: DeliveryList, stop: AbortSignal, isEarly: boolean): Promise<void> {
    const missing = this.#progress?.missing ?? [];
    for (let start = 0; start < missing.length && !stop.aborted; start += atOnce) {
      const batch = missing.slice(start, start + atOnce);
      const fetched = await Promise.allSettled(batch.map((one) => this.#fetch(one, forge)));
      // One after the other, to keep the order of GitHub's list.
      for (const [index, one] of batch.entries()) {
        const outcome = fetched[index];
        if (outcome?.status === 'fulfilled') await this.#receive(one, outcome.value);
        else this.#giveWay(one, outcome?.reason, isEarly);
      }
    }
  }

  async #fetch(one: Missing, forge: DeliveryList): Promise<SentDelivery | 'gone' | 'arrived meanwhile'> {
    return this.#options.inbox.knows(one.guid) ? 'arrived meanwhile' : await forge.readDelivery(one.id);
  }

  async #receive(one: Missing, sent: SentDelivery | 'gone' | 'arrived meanwhile'): Promise<void> {
    const { inbox, webhooks, log, isPulling } = this.#options;
    const { guid, event } = one;
    if (sent === 'gone') log.error({ delivery: guid, event }, 'a delivery is lost: GitHub no longer has it');
    else if (sent !== 'arrived meanwhile') {
      const receivedAt = new Date(one.deliveredAt).toISOString();
      const { newComment } = webhooks.glance(event, parseObject(sent.body) ?? {});
      const outcome = await inbox.receive({ version: 1, guid, event, receivedAt, ...sent }, newComment);
      if (outcome === 'new') this.#options.onFetched?.(event, one.deliveredAt);
      const fields = { delivery: guid, event, outcome };
      if (isPulling) log.info(fields, 'fetched a delivery');
      else log.info(fields, 'recovered a delivery that never arrived');
    }
    if (this.#progress !== undefined) this.#progress = without(this.#progress, one);
  }

  /** The first failures of a delivery end the round, to keep the order. After that, later deliveries may pass it. */
  #giveWay(one: Missing, reason: unknown, isEarly: boolean): void {
    if (this.#progress !== undefined && !isEarly) this.#progress = withFailure(this.#progress, one);
    const isLimited = reason instanceof TryAgainLater && reason.retryAfterSeconds !== undefined;
    if (isLimited || one.failures < patience) throw reason;
    this.#options.log.warn({ err: reason, delivery: one.guid }, 'fetching a delivery failed: retried');
  }

  async #readProgress(): Promise<void> {
    if (this.#progress !== undefined) return;
    const text = await readTextIfThere(this.#path);
    if (text === undefined) return;
    const progress = parseProgress(text);
    if (progress !== undefined) this.#progress = this.#written = progress;
    else await this.#beginAtInbox();
  }

  /** `recovery.json` is damaged: compares from the oldest delivery in the inbox on. Duplicates do no harm. */
  async #beginAtInbox(): Promise<void> {
    this.#options.log.error(
      { path: this.#path },
      'recovery.json is damaged: comparing from the oldest delivery in the inbox on',
    );
    await setDamagedAside(this.#path);
    const oldest = await this.#options.inbox.oldest();
    this.#progress = beginProgress('unreadable', oldest ?? this.#options.clock.now());
    await this.#writeDown();
  }

  async #writeDown(): Promise<void> {
    const progress = this.#progress;
    if (progress === undefined || isDeepStrictEqual(progress, this.#written)) return;
    try {
      await writeDurably(this.#path, `${JSON.stringify(progress, null, 2)}\n`);
      this.#written = progress;
    } catch (error) {
      this.#options.log.warn({ err: error }, 'could not write recovery.json');
    }
  }
}

/** If GitHub refuses a page, the next round reads the list from its beginning. */
function afterFailedListing(progress: Progress, error: unknown): Progress {
  if (error instanceof TryAgainLater && !(error instanceof PerhapsGone)) return progress;
  const { listing: _, ...rest } = progress;
  return rest;
}
