import { join } from 'node:path';
import type { Check, Comment } from '../../src/outside/forge/forge.ts';
import { type Asked, cancels, type TypedComment, targetsOf } from './asked.ts';
import { countedBy, countOf, isSameRow, jobOf, rowsOf, summarizedStates, summaryOf } from './bot-comments.ts';
import type { Surroundings } from './daemons.ts';
import { isForger } from './forge.ts';
import { diffOf, workTreeFile } from './git.ts';
import type { History, Site } from './history.ts';
import type { SimulatedJob } from './slurm.ts';
import { world } from './world.ts';

/** Something that must never be, was. */
export class Violation extends Error {
  override name = 'Violation';
}

/** What a verdict rests on: what people asked for, and what became of it. */
export interface Seen {
  readonly history: History;
  readonly surroundings: Surroundings;
  readonly asked: Asked;
}

const onceOnly = new Set(['submitted', 'released', 'received', 'running', 'was cancelled', 'finished', 'test result']);

/** Each job was asked for, by somebody who may, and is submitted once. */
export function checkSubmission(directory: string, seen: Seen): void {
  const { asked, surroundings } = seen;
  const { jobs } = surroundings.slurm;
  if (jobs.some((job) => job.directory === directory)) {
    throw new Violation(`a second Slurm job was submitted in ${directory}`);
  }
  const typed = asked.commentOf(directory);
  if (typed === undefined) throw new Violation(`a job was submitted that no command asks for: ${directory}`);
  if (!typed.isPermitted) throw new Violation(`a job was submitted for somebody who may not: ${directory}`);
  const ofComment = jobs.filter((job) => asked.commentOf(job.directory) === typed).length + 1;
  if (ofComment > targetsOf(typed)) throw new Violation(`comment ${typed.id} has more jobs than targets: ${directory}`);
  checkDirectory(directory, typed, seen);
}

/** What a job finds: complete, whatever was killed while it was made. */
function checkDirectory(directory: string, { pullRequest }: TypedComment, { surroundings }: Seen): void {
  const { files } = world();
  const heads = surroundings.github.pullRequests.get(pullRequest)?.heads ?? [];
  const diff = files.text(join(directory, `${pullRequest}.diff`));
  const head = heads.find((each) => diff === diffOf(each));
  if (head === undefined) throw new Violation(`the diff in ${directory} is no head's of the pull request: ${diff}`);
  if (files.text(join(directory, workTreeFile)) !== `base with ${diffOf(head)}`) {
    throw new Violation(`the pull request's changes are not in ${directory}`);
  }
  const config = files.text(join(directory, 'cfg', 'job.cfg')) ?? '';
  if (!config.includes('[repository]') || !config.includes('[architecture]')) {
    throw new Violation(`cfg/job.cfg in ${directory} is not complete:\n${config}`);
  }
}

/** What a job works in is there, from its beginning to its end. */
export function checkLife({ id, directory }: { readonly id: string; readonly directory: string }): void {
  if (!world().files.has(directory)) throw new Violation(`the directory of job ${id} was taken away: ${directory}`);
}

/** Whether a job may be told to have been cancelled. A scancel that got no clear answer may have done it, where Slurm says so, or has forgotten the job. */
const mayBeToldCancelled = (job: SimulatedJob, { accounting }: Site) =>
  job.isCancelled ||
  ((job.isRefusedToCancel || job.hasEndedBeforeScancel) &&
    job.endedAt !== undefined &&
    (job.life.end === 'CANCELLED' || !accounting));

/** A job is cancelled only where somebody who may has asked for it, on its pull request. */
export function checkCancelling(job: { readonly id: string; readonly directory: string }, { asked }: Seen): void {
  const pullRequest = asked.commentOf(job.directory)?.pullRequest;
  if (asked.comments.some((typed) => typed.pullRequest === pullRequest && cancels(typed, job))) return;
  throw new Violation(`job ${job.id} was cancelled, and nobody who may has asked for it`);
}

/** One comment per job. */
export function checkNewComment(comment: Comment, pullRequest: number, { surroundings }: Seen): void {
  const { comments = [] } = surroundings.github.pullRequests.get(pullRequest) ?? {};
  const command = summaryOf(comment.body);
  if (command !== undefined) {
    if (comments.some(({ id, body }) => id !== comment.id && summaryOf(body) === command))
      throw new Violation(`the command ${command} got a second summary`);
    return;
  }
  const job = rowsOf(comment.body).length > 0 ? jobOf(comment.body) : undefined;
  const others = comments.filter(({ id, author, body }) => id !== comment.id && author.isBot && jobOf(body) === job);
  if (job !== undefined && others.length > 0) throw new Violation(`job ${job} got a second comment`);
  checkRows(comment, '');
}

