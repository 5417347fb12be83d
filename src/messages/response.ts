import type { Markdown } from '../outside/forge/forge.ts';
import type { Texts } from '../settings/settings.ts';
import { fillIn, type Template } from '../settings/template.ts';
import { asComment, asManyAsFit, cutMarkdown, cutTo, maxCommentLength } from './comment.ts';
import { codeSpan } from './escape-markdown.ts';
import type { Saying } from './least-chat-level.ts';
import { md, ownText } from './markdown.ts';
import { mayNotBuild, whoGivesBuildPermission } from './no-permission.ts';

/** One command of a comment, and its outcome. */
export type ResponseItem =
  /** Once per comment, however many commands. */
  | { readonly kind: 'no-command-permission' }
  /** `typed`: the text after `bot:`. `example`: what can be typed there instead, and works here. */
  | {
      readonly kind: 'misunderstood';
      readonly typed: string;
      readonly reason: Markdown;
      readonly example?: string;
    }
  /** A sentence about a line that was probably meant as a command. */
  | { readonly kind: 'near-miss'; readonly line: Markdown }
  | {
      readonly kind: 'received';
      readonly typed: string;
      readonly expanded: string;
      /** Absent while it is being handled. */
      readonly result?: CommandResult;
      /** Without a result: why it is still waiting. A sentence. */
      readonly waitsFor?: Markdown;
    };

export type CommandResult =
  | ToldResult
  /** Said here only if the site has no no_build_permission_comment. */
  | { readonly kind: 'no-build-permission' }
  /** Refused or failed: `command` is its name. */
  | { readonly kind: 'failed'; readonly command: string; readonly reason: Markdown; readonly example?: string };

/** The result of a command, as lines of a list. */
export interface ToldResult {
  readonly kind: 'told';
  readonly lines: readonly Markdown[];
  /** The kind of the whole response, if not an ordinary one. */
  readonly saying?: 'response with help' | 'response with a refusal';
  /** Why not all of it was done: the first reason. */
  readonly reason?: Markdown;
}

/** At most this many lines are shown without a click: about one screen. */
const maxOpenLines = 30;

/**
 * The one answer to a comment with commands: posted once, then edited. Refusals and help are not folded, even if the site's text folds the
 * answer; if they are long, only one sentence is shown, and they are folded below it.
 */
export function responseComment(
  appName: string,
  sender: string,
  items: readonly ResponseItem[],
  texts: Texts,
): Markdown {
  if (items.every(({ kind }) => kind === 'near-miss')) return nearMisses(appName, items);
  const template = isOpen(items) ? unfolded(texts.commandResponse) : texts.commandResponse;
  const fill = (response: string, results: string) =>
    fillIn(template, { app_name: appName, comment_response: response, comment_result: results });
  const room = Math.floor((maxCommentLength - fill('', '').length - spareLength) / 2);
  const half = (of: (item: ResponseItem, sender: string) => string) =>
    withinLength(
      items.map((item) => of(item, sender)),
      room,
    );
  const [above, below] = [half(received), half(result)];
  const reasons = items.flatMap((item) => reasonOf(item, sender) ?? []);
  const [reason] = reasons;
  if (reason === undefined || `${above}${below}`.split('\n').length <= maxOpenLines)
    return asComment(fill(above, below));
  const open = md`\n- ${reasons.length} of ${items.length} not done in full. The first: ${cutMarkdown(reason, 300)}`;
  return asComment(fill(`${open}\n\n<details><summary>All of it</summary>\n${above}\n${below}\n\n</details>`, ''));
}

/** Whether people have to read it: something was not done, or waits, or was asked for. */
const isOpen = (items: readonly ResponseItem[]) =>
  kindOfResponse(items) !== 'response' || items.some((item) => reasonOf(item, '') !== undefined);

/** Why not all of a command was done. */
function reasonOf(item: ResponseItem, sender: string): Markdown | undefined {
  switch (item.kind) {
    case 'no-command-permission':
      return md`account ${codeSpan(sender)} has NO permission to send commands to the bot`;
    case 'near-miss':
      return item.line;
    case 'misunderstood':
      return item.reason;
    case 'received':
      if (item.result?.kind === 'no-build-permission') return mayNotBuild(sender);
      return item.result?.reason;
  }
}

function nearMisses(appName: string, items: readonly ResponseItem[]): Markdown {
  const lines = items.flatMap((item) => (item.kind === 'near-miss' ? [item.line] : []));
  const instance = md`Instance ${codeSpan(appName)}: `;
  const [only, ...others] = lines;
  if (only !== undefined && others.length === 0) return asComment(`${instance}${only}`);
  return asComment(
    `${instance}nothing was done.${withinLength(
      lines.map((line) => `\n- ${line}`),
      maxCommentLength / 2,
    )}`,
  );
}

/** The kind of a response: least-chat-level.ts has the chat level at which it is posted. */
export function kindOfResponse(items: readonly ResponseItem[]): Saying {
  const results = items.flatMap((item) => (item.kind === 'received' && item.result ? [item.result] : []));
  const sayings = results.map((each) => (each.kind === 'told' ? each.saying : 'response with a refusal'));
  if (sayings.includes('response with help')) return 'response with help';
  const isRefused = items.some(({ kind }) => kind !== 'received') || sayings.includes('response with a refusal');
  if (isRefused) return 'response with a refusal';
  const waits = items.some((item) => item.kind === 'received' && !item.result && item.waitsFor);
  return waits ? 'response with a delay' : 'response';
}

