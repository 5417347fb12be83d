import { examplePayload, type JsonObject } from './example-payloads.ts';
import {
  type Account,
  accountOf,
  botOf,
  type Comment,
  commentsOn,
  type Issue,
  isPullRequest,
  issueOf,
  type PullRequest,
  type Reaction,
  type Repository,
  type State,
} from './state.ts';

const issueCommentExample = examplePayload('issue_comment', 'created');
const pullRequestExample = examplePayload('pull_request', 'labeled');
const reactionContents = ['+1', '-1', 'laugh', 'hooray', 'confused', 'heart', 'rocket', 'eyes'];

/** As GitHub writes a time: without fractions. */
export function isoTime(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}

export function accountBody(state: State, account: Account): JsonObject {
  return {
    ...relocate(state, part(issueCommentExample, 'sender'), [
      ['Codertocat', encodeURIComponent(account.login)],
      ['/u/21031067', `/u/${account.id}`],
    ]),
    login: account.login,
    id: account.id,
    node_id: nodeId('User', account.id),
    type: account.type,
    html_url: `${state.serverUrl}/${account.type === 'Bot' ? `apps/${account.login.replace('[bot]', '')}` : account.login}`,
  };
}

export function organizationBody(state: State, account: Account): JsonObject {
  return {
    ...relocate(state, part(issueCommentExample, 'organization'), [
      ['Octocoders', account.login],
      ['/u/38302899', `/u/${account.id}`],
    ]),
    id: account.id,
    node_id: nodeId('Organization', account.id),
  };
}

export function repositoryBody(state: State, repository: Repository): JsonObject {
  const open = [...repository.issues.values()].filter((issue) => issue.state === 'open').length;
  return {
    ...relocate(state, part(issueCommentExample, 'repository'), [['Codertocat/Hello-World', repository.fullName]]),
    id: repository.id,
    node_id: nodeId('Repository', repository.id),
    name: repository.name,
    owner: accountBody(state, repository.owner),
    private: repository.private,
    visibility: repository.private ? 'private' : 'public',
    default_branch: repository.defaultBranch,
    has_discussions: false,
    open_issues: open,
    open_issues_count: open,
    created_at: isoTime(repository.createdAt),
    updated_at: isoTime(repository.createdAt),
    pushed_at: isoTime(repository.createdAt),
  };
}

export function labelBody(state: State, repository: Repository, name: string): JsonObject {
  const id = repository.labels.get(name) ?? 0;
  return {
    id,
    node_id: nodeId('Label', id),
    url: `${state.apiUrl}/repos/${repository.fullName}/labels/${encodeURIComponent(name)}`,
    name,
    color: 'ededed',
    default: false,
    description: null,
  };
}

export function commentBody(state: State, comment: Comment): JsonObject {
  const url = `${state.apiUrl}/repos/${comment.repository.fullName}/issues/comments/${comment.id}`;
  return {
    ...part(issueCommentExample, 'comment'),
    url,
    html_url: `${pageOf(state, issueOf(state, comment.repository.fullName, comment.number))}#issuecomment-${comment.id}`,
    issue_url: `${state.apiUrl}/repos/${comment.repository.fullName}/issues/${comment.number}`,
    id: comment.id,
    node_id: nodeId('IssueComment', comment.id),
    user: accountBody(state, comment.author),
    created_at: isoTime(comment.createdAt),
    updated_at: isoTime(comment.updatedAt),
    author_association: comment.author.type === 'Bot' ? 'NONE' : 'CONTRIBUTOR',
    performed_via_github_app: comment.author === botOf(state) ? appBody(state) : null,
    body: comment.body,
    reactions: reactionRollup(`${url}/reactions`, comment.reactions),
  };
}

export function reactionBody(state: State, reaction: Reaction): JsonObject {
  return {
    id: reaction.id,
    node_id: nodeId('Reaction', reaction.id),
    user: accountBody(state, reaction.user),
    content: reaction.content,
    created_at: isoTime(reaction.createdAt),
  };
}

export function issueBody(state: State, issue: Issue): JsonObject {
  const { repository, number } = issue;
  const url = `${state.apiUrl}/repos/${repository.fullName}/issues/${number}`;
  return {
    ...relocate(state, part(issueCommentExample, 'issue'), [
      ['Codertocat/Hello-World', repository.fullName],
      ['/issues/1', `/issues/${number}`],
    ]),
    ...commonFields(state, issue),
    html_url: pageOf(state, issue),
    comments: commentsOn(issue).length,
    reactions: reactionRollup(`${url}/reactions`, []),
    ...(isPullRequest(issue) ? { pull_request: pullRequestLinks(state, issue) } : {}),
  };
}

