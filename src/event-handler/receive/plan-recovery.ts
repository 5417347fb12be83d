import type { DeliveryEntry } from '../../outside/forge/forge.ts';
import type { Webhooks } from '../../outside/forge/webhooks.ts';
import { isGuid } from './delivery.ts';
import type { Memory, Missing } from './parse-memory.ts';

/** A page of GitHub's list. */
export interface Page {
  readonly entries: readonly DeliveryEntry[];
  readonly next?: string;
}

/** Deliveries are listed once they were answered, not when they began; this covers it many times over. */
const overlapMilliseconds = 10 * 60 * 1000;

/** Which deliveries of the list this bot is for. */
interface Ours {
  readonly installationIds: readonly number[];
  readonly isHandled: Webhooks['isHandled'];
}

/** The memory of a bot that never looked before. Where GitHub could not be asked, our own clock has to do until it can. */
export function beginMemory(first: Page | 'unreadable', now: Date): Memory {
  const newest = first === 'unreadable' ? now.toISOString() : first.entries[0]?.deliveredAt;
  const begin = newest ?? new Date(0).toISOString();
  const isOfThatMoment = (entry: DeliveryEntry) => Date.parse(entry.deliveredAt) === Date.parse(begin);
  const before = first === 'unreadable' ? [] : first.entries.filter(isOfThatMoment).map(({ guid }) => guid);
  const guessed = first === 'unreadable' ? { guessed: true as const } : {};
  return { version: 1, begin, ...guessed, before, comparedUntil: begin, missing: [] };
}

/** A beginning that was guessed is corrected, now that GitHub tells its time. `begin`: by that. */
export function correctBegin({ guessed: _, ...memory }: Memory, begin: Date): Memory {
  const isCompared = memory.comparedUntil !== memory.begin;
  const corrected = begin.toISOString();
  return { ...memory, begin: corrected, comparedUntil: isCompared ? memory.comparedUntil : corrected };
}

/** All that GitHub lists is compared again: the inbox has lost something. */
export function fromTheBeginning({ listing: _, ...memory }: Memory): Memory {
  return { ...memory, comparedUntil: memory.begin };
}

/** Takes in the next page of the list; without `listing` in the answer the list has been read as far back as is needed. */
export function takeInPage(memory: Memory, page: Page, ours: Ours, isInInbox: (guid: string) => boolean): Memory {
  const { listing, ...rest } = memory;
  const bound = Math.max(Date.parse(memory.begin), Date.parse(memory.comparedUntil) - overlapMilliseconds);
  const isMissing = (entry: DeliveryEntry) =>
    Date.parse(entry.deliveredAt) >= bound &&
    concernsUs(entry, ours) &&
    !memory.before.includes(entry.guid) &&
    !isInInbox(entry.guid);
  const found = [...(listing?.found ?? []), ...page.entries.filter(isMissing).map(toMissing)];
  const until = listing?.until ?? page.entries[0]?.deliveredAt ?? memory.comparedUntil;
  const oldest = page.entries.at(-1);
  const goesOn = page.next !== undefined && oldest !== undefined && Date.parse(oldest.deliveredAt) >= bound;
  if (goesOn) return { ...rest, listing: { until, next: page.next, found } };
  return { ...rest, comparedUntil: until, missing: inOrder([...found, ...memory.missing.toReversed()]) };
}

/** The delivery was fetched, or is to be fetched no longer. */
export function without(memory: Memory, done: Missing): Memory {
  return { ...memory, missing: memory.missing.filter(({ guid }) => guid !== done.guid) };
}

/** Its payload could not be fetched this time. */
export function withFailure(memory: Memory, failed: Missing): Memory {
  const counted = (one: Missing) => (one.guid === failed.guid ? { ...one, failures: one.failures + 1 } : one);
  return { ...memory, missing: memory.missing.map(counted) };
}

function concernsUs({ event, action, guid, installationId }: DeliveryEntry, ours: Ours): boolean {
  const isOurs = installationId !== undefined && ours.installationIds.includes(installationId);
  return isOurs && ours.isHandled(event, action) && isGuid(guid);
}

const toMissing = ({ id, guid, event, deliveredAt }: DeliveryEntry): Missing => ({
  id,
  guid,
  event,
  deliveredAt,
  failures: 0,
});

/** Oldest first; of several attempts to deliver the same thing the first one. `newestFirst`: as GitHub lists. */
function inOrder(newestFirst: readonly Missing[]): readonly Missing[] {
  const byTime = newestFirst.toReversed().sort((a, b) => Date.parse(a.deliveredAt) - Date.parse(b.deliveredAt));
  const first = new Map<string, Missing>();
  for (const one of byTime) if (!first.has(one.guid)) first.set(one.guid, one);
  return [...first.values()];
}
