import type { Markdown } from '../outside/forge/forge.ts';
import type { Dialect } from '../settings/dialects.ts';
import { asComment, cutMarkdown, maxCommentLength } from './comment.ts';
import { shortCommit } from './commit.ts';
import { parseDate } from './date.ts';
import { codeSpan, escapeCell, escapeCellOfOthers, escapeMarkdown } from './escape-markdown.ts';
import { toldCancelled } from './job-rows.ts';
import { longestLimit } from './render-comment.ts';
import { shownPlace, type TargetPlace } from './shown-place.ts';
import type { ToldBuild } from './told-build.ts';

const title = 'This is the status of all the `bot: build` commands:';

/** The form of the `bot: status` table. */
interface StatusForm {
  readonly dialect: Dialect;
  /** The site names commits in a line of a job's comment, as newer bots do: then the table has a column for them. */
  readonly hasCommits: boolean;
  /** The head commit of the pull request, if an event has told it: builds of other commits are marked. */
  readonly head?: string;
  /** Builds that are named below the table. */
  readonly rebuilds?: readonly ToldBuild[];
}

/** A build as the table shows it. */
interface ShownBuild extends ToldBuild {
  /** Built from an earlier commit than the head. */
  readonly isOutdated?: boolean;
}

/** The comment of `bot: status`. `isFiltered`: some builds are left out. */
export function renderStatus(
  told: readonly ToldBuild[],
  { dialect, hasCommits, head, rebuilds = [] }: StatusForm,
  isFiltered = false,
): Markdown {
  const builds = told.map((build): ShownBuild => ({ ...build, isOutdated: isOutdated(build, head) }));
  const table = !dialect.hasFor ? table6 : hasCommits ? tableWithCommits : table9;
  if (builds.length === 0) return asComment([...table.header, '', nothingYet(isFiltered)].join('\n'));
  const rows = builds.map(table.row);
  const below = [
    ...(rebuilds.length > 0 ? ['', noteOnRebuilds(rebuilds)] : []),
    ...(head !== undefined && builds.some((build) => build.isOutdated) ? ['', noteOn(head)] : []),
  ];
  const render = (limit: number): string => [...table.header, ...rows.map((row) => row(limit)), ...below].join('\n');
  const limit = longestLimit(render);
  return asComment(limit > 20 ? render(limit) : newest(builds, table, below));
}

/** A build without a commit does not count as outdated. */
const isOutdated = ({ commit }: ToldBuild, head: string | undefined) =>
  commit !== undefined && head !== undefined && !head.startsWith(commit);

const noteOn = (head: string) =>
  `The head of this pull request is ${shortCommit(head)}: what is marked as _older_ was built from a commit before it.`;

/** More would need too much of the room. */
const mostRebuilds = 20;

function noteOnRebuilds(rebuilds: readonly ToldBuild[]): string {
  const shown = rebuilds.slice(0, mostRebuilds).map(({ for: place, repository, state, url }) => {
    return `- ${shownPlace(place)} for ${codeSpan(repository)}: ${state}, ${url}`;
  });
  const more = rebuilds.length > shown.length ? [`- … and ${rebuilds.length - shown.length} more`] : [];
  return ['Built anew, and not ended yet, so that the table has the build before:', ...shown, ...more].join('\n');
}

function nothingYet(isFiltered: boolean): string {
  return isFiltered
    ? 'Nothing that matches was built for this pull request yet; `bot: status` shows all builds.'
    : 'Nothing was built for this pull request yet.';
}

/**
 * `status last_build`: the newest per target and repository, sorted by target. An unfinished build counts as older than a finished one;
 * `rebuilds` are those that were announced later, and are left out by that.
 */
