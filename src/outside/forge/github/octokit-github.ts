import { App } from '@octokit/app';
import { Octokit } from '@octokit/rest';
import { type Clock, machineClock } from '../../../daemon/clock.ts';
import {
  type Check,
  type Comment,
  type DeliveryList,
  type Forge,
  RefusedByForge,
  type RepositoryName,
  type RequestFacts,
} from '../forge.ts';
import { nextPage, toEntry, toSentDelivery } from './app-deliveries.ts';
import { toCheckRun, toCommitStatus } from './check-runs.ts';
import { Doubts } from './doubts.ts';
import { fetchWhole, type Waiting } from './fetch-whole.ts';
import { mayBeTheToken } from './judge-failure.ts';
import { RateLimit } from './rate-limit.ts';

export interface GitHubOptions {
  readonly appId: number;
  /** PEM, PKCS#1 or PKCS#8. */
  readonly privateKey: string;
  readonly installationId: number;
  /** `https://api.github.com` */
  readonly apiUrl: string;
  /** Gets the Date header of each answer. */
  readonly onDate?: (date: string | null) => void;
  /** Gets each request that was sent, and what the answer tells of the budget. */
  readonly onRequest?: (facts: RequestFacts) => void;
  /** Runs each wait for an answer. */
  readonly waiting?: Waiting;
}

const answerWithinMilliseconds = 30_000;
const userAgent = 'build-test-deploy-bot';

/** GitHub by its REST API, as an installation of a GitHub App; deliveries as the App itself. */
export function octokitGitHub(options: GitHubOptions, { monotonic }: Clock = machineClock): Forge & DeliveryList {
  const { onDate = () => {}, waiting, onRequest } = options;
  const request = { fetch: fetchWhole(answerWithinMilliseconds, onDate, waiting, onRequest) };
  const app = new App({
    appId: options.appId,
    privateKey: options.privateKey,
    Octokit: Octokit.defaults({ baseUrl: options.apiUrl, userAgent, request }),
    log: { debug() {}, info() {}, warn() {}, error() {} }, // errors are thrown, and logged by the caller
  });
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
          // A refusal: nothing was done. A new token tells whether the old one was the reason, or the installation is.
          await client.auth({ type: 'installation', refresh: true });
          return await call(client);
        }
      }),
    );
  const repeatable = <T>(subject: string, call: (client: Octokit) => Promise<T>) =>
    asInstallation(subject, 'repeatable', call);
  const asApp = <T>(subject: string, call: (client: Octokit) => Promise<T>): Promise<T | 'gone'> =>
    doubts.ask(subject, () => limitOfApp.ask('repeatable', () => call(app.octokit as Octokit)));
  let ownLogin: string | undefined;

  return {
    addReaction: (repository, commentId, reaction) =>
      repeatable(commentIn(repository, commentId), async ({ rest }) => {
        await rest.reactions.createForIssueComment({ ...fields(repository), comment_id: commentId, content: reaction });
        return 'done' as const;
      }),

    createComment: (repository, issue, body) =>
      asInstallation(issueIn(repository, issue), 'once-only', async ({ rest }) =>
        toComment((await rest.issues.createComment({ ...fields(repository), issue_number: issue, body })).data),
      ),

    updateComment: (repository, commentId, body) =>
      repeatable(commentIn(repository, commentId), async ({ rest }) => {
        await rest.issues.updateComment({ ...fields(repository), comment_id: commentId, body });
        return 'done' as const;
      }),

    readComment: (repository, commentId) =>
      repeatable(commentIn(repository, commentId), async ({ rest }) =>
        toComment((await rest.issues.getComment({ ...fields(repository), comment_id: commentId })).data),
      ),

    async listComments(repository, issue) {
      const all = await repeatable(issueIn(repository, issue), async (client) => {
        const parameters = { ...fields(repository), issue_number: issue, per_page: 100 };
        return (await client.paginate(client.rest.issues.listComments, parameters)).map(toComment);
      });
      return all === 'gone' ? [] : all;
    },

    readPullRequest: (repository, number) =>
      repeatable(issueIn(repository, number), async ({ rest }) => {
        const { data } = await rest.pulls.get({ ...fields(repository), pull_number: number });
        return { number, baseBranch: data.base.ref, headSha: data.head.sha };
      }),

    createCheck: (repository, check) =>
      asInstallation(commitIn(repository, check), 'once-only', async ({ rest }) => ({
        id: idOf((await rest.checks.create({ ...fields(repository), ...toCheckRun(check) })).data),
      })),

    updateCheck: (repository, id, check) =>
      repeatable(`check ${id} of ${commitIn(repository, check)}`, async ({ rest }) => {
        const { head_sha: _, ...changed } = toCheckRun(check);
        await rest.checks.update({ ...fields(repository), check_run_id: id, ...changed });
        return 'done' as const;
      }),

    findCheck: (repository, check) =>
      repeatable(commitIn(repository, check), async (client) => {
        const { commit, name, identity } = check;
        const which = { ref: commit, check_name: name, app_id: options.appId, filter: 'all', per_page: 100 } as const;
        const all = await client.paginate(client.rest.checks.listForRef, { ...fields(repository), ...which });
        const found = all.find((run) => run.external_id === identity);
        return found && { id: idOf(found) };
      }),

    setCommitStatus: (repository, check) =>
      repeatable(commitIn(repository, check), async ({ rest }) => {
        const status = toCommitStatus(check);
        await rest.repos.createCommitStatus({ ...fields(repository), sha: check.commit, ...status });
        return 'done' as const;
      }),

    readToken: async () =>
      orThrow(
        await repeatable(
          'the token',
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
        const parameters = { delivery_id: id as unknown as number }; // put into the path as it is
        return toSentDelivery((await client.request('GET /app/hook/deliveries/{delivery_id}', parameters)).data);
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

/** Otherwise the answer to a redirect that lost its method would pass for what was made. */
function idOf({ id }: { readonly id: number | bigint }): number {
  if (typeof id !== 'number' || !Number.isSafeInteger(id))
    throw new LostAnswer('the answer does not tell what was made');
  return id;
}

const fields = (repository: { owner: string; name: string }) => ({ owner: repository.owner, repo: repository.name });
const commentIn = ({ owner, name }: RepositoryName, id: number) => `comment ${id} in ${owner}/${name}`;
const commitIn = ({ owner, name }: RepositoryName, { commit }: Pick<Check, 'commit'>) => `${owner}/${name}@${commit}`;
const issueIn = ({ owner, name }: RepositoryName, number: number) => `${owner}/${name}#${number}`;
