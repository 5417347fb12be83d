import type { JobRecord, JobTarget, Row } from '../jobs/job-record.ts';
import type { Check, CheckState, Markdown } from '../outside/forge/forge.ts';
import { asComment, cutMarkdown, cutTo } from './comment.ts';
import { shortCommit } from './commit.ts';
import { codeSpan } from './escape-markdown.ts';
import { md, ownText } from './markdown.ts';
import { comesPerArtefact, renderRow } from './render-comment.ts';
import { shownPlace } from './shown-place.ts';
import { resultOf } from './summary.ts';

/** GitHub takes 65,535 characters of each text: there is room for the few rows of a job. */
const longestText = 65_000;
const longestRow = 12_000;
const longestName = 200;
const longestTitle = 200;

/** The state to show for a job beside its commit; undefined: none, as its record does not say enough (a job of another bot). */
export function checkStateOf({ commit, target, submission, phase, ended }: JobRecord): CheckState | undefined {
  const isTold = commit !== undefined && target?.nodeType !== undefined && target.architecture !== undefined;
  if (!isTold || submission.kind !== 'submitted') return undefined;
  if (phase === 'finished') return ended;
  return phase === 'running' ? 'running' : 'queued';
}

/** The check of a job in this state. */
export function jobCheck(record: JobRecord, state: CheckState, identity: string, appName: string): Check {
  const { commit = '', target = { repositoryId: '' }, submission, rows, below, comment, orderedBy } = record;
  const id = submission.kind === 'submitted' ? submission.id : '';
  const ofJob = rows.filter((row) => !comesPerArtefact(row)); // without rows of deployments
  const at = (wanted: Row['state']) => rows.findLast((row) => row.state === wanted)?.at.toISOString();
  const [startedAt, endedAt] = [at('running'), at('finished')];
  const facts = md`- job ${codeSpan(id)}, ${forWhat(target)}\n- commit ${shortCommit(commit)}`;
  const by = orderedBy === undefined ? md`` : md`, ordered by ${codeSpan(orderedBy.login)}`;
  const table = ['|date|job status|comment|', '|---|---|---|', ...ofJob.map((row) => renderRow(row, longestRow))];
  return {
    ...{ commit, name: nameOf(appName, target), identity, state },
    title: titleOf(id, state, { ...record, rows: ofJob }),
    summary: fitting(`${facts}${by}\n\n${table.join('\n')}`),
    // Open: there is nothing else to read.
    ...(below !== undefined && { text: fitting(below.replace('<details>', '<details open>')) }),
    ...(comment.kind === 'posted' && comment.url !== undefined && { url: comment.url }),
    ...(startedAt !== undefined && { startedAt }),
    ...(endedAt !== undefined && state !== 'queued' && state !== 'running' && { endedAt }),
  };
}

/** The name of a check: the same for all jobs of a target of this instance, and unique to it. */
function nameOf(appName: string, { repositoryId, nodeType = '', architecture = '', accelerator }: JobTarget): string {
  const what = [architecture, accelerator].filter(Boolean).join(', ');
  const where = nodeType.endsWith(architecture) ? '' : ` on ${nodeType}`;
  return cutTo(`${appName}: ${repositoryId} for ${what}${where}`, longestName);
}

function forWhat({ repositoryId, nodeType = '', architecture = '', accelerator }: JobTarget): Markdown {
  const place = shownPlace({ arch: architecture, ...(accelerator !== undefined && { accelerator }) });
  return md`${codeSpan(repositoryId)} for ${place} on ${codeSpan(nodeType)}`;
}

/** The title: plain text, in the words of the rows. */
function titleOf(id: string, state: CheckState, record: JobRecord): string {
  if (state === 'queued') return `Job ${id} waits in the queue`;
  if (state === 'running') return `Job ${id} is running`;
  if (state === 'cancelled') return `Job ${id} was cancelled`;
  const result = resultOf(record).replaceAll(/:\w+: |`|\s+(?=\s)/g, '');
  return cutTo(`Job ${id}: ${result}`, longestTitle);
}

const fitting = (text: string): Markdown => cutMarkdown(asComment(ownText(text)), longestText);
