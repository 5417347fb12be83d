import { isSameRepository } from '../../jobs/forge-names.ts';
import { shortCommit } from '../../messages/commit.ts';
import { codeSpan } from '../../messages/escape-markdown.ts';
import { md } from '../../messages/markdown.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import {
  type DeploymentFacts,
  type JobToDeploy,
  payloadOf,
  planUploads,
  type RecordedBuild,
  type UploadedBefore,
} from './plan-uploads.ts';

/** A job whose artefacts a deployment does not upload, though a maintainer may expect it, and why. */
export interface PassedOver<Job extends JobToDeploy> {
  readonly job: Job;
  /** The artefact that the reason is about; absent: all of the job. */
  readonly artefact?: string;
  readonly reason: Markdown;
  /** No later label changes it: it is posted once. */
  readonly isOld?: true;
}

/**
 * Why a deployment does not upload artefacts of some jobs: the job did not succeed (said if no job did, or it left an artefact); it left no
 * artefact; its payload was uploaded before; a job of another repository id has the same payload; the last build is not of the approved
 * commit; a newer build replaces it.
 */
export function whyPassedOver<Job extends JobToDeploy>(facts: DeploymentFacts<Job>): PassedOver<Job>[] {
  const { policy, repository, jobs, uploadedBefore, approval } = facts;
  if (policy === 'none') return [];
  const own = jobs.filter((job) => isSameRepository(job.repository, repository));
  const successful = own.filter(({ status }) => status === 'SUCCESS');
  if (successful.length === 0) return own.map((job) => ({ job, reason: whyNotBuilt(job) }));
  const failed = own.filter(
    ({ status, artefacts }) => status !== undefined && status !== 'SUCCESS' && artefacts.length > 0,
  );
  const newest = planUploads({ ...facts, policy: policy === 'all' ? 'all' : 'latest', uploadedBefore: [] });
  const last = planUploads({ ...facts, policy: 'latest', uploadedBefore: [], approval: { stale: 'upload' } });
  const uploaded = planUploads(facts);
  const ofArtefact = (job: Job, artefact: string): PassedOver<Job>[] => {
    const is = (decision: { job: Job; artefact: string }) => decision.job === job && decision.artefact === artefact;
    if (uploaded.some(is)) return [];
    if (newest.some(is)) return [{ job, artefact, reason: uploadedOnce(artefact, uploadedBefore) }];
    const instead = newest.find((each) => payloadOf(each.artefact) === payloadOf(artefact));
    if (instead === undefined) return [];
    if (instead.job.repositoryId !== job.repositoryId)
      return [{ job, artefact, reason: sharedPayload(artefact, instead) }];
    if (last.some(is)) return [{ job, artefact, reason: notApproved(artefact, job, instead, approval.head) }];
    return [{ job, artefact, reason: replaced(artefact, instead), isOld: true }];
  };
  const ofJob = (job: Job): PassedOver<Job>[] => {
    if (job.artefacts.length === 0) return [{ job, reason: md`it lists no artefact in its result` }];
    return [...new Set(job.artefacts.map(({ name }) => name))].flatMap((name) => ofArtefact(job, name));
  };
  return [
    ...successful.flatMap(ofJob),
    ...failed.map((job): PassedOver<Job> => ({ job, reason: whyNotBuilt(job), isOld: true })),
  ];
}

/** Why a job that did not succeed is not uploaded. */
export function whyNotBuilt({ status, recorded }: JobToDeploy): Markdown {
  const [why, what] =
    status === undefined ? whyNoResult(recorded) : [md`ended with the status ${codeSpan(status)}`, again];
  return md`it ${why}, and only jobs with the status \`SUCCESS\` are uploaded; ${what}, then set the label anew`;
}

const again = md`build it again`;

function whyNoResult({ phase, isCancelled }: Partial<RecordedBuild> = {}): readonly [Markdown, Markdown] {
  if (isCancelled) return [md`was cancelled`, again];
  if (phase === 'finished') return [md`left no result`, again];
  if (phase !== undefined) return [md`has not ended`, md`wait for its end`];
  return [md`has not ended, or left no result`, md`wait for its end, or build it again`];
}

function replaced(artefact: string, { job, artefact: instead }: { job: JobToDeploy; artefact: string }): Markdown {
  return md`${codeSpan(artefact)} is not the build of its payload that counts: ${codeSpan(instead)} of job ${codeSpan(job.id)} is`;
}

function uploadedOnce(artefact: string, uploadedBefore: readonly UploadedBefore[]): Markdown {
  const before = uploadedBefore.find((each) => payloadOf(each.artefact) === payloadOf(artefact));
  const what = before?.artefact === artefact ? md`it` : md`${codeSpan(before?.artefact ?? '')}, of the same payload,`;
  return md`${codeSpan(artefact)} is not new: ${what} was uploaded before, and this bot uploads each payload once (\`upload_policy\`, which its admin sets)`;
}

function sharedPayload(artefact: string, { job, artefact: instead }: { job: JobToDeploy; artefact: string }): Markdown {
  const of = job.repositoryId === undefined ? md`` : md` for ${codeSpan(job.repositoryId)}`;
  return md`${codeSpan(artefact)} has the same payload as ${codeSpan(instead)} of job ${codeSpan(job.id)}${of}, and only the newest of a payload is uploaded; give the payloads of different repositories different names`;
}

function notApproved(
  artefact: string,
  { recorded }: JobToDeploy,
  { job, artefact: instead }: { readonly job: JobToDeploy; readonly artefact: string },
  head = '',
): Markdown {
  const built =
    recorded?.commit === undefined ? md`from a commit that nobody noted` : md`from ${shortCommit(recorded.commit)}`;
  return md`${codeSpan(artefact)} was built ${built}, but the pull request was at ${shortCommit(head)} when the label was set, so ${codeSpan(instead)} of job ${codeSpan(job.id)}, which was built from that, was chosen in its place; to have what was built last, take the label off and set it anew`;
}
