import {
  accountBody,
  appBody,
  commentBody,
  isoTime,
  issueBody,
  labelBody,
  organizationBody,
  pullRequestBody,
  repositoryBody,
} from './api-bodies.ts';
import { checkRunBody } from './check-operations.ts';
import { examplePayload, type JsonObject } from './example-payloads.ts';
import type { Account, CheckRun, Comment, Issue, PullRequest, Repository, State } from './state.ts';

/** Something that GitHub tells the App. */
export type Happening =
  | { readonly event: 'ping' }
  | {
      readonly event: 'check_run' | 'check_suite';
      readonly action: 'rerequested';
      /** One of the suite. */
      readonly checkRun: CheckRun;
      readonly sender: Account;
    }
  | CommentHappening
  | ({
      readonly event: 'pull_request';
      readonly pullRequest: PullRequest;
      readonly sender: Account;
    } & PullRequestAction);

type CommentHappening = {
  readonly event: 'issue_comment';
  readonly action: 'created' | 'edited' | 'deleted';
  readonly issue: Issue;
  readonly comment: Comment;
  readonly sender: Account;
  /** Body before an edit. */
  readonly before?: string;
};

type PullRequestAction =
  | { readonly action: 'opened' | 'closed' | 'reopened' }
  | { readonly action: 'labeled' | 'unlabeled'; readonly label: string }
  | { readonly action: 'synchronize'; readonly before: string; readonly after: string };

/** The body of a webhook: GitHub's example of it with what is ours put in. */
export function webhookPayload(state: State, happening: Happening): JsonObject {
  switch (happening.event) {
    case 'ping':
      return pingPayload(state);
    case 'issue_comment':
      return {
        ...examplePayload('issue_comment', happening.action),
        issue: issueBody(state, happening.issue),
        comment: commentBody(state, happening.comment),
        ...(happening.before === undefined ? {} : { changes: { body: { from: happening.before } } }),
        ...surroundings(state, happening.issue.repository, happening.sender),
      };
    case 'check_run':
    case 'check_suite':
      return checkPayload(state, happening);
    case 'pull_request':
      return {
        ...examplePayload('pull_request', happening.action),
        number: happening.pullRequest.number,
        pull_request: pullRequestBody(state, happening.pullRequest),
        ...('label' in happening ? { label: labelBody(state, happening.pullRequest.repository, happening.label) } : {}),
        ...('after' in happening ? { before: happening.before, after: happening.after } : {}),
        ...surroundings(state, happening.pullRequest.repository, happening.sender),
      };
  }
}

function checkPayload(
  state: State,
  { event, action, checkRun, sender }: Extract<Happening, { readonly event: 'check_run' | 'check_suite' }>,
): JsonObject {
  const example = examplePayload(event, action);
  const ofRun = example['check_run'] as JsonObject | undefined;
  const suite = {
    ...((ofRun?.['check_suite'] ?? example['check_suite']) as JsonObject),
    ...{ id: checkRun.suite, head_branch: null, head_sha: checkRun.sha, app: appBody(state), pull_requests: [] },
    ...{ status: 'queued', conclusion: null, updated_at: isoTime(new Date()) },
  };
  const what = ofRun
    ? { check_run: { ...ofRun, ...checkRunBody(state, checkRun), check_suite: suite } }
    : { check_suite: suite };
  return { ...example, ...what, ...surroundings(state, checkRun.repository, sender) };
}

function surroundings(state: State, repository: Repository, sender: Account): JsonObject {
  const id = state.app.installationId;
  return {
    repository: repositoryBody(state, repository),
    ...(repository.owner.type === 'Organization' ? { organization: organizationBody(state, repository.owner) } : {}),
    sender: accountBody(state, sender),
    installation: { id, node_id: Buffer.from(`023:IntegrationInstallation${id}`).toString('base64') },
  };
}

function pingPayload(state: State): JsonObject {
  const example = examplePayload('ping', undefined);
  const { url: _, ping_url: __, ...hook } = example['hook'] as JsonObject; // an organization's hook has these, an App's has not
  return {
    zen: example['zen'],
    hook_id: state.app.id,
    hook: {
      ...hook,
      type: 'App',
      id: state.app.id,
      app_id: state.app.id,
      events: state.appSettings.events,
      deliveries_url: `${state.apiUrl}/app/hook/deliveries`,
    },
  };
}
