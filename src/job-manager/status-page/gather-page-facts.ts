import { stat } from 'node:fs/promises';
import { inPublic } from '../../daemon/in-public.ts';
import type { DaemonFacts } from '../../daemon/read-daemon.ts';
import { type Trouble, tellTrouble } from '../../daemon/troubles.ts';
import { fullName } from '../../jobs/forge-names.ts';
import { finishedDir, type JobLink, readLinks } from '../../jobs/handovers.ts';
import { type JobRecord, readJobRecord } from '../../jobs/job-record.ts';
import { ledgerPath, readLedger } from '../../jobs/ledger.ts';
import { readSiteState, troublesOf } from '../../jobs/site-state.ts';
import { summaryRow } from '../../messages/summary.ts';
import { exists } from '../../outside/files/exists.ts';
import type { ForgePages } from '../../outside/forge/forge.ts';
import { pagesOf } from '../../outside/pages-of.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Followed } from '../records/followed.ts';
import type { PageDaemon, PageFacts, PageJob, PageLink, PageNow } from './page-facts.ts';

type Site = Pick<Settings, 'appName' | 'github' | 'stateDir' | 'jobManager'>;

const [endedShown, deploymentsShown] = [50, 30];

/** Reads only a few files, however many jobs there were. `failing`: the job manager's own. */
export async function gatherPageNow(
  { appName, github, stateDir, jobManager }: Site,
  followed: readonly Followed[],
  failing: readonly Trouble[],
): Promise<PageNow> {
  const pages = pagesOf({ github });
  const state = await readSiteState(stateDir, jobManager.jobIdsDir, 'job manager');
  const { eventHandler: report, waiting, setAside } = state;
  const { 'event handler': eventHandler } = state.daemons;
  const daemons: PageDaemon[] = [
    { kind: 'job manager', state: 'runs' },
    eventHandler === undefined
      ? { kind: 'event handler', state: 'was never started' }
      : { kind: 'event handler', ...sinceWhen(eventHandler) },
  ];
  return inPublic({
    instance: appName,
    jobs: followed
      .filter((each) => !hasEnded(each))
      .map(({ record }) => pageJob(record, pages))
      .toSorted(byTime),
    daemons,
    waiting: { deliveries: waiting.deliveries.length, orders: waiting.orders.length },
    setAside: setAside.length,
    troubles: [
      ...troublesOf({ eventHandler: report, jobManager: { failing } }).map(
        ({ daemon, ...trouble }) => `${daemon}: ${tellTrouble(trouble)}`,
      ),
      ...(report?.configurationProblems ?? []).map((problem) => `an edited configuration is not in force: ${problem}`),
    ],
    ledgerBytes: await sizeOf(ledgerPath(stateDir)),
  });
}

async function sizeOf(path: string): Promise<number> {
  return (await exists(path)) ? (await stat(path)).size : 0;
}

function sinceWhen({ state, holder, lastSign }: DaemonFacts) {
  return state === 'runs' ? { state, ...(holder && { since: holder.since }) } : { state, since: lastSign };
}

/** Adds the newest ended jobs. A followed job may have ended, too: its end is not sent yet, or it was put away just now. */
export async function gatherPageFacts(
  { github, stateDir, jobManager }: Site,
  now: PageNow,
  followed: readonly Followed[],
): Promise<PageFacts> {
  const pages = pagesOf({ github });
  const justEnded = followed.filter(hasEnded);
  const isJustEnded = ({ id }: JobLink) => justEnded.some(({ job }) => job.id === id);
  const putAway = (await readLinks(finishedDir(jobManager.jobIdsDir))).filter((job) => !isJustEnded(job));
  const newest = putAway.toSorted(byId).slice(0, endedShown);
  const readings = await Promise.all(newest.map(({ directory }) => readJobRecord(directory)));
  const records = [
    ...justEnded.map(({ record }) => record),
    ...readings.flatMap((reading) => (reading.kind === 'record' ? [reading.record] : [])),
  ];
  const ended = records.map((record) => pageJob(record, pages)).toSorted(byTime);
  const { entries } = await readLedger(stateDir);
  const deployments = entries.slice(-deploymentsShown).toReversed();
  return {
    ...now,
    ...inPublic({
      endedJobs: ended.slice(0, endedShown),
      deployments: deployments.map(({ at, artefact, repository, pullRequest, job, by, commit = '', ...entry }) => ({
        at,
        artefact,
        pullRequest: linkTo(pages, repository, pullRequest),
        job,
        by,
        outcome: entry.reason === undefined ? entry.outcome : `${entry.outcome}: ${entry.reason}`,
        commit: commit.slice(0, 7),
      })),
    }),
  };
}

const hasEnded = ({ record }: Followed) => record.phase === 'finished';

function pageJob(record: JobRecord, pages: ForgePages): PageJob {
  const { submission, comment, repository, pullRequest, target } = record;
  const { state, result, since = '' } = summaryRow(record, false);
  const places = [target?.architecture ?? target?.nodeType, target?.accelerator];
  return {
    job: {
      text: submission.kind === 'submitted' ? submission.id : '',
      ...(comment.kind === 'posted' && comment.url !== undefined && { url: comment.url }),
    },
    pullRequest: linkTo(pages, fullName(repository), pullRequest),
    target: places.filter(Boolean).join(', '),
    repository: target?.repositoryId ?? '',
    state,
    result: plainWords(result),
    since,
  };
}

const linkTo = (pages: ForgePages, repository: string, pullRequest: number): PageLink => ({
  text: `${repository}#${pullRequest}`,
  url: pages.ofPullRequest(repository, pullRequest),
});

/** The text of a row without Markdown. */
export function plainWords(markdown: string): string {
  return markdown
    .replaceAll(/<[^<>]*>/g, ' ')
    .replaceAll(/\\([^A-Za-z0-9\s])|:(?:cry|grin|shrug): |[`*]/g, '$1')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

const byTime = (one: PageJob, other: PageJob) => other.since.localeCompare(one.since) || byText(one, other);
const byText = (one: PageJob, other: PageJob) => other.job.text.localeCompare(one.job.text);
/** Newest first, unless Slurm began to count anew. */
const byId = (one: JobLink, other: JobLink) => Number(other.id) - Number(one.id);
