import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  addCommits,
  makeBareRepository,
  mergeCommit,
  readBranch,
  readChangeSize,
  setReference,
} from './bare-repository.ts';
import { addComment, changeComment } from './change-comments.ts';
import type { Webhooks } from './deliver-webhooks.ts';
import type { Commit, Delivery, Story } from './github-stand-in.ts';
import {
  type Account,
  accountOf,
  commentOf,
  isPullRequest,
  issueOf,
  newIssue,
  nextId,
  type PullRequest,
  pullRequestOf,
  type Repository,
  repositoryOf,
  type State,
} from './state.ts';

/** What people do on this GitHub, each with the webhooks that it causes. */
export function tellStory(state: State, webhooks: Webhooks, directory: string): Story {
  const pullRequestTouched = (repository: string, number: number): PullRequest => {
    const pullRequest = pullRequestOf(state, repository, number);
    pullRequest.updatedAt = new Date();
    return pullRequest;
  };

  const labelled = new Map<PullRequest, Date>();

  return {
    createRepository: (repository) => createRepository(state, directory, repository),
    push: (repository, branch, commits, user) => push(state, webhooks, repository, branch, commits, user),
    openPullRequest: (repository, request) => openPullRequest(state, webhooks, repository, request),

    openIssue: (repository, user, title) => {
      const issue = newIssue(state, repositoryOf(state, repository), { user, title, body: '', number: undefined });
      issue.repository.issues.set(issue.number, issue);
      return issue.number;
    },
    comment: (repository, number, user, body) => {
      const issue = issueOf(state, repository, number);
      const sender = accountOf(state, user);
      const comment = addComment(state, issue, sender, body);
      return webhooks.deliver({ event: 'issue_comment', action: 'created', issue, comment, sender });
    },
    editComment: (repository, commentId, user, body) => {
      const comment = commentOf(state, repository, commentId);
      const before = changeComment(state, comment, body);
      const issue = issueOf(state, repository, comment.number);
      const sender = accountOf(state, user);
      return webhooks.deliver({ event: 'issue_comment', action: 'edited', issue, comment, sender, before });
    },
    deleteComment: (repository, commentId, user) => {
      const comment = commentOf(state, repository, commentId);
      comment.repository.comments.delete(commentId);
      state.changes.emit('change');
      const issue = issueOf(state, repository, comment.number);
      const sender = accountOf(state, user);
      return webhooks.deliver({ event: 'issue_comment', action: 'deleted', issue, comment, sender });
    },

    setLabel: async (repository, number, user, label) => {
      // Nobody sets a label twice in one second; the times that GitHub tells have no smaller parts.
      await secondIsOver(labelled.get(pullRequestOf(state, repository, number)));
      const pullRequest = pullRequestTouched(repository, number);
      labelled.set(pullRequest, pullRequest.updatedAt);
      const { labels } = pullRequest.repository;
      if (!labels.has(label)) labels.set(label, nextId(state));
      pullRequest.labels.add(label);
      state.changes.emit('change');
      const sender = accountOf(state, user);
      return webhooks.deliver({ event: 'pull_request', action: 'labeled', pullRequest, label, sender });
    },
    removeLabel: (repository, number, user, label) => {
      const pullRequest = pullRequestTouched(repository, number);
      pullRequest.labels.delete(label);
      state.changes.emit('change');
      const sender = accountOf(state, user);
      return webhooks.deliver({ event: 'pull_request', action: 'unlabeled', pullRequest, label, sender });
    },

    closePullRequest: (repository, number, user) =>
      close(state, webhooks, pullRequestTouched(repository, number), accountOf(state, user)),
    mergePullRequest: async (repository, number, user) => {
      const pullRequest = pullRequestTouched(repository, number);
      const message = `Merge pull request #${number} from ${pullRequest.branch}`;
      const { directory: bare } = pullRequest.repository;
      const sha = await mergeCommit(bare, pullRequest.base, pullRequest.headSha, message, user);
      const by = accountOf(state, user);
      pullRequest.merge = { sha, by };
      return close(state, webhooks, pullRequest, by);
    },
    reopenPullRequest: (repository, number, user) => {
      const pullRequest = pullRequestTouched(repository, number);
      pullRequest.state = 'open';
      pullRequest.closedAt = undefined;
      state.changes.emit('change');
      return webhooks.deliver({
        event: 'pull_request',
        action: 'reopened',
        pullRequest,
        sender: accountOf(state, user),
      });
    },

    lockConversation: (repository, number) => {
      issueOf(state, repository, number).locked = true;
      state.changes.emit('change');
    },
    deleteRepository: (repository) => {
      state.repositories.delete(repository.toLowerCase());
      state.changes.emit('change');
    },
    renameRepository: (before, after) => {
      const [owner = '', name = ''] = after.split('/');
      const repository = repositoryOf(state, before);
      Object.assign(repository, { owner: accountOf(state, owner, 'Organization'), name, fullName: after });
      state.repositories.delete(before.toLowerCase());
      state.repositories.set(after.toLowerCase(), repository);
      state.formerNames.set(before.toLowerCase(), repository);
      state.changes.emit('change');
    },
    archiveRepository: (repository) => {
      repositoryOf(state, repository).archived = true;
      state.changes.emit('change');
    },
    setInstallation: (installation) => {
      state.installation = installation;
      state.changes.emit('change');
    },
    setPermission: (permission, isGranted) => {
      if (isGranted) state.permissions.add(permission);
      else state.permissions.delete(permission);
      state.changes.emit('change');
    },
    rerequestChecks: (repository, checkId, user, which = 'check_run') => {
      const checkRun = repositoryOf(state, repository).checkRuns.get(checkId);
      if (checkRun === undefined) throw new Error(`There is no check run ${checkId} in ${repository}.`);
      return webhooks.deliver({ event: which, action: 'rerequested', checkRun, sender: accountOf(state, user) });
    },
    changeApp(changes) {
      state.appSettings = { ...state.appSettings, ...changes };
      state.changes.emit('change');
    },
    ping: () => webhooks.deliver({ event: 'ping' }),
    redeliver: (guid) => webhooks.redeliver(guid),
  };
}

