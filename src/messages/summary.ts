import { type JobRecord, type Row, type RowState, rowStates } from '../jobs/job-record.ts';
import type { SummarizedJob, Summary, SummaryRow } from '../jobs/summaries.ts';
import type { Comment, Markdown } from '../outside/forge/forge.ts';
import { asComment, cutMarkdown, fitsInComment } from './comment.ts';
import { shortCommit } from './commit.ts';
import { formatDate } from './date.ts';
import { codeSpan, escapeCell, escapeMarkdown } from './escape-markdown.ts';
import { joined, md, ownText } from './markdown.ts';
import { comesPerArtefact, longestLimit } from './render-comment.ts';
import { shownPlace, type TargetPlace } from './shown-place.ts';
import type { ToldBuild } from './told-build.ts';

const header = '|for|state|result|job|repo|on|since|\n|---|---|---|---|---|---|---|';
/** The longest result: the job's own comment has all of it. */
const longestResult = 300;

/**
 * The comment that shows all jobs of one command, in the command's order. `mark` distinguishes it from those of other commands.
 * If there are too many jobs, the results are cut first; then the last rows are counted instead of shown.
 */
export function renderSummary(
  appName: string,
  { by, commit, jobs }: Pick<Summary, 'by' | 'commit' | 'jobs'>,
  shown: readonly SummaryRow[],
  mark: string,
): Markdown {
  const count = jobs.length === 1 ? '1 build' : `${jobs.length} builds`;
  const title = md`${ownText(count)} of commit ${shortCommit(commit)} ${onInstance(appName)}, ordered by ${codeSpan(by)}: ${counted(shown)}`;
  const rows = jobs.map((job, index) => lineOf(job, shown[index] ?? noJobRow));
  const render = (lines: readonly Markdown[], note: readonly Markdown[] = []) =>
    [title, '', header, ...lines, '', ...note, markOf(mark)].join('\n');
  const cutTo = (limit: number) => render(rows.map((row) => row(Math.min(limit, longestResult))));
  const limit = longestLimit(cutTo);
  return asComment(limit > 20 ? cutTo(limit) : withoutResults(rows, render));
}

/** Whether a comment is the summary of this name, of this instance: GitHub gives several Apps one event under one id. */
export const isSummary = (body: string, appName: string, name: string) =>
  body.includes(markOf(name)) && body.includes(onInstance(appName));

const onInstance = (appName: string) => md`on instance ${codeSpan(appName)}`;
const markOf = (name: string) => md`<!-- summary ${ownText(name.replaceAll(/[^\w.-]/g, ''))} -->`;

/** The jobs that a summary shows and that have no comment of their own: what `bot: status` would read there. */
export function parseSummary({ body, url }: Pick<Comment, 'body' | 'url'>): readonly ToldBuild[] {
  if (!body.includes('<!-- summary ')) return [];
  const [, commit] = /^\d+ builds? of commit `([0-9a-f]{7,64})`/.exec(body) ?? [];
  return body.split('\n').flatMap((line) => {
    const cells = /^\|(.*)\|$/.exec(line)?.[1]?.split('|') ?? [];
    const [forPlace = '', state = '', result = '', job = '', repository = '', on = '', date = ''] = cells;
    const [, jobId] = /^`(\d+)`$/.exec(job) ?? [];
    if (jobId === undefined || cells.length !== 7) return [];
    const told = toldAs[state];
    if (told === undefined) return [];
    const [build = ''] = result.split(', tests ');
    const facts = { repository, state: told, result: build, date, url, jobId, ...(commit !== undefined && { commit }) };
    return [{ for: placeOf(forPlace), on: placeOf(on), ...facts }];
  });
}

/** States as `bot: status` names them. */
const toldAs: Readonly<Record<string, ToldBuild['state']>> = {
  submitted: 'submitted',
  released: 'submitted',
  received: 'received',
  running: 'running',
  finished: 'finished',
  uploaded: 'finished',
  'not uploaded': 'finished',
};

