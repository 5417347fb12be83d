import type { Row } from '../jobs/job-record.ts';
import { shortResult } from '../jobs/short-result.ts';
import type { Markdown } from '../outside/forge/forge.ts';
import type { JobEnd } from '../outside/slurm/job-state.ts';
import type { Texts } from '../settings/settings.ts';
import { fillIn } from '../settings/template.ts';
import { shortCommit } from './commit.ts';
import { codeSpan, escapeMarkdown, escapeValue, markdownOfJob } from './escape-markdown.ts';
import { inUnits } from './in-units.ts';
import { md, ownText } from './markdown.ts';

/** hold_release: the job may start. */
export function releasedRow(at: Date, texts: Texts): Row {
  return { at, state: 'released', text: fillIn(texts.awaitsLaunch, { extra_info: '' }) as Markdown };
}

/** delayed_begin: the job manager knows the job. `eligibleTime`: scontrol's EligibleTime. */
export function receivedRow(at: Date, texts: Texts, eligibleTime: string | undefined): Row {
  const extraInfo = eligibleTime ? ` (eligible to start from ${escapeMarkdown(eligibleTime)})` : '';
  return { at, state: 'received', text: fillIn(texts.awaitsLaunch, { extra_info: extraInfo }) as Markdown };
}

/** Slurm runs the job. */
export function runningRow(at: Date, texts: Texts, jobId: string): Row {
  return { at, state: 'running', text: fillIn(texts.runningJob, { job_id: jobId }) as Markdown };
}

interface Ending extends JobEnd {
  /** Why the job script gave up, in its words. */
  readonly saidByScript?: string;
  /** comment_description of `_bot_jobID.result`: Markdown by contract. Absent: unreadable. */
  readonly description?: string;
}

/** The progress of a large upload: not a row, since it is removed later. */
export function uploadingNote(artefact: string, sentBytes: number, sizeBytes: number): Markdown {
  const size = ownText(inUnits(sizeBytes));
  // The upload script compares what was stored, which takes as long again.
  if (sentBytes >= sizeBytes) return md`uploading ${codeSpan(artefact)}: ${size} sent, reading it back`;
  return md`uploading ${codeSpan(artefact)}: ${ownText(inUnits(sentBytes))} of ${size}`;
}

/** Somebody cancelled the job; its end follows. */
export function cancelRow(at: Date, jobId: string, by: string): Row {
  return { at, state: 'finished', text: md`job id ${codeSpan(jobId)} was cancelled by ${codeSpan(by)}` };
}

/** The end of a cancelled job. If its build left a description, that follows. */
export function cancelledRow(at: Date, by: string, description?: string): Row {
  const built = description === undefined ? '' : ` ${markdownOfJob(description)}`;
  return { at, state: 'finished', text: `${cancelledBy(by)}${built}` as Markdown };
}

/** The same in a few words. */
export const shortCancelled = (description = '') => shortResult(codeSpan('CANCELLED'), markdownOfJob(description));

const cancelledBy = (by: string) => md`${codeSpan('CANCELLED')} by ${codeSpan(by)}`;