async function createRepository(
  state: State,
  directory: string,
  {
    name: fullName,
    files,
    private: isPrivate = false,
    defaultBranch = 'main',
  }: Parameters<Story['createRepository']>[0],
): Promise<void> {
  const [owner = '', name = ''] = fullName.split('/');
  const repository: Repository = {
    id: nextId(state),
    owner: accountOf(state, owner, 'Organization'),
    name,
    fullName,
    archived: false,
    private: isPrivate,
    defaultBranch,
    createdAt: new Date(),
    directory: join(directory, `${fullName}.git`),
    issues: new Map(),
    labels: new Map(),
    comments: new Map(),
    commits: new Set(),
    checkRuns: new Map(),
    statuses: [],
  };
  await makeBareRepository(repository.directory, defaultBranch);
  await addCommits(repository.directory, defaultBranch, undefined, [{ message: 'Initial commit', files }], owner);
  state.repositories.set(fullName.toLowerCase(), repository);
  state.changes.emit('change');
}

async function push(
  state: State,
  webhooks: Webhooks,
  fullName: string,
  branch: string,
  commits: readonly Commit[],
  user = 'a-contributor',
): Promise<string> {
  const repository = repositoryOf(state, fullName);
  const { directory, defaultBranch } = repository;
  const from = (await readBranch(directory, branch)) ?? (await readBranch(directory, defaultBranch));
  const after = await addCommits(directory, branch, from, commits, user);
  for (const pullRequest of [...repository.issues.values()].filter(isPullRequest)) {
    if (pullRequest.branch !== branch || pullRequest.state !== 'open') continue;
    const before = pullRequest.headSha;
    await pointAtHead(pullRequest, after);
    state.changes.emit('change');
    const sender = accountOf(state, user);
    await webhooks.deliver({ event: 'pull_request', action: 'synchronize', pullRequest, sender, before, after });
  }
  return after;
}

async function openPullRequest(
  state: State,
  webhooks: Webhooks,
  fullName: string,
  {
    branch,
    user,
    commits = [],
    base,
    title = `Add ${branch}`,
    body = '',
    number,
  }: Parameters<Story['openPullRequest']>[1],
): Promise<number> {
  const repository = repositoryOf(state, fullName);
  const baseBranch = base ?? repository.defaultBranch;
  const baseSha = await readBranch(repository.directory, baseBranch);
  if (baseSha === undefined) throw new Error(`${fullName} has no branch ${baseBranch} to open a pull request to.`);
  const from = (await readBranch(repository.directory, branch)) ?? baseSha;
  const headSha = await addCommits(repository.directory, branch, from, commits, user);
  const pullRequest: PullRequest = {
    ...newIssue(state, repository, { user, title, body, number }),
    branch,
    base: baseBranch,
    baseSha,
    headSha,
    size: { commits: 0, additions: 0, deletions: 0, files: 0 },
    merge: undefined,
  };
  await pointAtHead(pullRequest, headSha);
  repository.issues.set(pullRequest.number, pullRequest);
  state.changes.emit('change');
  await webhooks.deliver({ event: 'pull_request', action: 'opened', pullRequest, sender: pullRequest.author });
  return pullRequest.number;
}

async function pointAtHead(pullRequest: PullRequest, sha: string): Promise<void> {
  const { directory } = pullRequest.repository;
  await setReference(directory, `refs/pull/${pullRequest.number}/head`, sha);
  pullRequest.headSha = sha;
  pullRequest.repository.commits.add(sha);
  pullRequest.size = await readChangeSize(directory, pullRequest.base, sha);
  pullRequest.updatedAt = new Date();
}

function close(state: State, webhooks: Webhooks, pullRequest: PullRequest, sender: Account): Promise<Delivery> {
  pullRequest.state = 'closed';
  pullRequest.closedAt = new Date();
  state.changes.emit('change');
  return webhooks.deliver({ event: 'pull_request', action: 'closed', pullRequest, sender });
}

/** Resolves once the second of that time is over. */
async function secondIsOver(at: Date | undefined): Promise<void> {
  const end = Math.floor((at?.getTime() ?? 0) / 1000) * 1000 + 1000;
  if (Date.now() < end) await setTimeout(end - Date.now());
}
