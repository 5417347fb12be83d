import { join } from 'node:path';
import { runProgram } from '../src/outside/processes/run-program.ts';
import { gitEnvironment } from '../stand-ins/git-environment.ts';
import type { CheckView, CommentView, PullRequestView } from '../stand-ins/github/github-stand-in.ts';
import type { QueueRow, Site } from './site.ts';
import { bucket, repository } from './write-site-files.ts';

export interface PushedCommit {
  readonly sha: string;
  readonly author: string;
  readonly message: string;
}

export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
  /** Of the files that describe artefacts. */
  readonly text?: string;
}

/** What a person sees who looks at GitHub, the queue and the bucket. Plain values. */
export interface View {
  /** Undefined before it is opened. */
  readonly pullRequest: PullRequestView | undefined;
  /** Of the pull request, oldest first. */
  readonly commits: readonly PushedCommit[];
  /** Of these commits, oldest first. */
  readonly checks: readonly CheckView[];
  readonly comments: readonly CommentView[];
  readonly queue: readonly QueueRow[];
  readonly objects: readonly StoredObject[];
}

export const emptyView: View = {
  ...{ pullRequest: undefined, commits: [], checks: [], comments: [], queue: [], objects: [] },
};
export const pullRequestNumber = 1;

/** Makes a function that looks; what cannot change under its name (commits, objects) is read once. */
export function lookerAt(site: Pick<Site, 'directory' | 'github' | 's3' | 'readQueue'>): () => Promise<View> {
  const { github } = site;
  const objects = new Map<string, StoredObject>();
  let commits: { readonly head: string; readonly list: readonly PushedCommit[] } = { head: '', list: [] };
  const isThere = () => github.deliveries.some(({ event, action }) => event === 'pull_request' && action === 'opened');

  return async () => {
    const pullRequest = isThere() ? github.pullRequest(repository, pullRequestNumber) : undefined;
    if (pullRequest !== undefined && pullRequest.headSha !== commits.head)
      commits = { head: pullRequest.headSha, list: await readCommits(site.directory, pullRequest) };
    const keys = await site.s3.keys(bucket);
    for (const key of keys) if (!objects.has(key)) objects.set(key, await readObject(site, key));
    return {
      pullRequest,
      commits: commits.list,
      checks: commits.list.flatMap(({ sha }) => github.checks(repository, sha)),
      comments: pullRequest === undefined ? [] : github.comments(repository, pullRequestNumber),
      queue: (await site.readQueue()).map(({ id, state, reason, workDir }) => ({ id, state, reason, workDir })),
      objects: keys.flatMap((key) => objects.get(key) ?? []),
    };
  };
}

async function readObject({ s3 }: Pick<Site, 's3'>, key: string): Promise<StoredObject> {
  const content = await s3.read(bucket, key);
  const text = key.endsWith('.meta.txt') ? { text: content.toString('utf8') } : {};
  return { key, bytes: content.length, ...text };
}

async function readCommits(directory: string, { base, headSha }: PullRequestView): Promise<PushedCommit[]> {
  const range = `${base}..${headSha}`;
  const said = await runProgram(
    { program: 'git', arguments: ['log', '--reverse', '--format=%H%x09%an%x09%s', range] },
    {
      cwd: join(directory, 'github', `${repository}.git`),
      environment: gitEnvironment(),
    },
  );
  if (said.kind !== 'exited' || said.code !== 0) throw new Error(`git log ${range} failed: ${JSON.stringify(said)}`);
  return said.stdout
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [sha = '', author = '', message = ''] = line.split('\t');
      return { sha, author, message };
    });
}
