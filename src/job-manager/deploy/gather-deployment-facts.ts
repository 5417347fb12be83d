import { parseRepository } from '../../jobs/forge-names.ts';
import type { LedgerEntry } from '../../jobs/ledger.ts';
import { readUploadsBefore, type UploadNoted } from '../../jobs/of-another-bot/uploads-before.ts';
import type { OfPullRequest, RepositoryName } from '../../outside/forge/forge.ts';
import type { Settings } from '../../settings/settings.ts';
import type { DeploymentFacts, UploadedBefore } from './plan-uploads.ts';
import { type JobOnDisk, readJobsToDeploy } from './read-jobs-to-deploy.ts';

/** What a deployment of the pull request chooses from. `head`: the approved commit, if known. */
export async function gatherDeploymentFacts(
  { repository, pullRequest }: OfPullRequest,
  head: string | undefined,
  ledger: readonly LedgerEntry[],
  { deploy: { policy, staleArtefacts: stale }, build, stateDir }: Settings,
): Promise<DeploymentFacts<JobOnDisk>> {
  const jobs = await readJobsToDeploy(build.jobsBaseDir, pullRequest);
  const before = (await readUploadsBefore(stateDir)) ?? [];
  const uploadedBefore = uploadedBeforeOf(pullRequest, ledger, before);
  return { policy, repository, jobs, uploadedBefore, approval: { stale, ...(head !== undefined && { head }) } };
}

/** The uploads of a pull request number, of all repositories: from the ledger, and from the lists before there was one. */
function uploadedBeforeOf(
  pullRequest: number,
  ledger: readonly LedgerEntry[],
  before: readonly UploadNoted[],
): UploadedBefore[] {
  const uploads = [...ledger.filter(({ outcome }) => outcome === 'uploaded'), ...before];
  return uploads
    .filter((each) => each.pullRequest === pullRequest)
    .map(({ artefact, repository }) => ({ artefact, ...optional(parseRepository(repository ?? '')) }));
}

const optional = (repository: RepositoryName | undefined) => repository && { repository };