/** By these one knows an issue that is a pull request. */
function pullRequestLinks(state: State, pullRequest: PullRequest): JsonObject {
  const html = pageOf(state, pullRequest);
  return {
    url: `${state.apiUrl}/repos/${pullRequest.repository.fullName}/pulls/${pullRequest.number}`,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    merged_at: pullRequest.merge === undefined ? null : timeOrNull(pullRequest.closedAt),
  };
}

/** Where people see an issue or a pull request. */
function pageOf(state: State, issue: Issue): string {
  return `${state.serverUrl}/${issue.repository.fullName}/${isPullRequest(issue) ? 'pull' : 'issues'}/${issue.number}`;
}

export function pullRequestBody(state: State, pullRequest: PullRequest): JsonObject {
  const { repository, number, merge, size } = pullRequest;
  const example = part(pullRequestExample, 'pull_request');
  const ref = (branch: string, sha: string) => ({
    label: `${repository.owner.login}:${branch}`,
    ref: branch,
    sha,
    user: accountBody(state, repository.owner),
    repo: repositoryBody(state, repository),
  });
  return {
    ...relocate(state, example, [
      ['Codertocat/Hello-World', repository.fullName],
      ['/pulls/2', `/pulls/${number}`],
      ['/pull/2', `/pull/${number}`],
      ['/issues/2', `/issues/${number}`],
      [String(part(example, 'head')['sha']), pullRequest.headSha],
    ]),
    ...commonFields(state, pullRequest),
    head: ref(pullRequest.branch, pullRequest.headSha),
    base: ref(pullRequest.base, pullRequest.baseSha),
    requested_reviewers: [],
    merged: merge !== undefined,
    merged_at: merge === undefined ? null : timeOrNull(pullRequest.closedAt),
    merged_by: merge === undefined ? null : accountBody(state, merge.by),
    merge_commit_sha: merge?.sha ?? null,
    comments: commentsOn(pullRequest).length,
    commits: size.commits,
    additions: size.additions,
    deletions: size.deletions,
    changed_files: size.files,
  };
}

/** The App, as GET /app shows it. */
export function appBody(state: State): JsonObject {
  return {
    id: state.app.id,
    slug: state.app.slug,
    node_id: nodeId('App', state.app.id),
    client_id: `Iv1.${state.app.id.toString(16).padStart(16, '0')}`,
    owner: accountBody(state, accountOf(state, 'app-owner')),
    name: state.app.slug,
    description: '',
    external_url: 'https://www.eessi.io',
    html_url: `${state.serverUrl}/apps/${state.app.slug}`,
    created_at: isoTime(state.startedAt),
    updated_at: isoTime(state.startedAt),
    permissions: appPermissions(state),
    events: state.appSettings.events,
  };
}

/** What the App may. */
export const appPermissions = ({ permissions, appSettings }: State) => ({
  ...Object.fromEntries([...permissions].map((name) => [name, 'write'])),
  ...appSettings.permissions,
});

/** What an issue and a pull request have in common. */
function commonFields(state: State, issue: Issue): JsonObject {
  return {
    id: issue.id,
    node_id: nodeId(isPullRequest(issue) ? 'PullRequest' : 'Issue', issue.id),
    number: issue.number,
    title: issue.title,
    body: issue.body,
    user: accountBody(state, issue.author),
    labels: [...issue.labels].map((name) => labelBody(state, issue.repository, name)),
    state: issue.state,
    locked: issue.locked,
    active_lock_reason: null,
    assignee: null,
    assignees: [],
    milestone: null,
    author_association: 'CONTRIBUTOR',
    created_at: isoTime(issue.createdAt),
    updated_at: isoTime(issue.updatedAt),
    closed_at: timeOrNull(issue.closedAt),
  };
}

function reactionRollup(url: string, reactions: readonly Reaction[]): JsonObject {
  const count = (content: string) => reactions.filter((reaction) => reaction.content === content).length;
  return {
    url,
    total_count: reactions.length,
    ...Object.fromEntries(reactionContents.map((content) => [content, count(content)])),
  };
}

/** A copy of a part of an example, its addresses on this server and the given pieces of text replaced. */
function relocate(state: State, example: JsonObject, pieces: readonly (readonly [string, string])[]): JsonObject {
  const host = new URL(state.serverUrl).host;
  const replacements = [
    ...pieces,
    ['https://api.github.com', state.apiUrl] as const,
    ['https://github.com', state.serverUrl] as const,
    ['git://github.com', `git://${host}`] as const,
    ['git@github.com', `git@${host.split(':')[0]}`] as const,
  ];
  return JSON.parse(
    replacements.reduce((json, [from, to]) => json.replaceAll(from, () => to), JSON.stringify(example)),
  );
}

function part(example: JsonObject, key: string): JsonObject {
  return example[key] as JsonObject;
}

function timeOrNull(date: Date | undefined): string | null {
  return date === undefined ? null : isoTime(date);
}

export function nodeId(kind: string, id: number): string {
  return Buffer.from(`0${kind.length}:${kind}${id}`).toString('base64');
}
