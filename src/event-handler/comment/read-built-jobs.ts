import { checkIdentity } from '../../jobs/check-identity.ts';
import { pullRequestKey } from '../../jobs/forge-names.ts';
import type { JobLink } from '../../jobs/handovers.ts';
import { type JobRecord, readJobRecord } from '../../jobs/job-record.ts';
import { readPullRequestDirectories } from '../../jobs/pull-request-directories.ts';
import { readResult } from '../../jobs/results.ts';
import { parseShape } from '../../outside/files/parse-shape.ts';
import type { OfPullRequest } from '../../outside/forge/forge.ts';
import type { Settings } from '../../settings/settings.ts';
import type { BuiltJob } from '../commands/built-jobs.ts';
import type { Inbox } from '../receive/inbox.ts';
import { type BuildTarget, targetShape } from '../submit/build-target.ts';
import type { Tools } from '../tools.ts';
import { parsePlan } from './kept-plan.ts';

/**
 * This instance's jobs of a pull request, from its records, in order of submission; then the builds in open plans of other deliveries. Jobs
 * that another bot submitted are left out: no record says what was ordered. `unread`: jobs whose records cannot be read,
 * so that it is not known what they build.
 */
export async function readBuiltJobs(
  which: OfPullRequest,
  delivery: string,
  inbox: Pick<Inbox, 'openPlans'>,
  { settings, log }: Pick<Tools, 'settings' | 'log'>,
): Promise<{ readonly jobs: readonly BuiltJob[]; readonly unread: readonly string[] }> {
  const unread: string[] = [];
  const ordered = await readOrdered(which, delivery, inbox, settings); // read before the jobs: an ordered build may become a job meanwhile
  const submitted: { readonly job: BuiltJob; readonly at: string }[] = [];
  for (const { jobs } of await readPullRequestDirectories(settings.build.jobsBaseDir, which.pullRequest))
    for (const link of jobs) {
      const reading = await readBuiltJob(link, which, { settings, log });
      if (reading === 'unread') unread.push(link.id);
      else submitted.push(...reading);
    }
  const jobs = submitted.toSorted((one, other) => (one.at < other.at ? -1 : 1)).map(({ job }) => job);
  return { jobs: [...jobs, ...ordered], unread };
}

/** Throws if the disk fails: better to retry the command than to build twice. */
async function readBuiltJob(
  { id, directory }: JobLink,
  which: OfPullRequest,
  { settings, log }: Pick<Tools, 'settings' | 'log'>,
) {
  const reading = await readJobRecord(directory);
  if (reading.kind === 'unusable') {
    log.warn(
      { job: id, why: reading.why },
      'what this job builds is not known: `retry` and `rebuild` leave it out, and `build` may order the same once more',
    );
    return 'unread';
  }
  if (reading.kind !== 'record') return [];
  const { record } = reading;
  const { submission, phase, commit } = record;
  if (submission.kind !== 'submitted' || submission.id !== id) return []; // Slurm reused the id for another job
  const target = targetOf(record, settings);
  if (target === undefined || pullRequestKey(record) !== pullRequestKey(which)) return [];
  const hasEnded = phase === 'finished';
  const isGreen = hasEnded && (await readResult(directory, id)).status === 'SUCCESS';
  const job: BuiltJob = {
    ...{ id, target, state: hasEnded ? (isGreen ? 'SUCCESS' : 'ended otherwise') : 'not ended' },
    ...(record.comment.kind === 'posted' && record.comment.url !== undefined && { url: record.comment.url }),
    ...(commit !== undefined && { commit }),
    check: checkIdentity(record.pullRequest, directory),
  };
  return [{ job, at: submission.at }];
}

/** The target as ordered; records of earlier versions have less of it. Undefined if it is not known. */
function targetOf({ ordered, target }: JobRecord, { nodeTypes }: Settings): BuildTarget | undefined {
  const kept = ordered === undefined ? undefined : parseShape(ordered, targetShape);
  const name = kept?.nodeType.name ?? target?.nodeType;
  const nodeType = nodeTypes.find((each) => each.name === name) ?? kept?.nodeType;
  if (nodeType === undefined) return undefined;
  if (kept !== undefined) return { ...kept, nodeType };
  if (target?.architecture === undefined) return undefined;
  const { repositoryId, architecture: forArch, accelerator } = target;
  const accelerators = accelerator !== undefined && {
    ...{ forAccelerator: accelerator, onAccelerator: accelerator, submitOptsAccelerator: accelerator },
  };
  return { nodeType, repositoryId, forArch, exports: [], ...accelerators };
}

/** Builds that are planned and not submitted yet. */
async function readOrdered(
  which: OfPullRequest,
  delivery: string,
  inbox: Pick<Inbox, 'openPlans'>,
  { nodeTypes }: Settings,
): Promise<readonly BuiltJob[]> {
  const plans = (await inbox.openPlans()).flatMap((value) => parsePlan(value) ?? []);
  return plans
    .filter((plan) => plan.delivery !== delivery && pullRequestKey(plan) === pullRequestKey(which))
    .flatMap(({ commands }) => commands)
    .flatMap(({ outcome, build, result }) =>
      'targets' in outcome && build !== undefined && result === undefined
        ? outcome.targets.map((target): BuiltJob => {
            const nodeType = nodeTypes.find(({ name }) => name === target.nodeType.name) ?? target.nodeType;
            return { target: { ...target, nodeType }, commit: build.pullRequest.headSha, state: 'not ended' };
          })
        : [],
    );
}
