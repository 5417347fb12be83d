import { isSameRepository } from '../../jobs/forge-names.ts';
import { escapeMarkdown } from '../../messages/escape-markdown.ts';
import { md } from '../../messages/markdown.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import { compareDigits, type DeploymentFacts, type JobToDeploy, planUploads } from './plan-uploads.ts';
import { whyNotBuilt, whyPassedOver } from './why-passed-over.ts';

/** What a deployment would do with an artefact, or with a job that has none. */
export interface Previewed<Job extends JobToDeploy> {
  readonly job: Job;
  /** Absent: the job lists none. */
  readonly artefact?: string;
  /** Absent: it would be uploaded. */
  readonly whyNot?: Markdown;
}

/** What the label would do now with each artefact of the pull request, by the rules of the deployment. */
export function planPreview<Job extends JobToDeploy>(facts: DeploymentFacts<Job>): Previewed<Job>[] {
  const { policy, repository, jobs } = facts;
  const own = jobs.filter((job) => isSameRepository(job.repository, repository));
  const decisions = planUploads(facts);
  const passedOver = whyPassedOver(facts);
  const whyNot = (job: Job, artefact?: string): Markdown => {
    if (policy === 'none') return md`this instance uploads nothing: its \`upload_policy\` is \`none\``;
    const told = passedOver.find((each) => each.job === job && (each.artefact ?? artefact) === artefact);
    return told?.reason ?? (job.status === 'SUCCESS' ? md`another of its payload is uploaded` : whyNotBuilt(job));
  };
  const preview = (job: Job, artefact: string): Previewed<Job> => {
    const decision = decisions.find((each) => each.job === job && each.artefact === artefact);
    if (decision === undefined) return { job, artefact, whyNot: whyNot(job, artefact) };
    return { job, artefact, ...(decision.refused !== undefined && { whyNot: escapeMarkdown(decision.refused) }) };
  };
  return own
    .toSorted((a, b) => compareDigits(a.id, b.id))
    .flatMap((job): Previewed<Job>[] => {
      const names = [...new Set(job.artefacts.map(({ name }) => name))];
      if (names.length === 0) return [{ job, whyNot: whyNot(job) }];
      return names.map((artefact) => preview(job, artefact));
    });
}
