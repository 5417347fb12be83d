import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startWebhooks } from './deliver-webhooks.ts';
import { newFaults } from './faults.ts';
import type { CommentView, GitHubOptions, GitHubStandIn, PullRequestView } from './github-stand-in.ts';
import { seedDeliveries } from './seed-deliveries.ts';
import { serveApi } from './serve-api.ts';
import { serveGit } from './serve-git.ts';
import {
  accountOf,
  botOf,
  type Comment,
  type CommitStatus,
  commentsOn,
  issueOf,
  newState,
  type PullRequest,
  pullRequestOf,
  repositoryOf,
  type State,
} from './state.ts';
import { tellStory } from './story.ts';
import { waitFor } from './wait-for.ts';

const patienceSeconds = 180;

/** Starts a small GitHub on a free port of 127.0.0.1: REST API, webhooks, git over HTTP. */
export async function startGitHub(options: GitHubOptions): Promise<GitHubStandIn> {
  await mkdir(options.directory, { recursive: true });
  const privateKeyPem = options.app.privateKey ?? makePrivateKey();
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const state = newState(options.app, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const webhooks = startWebhooks(
    state,
    options.webhookSecret,
    options.webhookUrl ?? (() => undefined),
    options.writeBody,
  );
  const faults = newFaults();
  const api = { state, webhooks, faults, publicKey: createPublicKey(privateKeyPem) };
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    if (!request.url?.startsWith('/api/v3')) {
      const fault = faults.take('git');
      if (fault === undefined) return serveGit(state, options.directory, request, response);
      if (typeof fault === 'string') return void response.destroy();
      return void response.writeHead(fault.status, fault.headers).end(fault.body);
    }
    serveApi(api, request, response).catch((error: Error) => {
      state.violations.push(`${request.method} ${request.url}: ${error.stack}`);
      response.destroy();
    });
  };
  let latency = 0;
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (latency === 0) answer(request, response);
    else setTimeout(answer, latency, request, response);
  });

  return {
    ...tellStory(state, webhooks, options.directory),
    ...lookAt(state),
    apiUrl: state.apiUrl,
    serverUrl: state.serverUrl,
    privateKeyPem,
    personalToken: makePersonalToken(state),
    failNext: faults.failNext,
    answerAfter(milliseconds) {
      latency = milliseconds;
    },
    seedDeliveries: (repository, seeds) => seedDeliveries(state, webhooks, repository, seeds),
    registerApp() {
      const code = randomBytes(20).toString('hex');
      state.registrations.set(code, { pem: privateKeyPem, webhookSecret: options.webhookSecret });
      return code;
    },
    expireTokens() {
      for (const [token, { user }] of state.tokens) if (user.type === 'Bot') state.tokens.delete(token);
    },
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await Promise.all([closed, webhooks.stop()]);
      if (state.violations.length > 0) {
        throw new Error(`What passed did not fit GitHub’s description:\n${[...new Set(state.violations)].join('\n')}`);
      }
    },
  };
}

type Looking =
  | 'requests'
  | 'deliveries'
  | 'violations'
  | 'pullRequest'
  | 'checks'
  | 'statuses'
  | 'comments'
  | 'nextComment'
  | 'waitFor'
  | 'onChange';

function lookAt(state: State): Pick<GitHubStandIn, Looking> {
  const handedOut = new Set<number>();
  return {
    requests: state.requests,
    deliveries: state.deliveries,
    violations: state.violations,
    pullRequest: (repository, number) => pullRequestView(pullRequestOf(state, repository, number)),
    checks: (repository, sha) => {
      const all = [...repositoryOf(state, repository).checkRuns.values()].filter((run) => run.sha === sha);
      return all.map(({ repository: _, suite: __, ...view }) => view);
    },
    statuses: (repository, sha) => {
      const all = repositoryOf(state, repository).statuses.filter((status) => status.sha === sha);
      return [...new Map(all.map((status) => [status.context, status])).values()].map(statusView);
    },
    comments: (repository, number) => commentsOn(issueOf(state, repository, number)).map(commentView),
    waitFor: (what, look, limitSeconds = patienceSeconds) => waitFor(state, what, look, limitSeconds),
    async nextComment(fits = () => true, limitSeconds = patienceSeconds) {
      const isNext = ({ id, author }: Comment) => author === botOf(state) && !handedOut.has(id);
      const look = () => {
        const comments = [...state.repositories.values()].flatMap((repository) => [...repository.comments.values()]);
        const found = comments
          .filter(isNext)
          .map(commentView)
          .sort((a, b) => a.id - b.id)
          .find(fits);
        if (found !== undefined) handedOut.add(found.id);
        return found;
      };
      return waitFor(state, 'the next comment of the bot', look, limitSeconds);
    },
    onChange(listener) {
      state.changes.on('change', listener);
      return () => state.changes.off('change', listener);
    },
  };
}

function pullRequestView(pullRequest: PullRequest): PullRequestView {
  const { number, title, state, branch, base, headSha } = pullRequest;
  return {
    repository: pullRequest.repository.fullName,
    number,
    title,
    author: pullRequest.author.login,
    state,
    merged: pullRequest.merge !== undefined,
    branch,
    base,
    headSha,
    labels: [...pullRequest.labels],
  };
}

const statusView = ({ context, state, description, targetUrl }: CommitStatus) => ({
  ...{ context, state, description, targetUrl },
});

function commentView(comment: Comment): CommentView {
  const { id, number, body, createdAt, updatedAt } = comment;
  return {
    id,
    repository: comment.repository.fullName,
    number,
    author: comment.author.login,
    body,
    createdAt,
    updatedAt,
    reactions: comment.reactions.map(({ content, user }) => ({ content, user: user.login })),
  };
}

function makePrivateKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
}

function makePersonalToken(state: State): string {
  const token = `ghp_${randomBytes(18).toString('hex')}`;
  state.tokens.set(token, { user: accountOf(state, 'a-person'), expiresAt: new Date(8.64e15) });
  return token;
}
