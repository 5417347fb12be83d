import type { JobTarget } from '../jobs/job-record.ts';
import type { Markdown } from '../outside/forge/forge.ts';
import type { Dialect } from '../settings/dialects.ts';
import { codeSpan } from './escape-markdown.ts';
import { joined, md } from './markdown.ts';

/** So much of what a job printed is kept in its record, and shown below its table. */
const longestBelowTable = 20_000;
/** Of a comment of its own, which has room for some sentences besides. */
export const longestInComment = 60_000;

/** A job that did not end well. */
interface EndedBadly {
  readonly id: string;
  /** Its last lines; empty: it printed nothing. */
  readonly lines: readonly string[];
  readonly target?: JobTarget | undefined;
  /** Its build ended in SUCCESS, so that `bot: retry` leaves it out: its test did not, say. */
  readonly isGreen?: boolean;
  readonly appName: string;
  readonly dialect: Pick<Dialect, 'hasFor'>;
}

/** What stands below the table of a job that did not end well: the last lines of its output, folded, and what can be typed next. */
export function belowTable(job: EndedBadly): Markdown {
  const again = buildAgain(job);
  const more = md`More of its output: ${codeSpan(`bot: log jobid:${job.id}`)}.`;
  const next = [
    ...(job.lines.length > 0 ? [more] : []),
    ...(again === undefined ? [] : [md`To build it again: ${codeSpan(again)}.`]),
  ];
  const parts = [...(job.lines.length > 0 ? [foldedOutput(job.id, job.lines, longestBelowTable)] : [])];
  return joined([...parts, ...(next.length > 0 ? [joined(next, ' ')] : [])], '\n\n');
}

/** Lines of a job's output, folded. If they are too long, the first of them are left out. */
export function foldedOutput(id: string, lines: readonly string[], longest: number): Markdown {
  const shown = lastThatFit(lines.map(escapePreformatted), longest);
  const what = shown.length === 1 ? 'The last line' : `The last ${shown.length} lines`;
  // Blank lines: else one in the output would end the block of `<details>`, and Markdown would begin.
  return `<details><summary>${what} of <code>slurm-${id}.out</code></summary>\n\n<pre>\n${shown.join('\n')}\n</pre>\n\n</details>` as Markdown;
}

/** What has one target built again, by this instance alone; undefined: the record does not tell what the job builds. */
function buildAgain({ target, isGreen, appName, dialect }: EndedBadly): string | undefined {
  const { repositoryId, nodeType, architecture, accelerator } = target ?? {};
  if (repositoryId === undefined || nodeType === undefined || architecture === undefined) return undefined;
  const searched = { inst: appName, repo: repositoryId, arch: dialect.hasFor ? architecture : nodeType };
  const filters = Object.entries({ ...searched, accel: accelerator ?? '' }).map(
    ([component, value]) => `${component}:^${value.replaceAll(/[$()*+?[\\\]^{|}]/g, '\\$&')}$`,
  );
  const isTypable = filters.every((filter) => !/[\s`]/.test(filter));
  return isTypable ? `bot: ${isGreen ? 'rebuild' : 'retry'} ${filters.join(' ')}` : undefined;
}

/**
 * Text from outside inside `<pre>`: it ends nothing, is no HTML and calls nobody. Without bars and backquotes, since programs read the rows
 * of a comment by its first and its last bar.
 */
function escapePreformatted(line: string): string {
  return line
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('|', '&#124;')
    .replaceAll('`', '&#96;')
    .replaceAll(/@(?=\S)/g, '@\u200b');
}

function lastThatFit(lines: readonly string[], longest: number): readonly string[] {
  let room = longest;
  const first = lines.findLastIndex((line) => {
    room -= line.length + 1;
    return room < 0;
  });
  return lines.slice(first + 1);
}
