import { basename } from 'node:path';
import type { CommentView, PullRequestView } from '../stand-ins/github/github-stand-in.ts';
import { type JobProgress, plain, readJobProgress, resultOf } from './job-progress.ts';
import type { View } from './look-at-site.ts';

/** What is new in the second view, in plain sentences, in the order in which it must have happened. */
export function tellChanges(before: View, after: View): string[] {
  return [
    ...tellPullRequest(before, after),
    ...tellComments(before, after),
    ...tellQueue(before, after),
    ...tellRows(before, after),
    ...tellObjects(before, after),
  ];
}

function tellPullRequest(before: View, { pullRequest, commits }: View): string[] {
  if (pullRequest === undefined) return [];
  const { number, title, author, branch, base } = pullRequest;
  if (before.pullRequest === undefined)
    return [
      `${author} opens pull request #${number}, “${title}”, from ${branch} to ${base}, commits: ${commits.length}.`,
    ];
  const known = new Set(before.commits.map(({ sha }) => sha));
  return [
    ...commits.filter(({ sha }) => !known.has(sha)).map((commit) => `${commit.author} pushes “${commit.message}”.`),
    ...tellLabels(before.pullRequest, pullRequest),
    ...(before.pullRequest.state === pullRequest.state
      ? []
      : [`The pull request is ${pullRequest.state === 'open' ? 'open again' : 'closed'}.`]),
  ];
}

function tellLabels(before: PullRequestView, after: PullRequestView): string[] {
  return [
    ...after.labels.filter((label) => !before.labels.includes(label)).map((label) => `The label ${label} is set.`),
    ...before.labels.filter((label) => !after.labels.includes(label)).map((label) => `The label ${label} is removed.`),
  ];
}

function tellComments(before: View, after: View): string[] {
  const known = new Map(before.comments.map((comment) => [comment.id, comment]));
  return after.comments.flatMap((comment) => {
    const old = known.get(comment.id);
    return [...(old === undefined ? [tellComment(comment)] : []), ...tellReactions(old, comment)];
  });
}

function tellComment(comment: CommentView): string {
  const [job] = readJobProgress([comment]);
  if (job !== undefined) return `The bot opens a comment for job ${job.id}, which builds for ${job.target}.`;
  if (comment.author.endsWith('[bot]')) return `The bot answers: “${firstWords(comment.body)}”`;
  return `${comment.author} comments: ${firstWords(comment.body)}`;
}

function tellReactions(before: CommentView | undefined, after: CommentView): string[] {
  return after.reactions
    .slice(before?.reactions.length ?? 0)
    .map(({ content }) => `The bot reacts to it with “${content}”.`);
}

function tellQueue(before: View, after: View): string[] {
  const known = new Map(before.queue.map((job) => [job.id, job]));
  return after.queue
    .filter(({ id, state }) => known.get(id)?.state !== state)
    .map(({ id, state, reason }) => {
      const why = state === 'PENDING' && !['', 'None'].includes(reason) ? ` (${reason})` : '';
      return `Slurm’s queue: job ${id} is ${state}${why}.`;
    });
}

function tellRows(before: View, after: View): string[] {
  const known = new Map(readJobProgress(before.comments).map((job) => [job.commentId, job.rows.length]));
  return readJobProgress(after.comments).flatMap((job) =>
    job.rows.slice(known.get(job.commentId) ?? 0).map((row) => tellRow(job, row)),
  );
}

function tellRow({ id }: JobProgress, { state, text }: JobProgress['rows'][number]): string {
  switch (state) {
    case 'submitted':
      return `Job ${id} is submitted and held until the job manager knows it.`;
    case 'released':
      return `The job manager releases job ${id}: Slurm may start it.`;
    case 'running':
      return `Job ${id} runs.`;
    case 'finished':
      return `Job ${id} has finished: ${resultOf(text)}.`;
    case 'test result':
      return `The tests of job ${id} say ${resultOf(text)}.`;
    case 'uploaded':
      return `The artefact of job ${id} is uploaded.`;
    default:
      return `Job ${id}, ${state}: ${plain(text)}`;
  }
}

function tellObjects(before: View, after: View): string[] {
  const known = new Set(before.objects.map(({ key }) => key));
  return after.objects
    .filter(({ key }) => !known.has(key))
    .map(({ key, bytes }) => `In the bucket: ${basename(key)} (${bytes} bytes).`);
}

const mostCharacters = 100;

function firstWords(body: string): string {
  const lines = body.split('\n').filter((line) => !line.includes('</summary>'));
  const text = plain(lines.find((line) => plain(line) !== '') ?? '').replace(/^- /, '');
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
}
