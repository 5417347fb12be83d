import { findPullRequests } from '../jobs/known-head.ts';
import { prField } from '../jobs/log-fields.ts';
import { type BuiltJob, isSameTarget } from './commands/built-jobs.ts';
import type { CommandLine } from './commands/command.ts';
import type { CommandName } from './commands/commands.ts';
import { handleCommands } from './comment/handle-comment.ts';
import { commandGiven } from './comment/parse-comment.ts';
import { readBuiltJobs } from './comment/read-built-jobs.ts';
import type { CommentRoute, RerequestRoute } from './route.ts';
import type { Tools } from './tools.ts';

type Store = Parameters<typeof handleCommands>[2];

/** The button `Re-run` of a check, or of all: the command `retry`, of what they are of. It is answered as if it had been typed. */
export async function handleRerequest(
  route: RerequestRoute,
  delivery: string,
  receivedAt: string,
  store: Store,
  tools: Tools,
): Promise<void> {
  const { settings, log } = tools;
  if (route.appId !== settings.github.appId) return log.info('the checks of another App are to be run again');
  const pullRequest = route.pullRequest ?? (await findPullRequest(route, delivery, store, tools));
  if (pullRequest === undefined)
    return log.info({ commit: route.commit }, 'no pull request of which this commit was built: nothing is run again');
  const comment = asIfTyped({ ...route, pullRequest }, receivedAt);
  const line = retryOf(route, settings.github.appName);
  await handleCommands(
    {
      comment,
      read: () => commandGiven(comment, titleOf(route), line, settings),
      button: { about: (built) => meantBy(route, built) },
    },
    delivery,
    store,
    route.pullRequest === undefined ? { ...tools, log: log.child(prField(comment)) } : tools, // else it has it
  );
}

/** GitHub does not tell of which pull request a commit of a fork is. */
async function findPullRequest(
  { repository, commit }: RerequestRoute,
  delivery: string,
  { inbox }: Store,
  tools: Tools,
): Promise<number | undefined> {
  for (const pullRequest of await findPullRequests(tools.settings.stateDir, repository, commit)) {
    const { jobs: built } = await readBuiltJobs({ repository, pullRequest }, delivery, inbox, tools);
    if (built.some((job) => job.commit === commit)) return pullRequest;
  }
  return undefined;
}

/** Of what was built before, the targets that are to be built again. */
function meantBy({ check, commit }: RerequestRoute, built: readonly BuiltJob[]): readonly BuiltJob[] {
  const asked = built.filter((job) => (check === undefined ? job.commit === commit : job.check === check.identity));
  return built.filter((job) => asked.some(({ target }) => isSameTarget(target, job.target)));
}

/** The commit that the check is of, or nothing: a push may have come between. */
function retryOf({ commit }: RerequestRoute, appName: string): CommandLine<CommandName> {
  const sha = commit.slice(0, 12);
  const instance = { component: 'instance', pattern: appName.replaceAll(/[^\w-]/g, '.') } as const;
  const expanded = `retry instance:${instance.pattern} sha:${sha}`;
  return { kind: 'command', name: 'retry', filters: [instance], sha, words: [], expanded };
}

const titleOf = ({ check }: RerequestRoute) => (check === undefined ? 'Re-run all checks' : `Re-run ${check.name}`);

function asIfTyped(
  { repository, pullRequest, sender, senderId, senderIsBot }: RerequestRoute & { readonly pullRequest: number },
  createdAt: string,
): CommentRoute {
  return {
    ...{ kind: 'comment', action: 'created', isPullRequest: true, repository, pullRequest, sender, senderIsBot },
    ...(senderId !== undefined && { senderId }),
    comment: { id: Number.MAX_SAFE_INTEGER, body: '', createdAt }, // later than all that count against a limit
  };
}
