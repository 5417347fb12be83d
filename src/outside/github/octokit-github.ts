import { App } from '@octokit/app';
import { Octokit } from '@octokit/rest';
import { nextPage, toEntry, toSentDelivery } from './app-deliveries.ts';
import type { Comment, DeliveryList, GitHub } from './github.ts';
import { judgeFailure } from './judge-failure.ts';

export interface GitHubOptions {
  readonly appId: number;
  /** PEM, PKCS#1 or PKCS#8. */
  readonly privateKey: string;
  readonly installationId: number;
  /** `https://api.github.com` */
  readonly apiUrl: string;
}

const answerWithinMilliseconds = 30_000;
const userAgent = 'build-test-deploy-bot';

type Call<T> = () => Promise<T>;

/** GitHub by its REST API, as an installation of a GitHub App; the list of deliveries as the App itself. */
export function octokitGitHub(options: GitHubOptions): GitHub & DeliveryList {
  const limitedFetch: typeof fetch = (url, init) =>
    fetch(url, { ...init, signal: AbortSignal.timeout(answerWithinMilliseconds) });
  const app = new App({
    appId: options.appId,
    privateKey: options.privateKey,
    Octokit: Octokit.defaults({ baseUrl: options.apiUrl, userAgent, request: { fetch: limitedFetch } }),
    log: { debug() {}, info() {}, warn() {}, error() {} }, // what goes wrong is thrown, and logged by the caller
  });
  let installation: Promise<Octokit> | undefined;
  const octokit = () => {
    installation ??= app.getInstallationOctokit(options.installationId) as Promise<Octokit>;
    return installation;
  };

  /** A request that is safe to do twice. */
  const repeatable = async <T>(call: Call<T>): Promise<T | 'gone'> => {
    try {
      return await call();
    } catch (error) {
      return judgeFailure(error, 'repeatable');
    }
  };

  /** For what cannot be gone while the App is installed. */
  const readOrThrow = async <T>(call: Call<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      judgeFailure(error, 'repeatable');
      throw error;
    }
  };
  let ownLogin: string | undefined;

  return {
    addReaction: (repository, commentId, reaction) =>
      repeatable(async () => {
        const { rest } = await octokit();
        await rest.reactions.createForIssueComment({ ...fields(repository), comment_id: commentId, content: reaction });
        return 'done' as const;
      }),

    async createComment(repository, issue, body) {
      try {
        const { rest } = await octokit();
        const { data } = await rest.issues.createComment({ ...fields(repository), issue_number: issue, body });
        return toComment(data);
      } catch (error) {
        return judgeFailure(error, 'once-only');
      }
    },

    updateComment: (repository, commentId, body) =>
      repeatable(async () => {
        const { rest } = await octokit();
        await rest.issues.updateComment({ ...fields(repository), comment_id: commentId, body });
        return 'done' as const;
      }),

    readComment: (repository, commentId) =>
      repeatable(async () => {
        const { rest } = await octokit();
        return toComment((await rest.issues.getComment({ ...fields(repository), comment_id: commentId })).data);
      }),

    async listComments(repository, issue) {
      const all = await repeatable(async () => {
        const client = await octokit();
        const parameters = { ...fields(repository), issue_number: issue, per_page: 100 };
        return (await client.paginate(client.rest.issues.listComments, parameters)).map(toComment);
      });
      return all === 'gone' ? [] : all;
    },

    readPullRequest: (repository, number) =>
      repeatable(async () => {
        const { rest } = await octokit();
        const { data } = await rest.pulls.get({ ...fields(repository), pull_number: number });
        return { number, baseBranch: data.base.ref, headSha: data.head.sha };
      }),

    readToken: () =>
      readOrThrow(async () => ((await (await octokit()).auth({ type: 'installation' })) as { token: string }).token),

    async readOwnLogin() {
      ownLogin ??= await readOrThrow(async () => `${(await app.octokit.request('GET /app')).data?.slug}[bot]`);
      return ownLogin;
    },

    listDeliveries: (page) =>
      readOrThrow(async () => {
        const parameters = { per_page: 100, ...(page !== undefined && { cursor: page }) };
        const { data, headers } = await app.octokit.request('GET /app/hook/deliveries', parameters);
        return { entries: data.map(toEntry), ...nextPage(headers.link) };
      }),

    readDelivery: (id) =>
      repeatable(async () => {
        const parameters = { delivery_id: id as unknown as number }; // put into the path as it is
        return toSentDelivery((await app.octokit.request('GET /app/hook/deliveries/{delivery_id}', parameters)).data);
      }),
  };
}

interface CommentData {
  readonly id: number;
  readonly html_url: string;
  readonly body?: string | null;
  readonly user?: { readonly login: string; readonly type: string } | null;
  readonly created_at: string;
}

function toComment(data: CommentData): Comment {
  return {
    id: data.id,
    url: data.html_url,
    body: data.body ?? '',
    author: { login: data.user?.login ?? 'ghost', isBot: data.user?.type === 'Bot' },
    createdAt: data.created_at,
  };
}

const fields = (repository: { owner: string; name: string }) => ({ owner: repository.owner, repo: repository.name });
