import type { Octokit } from '@octokit/rest';
import { type Clock, machineClock } from '../../../daemon/clock.ts';
import {
  type Comment,
  type DeliveryList,
  type Forge,
  RefusedByForge,
  type RepositoryName,
  type RequestFacts,
} from '../forge.ts';
import { nextPage, parametersOf, toEntry, toSentDelivery } from './app-deliveries.ts';
import { toCheckRun, toCommitStatus } from './check-runs.ts';
import { Doubts } from './doubts.ts';
import { fetchWhole, type Waiting } from './fetch-whole.ts';
import { mayBeTheToken } from './judge-failure.ts';
import { type AppOptions, octokitApp } from './octokit-app.ts';
import { ownerLogin } from './owner-login.ts';
import { RateLimit } from './rate-limit.ts';

interface GitHubOptions extends AppOptions {
  readonly installationId: number;
  /** Gets the Date header of each answer. */
  readonly onDate?: (date: string | null) => void;
  /** Called for each request that was sent, with the rate limit in the answer. */
  readonly onRequest?: (facts: RequestFacts) => void;
  /** Runs each wait for an answer. */
  readonly waiting?: Waiting;
}

const answerWithinMilliseconds = 30_000;

/** GitHub by its REST API, as an installation of a GitHub App; deliveries as the App itself. */
export function octokitGitHub(options: GitHubOptions, { monotonic }: Clock = machineClock): Forge & DeliveryList {
  const { onDate = () => {}, waiting, onRequest } = options;
  const app = octokitApp(options, fetchWhole(answerWithinMilliseconds, onDate, waiting, onRequest));
  let installation: Promise<Octokit> | undefined;
  const octokit = () => {
    installation ??= app.getInstallationOctokit(options.installationId) as Promise<Octokit>;
    return installation;
  };
  // GitHub counts requests of an installation and of its App separately.
  const [limitOfInstallation, limitOfApp] = [new RateLimit(monotonic), new RateLimit(monotonic)];
  const doubts = new Doubts(monotonic);

  const asInstallation = <T>(
    subject: string,
    kind: 'repeatable' | 'once-only',
    call: (client: Octokit) => Promise<T>,
  ): Promise<T | 'gone'> =>
    doubts.ask(subject, () =>
      limitOfInstallation.ask(kind, async () => {
        const client = await octokit();
        try {
          return await call(client);
        } catch (error) {
          if (!mayBeTheToken(error)) throw error;
          // It was refused: nothing was done. A new token shows whether the old one or the installation is at fault.
          await client.auth({ type: 'installation', refresh: true });
          return await call(client);
        }
      }),
    );
  const once = <T>(repository: RepositoryName, subject: string, call: (client: Octokit) => Promise<T>) =>
    asInstallation(subjectIn(repository, subject), 'once-only', call);
  const repeatable = <T>(repository: RepositoryName, subject: string, call: (client: Octokit) => Promise<T>) =>
    asInstallation(subjectIn(repository, subject), 'repeatable', call);
  const asApp = <T>(subject: string, call: (client: Octokit) => Promise<T>): Promise<T | 'gone'> =>
    doubts.ask(subject, () => limitOfApp.ask('repeatable', () => call(app.octokit as Octokit)));
  let ownLogin: string | undefined;

  return {
    addReaction: ({ repository }, commentId, reaction) =>
      repeatable(repository, `comment ${commentId}`, async ({ rest }) => {
        await rest.reactions.createForIssueComment({ ...fields(repository), comment_id: commentId, content: reaction });
        return 'done' as const;
      }),

    createComment: ({ repository, pullRequest }, body) =>
      once(repository, `#${pullRequest}`, async ({ rest }) =>
        toComment((await rest.issues.createComment({ ...fields(repository), issue_number: pullRequest, body })).data),
      ),

    updateComment: ({ repository }, commentId, body) =>
      repeatable(repository, `comment ${commentId}`, async ({ rest }) => {
        await rest.issues.updateComment({ ...fields(repository), comment_id: commentId, body });
        return 'done' as const;
      }),

    readComment: ({ repository }, commentId) =>
      repeatable(repository, `comment ${commentId}`, async ({ rest }) =>
        toComment((await rest.issues.getComment({ ...fields(repository), comment_id: commentId })).data),
      ),

    async listComments({ repository, pullRequest }) {
      const all = await repeatable(repository, `#${pullRequest}`, async (client) => {
        const parameters = { ...fields(repository), issue_number: pullRequest, per_page: 100 };
        return (await client.paginate(client.rest.issues.listComments, parameters)).map(toComment);
      });
      return all === 'gone' ? [] : all;
    },

    readPullRequest: ({ repository, pullRequest: number }) =>
      repeatable(repository, `#${number}`, async ({ rest }) => {
        const { data } = await rest.pulls.get({ ...fields(repository), pull_number: number });
        return { number, baseBranch: data.base.ref, headSha: data.head.sha };
      }),

    createCheck: (repository, check) =>
      once(repository, `commit ${check.commit}`, async ({ rest }) => ({
        id: idOf((await rest.checks.create({ ...fields(repository), ...toCheckRun(check) })).data),
      })),

    updateCheck: (repository, id, check) =>
      repeatable(repository, `check ${id}`, async ({ rest }) => {
        const { head_sha: _, ...changed } = toCheckRun(check);
        await rest.checks.update({ ...fields(repository), check_run_id: id, ...changed });
        return 'done' as const;
      }),

    findCheck: (repository, check) =>
      repeatable(repository, `commit ${check.commit}`, async (client) => {
        const { commit, name, identity } = check;
        const which = { ref: commit, check_name: name, app_id: options.appId, filter: 'all', per_page: 100 } as const;
        const all = await client.paginate(client.rest.checks.listForRef, { ...fields(repository), ...which });
        const found = all.find((run) => run.external_id === identity);
        return found && { id: idOf(found) };
      }),

    setCommitStatus: (repository, check) =>
      repeatable(repository, `commit ${check.commit}`, async ({ rest }) => {
        const status = toCommitStatus(check);
        await rest.repos.createCommitStatus({ ...fields(repository), sha: check.commit, ...status });
        return 'done' as const;
      }),

    readToken: async () =>
      orThrow(
        await asInstallation(
          'the token',
          'repeatable',
          async (client) => ((await client.auth({ type: 'installation' })) as { token: string }).token,
        ),
      ),

    async readOwnLogin() {
      ownLogin ??= orThrow(
        await asApp('the App', async (client) => `${(await client.request('GET /app')).data?.slug}[bot]`),
      );
      return ownLogin;
    },

    listDeliveries: async (page) =>
      orThrow(
        await asApp('the list of deliveries', async (client) => {
          const parameters = { per_page: 100, ...(page !== undefined && { cursor: page }) };
          const { data, headers } = await client.request('GET /app/hook/deliveries', parameters);
          return { entries: data.map(toEntry), ...nextPage(headers.link) };
        }),
      ),

    readDelivery: (id) =>
      asApp(`delivery ${id}`, async (client) => {
        return toSentDelivery((await client.request('GET /app/hook/deliveries/{delivery_id}', parametersOf(id))).data);
      }),
  };
}

