import type { Markdown } from '../outside/forge/forge.ts';
import { codeSpan, escapeMarkdown } from './escape-markdown.ts';
import { md } from './markdown.ts';

/** A job that was named or matched, and is not cancelled. */
export interface NotCancelled {
  readonly id: string;
  readonly why: /** This instance has no such job. */
    | { readonly kind: 'unknown' | 'another pull request' | 'unreadable' | 'not matched' | 'under way' }
    /** `how`: absent if not known. */
    | { readonly kind: 'ended'; readonly how?: Markdown }
    | { readonly kind: 'not the owner'; readonly owner?: string }
    | { readonly kind: 'cancelled before'; readonly by: string }
    /** Slurm's words. */
    | { readonly kind: 'refused'; readonly message: string };
}

/** The result of `bot: cancel`. */
export interface Cancelled {
  /** Undefined: filters were given, or nothing. */
  readonly ids?: { readonly valid: number; readonly dropped: readonly string[] };
  readonly cancelled: readonly string[];
  /** Cancelled later: Slurm is away. */
  readonly later: readonly string[];
  readonly refused: readonly NotCancelled[];
}

/** The result in sentences. */
interface CancelTold {
  /** In the words of the Python bot, but for jobs that are to be cancelled later. */
  readonly done: readonly Markdown[];
  /** Why others are not cancelled. */
  readonly why: readonly Markdown[];
}

export function tellCancelled({ ids, cancelled, later, refused }: Cancelled): CancelTold {
  const dropped = (ids?.dropped ?? []).map(
    (text) =>
      md`${codeSpan(text)} is no job id; a job id is a number, as in \`jobid:1234\`${text.includes(',') ? md`, and each stands behind a \`jobid:\` of its own` : md``}.`,
  );
  if (ids?.valid === 0) return { done: [md`No valid job IDs were given.`], why: dropped };
  const done = [
    ...(cancelled.length + later.length > 0 ? [] : [nothing(ids !== undefined, refused)]),
    ...cancelled.map((id) => md`cancelled job ${codeSpan(id)}`),
    ...later.map(
      (id) =>
        md`job ${codeSpan(id)} is not cancelled yet: Slurm does not answer. The bot tries it again by itself, for three days at most, and tells it in the job's comment.`,
    ),
  ];
  const isNobodyMeant = ids === undefined && cancelled.length + later.length + refused.length === 0;
  const why = [
    ...(isNobodyMeant
      ? [md`no job that this command selects waits or runs on this instance; \`bot: status\` lists all jobs.`]
      : []),
    ...refused.map(({ id, why }) => md`job ${codeSpan(id)} was not cancelled: ${because(why)}.`),
    ...dropped,
  ];
  return { done, why };
}

const isGone = ({ why }: NotCancelled) => ['unknown', 'another pull request', 'ended'].includes(why.kind);

const nothing = (byId: boolean, refused: readonly NotCancelled[]) =>
  byId && refused.every(isGone) ? md`No cancellable jobs were given.` : md`No jobs were cancelled.`;

const byOwnerOnly = md`on this instance a job is cancelled by its owner, unless the admin allows others to (\`cancel_permission\`)`;

function because(why: NotCancelled['why']): Markdown {
  switch (why.kind) {
    case 'unknown':
      return md`this instance has no such job`;
    case 'another pull request':
      return md`it belongs to another pull request; type the command there`;
    case 'unreadable':
      return md`its record was changed by something other than the bot, perhaps the job itself; the bot's admin can cancel it`;
    case 'ended':
      return why.how === undefined ? md`it has ended, or is ending` : md`it has ended: ${why.how}`;
    case 'not matched':
      return md`the other filters do not match it`;
    case 'under way':
      return md`the command that builds it is still under way; type it again when the job has its comment`;
    case 'not the owner':
      return why.owner === undefined
        ? md`nobody knows who ordered it, and ${byOwnerOnly}; the bot's admin can cancel it`
        : md`it was ordered by ${codeSpan(why.owner)}, and ${byOwnerOnly}`;
    case 'cancelled before':
      return md`${codeSpan(why.by)} has cancelled it already, and its end is not told yet`;
    case 'refused':
      return md`Slurm refuses it: ${escapeMarkdown(why.message)}`;
  }
}

/** For somebody who may not build. */
export const mayNotCancel = (login: string) => md`User ${codeSpan(login)} cannot submit or cancel build jobs.`;
