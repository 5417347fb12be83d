import { isSameRepository } from '../../jobs/forge-names.ts';
import { md } from '../../messages/markdown.ts';
import type { Markdown, RepositoryName } from '../../outside/forge/forge.ts';
import type { UploadPolicy } from '../../settings/settings.ts';
import { type Approval, type BuiltJob, compareDigits, planUploads, type UploadedBefore } from './plan-uploads.ts';
import { whyNotBuilt, whyPassedOver } from './why-passed-over.ts';

/** What a deployment would do with an artefact, or with a job that has none, and why. */
export interface Previewed<Job extends BuiltJob> {
  readonly job: Job;
  /** Absent: the job lists none. */
  readonly artefact?: string;
  readonly fate: Fate;
}

type Fate =
  | { readonly kind: 'upload' }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'passed over'; readonly why: Markdown };

/** What the label would do now with all that the jobs of a pull request have left: by the rules of the deployment itself. */
export function planPreview<Job extends BuiltJob>(
  policy: UploadPolicy,
  repository: RepositoryName,
  jobs: readonly Job[],
  uploadedBefore: readonly UploadedBefore[],
  approval: Approval,
): Previewed<Job>[] {
  const own = jobs.filter((job) => isSameRepository(job.repository, repository));
  const decisions = planUploads(policy, repository, jobs, uploadedBefore, approval);
  const passedOver = whyPassedOver(policy, repository, jobs, uploadedBefore, approval);
  const whyNot = (job: Job, artefact?: string): Markdown => {
    if (policy === 'none') return md`this instance uploads nothing: its \`upload_policy\` is \`none\``;
    const told = passedOver.find((each) => each.job === job && (each.artefact ?? artefact) === artefact);
    return told?.reason ?? (job.status === 'SUCCESS' ? md`another of its payload is uploaded` : whyNotBuilt(job));
  };
  const fateOf = (job: Job, artefact: string): Fate => {
    const decision = decisions.find((each) => each.job === job && each.artefact === artefact);
    if (decision === undefined) return { kind: 'passed over', why: whyNot(job, artefact) };
    return decision.refused === undefined ? { kind: 'upload' } : { kind: 'refused', why: decision.refused };
  };
  return own
    .toSorted((a, b) => compareDigits(a.id, b.id))
    .flatMap((job): Previewed<Job>[] => {
      const names = [...new Set(job.artefacts.map(({ name }) => name))];
      if (names.length === 0) return [{ job, fate: { kind: 'passed over', why: whyNot(job) } }];
      return names.map((artefact) => ({ job, artefact, fate: fateOf(job, artefact) }));
    });
}
