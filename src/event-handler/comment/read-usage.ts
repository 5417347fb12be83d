import { pullRequestKey } from '../../jobs/forge-names.ts';
import { type JobLink, readHandovers, readSubmitted } from '../../jobs/handovers.ts';
import { type JobRecord, readJobRecord } from '../../jobs/job-record.ts';
import type { OfPullRequest } from '../../outside/forge/forge.ts';
import { type Account, isSameAccount } from '../../permissions.ts';
import { routeIfUnderstood, type Sender, senderOf } from '../events/route.ts';
import type { Inbox } from '../receive/inbox.ts';
import type { Tools } from '../tools.ts';
import { parsePlan } from './kept-plan.ts';
import { parseComment } from './parse-comment.ts';
import { hourMilliseconds, type PriorUsage, type Usage } from './within-limits.ts';

// Usage is counted from the disk: the deliveries of the last hour, the open plans, the jobs that have not ended. So a restart forgets
// nothing, and a duplicate delivery is not counted twice.

type EarlierComments = Pick<Inbox, 'commentsSince' | 'openPlans'>;
type Needed = Pick<Tools, 'settings' | 'webhooks'>;

/** Whose usage something is: an account's, and a pull request's. */
interface Owned {
  readonly by: Account | undefined;
  /** `owner/name#number`, in lower case. */
  readonly pullRequest: string;
}

/** How much GitHub's clock and this machine's may differ. */
const skewMilliseconds = 10 * 60 * 1000;

/** What the usage before it is read for. */
type Request = OfPullRequest & Sender & { readonly at: string; readonly commentId?: number };

/** Prior usage, and when this was asked for. */
export async function readUsage(request: Request, inbox: EarlierComments, tools: Needed): Promise<Usage> {
  const at = new Date(request.at);
  const commands = await readCommands(request, at, inbox, tools);
  const jobs = await readJobs(inbox, tools);
  const prior = (isIts: (owned: Owned) => boolean): PriorUsage => ({
    waitingJobs: jobs.filter(isIts).reduce((sum, { count }) => sum + count, 0),
    commandsAt: commands
      .filter(isIts)
      .flatMap(({ count, at: typedAt }) => Array.from({ length: count }, () => typedAt)),
  });
  const sender = senderOf(request);
  return {
    at,
    user: prior(({ by }) => by !== undefined && isSameAccount(by, sender)),
    pullRequest: prior(({ pullRequest }) => pullRequest === pullRequestKey(request)),
  };
}

/** Earlier comments of the last hour (GitHub's ids only grow), with the number of their commands. */
async function readCommands(
  { commentId = Number.POSITIVE_INFINITY }: Request,
  at: Date,
  inbox: EarlierComments,
  { settings, webhooks }: Needed,
) {
  const hourBefore = at.getTime() - hourMilliseconds;
  const deliveries = await inbox.commentsSince(new Date(hourBefore - skewMilliseconds));
  const earlier = new Map<number, Owned & { readonly at: Date; readonly count: number }>();
  for (const delivery of deliveries) {
    const each = routeIfUnderstood(delivery, webhooks);
    if (each?.kind !== 'comment') continue;
    const typedAt = new Date(each.comment.createdAt);
    if (each.comment.id >= commentId || typedAt.getTime() <= hourBefore) continue;
    const parsed = parseComment(each, settings);
    const count = parsed.kind === 'ignored' ? 0 : parsed.commands.filter(({ heard }) => heard === 'heard').length;
    earlier.set(each.comment.id, { by: senderOf(each), pullRequest: pullRequestKey(each), at: typedAt, count });
  }
  return [...earlier.values()];
}

/** Jobs that have not ended, and jobs in open plans. */
async function readJobs(inbox: EarlierComments, { settings }: Needed): Promise<(Owned & { readonly count: number })[]> {
  const plans = (await inbox.openPlans()).flatMap((value) => parsePlan(value) ?? []);
  const ordered = plans.flatMap((plan) =>
    plan.commands
      .filter(({ build, result }) => (build !== undefined || plan.unplaced) && result === undefined)
      .flatMap(({ build, outcome }) => {
        if (!('targets' in outcome)) return [];
        const owned = { by: senderOf(plan), pullRequest: pullRequestKey(plan) };
        return [{ ...owned, runDir: build?.runDir, count: outcome.targets.length }];
      }),
  );
  const isOrdered = ({ directory }: JobLink) =>
    ordered.some(({ runDir }) => runDir !== undefined && directory.startsWith(`${runDir}/`));
  const handedOver = await readHandovers(settings.stateDir); // read before the submitted ones: the job manager may take one over meanwhile
  const links = [...handedOver, ...(await readSubmitted(settings.jobManager.jobIdsDir))];
  const byId = new Map<string, JobLink>(links.map((link) => [link.id, link]));
  const jobs: (Owned & { readonly count: number })[] = [];
  for (const link of byId.values()) {
    if (isOrdered(link)) continue;
    const reading = await readJobRecord(link.directory).catch(() => undefined);
    if (reading?.kind === 'record' && reading.record.phase !== 'finished')
      jobs.push({ ...ownerOf(reading.record), count: 1 });
  }
  return [...ordered, ...jobs];
}

const ownerOf = (record: JobRecord): Owned => ({ by: record.orderedBy, pullRequest: pullRequestKey(record) });
