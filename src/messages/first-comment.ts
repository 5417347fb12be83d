import type { Row } from '../jobs/job-record.ts';
import type { Markdown } from '../outside/forge/forge.ts';
import type { Dialect } from '../settings/dialects.ts';
import type { NodeType, Texts } from '../settings/settings.ts';
import { fillIn } from '../settings/template.ts';
import { cutMarkdown } from './comment.ts';
import { shortCommit } from './commit.ts';
import { escapeValue } from './escape-markdown.ts';

/** The first two lines of every table of a job. */
const tableHeader = '|date|job status|comment|\n|----------|----------|------------------------|';

/** The longest site's text: leaves room for the rows. */
const longestText = 32_000;

/** The facts of a job's first comment. */
export interface NewJob {
  readonly appName: string;
  readonly repositoryId: string;
  readonly nodeType: NodeType;
  readonly forArch: string;
  readonly forAccelerator?: string | undefined;
  /** The accelerator filter's pattern. */
  readonly onAccelerator?: string | undefined;
  readonly jobId: string;
  /** JOBS_BASE_DIR/YYYY.MM/pr_N/ID */
  readonly symlink: string;
  /** The commit that is built, all digits. */
  readonly commit?: string | undefined;
  /** delayed_begin only. */
  readonly delaySeconds?: number | undefined;
}

/** The head of a job's comment, table header included; rows are appended by renderComment. */
export function firstCommentHead(job: NewJob, dialect: Dialect, texts: Texts): Markdown {
  const own = fillIn(texts.firstComment, placeholders(job, dialect, texts));
  const lines = [own, ...commitLine(job, texts)].join('\n');
  // Other instances read the table from the first bar to the last one.
  return `${cutMarkdown(lines.replaceAll('|', '&#124;'), longestText)}\n${tableHeader}` as Markdown;
}

/** The first row of a job's table. If no line above names the commit, it does, after the text that other instances look for. */
export function submittedRow(at: Date, job: NewJob, dialect: Dialect, texts: Texts): Row {
  const awaits = fillIn(texts.awaitsRelease, placeholders(job, dialect, texts));
  const isNamed = job.commit === undefined || commitLine(job, texts).length > 0;
  return {
    at,
    state: 'submitted',
    text: `${awaits}${isNamed ? '' : `${buildsCommit} ${shortCommit(job.commit)}`}` as Markdown,
  };
}

/** In the first row, before the commit. */
export const buildsCommit = ', builds commit';

function commitLine({ commit }: NewJob, { commitSha }: Texts): readonly string[] {
  return commit === undefined || !commitSha ? [] : [fillIn(commitSha, { commit_sha: commit })];
}

function placeholders(job: NewJob, dialect: Dialect, texts: Texts): Record<string, string> {
  const forAccelerator = withAccelerator(job.forAccelerator, texts);
  const archName = dashed(job.nodeType[dialect.architecture]);
  return {
    app_name: job.appName,
    repo_id: job.repositoryId,
    symlink: job.symlink,
    job_id: job.jobId,
    on_arch: archName,
    arch_name: archName,
    for_arch: escapeValue(job.forArch),
    on_accelerator: withAccelerator(job.onAccelerator, texts),
    for_accelerator: forAccelerator,
    accelerator_spec: forAccelerator,
    delay_seconds: job.delaySeconds === undefined ? '' : String(job.delaySeconds),
  };
}

function withAccelerator(accelerator: string | undefined, texts: Texts): string {
  return accelerator === undefined ? '' : fillIn(texts.withAccelerator, { accelerator: escapeValue(accelerator) });
}

/** `x86_64/amd/zen2` -> `amd-zen2`: without the first element. */
export function dashed(path: string): string {
  return path.split('/').slice(1).join('-');
}
