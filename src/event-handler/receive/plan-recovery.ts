import { z } from 'zod';
import { parseShape } from '../../outside/files/parse-shape.ts';
import { list, timeShape, word } from '../../outside/files/shapes.ts';
import type { DeliveryEntry } from '../../outside/forge/forge.ts';
import type { Webhooks } from '../../outside/forge/webhooks.ts';
import { isGuid } from './delivery.ts';

const missingShape = z.object({
  id: word,
  guid: word,
  event: word,
  /** ISO 8601; GitHub's clock. */
  deliveredAt: timeShape,
  /** How often its payload could not be fetched. */
  failures: z.int().min(0).max(1e9),
});
/** A delivery that GitHub lists and the inbox lacks. */
export type Missing = Readonly<z.infer<typeof missingShape>>;

const shape = z.object({
  version: z.literal(1),
  /** When this bot first read the list: earlier deliveries are left to the bot that ran then. */
  begin: timeShape,
  /** `begin` is by this machine's clock, since GitHub could not be asked: it is corrected once GitHub can be. */
  guessed: z.literal(true).exactOptional(),
  /** GUIDs of the deliveries at exactly `begin`, which also count as earlier. */
  before: list(word),
  /** The cursor: everything up to here was compared. */
  comparedUntil: timeShape,
  /** A listing under way, newest first, down to `comparedUntil`. `next`: the name of GitHub's next page. */
  listing: z.object({ until: timeShape, next: word, found: list(missingShape) }).exactOptional(),
  /** Found and not fetched yet, oldest first. */
  missing: list(missingShape),
});
/** How far GitHub's list was compared: `recovery.json`. Times are GitHub's. */
export type Progress = Readonly<z.infer<typeof shape>>;

/** Parses `recovery.json`; undefined if it is damaged. */
export function parseProgress(text: string): Progress | undefined {
  return parseShape(text, shape);
}

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

/** The progress before the first comparison. If GitHub could not be asked, it begins by our own clock, and is corrected later. */
export function beginProgress(first: Page | 'unreadable', now: Date): Progress {
  const newest = first === 'unreadable' ? now.toISOString() : first.entries[0]?.deliveredAt;
  const begin = newest ?? new Date(0).toISOString();
  const isOfThatMoment = (entry: DeliveryEntry) => Date.parse(entry.deliveredAt) === Date.parse(begin);
  const before = first === 'unreadable' ? [] : first.entries.filter(isOfThatMoment).map(({ guid }) => guid);
  const guessed = first === 'unreadable' ? { guessed: true as const } : {};
  return { version: 1, begin, ...guessed, before, comparedUntil: begin, missing: [] };
}

/** Corrects a guessed beginning, once GitHub has told the time. `begin`: by GitHub's clock. */
export function correctBegin({ guessed: _, ...progress }: Progress, begin: Date): Progress {
  const isCompared = progress.comparedUntil !== progress.begin;
  const corrected = begin.toISOString();
  return { ...progress, begin: corrected, comparedUntil: isCompared ? progress.comparedUntil : corrected };
}

/** Compares the whole list again: the inbox has lost a delivery. */
export function fromTheBeginning({ listing: _, ...progress }: Progress): Progress {
  return { ...progress, comparedUntil: progress.begin };
}

/** Takes in the next page of the list. No `listing` in the result: the list was read as far back as needed. */
export function takeInPage(progress: Progress, page: Page, ours: Ours, isInInbox: (guid: string) => boolean): Progress {
  const { listing, ...rest } = progress;
  const bound = Math.max(Date.parse(progress.begin), Date.parse(progress.comparedUntil) - overlapMilliseconds);
  const isMissing = (entry: DeliveryEntry) =>
    Date.parse(entry.deliveredAt) >= bound &&
    concernsUs(entry, ours) &&
    !progress.before.includes(entry.guid) &&
    !isInInbox(entry.guid);
  const found = [...(listing?.found ?? []), ...page.entries.filter(isMissing).map(toMissing)];
  const until = listing?.until ?? page.entries[0]?.deliveredAt ?? progress.comparedUntil;
  const oldest = page.entries.at(-1);
  const goesOn = page.next !== undefined && oldest !== undefined && Date.parse(oldest.deliveredAt) >= bound;
  if (goesOn) return { ...rest, listing: { until, next: page.next, found } };
  return { ...rest, comparedUntil: until, missing: inOrder([...found, ...progress.missing.toReversed()]) };
}

/** The delivery was fetched, or is lost. */
export function without(progress: Progress, done: Missing): Progress {
  return { ...progress, missing: progress.missing.filter(({ guid }) => guid !== done.guid) };
}

/** Fetching its payload failed. */
export function withFailure(progress: Progress, failed: Missing): Progress {
  const counted = (one: Missing) => (one.guid === failed.guid ? { ...one, failures: one.failures + 1 } : one);
  return { ...progress, missing: progress.missing.map(counted) };
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