function placeOf(cell: string): TargetPlace {
  const [arch = '', accelerator] = Array.from(cell.matchAll(/`([^`]+)`/g), ([, text]) => text);
  return accelerator === undefined ? { arch } : { arch, accelerator };
}

/** If there are more jobs than fit, only the first ones. */
function withoutResults(
  rows: readonly ((limit: number) => Markdown)[],
  render: (lines: readonly Markdown[], note: readonly Markdown[]) => string,
): string {
  const lines = rows.map((row) => row(0));
  const withFirst = (count: number) => {
    const note = md`${lines.length - count} more builds, for which there is no room here: each has its own comment, and \`bot: status\` takes filters.`;
    return render(lines.slice(0, count), [note, md``]);
  };
  let fitting = lines.length;
  while (fitting > 0 && !fitsInComment(withFirst(fitting))) fitting = Math.floor(fitting * 0.9);
  return withFirst(fitting);
}

/** `2 running, 1 finished`, in the order in which a job goes through them. */
function counted(rows: readonly SummaryRow[]): Markdown {
  const counts = Map.groupBy(rows, ({ state }) => state);
  const order = ['preparing', 'no job', ...rowStates];
  const sorted = [...counts].sort(([one], [other]) => order.indexOf(one) - order.indexOf(other));
  return ownText(sorted.map(([state, all]) => `${all.length} ${state}`).join(', '));
}

function lineOf(job: SummarizedJob, row: SummaryRow): (limit: number) => Markdown {
  const since = row.since === undefined ? md`` : ownText(formatDate(new Date(row.since)));
  const before = [shownPlace(job.for), ownText(row.state)];
  const behind = [row.job, escapeMarkdown(job.repositoryId), shownPlace(job.on), since];
  const [first = md``, last = md``] = [before, behind].map((cells) => joined(cells.map(escapeCell), '|'));
  const result = escapeCell(row.result);
  return (limit) => md`|${first}|${cutMarkdown(result, limit)}|${last}|`;
}

/** There is no job yet. */
export const preparingRow: SummaryRow = { state: 'preparing', result: md``, job: md``, hasEnded: false };
/** There will be none. */
export const noJobRow: SummaryRow = {
  state: 'no job',
  result: md`why: in the answer to the command`,
  job: md``,
  hasEnded: true,
};

/** The row of a job, from its record. `isSetAside`: it is not followed any more. */
export function summaryRow(record: JobRecord, isSetAside: boolean): SummaryRow {
  const { submission, comment, phase, rows, uploading } = record;
  if (submission.kind === 'refused') return { ...noJobRow, result: cut(escapeMarkdown(submission.message)) };
  if (submission.kind !== 'submitted') return preparingRow;
  const id = codeSpan(submission.id);
  const job = comment.kind === 'posted' && comment.url !== undefined ? md`[${id}](${ownText(comment.url)})` : id;
  // A test result is not a state. Rows of artefacts, or of a cancellation, may come before the end.
  const comesEarly = (row: Row) => row.state === 'finished' || comesPerArtefact(row);
  const isState = (row: Row) => row.state !== 'test result' && (phase === 'finished' || !comesEarly(row));
  const last = rows.findLast(isState);
  const since = last?.at.toISOString() ?? submission.at;
  if (isSetAside)
    return { state: 'not followed', result: md`the admin finds the reason in the log`, job, since, hasEnded: true };
  const result = joined(
    [resultOf(record), ...(uploading ? [uploading.text] : [])].filter((part) => part !== ''),
    ', ',
  );
  return { state: last?.state ?? phase, result: cut(result), job, since, hasEnded: phase === 'finished' };
}

const cut = (text: Markdown) => cutMarkdown(text, longestResult);

/** The result of a job, in a few words; where its build or test has none that we know, in its own. */
export function resultOf({ rows, cancelled, result }: Pick<JobRecord, 'rows' | 'cancelled' | 'result'>): Markdown {
  const textOf = (wanted: RowState) => rows.find(({ state }) => state === wanted)?.text;
  // The first row of a cancelled job says by whom.
  const finished = (cancelled ? undefined : result?.build) ?? textOf('finished');
  const test = result?.test ?? textOf('test result');
  const ofArtefacts = Map.groupBy(rows.filter(comesPerArtefact), ({ state }) => state);
  const artefacts = [...ofArtefacts].map(([state, all]) =>
    ownText(all.length === 1 ? state : `${all.length} ${state}`),
  );
  const parts = [
    ...(finished === undefined ? [] : [finished]),
    ...(test === undefined ? [] : [md`tests ${test}`]),
    ...artefacts,
  ];
  return joined(parts, ', ');
}
