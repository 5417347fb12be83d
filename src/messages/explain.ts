import { withoutSecrets } from '../daemon/without-secrets.ts';
import type { Markdown } from '../outside/forge/forge.ts';
import { asComment, asManyAsFit, cutMarkdown, cutTo, maxCommentLength } from './comment.ts';
import { codeSpan, escapeCell } from './escape-markdown.ts';
import { joined, md } from './markdown.ts';

/** What a command would build now. */
export interface ExplainedBuild {
  readonly appName: string;
  /** The command, without `bot:`, with full names. */
  readonly typed: string;
  readonly asker: Asker;
  readonly jobs: readonly ExplainedJob[];
  /** The commit that would be built, 40 digits; absent: GitHub no longer shows the pull request. */
  readonly commit?: string;
  /** Why other targets get no job: a sentence each. */
  readonly leftOut: readonly Markdown[];
  /** `det_submit_opts.py` of the pull request may change the options. */
  readonly mayChangeOptions: boolean;
}

/** The account that asked. */
export interface Asker {
  readonly login: string;
  readonly mayBuild: boolean;
}

export interface ExplainedJob {
  /** `x86_64/amd/zen3`, `nvidia/cc80` */
  readonly for: readonly string[];
  readonly repositoryId: string;
  /** The name of the node type. */
  readonly on: string;
  /** Arguments of sbatch, without the script. */
  readonly options: readonly string[];
  /** `NAME=value` */
  readonly exports: readonly string[];
}

/** More options than this are folded below their number. */
const maxOpen = 6;
const longestWord = 200;
const longestReason = 1_000;

/** The comment of `bot: explain` for a command that builds. */
export function explainBuildComment(explained: ExplainedBuild): Markdown {
  const { jobs, commit, leftOut } = explained;
  const isBuilt = jobs.length > 0 && commit !== undefined;
  const reasons = leftOut.map((reason) => md`- ${cutMarkdown(reason, longestReason)}`);
  const parts = [
    headline(explained, isBuilt),
    ...(isBuilt ? [tableOf(jobs), joined(factsOf(explained, commit), '\n'), optionsOf(jobs)] : []),
    ...(reasons.length > 0 ? [asManyAsFit(lines(reasons), room, andMore).trim()] : []),
    ...(isBuilt ? [notTried(explained)] : []),
  ];
  return asComment(parts.join('\n\n'));
}

const room = Math.floor(maxCommentLength / 4);
const lines = (all: readonly Markdown[]) => all.map((line) => `\n${line}`);
const andMore = (leftOut: number) => `\n… and ${leftOut} more, for which there is no room; filters show fewer`;

function headline({ appName, typed, asker, jobs, commit, leftOut }: ExplainedBuild, isBuilt: boolean): Markdown {
  const bot = md`Instance ${codeSpan(appName)}`;
  const command = codeSpan(cutTo(typed, 500));
  const count = jobs.length === 1 ? md`1 job` : md`${jobs.length} jobs`;
  const isGone = jobs.length > 0 && commit === undefined;
  const may = asker.mayBuild
    ? md``
    : md` Account ${codeSpan(asker.login)} has NO permission to submit build jobs; the admin of this instance gives it, by \`build_permission\`.`;
  if (isBuilt && asker.mayBuild) return md`${bot} would submit ${count} for ${command}. Nothing was done.`;
  if (isBuilt)
    return md`${bot} would submit no job for ${command}.${may} Of somebody who has it, it would be ${count}:`;
  const why = isGone
    ? md`GitHub no longer shows this pull request to the bot`
    : leftOut.length > 0
      ? md`see below`
      : md`nothing is left to build`;
  return md`${bot} would submit no job for ${command}: ${why}.${may}`;
}

function tableOf(jobs: readonly ExplainedJob[]): string {
  const rows = jobs.map((job) => {
    const cells = [joined(job.for.map(codeSpan), ', '), codeSpan(job.repositoryId), codeSpan(job.on)];
    return `\n|${cells.map(escapeCell).join('|')}|`;
  });
  return `|for|repo|node type|\n|----|----|----|${asManyAsFit(rows, room, andMore)}`;
}

function factsOf({ asker }: ExplainedBuild, commit: string): readonly Markdown[] {
  return [
    md`- commit: ${codeSpan(commit.slice(0, 12))}, the head of the pull request when this was typed`,
    ...(asker.mayBuild ? [md`- permission: account ${codeSpan(asker.login)} may submit build jobs`] : []),
  ];
}

/** The options of sbatch and the exports, once for all jobs with the same ones. */
function optionsOf(jobs: readonly ExplainedJob[]): string {
  const all = jobs.map(({ on, options, exports }) => {
    const variables = exports.length > 0 ? md`; exported: ${words(exports)}` : md``;
    return md`- sbatch on ${codeSpan(on)}: ${words(options)}${variables}`;
  });
  const each = [...new Set(all)];
  const list = asManyAsFit(lines(each), room, andMore).trim();
  if (each.length <= maxOpen) return list;
  return `<details><summary>Options for sbatch, of ${each.length} kinds of jobs</summary>\n\n${list}\n\n</details>`;
}

const words = (all: readonly string[]): Markdown =>
  joined(
    all.map((word) => codeSpan(cutTo(withoutSecrets(word), longestWord))),
    ' ',
  );

const notTried = ({ mayChangeOptions }: ExplainedBuild): Markdown =>
  mayChangeOptions
    ? md`Not tried: whether the commit fits its base branch, whether \`det_submit_opts.py\` of the pull request changes options, whether Slurm takes the job.`
    : md`Not tried: whether the commit fits its base branch, whether Slurm takes the job.`;
