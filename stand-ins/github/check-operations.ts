import { type ApiAnswer, type ApiCall, apiError, notFound, pageOf } from './api-answer.ts';
import { accountBody, appBody, isoTime, nodeId } from './api-bodies.ts';
import type { JsonObject } from './example-payloads.ts';
import { type CheckRun, type CommitStatus, nextId, type Repository, type State } from './state.ts';

/** What is shown beside commits, by the operation's id in GitHub's description. */
export const checkOperations: Readonly<Record<string, (call: ApiCall) => ApiAnswer>> = {
  'checks/create': (call) =>
    permitted(call, 'checks', (repository) => {
      const sha = String(call.body['head_sha']);
      if (!repository.commits.has(sha)) return apiError(422, `No commit found for SHA: ${sha}`);
      const run: CheckRun = {
        id: nextId(call.state),
        repository,
        sha,
        suite: suiteOf(call.state, repository, sha),
        ...noCheck,
      };
      repository.checkRuns.set(run.id, run);
      return { status: 201, body: changed(call, run) };
    }),

  'checks/update': (call) =>
    permitted(call, 'checks', (repository) => {
      const run = repository.checkRuns.get(Number(call.parameters['check_run_id']));
      return run === undefined ? notFound : { status: 200, body: changed(call, run) };
    }),

  'checks/list-for-ref': (call) =>
    permitted(call, 'checks', (repository) => {
      const { query, parameters, state } = call;
      const isMeant = ({ sha, name }: CheckRun) =>
        sha === parameters['ref'] && (query.get('check_name') ?? name) === name && isOfApp(query.get('app_id'), state);
      const found = [...repository.checkRuns.values()].filter(isMeant).reverse();
      const page = pageOf(call, found, (run) => checkRunBody(state, run));
      return { ...page, body: { total_count: found.length, check_runs: page.body } };
    }),

  'repos/create-commit-status': (call) =>
    permitted(call, 'statuses', (repository) => {
      const { body, parameters, state, user } = call;
      const { sha = '' } = parameters;
      if (!repository.commits.has(sha)) return apiError(422, `No commit found for SHA: ${sha}`);
      const description = textOrNull(body['description']);
      if ((description ?? '').length > 140) return apiError(422, 'Validation Failed');
      const status: CommitStatus = {
        ...{ id: nextId(state), sha, createdAt: new Date(), description },
        context: String(body['context'] ?? 'default'),
        state: String(body['state']),
        targetUrl: textOrNull(body['target_url']),
      };
      repository.statuses.push(status);
      state.changes.emit('change');
      const url = `${state.apiUrl}/repos/${repository.fullName}/statuses/${sha}`;
      return { status: 201, body: { url, avatar_url: null, creator: accountBody(state, user), ...statusBody(status) } };
    }),
};

/** All Apps of this GitHub are one. */
const isOfApp = (id: string | null, { app }: State) => id === null || id === String(app.id);

function permitted(
  call: ApiCall,
  permission: 'checks' | 'statuses',
  answer: (repository: Repository) => ApiAnswer,
): ApiAnswer {
  const { owner, repo } = call.parameters;
  const repository = call.state.repositories.get(`${owner}/${repo}`.toLowerCase());
  if (repository === undefined) return notFound;
  if (!call.state.permissions.has(permission)) return apiError(403, 'Resource not accessible by integration');
  return answer(repository);
}

const noCheck = {
  ...{
    name: '',
    externalId: '',
    status: 'queued',
    conclusion: null,
    detailsUrl: null,
    startedAt: null,
    completedAt: null,
  },
  ...{ title: null, summary: null, text: null },
};

/** GitHub keeps a suite per App and commit. */
function suiteOf(state: State, { checkRuns }: Repository, sha: string): number {
  return [...checkRuns.values()].find((run) => run.sha === sha)?.suite ?? nextId(state);
}

function changed({ state, body }: ApiCall, run: CheckRun): JsonObject {
  const output = (body['output'] ?? {}) as JsonObject;
  const texts = {
    name: body['name'],
    externalId: body['external_id'],
    status: body['status'] ?? (body['conclusion'] === undefined ? undefined : 'completed'),
    conclusion: body['conclusion'],
    detailsUrl: body['details_url'],
    startedAt: body['started_at'],
    completedAt: body['completed_at'],
    ...{ title: output['title'], summary: output['summary'], text: output['text'] },
  };
  Object.assign(run, Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined)));
  state.changes.emit('change');
  return checkRunBody(state, run);
}

/** A check run as the API shows it, and webhooks. */
export function checkRunBody(state: State, run: CheckRun): JsonObject {
  const { id, repository, sha, suite } = run;
  const url = `${state.apiUrl}/repos/${repository.fullName}/check-runs/${id}`;
  const { title, summary, text } = run;
  return {
    ...{ id, node_id: nodeId('CheckRun', id), head_sha: sha, external_id: run.externalId, url, name: run.name },
    html_url: `${state.serverUrl}/${repository.fullName}/runs/${id}`,
    details_url: run.detailsUrl,
    ...{ status: run.status, conclusion: run.conclusion, started_at: run.startedAt, completed_at: run.completedAt },
    output: { title, summary, text, annotations_count: 0, annotations_url: `${url}/annotations` },
    check_suite: { id: suite },
    app: appBody(state),
    pull_requests: [], // as of a fork
  };
}

const statusBody = ({ id, state, description, targetUrl, context, createdAt }: CommitStatus) => ({
  ...{ id, node_id: nodeId('StatusContext', id), state, description, target_url: targetUrl, context },
  ...{ created_at: isoTime(createdAt), updated_at: isoTime(createdAt) },
});

const textOrNull = (value: unknown) => (typeof value === 'string' ? value : null);
