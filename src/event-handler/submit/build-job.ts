import { basename, dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { quoteWord } from '../../daemon/quote-word.ts';
import { jobFiles } from '../../jobs/directories.ts';
import { handOver, linkNewestJob } from '../../jobs/handovers.ts';
import { type JobRecord, readJobRecord, writeJobRecord } from '../../jobs/job-record.ts';
import { Unavailable } from '../../jobs/judge-error.ts';
import { writeMetadata } from '../../jobs/metadata.ts';
import { codeSpan, escapeMarkdown } from '../../messages/escape-markdown.ts';
import { firstCommentHead, type NewJob, submittedRow } from '../../messages/first-comment.ts';
import { maySay } from '../../messages/least-chat-level.ts';
import { md } from '../../messages/markdown.ts';
import { renderComment } from '../../messages/render-comment.ts';
import { exists } from '../../outside/files/exists.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import { sayOnce } from '../../outside/forge/say-once.ts';
import type { GitFailure } from '../../outside/git/git.ts';
import type { JobId } from '../../outside/slurm/slurm.ts';
import type { Dialect } from '../../settings/dialects.ts';
import type { Settings } from '../../settings/settings.ts';
import { slurmArguments } from '../../settings/slurm-arguments.ts';
import type { Tools } from '../tools.ts';
import type { BuildTarget } from './build-target.ts';
import { determineSubmitOptions } from './determine-submit-options.ts';
import type { Turn } from './in-order.ts';
import { jobScriptOf, type Prepared } from './prepare-directories.ts';
import { type EndedSubmission, type OpenRecord, refusal, submitJob } from './submit-job.ts';

export interface JobToBuild {
  /** The job's directory, prepared. */
  readonly directory: string;
  /** JOBS_BASE_DIR/YYYY.MM/pr_N */
  readonly pullRequestDir: string;
  readonly target: BuildTarget;
}

/** The record of a job that was submitted or refused. */
type SubmittedRecord = JobRecord & { readonly submission: EndedSubmission };

interface BuiltTarget {
  readonly job?: { readonly id: string; readonly url?: string };
  /** Why it got no job: a sentence. */
  readonly why?: Markdown;
  /** It could not be prepared. */
  readonly failed?: GitFailure;
}

/** Submits a job once it is prepared, tells of it, and hands it over, each in its turn. Goes on where an earlier attempt stopped. */
export async function buildJob(
  job: JobToBuild,
  preparing: Promise<Prepared> | undefined,
  turns: { readonly submit: Turn; readonly tell: Turn },
  tools: Tools,
): Promise<BuiltTarget> {
  await turns.submit.comes;
  const prepared = await preparing;
  if (prepared?.kind === 'failed') return { why: notSubmitted(job.target, prepared.message), failed: prepared };
  const record = await submitOnce(job, turns.submit, tools);
  if (record === 'forged') return { why: notFollowed(job.target) };
  const { submission } = record;
  if (submission.kind === 'refused') return { why: notSubmitted(job.target, submission.message) };
  return { job: { id: submission.id, ...(await tellAndHandOver(job, submission.id, record, turns.tell, tools)) } };
}

/** `forged`: the job was submitted before, and its record is gone or was changed since. */
async function submitOnce(job: JobToBuild, turn: Turn, tools: Tools): Promise<SubmittedRecord | 'forged'> {
  const reading = await readJobRecord(job.directory);
  if (reading.kind !== 'record') {
    const why = reading.kind === 'missing' ? `${job.directory} has no job record` : reading.why;
    if (!(await exists(job.directory))) throw new Error(why); // most likely not mounted
    tools.log.error({ why }, 'a submitted job lost its record: not followed');
    return 'forged';
  }
  const { record } = reading;
  const before = record.submission;
  const isDone = before.kind === 'submitted' || before.kind === 'refused';
  const submission = isDone ? before : await submit(job, { ...record, submission: before }, tools);
  turn.over(); // the next one need not wait until this is recorded
  return isDone ? { ...record, submission } : await keep(job, { ...record, submission });
}

async function submit(job: JobToBuild, record: OpenRecord, tools: Tools): Promise<EndedSubmission> {
  const { settings } = tools;
  const own = job.target.nodeType.slurmParams;
  const determined = settings.build.allowUpdateSubmitOpts
    ? await determineSubmitOptions(submitOptionsInput(job, record, settings.dialect), own, settings.build, tools)
    : { words: own };
  if ('problem' in determined) return refusal(determined.problem);
  const script = jobScriptOf(job.directory, settings.build);
  const { submitArguments: given = [] } = job.target;
  const words = {
    arguments: slurmArguments(settings.build, own, determined.words, script, given),
    ...((given.length > 0 || !isDeepStrictEqual(determined.words, own)) && { chosenByPullRequest: true }),
  };
  return await submitJob(job.directory, record, words, tools);
}

/** Links a submitted job, posts its first comment in its turn, and hands it over. Gives back the comment's address, if there is a comment. */
async function tellAndHandOver(
  job: JobToBuild,
  id: JobId,
  record: SubmittedRecord,
  turn: Turn,
  tools: Pick<Tools, 'settings' | 'forge' | 'now'>,
): Promise<{ url?: string }> {
  if (await exists(join(job.directory, jobFiles.metadata(id)))) return urlOf(record);
  const link = { id, directory: job.directory };
  await linkNewestJob(job.pullRequestDir, link);
  await turn.comes;
  const told = await tell(job, id, record, turn, tools);
  turn.over(); // also if nothing had to be posted
  if ((await handOver(tools.settings.stateDir, link)) === 'waits')
    throw new Unavailable(`the job manager has not taken an earlier job yet to which Slurm gave the number ${id}, too`);
  const { repository, pullRequest, comment, orderedBy } = told;
  await writeMetadata(job.directory, id, {
    repository,
    pullRequest,
    commentId: comment.kind === 'posted' ? comment.id : -1,
    ...(orderedBy && { jobOwner: orderedBy.login }),
  });
  return urlOf(told);
}

function submitOptionsInput(
  { directory, pullRequestDir, target }: JobToBuild,
  { orderedBy }: JobRecord,
  dialect: Dialect,
) {
  const { nodeType } = target;
  return {
    working_dir: directory,
    arch_target: nodeType[dialect.architecture],
    repo_id: target.repositoryId,
    slurm_opts: nodeType.slurmParams.map(quoteWord).join(' '),
    year_month: basename(dirname(pullRequestDir)),
    pr_id: basename(pullRequestDir),
    accelerator: target.submitOptsAccelerator ?? null,
    owner: orderedBy?.login ?? '',
    submit_opts: (target.submitArguments ?? []).join(' '),
  };
}

/** Posts the first comment of the job, unless the site wants none. The turn is over once it is posted, before that is recorded. */
async function tell(
  job: JobToBuild,
  id: JobId,
  record: SubmittedRecord,
  turn: Turn,
  { settings, forge, now }: Pick<Tools, 'settings' | 'forge' | 'now'>,
): Promise<JobRecord> {
  if (record.comment.kind === 'posted' || record.comment.kind === 'silent') return record;
  const { chatLevel, jobComments } = settings.control;
  if (!jobComments || !maySay('first comment of a job', chatLevel)) {
    return await keep(job, { ...record, comment: { kind: 'silent' } });
  }
  const symlink = join(job.pullRequestDir, id);
  const told = newJob(job, id, symlink, record.commit, settings);
  const head = firstCommentHead(told, settings.dialect, settings.texts);
  const submittedAt = record.submission.kind === 'submitted' ? new Date(record.submission.at) : now();
  const rows = [submittedRow(submittedAt, told, settings.dialect, settings.texts)];
  let kept: JobRecord = { ...record, rows };
  await sayOnce(
    {
      repository: record.repository,
      pullRequest: record.pullRequest,
      body: renderComment(head, rows),
      // The link is unique to this job. A site's own text may leave it out, but has the id.
      isIt: ({ body }) => body.includes(symlink) || body.startsWith(renderComment(head, rows)),
    },
    record.comment.kind === 'posting' ? { kind: 'posting' } : undefined,
    forge,
    async (said) => {
      if (said.kind !== 'posting') turn.over();
      const comment =
        said.kind === 'impossible'
          ? ({ kind: 'silent', why: 'the conversation is locked, or the pull request gone' } as const)
          : { ...said, head };
      kept = await keep(job, { ...kept, comment, rowsSent: said.kind === 'posted' ? rows.length : 0 });
    },
  );
  return kept;
}

function newJob(
  { target }: JobToBuild,
  id: JobId,
  symlink: string,
  commit: string | undefined,
  { appName, build: { handoverProtocol } }: Settings,
): NewJob {
  return {
    appName,
    repositoryId: target.repositoryId,
    nodeType: target.nodeType,
    forArch: target.forArch,
    forAccelerator: target.forAccelerator,
    onAccelerator: target.onAccelerator,
    jobId: id,
    symlink,
    commit,
    delaySeconds: handoverProtocol.kind === 'delayed_begin' ? handoverProtocol.delaySeconds : undefined,
  };
}

async function keep<T extends JobRecord>({ directory }: JobToBuild, record: T): Promise<T> {
  await writeJobRecord(directory, record);
  return record;
}

function urlOf({ comment }: JobRecord): { url?: string } {
  return comment.kind === 'posted' && comment.url !== undefined ? { url: comment.url } : {};
}

/** This job only; the other jobs of the command are followed. */
function notFollowed(target: BuildTarget): Markdown {
  const why = md`its record was changed by something other than the bot, perhaps the job itself; the admin finds it in the log`;
  return md`the job for ${targetOf(target)} is not followed: ${why}`;
}

function notSubmitted(target: BuildTarget, message: string): Markdown {
  return md`no job for ${targetOf(target)}: ${escapeMarkdown(message)}`;
}

const targetOf = ({ repositoryId, nodeType }: BuildTarget) =>
  md`${codeSpan(repositoryId)} on ${codeSpan(nodeType.name)}`;
