import { createHash } from 'node:crypto';
import { z } from 'zod';
import { placeOrder } from '../../jobs/orders.ts';
import { previewKind } from '../../jobs/previews.ts';
import { md } from '../../messages/markdown.ts';
import { whyNoJob } from '../../messages/moved-job-dirs.ts';
import type { OfPullRequest } from '../../outside/forge/forge.ts';
import type { JobId } from '../../outside/slurm/slurm.ts';
import type { Settings } from '../../settings/settings.ts';
import { filtersShape, hasFilter, jobsNamed, matcherOf } from '../arguments/filter.ts';
import { type KnownJob, readKnownJobs, searchableOf } from '../cancel/read-known-jobs.ts';
import type { Command, CommandContext, CommandLine, Whose } from './command.ts';

const kept = z.object({ kind: z.literal('deploy'), filters: filtersShape });
type Kept = z.infer<typeof kept>;

/** The label `bot:deploy` in `bot: explain deploy`: it is parsed like a command. */
export const deployLabel = {
  name: 'deploy',
  permission: 'command',
  instead: md`builds nothing`,
  searches: () => ['instance', 'architecture', 'accelerator', 'repository', 'jobid'],
  kept,
  plan: ({ filters }: CommandLine): Kept => ({
    kind: 'deploy',
    filters: filters.filter(({ component }) => component !== 'instance'),
  }),
} as const satisfies Partial<Command>;

/** Orders a preview from the job manager, once per delivery. */
export async function orderPreview(
  { filters }: Kept,
  typed: string,
  { delivery, repository, pullRequest, orderedBy }: CommandContext,
  settings: Settings,
  now: Date,
): Promise<void> {
  const jobs = filters.length === 0 ? undefined : await jobsMatching(filters, { repository, pullRequest }, settings);
  await placeOrder(settings.stateDir, {
    ...{ version: 1, kind: previewKind, repository, pullRequest, by: orderedBy.login },
    ...{ delivery: previewOf(delivery, typed), at: now.toISOString(), typed: `explain ${typed}` },
    ...(jobs !== undefined && { jobs }),
  });
}

/** The id of an order. One comment may ask for several previews, with different filters. */
const previewOf = (delivery: string, typed: string) =>
  `${delivery}-preview-${createHash('sha256').update(typed).digest('hex').slice(0, 12)}`;

async function jobsMatching(filters: Kept['filters'], which: OfPullRequest, settings: Settings): Promise<JobId[]> {
  const ids = jobsNamed(filters);
  const matches = matcherOf(filters.filter(({ component }) => component !== 'jobid'));
  const known = await readKnownJobs(which, [], settings);
  const isMeant = ({ job, of }: KnownJob) => (ids.length === 0 || ids.includes(job.id)) && matches(searchableOf(of));
  return known.filter(isMeant).map(({ job }) => job.id);
}

/** Every instance hears the command. One without a job of the pull request answers only if it is named. */
export async function whoseDeployment(line: CommandLine, where: OfPullRequest, settings: Settings): Promise<Whose> {
  if (hasFilter(line.filters, 'instance')) return { kind: 'ours' };
  const known = await readKnownJobs(where, [], settings);
  return known.length > 0 ? { kind: 'ours' } : { kind: 'nothing-matches', reason: noJobHere };
}

const noJobHere = md`this instance has no job of this pull request, so it would upload nothing: ${whyNoJob}; build what is to be uploaded`;