/** Nobody reads of an end that has not come, or finds a comment of his own, or of one job, changed into that of another. */
export function checkEdit(comment: Comment, before: string, { history, surroundings }: Seen): void {
  const command = summaryOf(before);
  if (command !== undefined) {
    checkSummaryEdit(comment, command, surroundings);
    return;
  }
  const owner = jobOf(before);
  if (!comment.author.isBot || jobOf(comment.body) !== owner)
    throw new Violation(`a comment became that of another job:\n${before}\nNow:\n${comment.body}`);
  // What a job has forged it may read of itself.
  if (surroundings.slurm.jobs.some((job) => job.id === owner && isForger(job))) return;
  checkRows(comment, before);
  const isFinished = rowsOf(comment.body).some(({ state }) => state === 'finished');
  const isCancelTold = rowsOf(comment.body).some(({ state }) => state === 'was cancelled');
  if (
    isCancelTold &&
    !surroundings.slurm.jobs.some((each) => each.id === owner && mayBeToldCancelled(each, history.site))
  )
    throw new Violation(`job ${owner} is told to have been cancelled, and was not:\n${comment.body}`);
  const job = isFinished ? jobOf(comment.body) : undefined;
  if (job !== undefined && !surroundings.slurm.hasEnded(job)) {
    throw new Violation(`job ${job} is told to have finished, and has not:\n${comment.body}`);
  }
}

/** One check per job; it does not go back, and tells of no end that has not come. */
export function checkShown(check: Check, before: Check | undefined, { surroundings }: Seen): void {
  const { github, slurm } = surroundings;
  const { identity, state, title } = check;
  const [, id] = /^Job (\d+)\b/.exec(title) ?? [];
  if (before === undefined && [...github.checks.values()].filter((each) => each.identity === identity).length > 1)
    throw new Violation(`job ${id} got a second check`);
  if (before !== undefined && (before.identity !== identity || before.commit !== check.commit))
    throw new Violation(`the check of ${before.title} became that of another job: ${title}`);
  // What a job has forged its own check may tell of it.
  const isForged = slurm.jobs.some((job) => job.id === id && isForger(job));
  if (before !== undefined && !isForged && stageOf(before) > stageOf(check))
    throw new Violation(`the check of job ${id} went back from ${before.state} to ${state}`);
  if (stageOf(check) === 2 && !isForged && (id === undefined || !slurm.hasEnded(id)))
    throw new Violation(`the check tells that job ${id} has ended, and it has not: ${title}`);
}

const stageOf = ({ state }: Check) => (state === 'queued' ? 0 : state === 'running' ? 1 : 2);

/** A summary stays that of its command, and tells of no end that has not come. */
function checkSummaryEdit({ body }: Comment, command: string, { slurm }: Surroundings): void {
  if (summaryOf(body) !== command) throw new Violation(`the summary of ${command} became another comment:\n${body}`);
  for (const [id, state] of summarizedStates(body)) {
    const isForged = slurm.jobs.some((job) => job.id === id && isForger(job));
    if (['finished', 'uploaded', 'not uploaded'].includes(state) && !isForged && !slurm.hasEnded(id))
      throw new Violation(`the summary tells that job ${id} has finished, and it has not:\n${body}`);
  }
}

/** One row per state, and no row that was said is taken back; a long one may be cut, one of an artefact be counted with others. */
function checkRows({ body }: Comment, before: string): void {
  const rows = rowsOf(body);
  const states = rows.map(({ state }) => state);
  const twice = states.find((state, index) => onceOnly.has(state) && states.indexOf(state) !== index);
  if (twice !== undefined) throw new Violation(`two rows say \`${twice}\`:\n${body}`);
  const said = rowsOf(before);
  const isCounted = ({ state }: { state: string }) => rows.some((row) => row.state === state && countedBy(row));
  const gone = said.find((row) => !rows.some((each) => isSameRow(each, row)) && !isCounted(row));
  const fewer = states.find((state) => countOf(rows, state) < countOf(said, state));
  if (gone !== undefined || fewer !== undefined)
    throw new Violation(`a row was taken back: ${gone?.line ?? fewer}\nNow:\n${body}`);
}

/** What is uploaded a job has made, and somebody who may has ordered it. */
export function checkUpload(artefact: string, { asked, surroundings }: Seen): void {
  const id = /^eessi-(\d+)\.tar\.gz$/.exec(artefact)?.[1];
  const job = surroundings.slurm.jobs.find((each) => each.id === id);
  const typed = job && asked.commentOf(job.directory);
  if (typed === undefined) throw new Violation(`${artefact} was uploaded, and no job made it`);
  if (!asked.deployments.some(({ pullRequest }) => pullRequest === typed.pullRequest)) {
    throw new Violation(`${artefact} was uploaded, and nobody who may has ordered it`);
  }
}
