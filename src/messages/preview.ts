import type { Markdown } from '../outside/forge/forge.ts';
import type { StaleArtefacts, UploadPolicy } from '../settings/settings.ts';
import { asComment, asManyAsFit, cutMarkdown, maxCommentLength } from './comment.ts';
import { shortCommit } from './commit.ts';
import { formatDate } from './date.ts';
import { codeSpan, escapeCell, escapeMarkdown } from './escape-markdown.ts';
import { inUnits } from './in-units.ts';
import { joined, md, ownText } from './markdown.ts';
import { whyNoJob } from './moved-job-dirs.ts';

/** What the label `bot:deploy` would do now. */
export interface ToldPreview {
  readonly appName: string;
  readonly at: Date;
  /** The command, without `bot:`, with full names. */
  readonly typed: string;
  /** Filters leave some jobs out. */
  readonly isFiltered: boolean;
  readonly asker: { readonly login: string; readonly mayDeploy: boolean };
  /** Logins of those who may set the label. */
  readonly deployers: readonly string[];
  readonly policy: UploadPolicy;
  readonly stale: StaleArtefacts;
  /** The head of the pull request; absent: not known. */
  readonly head?: string;
  readonly rows: readonly ToldArtefact[];
}

export interface ToldArtefact {
  readonly job: string;
  /** The address of the job's comment. */
  readonly url?: string;
  /** Absent: the job lists none. */
  readonly artefact?: string;
  readonly size?: number;
  readonly sha256?: string;
  /** The commit that was built; absent: not recorded. */
  readonly commit?: string;
  /** Bucket and key; absent: it is not uploaded. */
  readonly to?: string;
  readonly isUploaded: boolean;
  /** Why it is not uploaded. */
  readonly why?: Markdown;
  /** The status of its tests, if it is not SUCCESS. */
  readonly tests?: string;
  /** An earlier deployment uploaded it; the bucket is not asked. `isSameFile`: absent if the file was not read now. */
  readonly uploadedBefore?: { readonly at: Date; readonly isSameFile?: boolean };
}

/** More rows than this are folded below their number. */
const mostOpen = 6;
const longestWhy = 500;
const tableRoom = Math.floor(maxCommentLength * 0.6);
const digestRoom = Math.floor(maxCommentLength * 0.25);

/** The comment of `bot: explain deploy`. */
export function previewComment(told: ToldPreview): Markdown {
  const { rows } = told;
  const digests = rows.filter(({ isUploaded, sha256 }) => isUploaded && sha256 !== undefined);
  const parts = [
    headline(told),
    ...(rows.length === 0 ? [] : [folded(tableOf(told), rows.length, `All ${rows.length} of them, one by one`)]),
    joined(factsOf(told), '\n'),
    ...(digests.length === 0 ? [] : [digestsOf(digests)]),
  ];
  return asComment(parts.join('\n\n'));
}

const none = md`none`;

function headline({ appName, at, typed, isFiltered, policy, rows }: ToldPreview): Markdown {
  const bot = md`Instance ${codeSpan(appName)}`;
  const which = isFiltered ? md` that ${codeSpan(typed)} selects` : md``;
  if (rows.length === 0)
    return md`${bot} has no job of this pull request${which}: the label \`bot:deploy\` would upload nothing${isFiltered ? md`` : md`; ${whyNoJob}`}.`;
  const artefacts = rows.filter(({ artefact }) => artefact !== undefined).length;
  const uploaded = rows.filter(({ isUploaded }) => isUploaded).length;
  const count = artefacts === 1 ? md`the 1 artefact` : md`the ${artefacts} artefacts`;
  const what = uploaded === 0 || policy === 'none' ? none : md`${uploaded}`;
  const bound = isFiltered
    ? md`; a label uploads this only as it is now`
    : md`; the next label uploads nothing but this, as it is now`;
  return md`${bot} would upload ${what} of ${count}${which}, were the label \`bot:deploy\` set now (${ownText(formatDate(at))}). Nothing was uploaded${what === none ? md`` : bound}.`;
}