/** The first words of the end of a cancelled job; undefined: another end. */
export const toldCancelled = (text: string) => /^`CANCELLED` by (`+).+?\1/.exec(text)?.[0];

/** The end of a job: how, unless it completed, then the build's own description. */
export function finishedRow(at: Date, texts: Texts, jobId: string, ending: Ending): Row {
  const how = howItEnded(ending);
  return { at, state: 'finished', text: `${how}${how && ' '}${saidByBuild(ending, texts, jobId)}` as Markdown };
}

/** The same in a few words. */
export const shortEnd = (texts: Texts, jobId: string, ending: Ending) =>
  shortResult(howItEnded(ending, 200), saidByBuild(ending, texts, jobId));

const saidByBuild = ({ description }: Ending, { jobResultUnknown }: Texts, jobId: string) =>
  description === undefined
    ? fillIn(jobResultUnknown, { filename: `_bot_job${escapeValue(jobId)}.result` })
    : markdownOfJob(description);

function howItEnded(ending: Ending, longestWhy = Number.POSITIVE_INFINITY): string {
  const { how, reason, cancelledBy, saidByScript } = ending;
  if (how === 'completed') return '';
  const bySlurm = [
    reason === 'None' ? '' : reason,
    exitOf(ending),
    factsOf(ending),
    cancelledBy && `by ${cancelledBy}`,
  ];
  const why = escapeMarkdown([bySlurm.filter(Boolean).join(', '), saidByScript].filter(Boolean).join(': '));
  return `${slurmState(how)}${why !== '' && why.length <= longestWhy ? ` (${why})` : ''}`;
}

/** In Slurm's word. */
export const slurmState = (how: JobEnd['how']) => codeSpan(how.toUpperCase().replaceAll(' ', '_'));

/** The limit that was reached, or the node where it happened. */
function factsOf({ how, facts = {} }: Ending): string {
  const { timeLimit, nodes, failedNode = nodes, memoryBytes, peakBytes } = facts;
  switch (how) {
    case 'timeout':
      return timeLimit === undefined ? '' : `limit ${timeLimit}`;
    case 'out of memory': {
      const peak = peakBytes === undefined ? '' : `peak ${inUnits(peakBytes)}`;
      return [peak, memoryBytes === undefined ? '' : `limit ${inUnits(memoryBytes)}`].filter(Boolean).join(', ');
    }
    case 'node fail':
    case 'boot fail':
      return failedNode === undefined ? '' : `on ${failedNode}`;
    default:
      return '';
  }
}

/** The exit code, if the job failed by it. */
function exitOf({ how, exitCode = '0:0', saidByScript }: Ending): string {
  if (how !== 'failed' || saidByScript) return '';
  const [status, signal] = exitCode.split(':');
  if (signal !== '0') return `signal ${signal}`;
  return status === '0' ? '' : `exit code ${status}`;
}

/** The test result. `description`: comment_description of `_bot_jobID.test`, if it is readable. */
export function testResultRow(at: Date, texts: Texts, jobId: string, description: string | undefined): Row {
  return { at, state: 'test result', text: saidByTest(description, texts, jobId) as Markdown };
}

/** The same in a few words. */
export const shortTest = (texts: Texts, jobId: string, description: string | undefined) =>
  shortResult('', saidByTest(description, texts, jobId));

const saidByTest = (description: string | undefined, { jobTestUnknown }: Texts, jobId: string) =>
  description === undefined
    ? fillIn(jobTestUnknown, { filename: `_bot_job${escapeValue(jobId)}.test` })
    : markdownOfJob(description);

/** The artefact and its metadata are in the bucket. `stale`: built from another commit than the head at the time of the label. */
export function uploadedRow(
  at: Date,
  artefact: string,
  stale?: { readonly built: string; readonly head: string },
): Row {
  const note = stale
    ? `; built from ${shortCommit(stale.built)}, the pull request was at ${shortCommit(stale.head)} when the label was set`
    : '';
  return { at, state: 'uploaded', text: `transfer of ${codeSpan(artefact)} to S3 bucket succeeded${note}` as Markdown };
}

/** A deployment uploads nothing of the job, or not all of it, without a failure. */
export function passedOverRow(at: Date, reason: Markdown): Row {
  return { at, state: 'not uploaded', text: md`nothing to upload: ${reason}` };
}

/** The label was taken off before the upload began. */
export function withdrawnRow(at: Date, artefact: string, by: string): Row {
  const text = md`transfer of ${codeSpan(artefact)} to S3 bucket was withdrawn: ${codeSpan(by)} took the label \`bot:deploy\` off before it began; set it again to upload`;
  return { at, state: 'not uploaded', text };
}

/** The bot did not begin to upload it, for a reason of its own. */
export function refusedRow(at: Date, artefact: string, reason: string): Row {
  const text = md`transfer of ${codeSpan(artefact)} to S3 bucket was refused: ${escapeMarkdown(reason)}`;
  return { at, state: 'not uploaded', text };
}

/** The artefact is not in the bucket. `reason`: our words or a script's; may be empty. */
export function notUploadedRow(at: Date, artefact: string, reason: string): Row {
  const why = reason === '' ? md`` : md` (${escapeMarkdown(reason)})`;
  return { at, state: 'not uploaded', text: md`transfer of ${codeSpan(artefact)} to S3 bucket failed${why}` };
}
