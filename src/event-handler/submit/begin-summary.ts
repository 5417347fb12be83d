import { beginSummary, type SummarizedJob } from '../../jobs/summaries.ts';
import { dashed } from '../../messages/first-comment.ts';
import type { Settings } from '../../settings/settings.ts';
import type { JobToBuild } from './build-job.ts';
import type { BuildOrder } from './build-order.ts';

/** Orders a summary from the job manager, one comment with all jobs of a command, if the site wants that. Idempotent. */
export async function beginSummaryOf(
  order: BuildOrder,
  jobs: readonly JobToBuild[],
  { control, dialect, stateDir }: Settings,
): Promise<void> {
  if (!control.summary) return;
  const { repository, pullRequest, orderedBy, runDir } = order;
  await beginSummary(stateDir, runDir, {
    version: 1,
    repository,
    pullRequest: pullRequest.number,
    by: orderedBy.login,
    commit: pullRequest.headSha,
    jobs: jobs.map((job) => summarized(job, dialect)),
  });
}

function summarized({ directory, target }: JobToBuild, dialect: Settings['dialect']): SummarizedJob {
  const { repositoryId, nodeType, forArch, forAccelerator, onAccelerator } = target;
  const on = place(dashed(nodeType[dialect.architecture]), onAccelerator);
  return { directory, repositoryId, for: place(forArch, forAccelerator), on };
}

const place = (arch: string, accelerator: string | undefined) =>
  accelerator === undefined ? { arch } : { arch, accelerator };
