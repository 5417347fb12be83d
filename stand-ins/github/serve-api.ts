import type { KeyObject } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ApiAnswer, type ApiCall, apiError, notFound } from './api-answer.ts';
import { appOperations, installationOperations } from './app-operations.ts';
import { checkOperations } from './check-operations.ts';
import type { Webhooks } from './deliver-webhooks.ts';
import type { JsonObject } from './example-payloads.ts';
import type { Faults } from './faults.ts';
import type { ApiRequest } from './github-stand-in.ts';
import { type MatchedOperation, matchOperation } from './openapi-description.ts';
import { repositoryOperations } from './repository-operations.ts';
import { type Account, accountOf, botOf, type State, userOfToken } from './state.ts';
import { verifyAppToken } from './verify-app-token.ts';

const requestsPerHour = 5000;

interface Api {
  readonly state: State;
  readonly webhooks: Webhooks;
  readonly faults: Faults;
  readonly publicKey: KeyObject;
}

/** Answers one request of the REST API, unless a fault was ordered for it. */
export async function serveApi(api: Api, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { state } = api;
  const text = await readText(request);
  if (text === 'cut off') return;
  const url = new URL(`${state.serverUrl}${request.url ?? '/'}`);
  const path = byName(state, url.pathname.slice(new URL(state.apiUrl).pathname.length));
  const operation = matchOperation(request.method ?? 'GET', path);
  const record: ApiRequest = {
    method: request.method ?? 'GET',
    path: `${path}${url.search}`,
    operationId: operation?.operationId,
    at: new Date(),
    status: undefined,
  };
  state.requests.push(record);
  state.changes.emit('change');

  const fault = api.faults.take(operation?.operationId);
  if (fault === 'hang') return;
  if (fault === 'cut-before') return void request.socket.destroy();
  const answer =
    typeof fault === 'object'
      ? faultyAnswer(fault)
      : (redirect(state, record.method, path, url.search) ?? answerRequest(api, request, record, operation, url, text));
  if (fault === 'cut-after-applying') return void request.socket.destroy();
  record.status = answer.status;
  if (fault === 'cut-in-answer') return sendHalf(request, response, answer);
  send(state, response, answer);
  state.changes.emit('change');
}

function answerRequest(
  api: Api,
  request: IncomingMessage,
  record: ApiRequest,
  operation: MatchedOperation | undefined,
  url: URL,
  text: string,
): ApiAnswer {
  const violate = (problems: readonly string[]) =>
    api.state.violations.push(...problems.map((problem) => `${record.method} ${record.path}: ${problem}`));
  if (operation === undefined) {
    violate(['no operation of openapi.json (perhaps extract-openapi.ts should take it in)']);
    return notFound;
  }
  const body = parseBody(text);
  if (body === 'not JSON') {
    violate(['the body is no JSON']);
    return apiError(400, 'Problems parsing JSON');
  }
  const user = authenticate(api, request, operation);
  if ('status' in user) return user;
  const problems = operation.checkRequest(url.searchParams, body);
  violate(problems);
  if (problems.length > 0) return apiError(422, `Invalid request.\n\n${problems.join('\n')}`);

  const { parameters } = operation;
  const address = `${url.origin}${url.pathname}`;
  const call: ApiCall = {
    ...api,
    method: record.method,
    user,
    parameters,
    query: url.searchParams,
    body: body ?? {},
    address,
  };
  const operate = operations[operation.operationId];
  if (operate === undefined) throw new Error(`${operation.operationId} is in openapi.json, but nothing here does it.`);
  const answer = operate(call);
  violate(operation.checkResponse(answer.status, answer.body));
  return answer;
}

/** A repository can be named by its number too: that is where GitHub redirects to. */
function byName(state: State, path: string): string {
  const [, id, rest] = /^\/repositories\/(\d+)(\/.*)?$/.exec(path) ?? [];
  const repository = [...state.repositories.values()].find((each) => String(each.id) === id);
  return repository === undefined ? path : `/repos/${repository.fullName}${rest ?? ''}`;
}