export function lastBuilds(builds: readonly ToldBuild[]) {
  const newestOf = new Map<string, ToldBuild>();
  for (const build of builds) {
    const known = newestOf.get(targetOf(build));
    if (known === undefined || !isOlder(build, known)) newestOf.set(targetOf(build), build);
  }
  const isRebuild = (build: ToldBuild, index: number) => {
    const known = newestOf.get(targetOf(build));
    return build.state !== 'finished' && known?.state === 'finished' && builds.indexOf(known) < index;
  };
  return {
    builds: [...newestOf.values()].sort((a, b) => compare(shownPlace(a.for), shownPlace(b.for))),
    rebuilds: builds.filter(isRebuild),
  };
}

const targetOf = (build: ToldBuild) => [build.for.arch, build.for.accelerator ?? '', build.repository].join('|');

// Without readable dates the later comment counts as newer.
function isOlder(build: ToldBuild, other: ToldBuild): boolean {
  const isFinished = build.state === 'finished';
  if (isFinished !== (other.state === 'finished')) return !isFinished;
  const [date, otherDate] = [parseDate(build.date), parseDate(other.date)];
  return date !== undefined && otherDate !== undefined && date < otherDate;
}

// By code units, as Python sorts: not by locale.
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

interface Table {
  readonly header: readonly string[];
  /** Prepares what does not depend on the length of the result. */
  readonly row: (build: ShownBuild) => (maxTextLength: number) => string;
}

const table9: Table = {
  header: ['', title, '|on|for|repo|result|date|status|url|', '|----|----|----|------|----|------|---|'],
  row: (build) => cells(target(build), build, ends(build)),
};

const tableWithCommits: Table = {
  header: ['', title, '|on|for|repo|result|commit SHA|date|status|url|', `|${'----|'.repeat(8)}`],
  row: (build) => cells(target(build), build, [build.commit ?? '', ...ends(build)]),
};

const table6: Table = {
  header: ['', title, '|arch|result|date|status|url|', '|----|------|----|------|---|'],
  row: (build) => cells([architecture6(build.for)], build, ends(build)),
};

const target = (build: ToldBuild) => [shownPlace(build.on), shownPlace(build.for), escapeMarkdown(build.repository)];
const ends = ({ date, state, url }: ToldBuild) => [escapeMarkdown(date), state, url];

/** A row: the cells before the result, the result up to a length, the cells behind it. */
function cells(before: readonly string[], build: ShownBuild, behind: readonly string[]) {
  const [first, last] = [before, behind].map((texts) => texts.map(escapeCell).join('|'));
  const older = build.isOutdated && build.commit ? ` (_older_: ${shortCommit(build.commit)})` : '';
  const result = escapeCell(`${shownResult(build)}${older}`);
  return (limit: number) => `|${first}|${cutMarkdown(result, limit)}|${last}|`;
}

/** As the comments of that generation write it. */
function architecture6({ arch, accelerator }: TargetPlace): string {
  return escapeMarkdown([arch.replaceAll('/', '-'), ...(accelerator ? [accelerator] : [])].join(', '));
}

function shownResult({ state, result: cell }: ToldBuild): string {
  if (state !== 'finished') return escapeCellOfOthers(cell);
  const cancelled = toldCancelled(cell);
  if (cancelled !== undefined) return cancelled;
  if (cell.includes('FAILURE')) return ':cry: FAILURE';
  if (cell.includes('SUCCESS')) return ':grin: SUCCESS';
  if (cell.includes('UNKNOWN')) return ':shrug: UNKNOWN';
  return escapeCellOfOthers(cell);
}

/** Too many rows for one comment, even with short texts: the newest that fit, and how to ask for the others. */
function newest(builds: readonly ShownBuild[], table: Table, below: readonly string[]): string {
  const rows: string[] = [];
  let length = [...table.header, ...below].join('\n').length + 500;
  for (const build of builds.toReversed()) {
    const row = table.row(build)(20);
    length += row.length + 1;
    if (length > maxCommentLength) break;
    rows.unshift(row);
  }
  const note = `${builds.length - rows.length} older builds are left out; filters such as \`repo:ID\` or \`arch:NAME\` show fewer.`;
  return [...table.header, ...rows, '', note, ...below].join('\n');
}
