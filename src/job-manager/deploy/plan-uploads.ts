import { isSameRepository } from '../../jobs/forge-names.ts';
import type { JobRecord } from '../../jobs/job-record.ts';
import type { RepositoryName } from '../../outside/forge/forge.ts';
import type { StaleArtefacts, UploadPolicy } from '../../settings/settings.ts';

/** A job of a pull request, and what it says it built. */
export interface JobToDeploy {
  readonly id: string;
  readonly repository: RepositoryName;
  /** `status` of its `.result`. */
  readonly status?: string;
  readonly artefacts: readonly BuiltFile[];
  /** The repository id it was built for; absent if not known. */
  readonly repositoryId?: string;
  /** Why none of its artefacts is uploaded: the end of a sentence. */
  readonly whyRefused?: string;
  /** What the bot itself recorded about the build; absent if it has no record. */
  readonly recorded?: RecordedBuild;
}

/** From the bot's record: a job cannot choose it. */
export interface RecordedBuild {
  /** The commit it was built from; absent if another bot submitted the job. */
  readonly commit?: string;
  /** When it was submitted, ISO 8601, by the bot's clock. */
  readonly submittedAt: string;
  /** GitHub's id of the job's comment (ids grow); absent if it has none. */
  readonly comment?: number;
  readonly phase?: JobRecord['phase'];
  readonly isCancelled?: boolean;
}

/** The commit that the label approved, and what the site wants for builds of other commits. */
interface Approval {
  /** The head of the pull request when the label was set; absent if not known. */
  readonly head?: string;
  readonly stale: StaleArtefacts;
}

export interface BuiltFile {
  /** Base name of an entry of `artefacts`. */
  readonly name: string;
  /** Why it is not a regular file in the job's directory: `is not there`, … */
  readonly unusable?: string;
}

/** An artefact that an earlier deployment uploaded. */
export interface UploadedBefore {
  readonly artefact: string;
  /** The job's repository; absent if the job's directory is gone. */
  readonly repository?: RepositoryName;
}

/** What a deployment chooses from, and by what. */
export interface DeploymentFacts<Job extends JobToDeploy> {
  readonly policy: UploadPolicy;
  readonly repository: RepositoryName;
  readonly jobs: readonly Job[];
  readonly uploadedBefore: readonly UploadedBefore[];
  readonly approval: Approval;
}

/** An artefact to upload; with `refused`, the reason why it is not uploaded. */
export interface UploadDecision<Job extends JobToDeploy> {
  readonly job: Job;
  readonly artefact: string;
  readonly refused?: string;
  /** It is refused for what the file is, not for when it was built. */
  readonly isUnusable?: true;
}

/**
 * Plans what a deployment uploads, by the site's policy: jobs by id, each job's artefacts as it lists them. Jobs of other repositories, and
 * jobs that did not succeed, are left out. Of one payload, a build of the approved head comes first, then the later build by the bot's own
 * order: a job could choose the time in a file name.
 */
export function planUploads<Job extends JobToDeploy>({
  policy,
  repository,
  jobs,
  uploadedBefore,
  approval,
}: DeploymentFacts<Job>): UploadDecision<Job>[] {
  if (policy === 'none') return [];
  const successful = jobs
    .filter((job) => isSameRepository(job.repository, repository) && job.status === 'SUCCESS')
    .toSorted((a, b) => compareDigits(a.id, b.id));
  const candidates = successful.flatMap(judgeFiles);
  const decide = ({ decision }: Candidate<Job>) => refuseStale(decision, approval);
  if (policy === 'all') return candidates.map(decide);
  const newest = newestOfPayloads(candidates, approval.head);
  const done = policy === 'once' ? payloadsUploaded(repository, uploadedBefore) : new Set<string>();
  return candidates
    .filter((each) => each.name === undefined || (newest.has(each) && !done.has(each.name.payload)))
    .map(decide);
}

function refuseStale<Job extends JobToDeploy>(decision: UploadDecision<Job>, approval: Approval): UploadDecision<Job> {
  const refused = decision.refused ?? whyTooStale(decision.job.recorded?.commit, approval);
  return refused === undefined ? decision : { ...decision, refused };
}

/** Why the site does not want a build of this commit; undefined if it does. */
function whyTooStale(commit: string | undefined, { head, stale }: Approval): string | undefined {
  if (stale === 'upload' || (commit !== undefined && commit === head)) return undefined;
  const mend = 'build it again with the command that it was built by, then take the label off and set it anew';
  if (head === undefined) return `it is not known which commit the label approved; ${mend}`;
  const approved = `the pull request was at ${short(head)} when the label was set`;
  if (commit === undefined) return `nobody noted which commit it was built from, and ${approved}; ${mend}`;
  return `it was built from ${short(commit)}, but ${approved}, and this site uploads nothing else (stale_artefacts, which its admin sets); ${mend}`;
}

