import type { DaemonKind } from '../daemon/daemon-kinds.ts';
import type { JobLink } from '../jobs/handovers.ts';
import { readJobRecord } from '../jobs/job-record.ts';
import { readLedger } from '../jobs/ledger.ts';
import { readUploadsBefore } from '../jobs/of-another-bot/uploads-before.ts';
import { readSiteState, type SiteState } from '../jobs/site-state.ts';
import type { BotPlaces } from '../settings/find-places.ts';
import { wordsOf } from '../words-of.ts';
import { daemonNames, daemons } from './daemons/daemon-names.ts';
import { findHolder } from './daemons/find-holder.ts';
import { isInTheWay } from './daemons/is-in-the-way.ts';
import type { Unit } from './daemons/unit-of-process.ts';

/** What the daemons left on the disk. */
export interface SiteFacts extends Omit<SiteState, 'handedOver' | 'followed'> {
  readonly stateDir: string;
  /** Those that systemd runs on this machine. */
  readonly units: Readonly<Partial<Record<DaemonKind, Unit>>>;
  readonly jobs: {
    readonly handedOver: number;
    /** Phase -> how many. */
    readonly followed: Readonly<Record<string, number>>;
    readonly unusable: readonly { readonly id: string; readonly why: string }[];
    /** Those whose comment was set aside. */
    readonly untold: readonly { readonly id: string; readonly why: string }[];
  };
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
): Promise<SiteFacts> {
  const deploymentsWait: string[] = [];
  const waits = (error: unknown): undefined => {
    deploymentsWait.push(wordsOf(error));
  };
  const { entries = [], ...broken } = (await readLedger(stateDir).catch(waits)) ?? {};
  await readUploadsBefore(stateDir).catch(waits);
  const { handedOver, followed, ...state } = (await isInTheWay(stateDir))
    ? nothing
    : await readSiteState(stateDir, jobIdsDir, now);
  return {
    stateDir,
    ...state,
    units: await unitsOf(stateDir),
    jobs: { handedOver: handedOver.length, ...(await readJobs(followed, opensRecords)) },
    ledger: { entries: entries.length, ...broken },
    deploymentsWait,
    pollIntervalSeconds,
  };
}

const nothing: SiteState = {
  daemons: { 'event handler': undefined, 'job manager': undefined },
  eventHandler: undefined,
  jobManager: undefined,
  waiting: { deliveries: [], orders: [] },
  setAside: [],
  handedOver: [],
  followed: [],
};

async function unitsOf(stateDir: string): Promise<SiteFacts['units']> {
  const found = daemonNames.map(async (name) => {
    const holding = await findHolder(stateDir, name);
    return holding.kind === 'here' && holding.unit ? [[daemons[name].kind, holding.unit] as const] : [];
  });
  return Object.fromEntries((await Promise.all(found)).flat());
}

async function readJobs(
  jobs: readonly JobLink[],
  opensRecords: boolean,
): Promise<Omit<SiteFacts['jobs'], 'handedOver'>> {
  const followed: Record<string, number> = {};
  const unusable: { id: string; why: string }[] = [];
  const untold: { id: string; why: string }[] = [];
  for (const { id, directory } of jobs) {
    const reading = opensRecords ? await readJobRecord(directory) : { kind: 'missing' as const };
    if (reading.kind === 'unusable') unusable.push({ id, why: reading.why });
    const comment = reading.kind === 'record' ? reading.record.comment : undefined;
    if (comment?.kind === 'silent' && comment.why !== undefined) untold.push({ id, why: comment.why });
    const phase = reading.kind === 'record' ? reading.record.phase : 'unknown';
    followed[phase] = (followed[phase] ?? 0) + 1;
  }
  return { followed, unusable, untold };
}