function tableOf({ rows, head }: ToldPreview): string {
  const lines = rows.map((row) => {
    const { artefact, size, sha256, commit, to, job, url } = row;
    const older = commit !== undefined && head !== undefined && commit !== head ? md` _older_` : md``;
    const cells = [
      artefact === undefined ? md`_none_` : codeSpan(artefact),
      size === undefined ? md`` : ownText(inUnits(size)),
      sha256 === undefined ? md`` : codeSpan(sha256.slice(0, 12)),
      commit === undefined ? md`_unknown_` : md`${shortCommit(commit)}${older}`,
      url === undefined ? codeSpan(job) : md`[${codeSpan(job)}](${ownText(url)})`,
      to === undefined ? md`` : codeSpan(to),
      whatHappens(row),
    ];
    return `\n|${cells.map(escapeCell).join('|')}|`;
  });
  return `|artefact|size|SHA-256|commit|job|goes to|what happens|\n|${'----|'.repeat(7)}${asManyAsFit(lines, tableRoom, andMore)}`;
}

const andMore = (leftOut: number) =>
  `\n\n… and ${leftOut} more, for which there is no room; filters such as \`repo:ID\` or \`jobid:N\` show fewer`;

function whatHappens({ isUploaded, why = md``, tests, uploadedBefore }: ToldArtefact): Markdown {
  const failed = tests === undefined ? md`` : md`, though its tests ended with the status ${codeSpan(tests)}`;
  const happens = isUploaded ? md`**would be uploaded**${failed}` : md`not uploaded: ${cutMarkdown(why, longestWhy)}`;
  if (uploadedBefore === undefined) return happens;
  const { isSameFile } = uploadedBefore;
  const what =
    isSameFile === undefined
      ? md`the file of this SHA-256 was`
      : isSameFile
        ? md`it was`
        : md`another file of this name was`;
  return md`${happens}; by the ledger ${what} uploaded at ${ownText(formatDate(uploadedBefore.at))}`;
}

function folded(text: string, count: number, summary: string): string {
  return count <= mostOpen ? text : `<details><summary>${summary}</summary>\n\n${text}\n\n</details>`;
}

const policies: Readonly<Record<UploadPolicy, Markdown>> = {
  all: md`every artefact, with each label anew`,
  latest: md`of each payload the newest build, with each label anew`,
  once: md`of each payload the newest build, and each payload once`,
  none: md`nothing`,
};

function factsOf({ asker, deployers, policy, stale, head, rows, isFiltered }: ToldPreview): readonly Markdown[] {
  const may = asker.mayDeploy ? md`may set it` : md`has NO permission to deploy: the admin of this instance gives it`;
  const all = deployers.length === 0 ? md`nobody` : joined(deployers.map(codeSpan), ', ');
  const others =
    stale === 'refuse'
      ? md`what was built from another commit is refused`
      : md`what was built from another commit is uploaded, too`;
  const isEmpty = !rows.some(({ isUploaded }) => isUploaded);
  return [
    md`- who may set the label: ${all} (\`deploy_permission\`); account ${codeSpan(asker.login)} ${may}`,
    md`- \`upload_policy = ${ownText(policy)}\`: ${policies[policy]}`,
    head === undefined
      ? md`- head of the pull request: no event has told it yet`
      : md`- head of the pull request: ${shortCommit(head)}; ${others} (\`stale_artefacts = ${ownText(stale)}\`)`,
    ...(isEmpty ? [] : [boundBy(isFiltered)]),
    ...(isEmpty && !isFiltered && policy !== 'none' ? [boundByNothing] : []),
  ];
}

const changed = md`- what is marked so here is uploaded only as it is now: with another SHA-256 it is refused until \`bot: explain deploy\` has shown it`;

const boundBy = (isFiltered: boolean) =>
  isFiltered
    ? changed
    : md`${changed}; the next label, and no later one, uploads nothing else: what is built until then is refused, also where it overtakes what is marked so, unless \`bot: explain deploy\` has shown it before`;

const boundByNothing = md`- the next label, and no later one, uploads nothing that is built until then, unless \`bot: explain deploy\` has shown it before`;

function digestsOf(rows: readonly ToldArtefact[]): string {
  const lines = rows.map(({ sha256 = '', artefact = '' }) => `\n- ${codeSpan(sha256)} ${escapeMarkdown(artefact)}`);
  const list = asManyAsFit(lines, digestRoom, andMore).trim();
  return `<details><summary>SHA-256 of what would be uploaded</summary>\n\n${list}\n\n</details>`;
}
