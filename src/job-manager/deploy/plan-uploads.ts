import type { RepositoryName } from '../../outside/github/github.ts';
import type { UploadPolicy } from '../../settings/settings.ts';
import { isSameRepository } from '../is-same-repository.ts';

/** A job of some pull request directory, and what it says that it built. */
export interface BuiltJob {
  readonly id: string;
  readonly repository: RepositoryName;
  /** `status` of its `.result`. */
  readonly status?: string;
  readonly artefacts: readonly BuiltFile[];
  /** The repository id that it was built for, where its directory tells. */
  readonly repositoryId?: string;
}

export interface BuiltFile {
  /** Base name of an entry of `artefacts`. */
  readonly name: string;
  /** Why it is no regular file in the job's directory: `is not there`, … */
  readonly unusable?: string;
}

/** A line of an `uploaded.txt`. */
export interface UploadedBefore {
  readonly artefact: string;
  /** Of the job; unknown where its directory is gone. */
  readonly repository?: RepositoryName;
}

/** An artefact that is to be uploaded, or with `refused` one that cannot be, and why. */
export interface UploadDecision<Job extends BuiltJob> {
  readonly job: Job;
  readonly artefact: string;
  readonly refused?: string;
}

/**
 * What a deployment uploads, by the site's policy: jobs by their ids, each job's artefacts as it lists them. Jobs of other repositories
 * and jobs that did not succeed are passed over in silence.
 */
export function planUploads<Job extends BuiltJob>(
  policy: UploadPolicy,
  repository: RepositoryName,
  jobs: readonly Job[],
  uploadedBefore: readonly UploadedBefore[],
): UploadDecision<Job>[] {
  if (policy === 'none') return [];
  const successful = jobs
    .filter((job) => isSameRepository(job.repository, repository) && job.status === 'SUCCESS')
    .toSorted((a, b) => compareDigits(a.id, b.id));
  const candidates = successful.flatMap(judgeFiles);
  if (policy === 'all') return candidates.map(({ decision }) => decision);
  const newest = newestOfPayloads(candidates);
  const done = policy === 'once' ? payloadsUploaded(repository, uploadedBefore) : new Set<string>();
  return candidates
    .filter(({ name }, index) => name === undefined || (newest.get(name.payload) === index && !done.has(name.payload)))
    .map(({ decision }) => decision);
}

interface Candidate<Job extends BuiltJob> {
  readonly decision: UploadDecision<Job>;
  /** Of one that can be uploaded. */
  readonly name?: ArtefactName;
}

interface ArtefactName {
  readonly payload: string;
  /** Digits. */
  readonly timestamp: string;
}

function judgeFiles<Job extends BuiltJob>(job: Job): Candidate<Job>[] {
  const files = new Map(job.artefacts.map((file) => [file.name, file]));
  return Array.from(files.values(), ({ name: artefact, unusable }) => {
    const name = parseArtefactName(artefact);
    const refused =
      name === undefined
        ? 'its name is not PAYLOAD-TIMESTAMP.EXT, with EXT one of tar.gz, tar.zst, tar.xz, tar'
        : unusable && `it ${unusable}`;
    if (refused !== undefined) return { decision: { job, artefact, refused } };
    return { decision: { job, artefact }, ...(name && { name }) };
  });
}

/** Payload -> index of the candidate with the greatest timestamp, then the greatest id, then listed first. */
function newestOfPayloads(candidates: readonly Candidate<BuiltJob>[]): ReadonlyMap<string, number> {
  const newest = new Map<string, { index: number; timestamp: string; id: string }>();
  for (const [index, { name, decision }] of candidates.entries()) {
    if (name === undefined) continue;
    const best = newest.get(name.payload);
    const order = best === undefined ? 1 : compareDigits(name.timestamp, best.timestamp);
    const isNewer = order > 0 || (order === 0 && best !== undefined && compareDigits(decision.job.id, best.id) > 0);
    if (isNewer) newest.set(name.payload, { index, timestamp: name.timestamp, id: decision.job.id });
  }
  return new Map(Array.from(newest, ([payload, { index }]) => [payload, index]));
}

/** One whose repository nobody knows any more counts too: `once` promises that nothing is uploaded a second time. */
function payloadsUploaded(repository: RepositoryName, before: readonly UploadedBefore[]): ReadonlySet<string> {
  return new Set(
    before
      .filter((each) => each.repository === undefined || isSameRepository(each.repository, repository))
      .flatMap(({ artefact }) => parseArtefactName(artefact)?.payload ?? []),
  );
}

/** What an artefact is for; undefined where its name does not tell. */
export function payloadOf(artefact: string): string | undefined {
  return parseArtefactName(artefact)?.payload;
}

function parseArtefactName(name: string): ArtefactName | undefined {
  const [, payload, timestamp] = /^([^/]+)-([0-9]+)\.tar(?:\.gz|\.zst|\.xz)?$/.exec(name) ?? [];
  return payload === undefined || timestamp === undefined ? undefined : { payload, timestamp };
}

/** Compares numbers of any length. */
function compareDigits(a: string, b: string): number {
  const [first, second] = [BigInt(a), BigInt(b)];
  return first < second ? -1 : first > second ? 1 : 0;
}
