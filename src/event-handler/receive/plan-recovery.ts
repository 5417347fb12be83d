import type { DeliveryEntry } from '../../outside/forge/forge.ts';
import type { Webhooks } from '../../outside/forge/webhooks.ts';
import { isGuid } from './delivery.ts';
import type { Memory, Missing } from './parse-memory.ts';

/** A page of GitHub's list. */
export interface Page {
  readonly entries: readonly DeliveryEntry[];
  readonly next?: string;
}

/** GitHub lists a delivery only once it was answered. This is many times longer than that takes. */
const overlapMilliseconds = 10 * 60 * 1000;

/** Which deliveries of the list are for this bot. */
interface Ours {
  readonly installationId: number;
  readonly isHandled: Webhooks['isHandled'];
}

/** The memory before the first comparison. If GitHub could not be asked, it begins by our own clock, and is corrected later. */
export function beginMemory(first: Page | 'unreadable', now: Date): Memory {
  const newest = first === 'unreadable' ? now.toISOString() : first.entries[0]?.deliveredAt;
  const begin = newest ?? new Date(0).toISOString();
  const isOfThatMoment = (entry: DeliveryEntry) => Date.parse(entry.deliveredAt) === Date.parse(begin);
  const before = first === 'unreadable' ? [] : first.entries.filter(isOfThatMoment).map(({ guid }) => guid);
  const guessed = first === 'unreadable' ? { guessed: true as const } : {};
  return { version: 1, begin, ...guessed, before, comparedUntil: begin, missing: [] };
}

/** Corrects a guessed beginning, once GitHub has told the time. `begin`: by GitHub's clock. */
export function correctBegin({ guessed: _, ...memory }: Memory, begin: Date): Memory {
  const isCompared = memory.comparedUntil !== memory.begin;
  const corrected = begin.toISOString();
  return { ...memory, begin: corrected, comparedUntil: isCompared ? memory.comparedUntil : corrected };
}

/** Compares the whole list again: the inbox has lost a delivery. */
export function fromTheBeginning({ listing: _, ...memory }: Memory): Memory {
  return { ...memory, comparedUntil: memory.begin };
}

/** Takes in the next page of the list. No `listing` in the result: the list was read as far back as needed. */
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

/** The delivery was fetched, or is lost. */
export function without(memory: Memory, done: Missing): Memory {
  return { ...memory, missing: memory.missing.filter(({ guid }) => guid !== done.guid) };
}

/** Fetching its payload failed. */
export function withFailure(memory: Memory, failed: Missing): Memory {
  const counted = (one: Missing) => (one.guid === failed.guid ? { ...one, failures: one.failures + 1 } : one);
  return { ...memory, missing: memory.missing.map(counted) };
}

function concernsUs({ event, action, guid, installationId }: DeliveryEntry, ours: Ours): boolean {
  return ours.isHandled(event, action) && installationId === ours.installationId && isGuid(guid);
}

const toMissing = ({ id, guid, event, deliveredAt }: DeliveryEntry): Missing => ({
  id,
  guid,
  event,
  deliveredAt,
  failures: 0,
});

/** Oldest first; of several attempts to deliver the same, only the first. `newestFirst`: as GitHub lists. */
function inOrder(newestFirst: readonly Missing[]): readonly Missing[] {
  const byTime = newestFirst.toReversed().sort((a, b) => Date.parse(a.deliveredAt) - Date.parse(b.deliveredAt));
  const first = new Map<string, Missing>();
  for (const one of byTime) if (!first.has(one.guid)) first.set(one.guid, one);
  return [...first.values()];
}