/** For what exists as long as the App does. */
function orThrow<T>(answer: T | 'gone'): T {
  if (answer !== 'gone') return answer as T;
  throw new RefusedByForge(
    'GitHub does not know the App any more, or lets it read nothing: look at app_id and private_key',
  );
}

/** Judged like a missing answer. */
class LostAnswer extends Error {
  readonly status = 500;
}

interface CommentData {
  readonly id: number | bigint;
  readonly html_url: string;
  readonly body?: string | null;
  readonly user?: { readonly login: string; readonly type: string } | null;
  readonly created_at: string;
}

function toComment(data: CommentData): Comment {
  return {
    id: idOf(data),
    url: data.html_url,
    body: data.body ?? '',
    author: { login: data.user?.login ?? 'ghost', isBot: data.user?.type === 'Bot' },
    createdAt: data.created_at,
  };
}

/** Checks that something was made: after a redirect that lost its method, the answer would be another one. */
function idOf({ id }: { readonly id: number | bigint }): number {
  if (typeof id !== 'number' || !Number.isSafeInteger(id))
    throw new LostAnswer('the answer does not tell what was made');
  return id;
}

const subjectIn = ({ owner, name }: RepositoryName, subject: string) => `${owner}/${name} ${subject}`;

function fields({ owner, name }: RepositoryName) {
  if (!ownerLogin.test(owner)) throw new RefusedByForge(`GitHub has no repository of the name ${owner}/${name}`);
  return { owner, repo: name };
}