// Long enough for every reader, short enough that many fit.
const maxItemLength = 2_000;
/** Room for what {@link asComment} may insert, if every line looks like a command. */
const spareLength = 2_000;

/** All items; if they are too long, their first lines and the number of the others. */
function withinLength(items: readonly string[], length: number): string {
  const lines = items.flatMap((item) => item.split(/(?=\n)/));
  return asManyAsFit(lines, length, (leftOut) => `\n- … and ${leftOut} more lines, for which there is no room`);
}

function received(item: ResponseItem, sender: string): string {
  const from = codeSpan(sender);
  switch (item.kind) {
    case 'no-command-permission':
      return `\n- account ${from} has NO permission to send commands to the bot\n  - the admin of this instance gives it, by \`command_permission\``;
    case 'near-miss':
      return `\n- ${item.line}`;
    case 'misunderstood':
      return `\n- parsing the bot command ${shown(item.typed)}, received from sender ${from}, failed\n  - ${cutMarkdown(item.reason, maxItemLength)}${instead(item)}`;
    case 'received':
      return `\n- received bot command ${shown(item.typed)} from ${from}\n  - expanded format: ${shown(item.expanded)}`;
  }
}

function result(item: ResponseItem, sender: string): string {
  if (item.kind !== 'received') return '';
  if (item.result === undefined) return delay(item);
  if (item.result.kind === 'failed') {
    const { command, reason } = item.result;
    return `\n- handling command ${shown(command)} failed with message\n  _${cutMarkdown(reason, maxItemLength)}_${instead(item.result)}`;
  }
  const lines = linesOf(item.result, sender).map((line) => `\n${line}`);
  return `\n- handling command ${shown(item.expanded)} resulted in:${lines.join('')}`;
}

/** An example that works here, to copy. */
function instead({ example }: { readonly example?: string }): string {
  return example === undefined ? '' : `\n  - what works here: ${shown(`bot: ${example}`)}`;
}

function delay({ expanded, waitsFor }: Extract<ResponseItem, { readonly kind: 'received' }>): string {
  if (waitsFor === undefined) return '';
  const goesOn = 'The bot tries it again by itself, for three days at most; there is no need to send it again.';
  return `\n- handling command ${shown(expanded)} has to wait\n  _${cutMarkdown(waitsFor, maxItemLength)} ${goesOn}_`;
}

function linesOf(outcome: Exclude<CommandResult, { readonly kind: 'failed' }>, sender: string): readonly Markdown[] {
  if (outcome.kind === 'told') return outcome.lines;
  return [md`  - ${mayNotBuild(sender)}`, md`  - ${whoGivesBuildPermission}`];
}

/** What a command can come to nothing of. */
export type NothingOf = keyof typeof nothings;
const nothings = {
  jobs: md`no jobs were submitted`,
  comment: md`no comment was added`,
  cancelled: md`No jobs were cancelled.`,
};

/** Says that a command produced nothing, and why; without a reason a comment of its own says it. `example`: works here instead. */
export function tellOfNothing(
  what: NothingOf,
  { reason, example }: { readonly reason?: Markdown; readonly example?: string } = {},
): ToldResult {
  const why =
    reason ??
    (what === 'comment'
      ? md`\`chatlevel\` of this bot allows none; its admin sets it`
      : md`why is told in a comment of its own`);
  const works = example === undefined ? [] : [md`  - what works here: ${shown(`bot: ${example}`)}`];
  return {
    kind: 'told',
    lines: [md`  - ${nothings[what]}`, md`  - ${cutMarkdown(why, maxItemLength)}`, ...works],
    ...(reason !== undefined && { reason }),
  };
}

/** The jobs that a command submitted. `url`: of its comment, if it has one. `failures`: why targets got none, a sentence each. */
export function tellOfJobs(
  jobs: readonly { readonly id: string; readonly url?: string }[],
  failures: readonly Markdown[],
): ToldResult {
  const submitted = jobs.map(({ id, url }) => {
    const details = url === undefined ? md`` : md`, for details & status see ${ownText(url)}`;
    return md`  - submitted job ${codeSpan(id)}${details}`;
  });
  const [reason] = failures;
  if (submitted.length === 0 && reason === undefined)
    return tellOfNothing('jobs', { reason: md`nothing was left to build` });
  const lines = submitted.length > 0 ? submitted : [md`  - no jobs were submitted`];
  const refusals = failures.map((failure) => md`  - ${cutMarkdown(failure, maxItemLength)}`);
  return {
    kind: 'told',
    lines: [...lines, ...refusals],
    ...(reason !== undefined && { saying: 'response with a refusal', reason }),
  };
}

function shown(text: string): Markdown {
  return codeSpan(cutTo(text, 500));
}

/** Unfolds a text: without the tags of `<details>`, and without the words about a click in its summary. */
function unfolded(template: Template): Template {
  return template
    .replaceAll(/<summary\b[^>]*>(.*?)<\/summary>/gis, (_, summary: string) => `${withoutClick(summary)}\n`)
    .replaceAll(/<\/?details\b[^>]*>/gi, '')
    .trim() as Template;
}

const withoutClick = (summary: string) => summary.replace(/\s*(?:<em>|_)\(click[^)]*\)(?:<\/em>|_)/i, '');
