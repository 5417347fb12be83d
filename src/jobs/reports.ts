import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Clock } from '../daemon/clock.ts';
import { knownTroubles, type Trouble } from '../daemon/troubles.ts';
import { writeDurably } from '../outside/files/durable-files.ts';
import { parseShape } from '../outside/files/parse-shape.ts';
import { readTextIfThere } from '../outside/files/read-text-if-there.ts';
import { list, text, timeShape } from '../outside/files/shapes.ts';

// What each daemon last saw, for people: `KIND.json` in the state directory. Nothing is decided by it; a restarted daemon recalls its
// troubles from it.

/** An order that is not done yet. */
export interface WaitingOrder {
  /** Of its file. */
  readonly name: string;
  /** Why it is not: the end of a sentence. */
  readonly what: string;
  /** It was tried, and failed. */
  readonly fails?: boolean;
}

export interface JobManagerReport {
  /** When the queue was last read, ISO 8601; absent: not yet. */
  readonly queueReadAt?: string;
  /** What goes wrong now: `queue`, or a job's id, and in what way. Each is tried again in every interval. */
  readonly troubles: readonly { readonly subject: string; readonly what: string }[];
  /** Absent in reports of earlier versions. */
  readonly orders?: readonly WaitingOrder[];
  readonly failing: readonly Trouble[];
  readonly awaitingRestart?: readonly string[];
}

/** How it goes with the relay that brings deliveries. Times are ISO 8601. */
export interface RelayReport {
  /** Its address, without the channel. */
  readonly name: string;
  readonly isConnected: boolean;
  /** Since when it is connected, or is not. */
  readonly since: string;
  /** Why it is not. */
  readonly why: string | null;
  /** When it brought a delivery, or what says to be one. */
  readonly lastEvent: string | null;
  /** How often it was connected again, since the event handler was started. */
  readonly reconnects: number;
  /** How often it was lost within the last hour. */
  readonly lossesInHour: number;
  /** How many deliveries came with a signature that does not fit: those of GitHub's are fetched from its list. */
  readonly rewritten: number;
}

/** How often within an hour a relay may be lost, as they are. */
export const toleratedLosses = 5;

export interface EventHandlerReport {
  /** When a comparison of GitHub's list with the inbox last came to its end, ISO 8601; null: none of this process has. */
  readonly lastComparison: string | null;
  /** What keeps it from its end; null: nothing. */
  readonly failure: string | null;
  /** Since when, ISO 8601. Absent in reports of earlier versions. */
  readonly failingSince?: string | null;
  /** Deliveries that are known to be missing. */
  readonly missing: number;
  /** What keeps an edited configuration from being in force. */
  readonly configurationProblems: readonly string[];
  readonly failing: readonly Trouble[];
  /** Edits that count from the next start on. */
  readonly awaitingRestart?: readonly string[];
  /** What jobs can write that is as sensitive as the key. Absent in reports of earlier versions. */
  readonly warnings?: readonly string[];
  /** Absent: there is none. */
  readonly relay?: RelayReport;
}

interface Reports {
  readonly 'job-manager': JobManagerReport;
  readonly 'event-handler': EventHandlerReport;
}

const reportPath = (stateDir: string, kind: keyof Reports) => join(stateDir, `${kind}.json`);
const refreshMilliseconds = 60_000;

/** Makes the writer of a report: it writes when more than a time has changed, else once a minute. */
export function reporter<Kind extends keyof Reports>(kind: Kind) {
  let written: { readonly report: object; readonly at: number } | undefined;
  return async (stateDir: string, report: Reports[Kind], { now, monotonic }: Clock): Promise<void> => {
    const isOld = written === undefined || monotonic() - written.at >= refreshMilliseconds;
    const withoutTimes = { ...report, queueReadAt: undefined, lastComparison: undefined };
    if (!isOld && isDeepStrictEqual(withoutTimes, written?.report)) return;
    const text = JSON.stringify({ version: 1, at: now().toISOString(), ...report }, null, 2);
    await writeDurably(reportPath(stateDir, kind), `${text}\n`);
    written = { report: withoutTimes, at: monotonic() };
  };
}

/** A daemon's last report; undefined: none, or damaged. */
export async function readReport<Kind extends keyof Reports>(
  stateDir: string,
  kind: Kind,
): Promise<(Reports[Kind] & { readonly at: string }) | undefined> {
  const text = await readTextIfThere(reportPath(stateDir, kind));
  return parseShape(text ?? '', shapes[kind]);
}

const count = z.int().min(0);
const relayShape = {
  name: text,
  isConnected: z.boolean(),
  since: timeShape,
  why: text.nullable(),
  lastEvent: timeShape.nullable(),
  reconnects: count,
  lossesInHour: count,
  rewritten: count,
};
/** One of the next version may have more; one of an earlier version lacks what came later. */
const common = {
  version: z.literal(1),
  at: timeShape,
  failing: z.unknown().optional().transform(knownTroubles),
  awaitingRestart: list(text).exactOptional(),
};
const shapes: { readonly [Kind in keyof Reports]: z.ZodType<Reports[Kind] & { readonly at: string }> } = {
  'job-manager': z.object({
    ...common,
    queueReadAt: timeShape.exactOptional(),
    troubles: list(z.object({ subject: text, what: text })),
    orders: list(z.object({ name: text, what: text, fails: z.boolean().exactOptional() })).exactOptional(),
  }),
  'event-handler': z.object({
    ...common,
    lastComparison: timeShape.nullable(),
    failure: text.nullable(),
    failingSince: timeShape.nullable().exactOptional(),
    missing: count,
    configurationProblems: list(text),
    warnings: list(text).exactOptional(),
    relay: z.object(relayShape).exactOptional(),
  }),
};
