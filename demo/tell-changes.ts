import { basename } from 'node:path';
import { counted } from '../src/counted.ts';
import type { CommentView, PullRequestView } from '../stand-ins/github/github-stand-in.ts';
import { type JobProgress, plain, readJobProgress, resultOf } from './job-progress.ts';
import type { View } from './look-at-site.ts';

/** What is new in the second view, in plain sentences, in the order in which it must have happened. */
export function tellChanges(before: View, after: View): string[] {
  const rows = newRows(before, after);
  const untilRelease = rows.filter(({ row }) => statesUntilRelease.has(row.state));
  const later = rows.filter(({ row }) => !statesUntilRelease.has(row.state));
  const states = newStates(before, after);
  const pending = states.filter(({ state }) => state === 'PENDING');
  const started = states.filter(({ state }) => state !== 'PENDING');
  return [
    ...tellPullRequest(before, after),
    ...tellComments(before, after),
    ...pending.map(tellState),
    ...untilRelease.map(tellRow),
    ...started.map(tellState),
    ...later.map(tellRow),
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

const statesUntilRelease = new Set(['submitted', 'released']);

function newStates(before: View, after: View): View['queue'] {
  const known = new Map(tellableStates(before).map((job) => [job.id, job]));
  return tellableStates(after).filter(({ id, state }) => known.get(id)?.state !== state);
}

/** Slurm can be quicker than the comment: that a job runs is told once its comment tells that it was released. */
function tellableStates({ queue, comments }: View): View['queue'] {
  const isReleased = new Set(
    readJobProgress(comments).flatMap(({ id, rows }) =>
      rows.some(({ state }) => !['comment', 'submitted'].includes(state)) ? [id] : [],
    ),
  );
  return queue.filter(({ id, state }) => state === 'PENDING' || state === 'CANCELLED' || isReleased.has(id));
}

function tellState({ id, state, reason }: View['queue'][number]): string {
  const why = state === 'PENDING' && !['', 'None'].includes(reason) ? ` (${reason})` : '';
  return `Slurm’s queue: job ${id} is ${state}${why}.`;
}

interface NewRow {
  readonly job: JobProgress;
  readonly row: JobProgress['rows'][number];
}

function newRows(before: View, after: View): NewRow[] {
  const known = new Map(readJobProgress(before.comments).map((job) => [job.commentId, job.rows.length]));
  return readJobProgress(after.comments).flatMap((job) =>
    job.rows.slice(known.get(job.commentId) ?? 0).map((row) => ({ job, row })),
  );
}

function tellRow({ job: { id }, row: { state, text } }: NewRow): string {
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
    .map(({ key, bytes }) => `In the bucket: ${basename(key)} (${counted(bytes, 'byte')}).`);
}

const mostCharacters = 100;

function firstWords(body: string): string {
  const lines = body.split('\n').filter((line) => !line.includes('</summary>'));
  const text = plain(lines.find((line) => plain(line) !== '') ?? '').replace(/^- /, '');
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
}
