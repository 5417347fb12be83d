import type { JobTarget } from '../jobs/job-record.ts';
import type { Markdown } from '../outside/forge/forge.ts';
import { asComment } from './comment.ts';
import { shortCommit } from './commit.ts';
import { codeSpan, escapeCell } from './escape-markdown.ts';

/** A job of a command, as its record tells. */
export interface SummarisedJob {
  readonly target?: JobTarget;
  readonly id?: string;
  /** Of its comment. */
  readonly url?: string;
  readonly commit?: string;
  readonly state: string;
  readonly isEnded: boolean;
  /** The text of its row `finished`. */
  readonly result?: string;
}

/** The comment that shows all jobs of one command. Programs that look for a job's own comment do not take it for one. */
export function summaryComment(appName: string, by: string, jobs: readonly SummarisedJob[]): Markdown {
  const ended = jobs.filter(({ isEnded }) => isEnded).length;
  const lines = [
    `Jobs that ${codeSpan(by)} ordered from ${codeSpan(appName)}: ${ended} of ${jobs.length} ended.`,
    '',
    '|target|repository|state|result|job|commit|',
    '|---|---|---|---|---|---|',
    ...jobs.map(row),
  ];
  return asComment(lines.join('\n'));
}

function row({ target, id, url, commit, state, result }: SummarisedJob): string {
  const { architecture, accelerator, repositoryId } = target ?? {};
  const names = [architecture, accelerator].flatMap((name) => (name ? [codeSpan(name)] : []));
  const cells = [
    names.join(', '),
    repositoryId === undefined ? '' : codeSpan(repositoryId),
    state,
    result === undefined ? '' : resultOf(result),
    id === undefined ? '' : url === undefined ? id : `[${id}](${url})`,
    commit === undefined ? '' : shortCommit(commit),
  ];
  return `|${cells.map(escapeCell).join('|')}|`;
}

/** As `bot: status` shows it; how Slurm ended the job stands in the job's comment. */
function resultOf(text: string): string {
  if (text.includes('FAILURE')) return ':cry: FAILURE';
  if (text.includes('SUCCESS')) return ':grin: SUCCESS';
  return ':shrug: UNKNOWN';
}
