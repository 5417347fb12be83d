import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Clock } from '../daemon/clock.ts';
import { type DaemonKind, hyphenated } from '../daemon/daemon-kinds.ts';
import type { Logger } from '../daemon/logger.ts';
import { knownTroubles, type Troubles } from '../daemon/troubles.ts';
import { writeDurably } from '../outside/files/durable-files.ts';
import { parseShape } from '../outside/files/parse-shape.ts';
import { readTextIfThere } from '../outside/files/read-text-if-there.ts';
import { list, text, timeShape } from '../outside/files/shapes.ts';
import { wordsOf } from '../words-of.ts';

// What each daemon last saw, for people: `KIND.json` in the state directory. Nothing is decided by it; a restarted daemon recalls its
// troubles from it.

const count = z.int().min(0);

const orderShape = z.object({
  /** The name of its file. */
  name: text,
  /** What it does or waits for: the end of a sentence. */
  what: text,
  /** It was tried, and failed. */
  fails: z.boolean().exactOptional(),
});
/** An order that is not done yet. */
export type WaitingOrder = Readonly<z.infer<typeof orderShape>>;

/** Members of all reports. A report of the next version may have more, one of an earlier version fewer. */
const common = {
  failing: z.unknown().optional().transform(knownTroubles),
  /** Edits that count from the next start on. */
  awaitingRestart: list(text).exactOptional(),
};
const jobManagerShape = z.object({
  ...common,
  /** When the queue was last read, ISO 8601; absent: not yet. */
  queueReadAt: timeShape.exactOptional(),
  /** What is failing now: `queue`, or a job's id, and how. Each interval retries. */
  troubles: list(z.object({ subject: text, what: text })),
  /** Absent in reports of earlier versions. */
  orders: list(orderShape).exactOptional(),
});
export type JobManagerReport = Readonly<z.infer<typeof jobManagerShape>>;

const relayShape = z.object({
  /** Its address, without the channel. */
  name: text,
  isConnected: z.boolean(),
  /** Since when it is connected, or is not. */
  since: timeShape,
  /** Why it is not. */
  why: text.nullable(),
  /** When it last brought a delivery, genuine or not. */
  lastEvent: timeShape.nullable(),
  /** How often it was connected again, since the event handler was started. */
  reconnects: count,
  /** How often it was lost within the last hour. */
  lossesInHour: count,
  /** How many deliveries had a wrong signature: genuine ones are fetched from GitHub's list. */
  rewritten: count,
});
/** The state of the relay. Times are ISO 8601. */
export type RelayReport = Readonly<z.infer<typeof relayShape>>;

/** How many losses of a relay within an hour are normal. */
export const toleratedLosses = 5;

const eventHandlerShape = z.object({
  ...common,
  /** When a comparison of GitHub's list with the inbox was last complete, ISO 8601; null: none of this process was. */
  lastComparison: timeShape.nullable(),
  /** Why it fails; null: it does not. */
  failure: text.nullable(),
  /** Since when, ISO 8601. Absent in reports of earlier versions. */
  failingSince: timeShape.nullable().exactOptional(),
  /** Deliveries that GitHub lists, and that are to be fetched. */
  missing: count,
  /** Why an edited configuration is not in force. */
  configurationProblems: list(text),
  /** Places that jobs can write and that are as sensitive as the key. Absent in reports of earlier versions. */
  warnings: list(text).exactOptional(),
  /** Absent: there is none. */
  relay: relayShape.exactOptional(),
});
export type EventHandlerReport = Readonly<z.infer<typeof eventHandlerShape>>;

const stamp = { version: z.literal(1), at: timeShape };
const shapes: { readonly [Kind in DaemonKind]: z.ZodType<Reports[Kind] & { readonly at: string }> } = {
  'job manager': jobManagerShape.extend(stamp),
  'event handler': eventHandlerShape.extend(stamp),
};

interface Reports {
  readonly 'job manager': JobManagerReport;
  readonly 'event handler': EventHandlerReport;
}

const reportPath = (stateDir: string, kind: DaemonKind) => join(stateDir, `${hyphenated(kind)}.json`);
const refreshMilliseconds = 60_000;

/** Makes the writer of a report: it writes when more than a time has changed, else once a minute. It never throws: `troubles` hears of a failure. */
export function reporter<Kind extends DaemonKind>(kind: Kind, troubles: Pick<Troubles, 'report' | 'wentWell'>) {
  let written: { readonly report: object; readonly at: number } | undefined;
  const write = async (stateDir: string, report: Reports[Kind], { now, monotonic }: Clock): Promise<void> => {
    const isOld = written === undefined || monotonic() - written.at >= refreshMilliseconds;
    const withoutTimes = { ...report, queueReadAt: undefined, lastComparison: undefined };
    if (!isOld && isDeepStrictEqual(withoutTimes, written?.report)) return;
    const text = JSON.stringify({ version: 1, at: now().toISOString(), ...report }, null, 2);
    await writeDurably(reportPath(stateDir, kind), `${text}\n`);
    written = { report: withoutTimes, at: monotonic() };
  };
  return async (stateDir: string, report: Reports[Kind], clock: Clock, log: Pick<Logger, 'warn'>): Promise<void> => {
    try {
      await write(stateDir, report, clock);
      troubles.wentWell('state');
    } catch (err) {
      log.warn({ err }, 'could not write the report');
      troubles.report('state', wordsOf(err));
    }
  };
}

/** A daemon's last report; undefined: none, or damaged. */
export async function readReport<Kind extends DaemonKind>(
  stateDir: string,
  kind: Kind,
): Promise<(Reports[Kind] & { readonly at: string }) | undefined> {
  const text = await readTextIfThere(reportPath(stateDir, kind));
  return parseShape(text ?? '', shapes[kind]);
}