const short = (commit: string) => commit.slice(0, 7);

interface Candidate<Job extends JobToDeploy> {
  readonly decision: UploadDecision<Job>;
  /** Absent if it cannot be uploaded. */
  readonly name?: PayloadName;
}

interface PayloadName {
  readonly payload: string;
  /** Digits. */
  readonly timestamp: string;
}

function judgeFiles<Job extends JobToDeploy>(job: Job): Candidate<Job>[] {
  const files = new Map(job.artefacts.map((file) => [file.name, file]));
  return Array.from(files.values(), ({ name: artefact, unusable }) => {
    const name = parsePayloadName(artefact);
    const whyUnusable =
      name === undefined
        ? 'its name is not PAYLOAD-TIMESTAMP.EXT, with EXT one of tar.gz, tar.zst, tar.xz, tar, or any other behind ten digits'
        : unusable && `it ${unusable}`;
    if (whyUnusable !== undefined) return { decision: { job, artefact, refused: whyUnusable, isUnusable: true } };
    if (job.whyRefused !== undefined) return { decision: { job, artefact, refused: `it ${job.whyRefused}` } };
    return { decision: { job, artefact }, ...(name && { name }) };
  });
}

/** The candidate that counts, for each payload. */
function newestOfPayloads(
  candidates: readonly Candidate<JobToDeploy>[],
  head: string | undefined,
): ReadonlySet<Candidate<JobToDeploy>> {
  const payloads = Map.groupBy(candidates, ({ name }) => name?.payload);
  payloads.delete(undefined);
  return new Set([...payloads.values()].flatMap((those) => those.toSorted(newestFirst(those, head)).slice(0, 1)));
}

type Compare = (a: Candidate<JobToDeploy>, b: Candidate<JobToDeploy>) => number;

/** Compares the candidates of one payload by what all of them have. Of two artefacts of one job, the later name counts. */
function newestFirst(candidates: readonly Candidate<JobToDeploy>[], head: string | undefined): Compare {
  const recorded = candidates.flatMap(({ decision: { job } }) => job.recorded ?? []);
  const haveComments = recorded.every(({ comment }) => comment !== undefined);
  const orderOf = ({ comment, submittedAt }: RecordedBuild) => (haveComments && comment) || Date.parse(submittedAt);
  const isApproved = ({ recorded }: JobToDeploy) => Number(recorded?.commit !== undefined && recorded.commit === head);
  return ({ decision: { job: a }, name: nameOfA }, { decision: { job: b }, name: nameOfB }) =>
    isApproved(b) - isApproved(a) ||
    Number(b.recorded !== undefined) - Number(a.recorded !== undefined) ||
    (a.recorded && b.recorded ? orderOf(b.recorded) - orderOf(a.recorded) : 0) ||
    compareDigits(b.id, a.id) ||
    compareDigits(nameOfB?.timestamp ?? '0', nameOfA?.timestamp ?? '0');
}

/** An upload whose repository is not known any more counts, too: `once` promises that nothing is uploaded twice. */
function payloadsUploaded(repository: RepositoryName, before: readonly UploadedBefore[]): ReadonlySet<string> {
  return new Set(
    before
      .filter((each) => each.repository === undefined || isSameRepository(each.repository, repository))
      .flatMap(({ artefact }) => parsePayloadName(artefact)?.payload ?? []),
  );
}

/** The payload of an artefact; undefined if its name does not say. */
export function payloadOf(artefact: string): string | undefined {
  return parsePayloadName(artefact)?.payload;
}

/** With a time of ten digits any suffix counts, as in the Python bot since 0.10: the upload script decides whether to upload it. */
const artefactName = /^([^/]+)-(?:([0-9]+)\.tar(?:\.gz|\.zst|\.xz)?|([0-9]{10,})\.[^/]+)$/;

function parsePayloadName(name: string): PayloadName | undefined {
  const [, payload, short, long] = artefactName.exec(name) ?? [];
  const timestamp = short ?? long;
  return payload === undefined || timestamp === undefined ? undefined : { payload, timestamp };
}

/** Compares numbers of any length. */
export function compareDigits(a: string, b: string): number {
  const [first, second] = [BigInt(a), BigInt(b)];
  return first < second ? -1 : first > second ? 1 : 0;
}