/** Of a repository that was renamed or transferred. GitHub answers 301 to who reads and 307 to who writes. */
function redirect(state: State, method: string, path: string, query: string): ApiAnswer | undefined {
  const [, fullName = '', rest] = /^\/repos\/([^/]+\/[^/]+)(\/.*)?$/.exec(path) ?? [];
  const repository = state.formerNames.get(fullName.toLowerCase());
  if (repository === undefined || state.repositories.has(fullName.toLowerCase())) return undefined;
  const location = `${state.apiUrl}/repositories/${repository.id}${rest ?? ''}${query}`;
  const body = { message: 'Moved Permanently', url: location, documentation_url: 'https://docs.github.com/rest' };
  return { status: method === 'GET' ? 301 : 307, body, headers: { location } };
}

const operations: Readonly<Record<string, (call: ApiCall) => ApiAnswer>> = {
  ...appOperations,
  ...installationOperations,
  ...repositoryOperations,
  ...checkOperations,
  'rate-limit/get': ({ state }) => {
    const core = rateLimit(state);
    return {
      status: 200,
      body: { resources: { core, search: { ...core, limit: 30, remaining: 30, used: 0 } }, rate: core },
    };
  },
};

/** Who asks, or the refusal. */
function authenticate(api: Api, request: IncomingMessage, operation: MatchedOperation): Account | ApiAnswer {
  // The code is the proof.
  if (operation.operationId === 'apps/create-from-manifest') return accountOf(api.state, 'app-owner');
  const [scheme = '', token = ''] = (request.headers.authorization ?? '').split(' ');
  if (!/^(bearer|token)$/i.test(scheme)) return apiError(401, 'Requires authentication');
  if (operation.operationId in appOperations) {
    const problem = verifyAppToken(token, api.state.app.id, api.publicKey, new Date());
    return problem === undefined ? botOf(api.state) : apiError(problem.status, problem.message);
  }
  const user = userOfToken(api.state, token);
  if (user?.type === 'Bot' && api.state.installation === 'suspended') {
    return apiError(403, 'This installation has been suspended');
  }
  const isRevoked = user?.type === 'Bot' && api.state.installation === 'removed';
  return user === undefined || isRevoked ? apiError(401, 'Bad credentials') : user;
}

function faultyAnswer(fault: { status: number; headers?: Readonly<Record<string, string>>; body?: string }): ApiAnswer {
  const { status, headers = {} } = fault;
  return {
    ...apiError(status, 'Ordered by a test'),
    headers,
    ...(fault.body === undefined ? {} : { body: fault.body }),
  };
}

function send(state: State, response: ServerResponse, answer: ApiAnswer): void {
  const { limit, remaining, reset, used } = rateLimit(state);
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'x-github-media-type': 'github.v3; format=json',
    'x-github-request-id': `STAND:${state.requests.length}`,
    'x-ratelimit-limit': limit,
    'x-ratelimit-remaining': remaining,
    'x-ratelimit-reset': reset,
    'x-ratelimit-used': used,
    'x-ratelimit-resource': 'core',
    ...answer.headers,
  };
  const { body } = answer;
  response.writeHead(answer.status, headers);
  response.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
}

/** As a connection ends that breaks: the length is announced, and does not come. */
function sendHalf(request: IncomingMessage, response: ServerResponse, { status, body }: ApiAnswer): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': text.length });
  response.write(text.slice(0, text.length / 2), () => request.socket.destroy());
}

/** Counted, but never enforced: a test orders a fault where it wants a limit. */
function rateLimit(state: State): { limit: number; remaining: number; reset: number; used: number } {
  const used = state.requests.length % requestsPerHour;
  const reset = Math.floor(Date.now() / 1000) + 3600;
  return { limit: requestsPerHour, remaining: requestsPerHour - used, reset, used };
}

async function readText(request: IncomingMessage): Promise<string | 'cut off'> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk);
  } catch {
    return 'cut off'; // the client was killed while it was sending: nothing was asked
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseBody(text: string): JsonObject | undefined | 'not JSON' {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return 'not JSON';
  }
}
