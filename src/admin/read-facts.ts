import type { DaemonKind } from '../daemon/lease-file.ts';
import { type DaemonFacts, readDaemon } from '../daemon/read-daemon.ts';
import { readHandovers, readSubmitted } from '../jobs/handovers.ts';
import { readJobRecord } from '../jobs/job-record.ts';
import { readLedger } from '../jobs/ledger.ts';
import { type EventHandlerReport, type JobManagerReport, readReport } from '../jobs/reports.ts';
import { readSetAside, readWaiting, type SetAside } from '../jobs/set-aside.ts';
import { readUploadsBefore } from '../jobs/uploads-before.ts';
import type { BotPlaces } from '../settings/find-places.ts';
import { wordsOf } from '../words-of.ts';

/** What the daemons left on the disk. */
export interface Facts {
  readonly stateDir: string;
  readonly daemons: Readonly<Record<DaemonKind, DaemonFacts | undefined>>;
  /** Names, oldest first. */
  readonly waiting: { readonly deliveries: readonly string[]; readonly orders: readonly string[] };
  readonly setAside: readonly SetAside[];
  readonly jobs: {
    readonly handedOver: number;
    /** Phase -> how many. */
    readonly followed: Readonly<Record<string, number>>;
    readonly unusable: readonly { readonly id: string; readonly why: string }[];
    /** Those whose comment was set aside. */
    readonly untold: readonly { readonly id: string; readonly why: string }[];
  };
  readonly eventHandler: (EventHandlerReport & { readonly at: string }) | undefined;
  readonly jobManager: (JobManagerReport & { readonly at: string }) | undefined;
  readonly ledger: { readonly entries: number; readonly brokenLine?: number };
  /** Why no deployment can run: the uploads before cannot be read. */
  readonly deploymentsWait: readonly string[];
  readonly pollIntervalSeconds: number;
}

/** Reads everything; records of jobs only if `opensRecords`, with this process's seal. A daemon elsewhere is judged by this clock. */
export async function readFacts(
  { stateDir, jobIdsDir, pollIntervalSeconds }: BotPlaces,
  now: Date,
  opensRecords: boolean,
): Promise<Facts> {
  const deploymentsWait: string[] = [];
  const waits = (error: unknown): undefined => {
    deploymentsWait.push(wordsOf(error));
  };
  const { entries = [], ...broken } = (await readLedger(stateDir).catch(waits)) ?? {};
  await readUploadsBefore(stateDir).catch(waits);
  return {
    stateDir,
    daemons: {
      'event handler': await readDaemon(stateDir, 'event handler', now),
      'job manager': await readDaemon(stateDir, 'job manager', now),
    },
    waiting: { deliveries: await readWaiting(stateDir, 'delivery'), orders: await readWaiting(stateDir, 'order') },
    setAside: await readSetAside(stateDir, jobIdsDir),
    jobs: await readJobs(stateDir, jobIdsDir, opensRecords),
    eventHandler: await readReport(stateDir, 'event-handler'),
    jobManager: await readReport(stateDir, 'job-manager'),
    ledger: { entries: entries.length, ...broken },
    deploymentsWait,
    pollIntervalSeconds,
  };
}

async function readJobs(stateDir: string, jobIdsDir: string, opensRecords: boolean): Promise<Facts['jobs']> {
  const followed: Record<string, number> = {};
  const unusable: { id: string; why: string }[] = [];
  const untold: { id: string; why: string }[] = [];
  for (const { id, directory } of await readSubmitted(jobIdsDir)) {
    const reading = opensRecords ? await readJobRecord(directory) : { kind: 'missing' as const };
    if (reading.kind === 'unusable') unusable.push({ id, why: reading.why });
    const comment = reading.kind === 'record' ? reading.record.comment : undefined;
    if (comment?.kind === 'silent' && comment.why !== undefined) untold.push({ id, why: comment.why });
    const phase = reading.kind === 'record' ? reading.record.phase : 'unknown';
    followed[phase] = (followed[phase] ?? 0) + 1;
  }
  return { handedOver: (await readHandovers(stateDir)).length, followed, unusable, untold };
}
