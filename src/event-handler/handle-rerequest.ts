import { findPullRequests } from '../jobs/known-pull-request.ts';
import { prField } from '../jobs/log-fields.ts';
import { type BuiltJob, isSameTarget } from './commands/built-jobs.ts';
import type { CommandLine } from './commands/command.ts';
import type { CommandName } from './commands/commands.ts';
import { handleCommands } from './comment/handle-comment.ts';
import { commandGiven } from './comment/parse-comment.ts';
import { readBuiltJobs } from './comment/read-built-jobs.ts';
import type { RerequestRoute } from './events/route.ts';
import type { HandledDelivery } from './receive/inbox.ts';
import type { Tools } from './tools.ts';

/** *Re-run* was pressed, of one check or of all: handled as `bot: retry` of their targets. */
export async function handleRerequest(route: RerequestRoute, delivery: HandledDelivery, tools: Tools): Promise<void> {
  const { settings, log } = tools;
  if (route.appId !== settings.github.appId) return log.info('a re-run of checks of another App: ignored');
  const pullRequest = route.pullRequest ?? (await findPullRequest(route, delivery, tools));
  if (pullRequest === undefined)
    return log.info(
      { commit: route.commit },
      'no pull request found that this commit was built for: nothing is built again',
    );
  const request = {
    ...{ ...route, pullRequest, at: delivery.receivedAt },
    parse: () => commandGiven(route, titleOf(route), retryOf(route, settings.appName), settings),
    about: (built: readonly BuiltJob[]) => meantBy(route, built),
  };
  // Otherwise the log has the field already.
  const logged = route.pullRequest === undefined ? { ...tools, log: log.child(prField(request)) } : tools;
  await handleCommands(request, delivery, logged);
}

/** For a fork, GitHub does not say which pull request a commit belongs to. */
async function findPullRequest(
  { repository, commit }: RerequestRoute,
  { guid, inbox }: HandledDelivery,
  tools: Pick<Tools, 'settings' | 'log'>,
): Promise<number | undefined> {
  for (const pullRequest of await findPullRequests(tools.settings.stateDir, repository, commit)) {
    const { jobs: built } = await readBuiltJobs({ repository, pullRequest }, guid, inbox, tools);
    if (built.some((job) => job.commit === commit)) return pullRequest;
  }
  return undefined;
}

/** The earlier jobs whose targets are to be built again. */
function meantBy({ check, commit }: RerequestRoute, built: readonly BuiltJob[]): readonly BuiltJob[] {
  const asked = built.filter((job) => (check === undefined ? job.commit === commit : job.check === check.identity));
  return built.filter((job) => asked.some(({ target }) => isSameTarget(target, job.target)));
}

/** Builds the commit of the check, or nothing: somebody may have pushed since. */
function retryOf({ commit }: RerequestRoute, appName: string): CommandLine<CommandName> {
  const sha = commit.slice(0, 12);
  const instance = { component: 'instance', pattern: appName.replaceAll(/[^\w-]/g, '.') } as const;
  const expanded = `retry instance:${instance.pattern} sha:${sha}`;
  return { kind: 'command', name: 'retry', filters: [instance], sha, words: [], expanded };
}

const titleOf = ({ check }: RerequestRoute) => (check === undefined ? 'Re-run all checks' : `Re-run ${check.name}`);
