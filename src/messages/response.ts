import type { Markdown } from '../outside/forge/forge.ts';
import type { Texts } from '../settings/settings.ts';
import { fillIn } from '../settings/template.ts';
import { asComment, asManyAsFit, cutMarkdown, cutTo, maxCommentLength } from './comment.ts';
import { codeSpan } from './escape-markdown.ts';
import type { Saying } from './least-chat-level.ts';
import { md, ownText } from './markdown.ts';

/** One command of a comment, and its outcome. */
export type ResponseItem =
  /** Once per comment, however many commands. */
  | { readonly kind: 'no-command-permission' }
  /** `typed`: the text after `bot:`. */
  | { readonly kind: 'misunderstood'; readonly typed: string; readonly reason: Markdown }
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
  | { readonly kind: 'failed'; readonly command: string; readonly reason: Markdown };

/** What came of a command, as lines of a list. */
export interface ToldResult {
  readonly kind: 'told';
  readonly lines: readonly Markdown[];
  /** What the whole response is then, if it is not just one. */
  readonly saying?: 'response with help' | 'response with a refusal';
}

/** The one answer to a comment with commands: posted once, then edited. */
export function responseComment(
  appName: string,
  sender: string,
  items: readonly ResponseItem[],
  texts: Texts,
): Markdown {
  const fill = (response: string, results: string) =>
    fillIn(texts.commandResponse, { app_name: appName, comment_response: response, comment_result: results });
  const room = Math.floor((maxCommentLength - fill('', '').length - spareLength) / 2);
  const half = (of: (item: ResponseItem, sender: string) => string) =>
    withinLength(
      items.map((item) => of(item, sender)),
      room,
    );
  return asComment(fill(half(received), half(result)));
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
/** For what {@link asComment} may insert, if every line looks like a command. */
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
      return `\n- account ${from} has NO permission to send commands to the bot`;
    case 'misunderstood':
      return `\n- parsing the bot command ${shown(item.typed)}, received from sender ${from}, failed\n  - ${cutMarkdown(item.reason, maxItemLength)}`;
    case 'received':
      return `\n- received bot command ${shown(item.typed)} from ${from}\n  - expanded format: ${shown(item.expanded)}`;
  }
}

function result(item: ResponseItem, sender: string): string {
  if (item.kind !== 'received') return '';
  if (item.result === undefined) return delay(item);
  if (item.result.kind === 'failed') {
    const { command, reason } = item.result;
    return `\n- handling command ${shown(command)} failed with message\n  _${cutMarkdown(reason, maxItemLength)}_`;
  }
  const lines = linesOf(item.result, sender).map((line) => `\n${line}`);
  return `\n- handling command ${shown(item.expanded)} resulted in:${lines.join('')}`;
}

function delay({ expanded, waitsFor }: Extract<ResponseItem, { readonly kind: 'received' }>): string {
  if (waitsFor === undefined) return '';
  const goesOn = 'The bot tries it again by itself, for three days at most; there is no need to send it again.';
  return `\n- handling command ${shown(expanded)} has to wait\n  _${cutMarkdown(waitsFor, maxItemLength)} ${goesOn}_`;
}

function linesOf(outcome: Exclude<CommandResult, { readonly kind: 'failed' }>, sender: string): readonly Markdown[] {
  if (outcome.kind === 'told') return outcome.lines;
  return [md`  - account ${codeSpan(sender)} has NO permission to submit build jobs`];
}

/** That nothing came of a command, or that it is told elsewhere. */
export const tellOfNothing = (what: 'jobs' | 'comment'): ToldResult => ({
  kind: 'told',
  lines: [what === 'jobs' ? md`  - no jobs were submitted` : md`  - no comment was added`],
});

/** The jobs that a command submitted. `url`: of its comment, if it has one. `failures`: why targets got none, a sentence each. */
export function tellOfJobs(
  jobs: readonly { readonly id: string; readonly url?: string }[],
  failures: readonly Markdown[],
): ToldResult {
  const submitted = jobs.map(({ id, url }) => {
    const details = url === undefined ? md`` : md`, for details & status see ${ownText(url)}`;
    return md`  - submitted job ${codeSpan(id)}${details}`;
  });
  const lines = submitted.length > 0 ? submitted : tellOfNothing('jobs').lines;
  const refusals = failures.map((failure) => md`  - ${ownText(cutMarkdown(failure, maxItemLength))}`);
  return {
    kind: 'told',
    lines: [...lines, ...refusals],
    ...(failures.length > 0 && { saying: 'response with a refusal' }),
  };
}

function shown(text: string): Markdown {
  return codeSpan(cutTo(text, 500));
}
