import { type ApiAnswer, type ApiCall, apiError, notFound, pageOf } from './api-answer.ts';
import { commentBody, pullRequestBody, reactionBody, repositoryBody } from './api-bodies.ts';
import { addComment, addReaction, changeComment } from './change-comments.ts';
import { type Comment, commentsOn, type Issue, isPullRequest, type PullRequest, type Repository } from './state.ts';

const longestComment = 65_536;

/** What can be asked of a repository, its pull requests and comments, by the operation's id in GitHub's description. */
export const repositoryOperations: Readonly<Record<string, (call: ApiCall) => ApiAnswer>> = {
  'repos/get': (call) =>
    withRepository(call, (repository) => ({
      status: 200,
      body: { ...repositoryBody(call.state, repository), network_count: 0, subscribers_count: 0 },
    })),

  'pulls/get': (call) =>
    withPullRequest(call, (pullRequest) => ({
      status: 200,
      body: pullRequestBody(call.state, pullRequest),
    })),

  'issues/list-comments': (call) =>
    withIssue(call, 'issue_number', (issue) => {
      const since = new Date(call.query.get('since') ?? 0);
      const comments = commentsOn(issue).filter((comment) => comment.updatedAt >= since);
      return pageOf(call, comments, (comment) => commentBody(call.state, comment));
    }),

  'issues/create-comment': (call) =>
    withIssue(call, 'issue_number', (issue) => {
      if (issue.locked) return apiError(403, 'Unable to create comment because issue is locked.');
      const body = String(call.body['body']);
      const refusal = refuseBody(body);
      if (refusal !== undefined) return refusal;
      const comment = addComment(call.state, issue, call.user, body);
      void call.webhooks.deliver({
        event: 'issue_comment',
        action: 'created',
        issue,
        comment,
        sender: call.user,
      });
      const answer = commentBody(call.state, comment);
      return { status: 201, body: answer, headers: { location: String(answer['url']) } };
    }),

  'issues/get-comment': (call) =>
    withComment(call, (comment) => ({ status: 200, body: commentBody(call.state, comment) })),

  'issues/update-comment': (call) =>
    withComment(call, (comment, issue) => {
      const body = String(call.body['body']);
      const refusal = refuseBody(body);
      if (refusal !== undefined) return refusal;
      const before = changeComment(call.state, comment, body);
      void call.webhooks.deliver({
        event: 'issue_comment',
        action: 'edited',
        issue,
        comment,
        sender: call.user,
        before,
      });
      return { status: 200, body: commentBody(call.state, comment) };
    }),

  'reactions/create-for-issue-comment': (call) =>
    withComment(call, (comment) => {
      const { reaction, isNew } = addReaction(call.state, comment, call.user, String(call.body['content']));
      return { status: isNew ? 201 : 200, body: reactionBody(call.state, reaction) };
    }),

  'reactions/list-for-issue-comment': (call) =>
    withComment(call, (comment) => {
      const content = call.query.get('content');
      const reactions = comment.reactions.filter((reaction) => content === null || reaction.content === content);
      return pageOf(call, reactions, (reaction) => reactionBody(call.state, reaction));
    }),
};

function withRepository(call: ApiCall, answer: (repository: Repository) => ApiAnswer): ApiAnswer {
  const { owner, repo } = call.parameters;
  const repository = call.state.repositories.get(`${owner}/${repo}`.toLowerCase());
  if (repository === undefined) return notFound;
  if (repository.archived && call.method !== 'GET') return apiError(403, 'Repository was archived so is read-only.');
  return answer(repository);
}

function withIssue(call: ApiCall, parameter: string, answer: (issue: Issue) => ApiAnswer): ApiAnswer {
  return withRepository(call, (repository) => {
    const issue = repository.issues.get(Number(call.parameters[parameter]));
    return issue === undefined ? notFound : answer(issue);
  });
}

function withPullRequest(call: ApiCall, answer: (pullRequest: PullRequest) => ApiAnswer): ApiAnswer {
  return withIssue(call, 'pull_number', (issue) => (isPullRequest(issue) ? answer(issue) : notFound));
}

function withComment(call: ApiCall, answer: (comment: Comment, issue: Issue) => ApiAnswer): ApiAnswer {
  return withRepository(call, (repository) => {
    const comment = repository.comments.get(Number(call.parameters['comment_id']));
    const issue = repository.issues.get(comment?.number ?? Number.NaN);
    return comment === undefined || issue === undefined ? notFound : answer(comment, issue);
  });
}

function refuseBody(body: string): ApiAnswer | undefined {
  const why =
    body.trim() === ''
      ? "Body can't be blank"
      : [...body].length > longestComment
        ? `Body is too long (maximum is ${longestComment} characters)`
        : undefined;
  if (why === undefined) return undefined;
  return apiError(422, 'Validation Failed', [
    { resource: 'IssueComment', code: 'unprocessable', field: 'data', message: why },
  ]);
}
