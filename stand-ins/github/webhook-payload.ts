import {
  accountBody,
  commentBody,
  issueBody,
  labelBody,
  organizationBody,
  pullRequestBody,
  repositoryBody,
} from './api-bodies.ts';
import { examplePayload, type JsonObject } from './example-payloads.ts';
import type { Account, Comment, Issue, PullRequest, Repository, State } from './state.ts';

/** Something that GitHub tells the App. */
export type Happening =
  | { readonly event: 'ping' }
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
      events: ['issue_comment', 'pull_request'],
      deliveries_url: `${state.apiUrl}/app/hook/deliveries`,
    },
  };
}
