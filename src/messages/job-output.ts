import type { JobTarget } from '../jobs/job-record.ts';
import type { Markdown } from '../outside/forge/forge.ts';
import type { Dialect } from '../settings/dialects.ts';
import { codeSpan } from './escape-markdown.ts';
import { joined, md } from './markdown.ts';

/** How much of a job's output is kept in its record, and shown below its table. */
const longestBelowTable = 20_000;
/** How much output a comment of its own shows; this leaves room for some sentences. */
export const longestInComment = 60_000;

/** A failed job. */
interface EndedBadly {
  readonly id: string;
  /** Its last lines; empty: it printed nothing. */
  readonly lines: readonly string[];
  readonly target?: JobTarget | undefined;
  /** Its build ended in SUCCESS (perhaps only its test failed), so `bot: retry` leaves it out. */
  readonly isGreen?: boolean;
  readonly appName: string;
  readonly dialect: Pick<Dialect, 'hasFor'>;
}

/** The text below the table of a failed job: the last lines of its output, folded, and what can be typed next. */
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
  // The blank lines are needed: otherwise a blank line in the output would end the `<details>` block, and Markdown would begin.
  return `<details><summary>${what} of <code>slurm-${id}.out</code></summary>\n\n<pre>\n${shown.join('\n')}\n</pre>\n\n</details>` as Markdown;
}

/** The command that builds one target again, on this instance only; undefined: the record does not say what the job builds. */
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
 * Escapes text from outside for `<pre>`: it cannot end it, is not HTML, and mentions nobody. Bars and backquotes are removed, since programs
 * read the rows of a comment by its first and its last bar.
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
