import { z } from 'zod';
import type { Comment, Forge, Markdown, OfPullRequest } from './forge.ts';

type Asked = Pick<Forge, 'createComment' | 'listComments' | 'readOwnLogin'>;

/** How far a comment of ours has come. Written down before and after each step. */
export const saidShape = z.discriminatedUnion('kind', [
  /** The request may have been sent: look before sending it again. */
  z.object({ kind: z.literal('posting') }),
  z.object({ kind: z.literal('posted'), id: z.int().positive(), url: z.string().max(5_000) }),
  /** It cannot be said: the pull request, or the right to write there, is gone. */
  z.object({ kind: z.literal('impossible') }),
]);
export type Said = z.infer<typeof saidShape>;

interface ToSay extends OfPullRequest {
  readonly body: Markdown;
  /** Recognises the comment among those that the bot has written on the pull request; absent: by its text. */
  readonly isIt?: (comment: Comment) => boolean;
}

/** Posts a comment once, whatever is killed in between: `record` is on the disk when it resolves. */
export async function sayOnce(
  toSay: ToSay,
  before: Said | undefined,
  forge: Asked,
  record: (said: Said) => Promise<void>,
): Promise<Said> {
  if (before?.kind === 'posted' || before?.kind === 'impossible') return before;
  const there = before?.kind === 'posting' ? await findIt(toSay, forge) : undefined;
  if (before === undefined) await record({ kind: 'posting' });
  const comment = there ?? (await forge.createComment(toSay, toSay.body));
  const said: Said = comment === 'gone' ? { kind: 'impossible' } : { kind: 'posted', id: comment.id, url: comment.url };
  await record(said);
  return said;
}

async function findIt(toSay: ToSay, forge: Asked) {
  const { isIt = ({ body }: Comment) => isSameText(body, toSay.body) } = toSay;
  const own = (await forge.readOwnLogin()).toLowerCase();
  const comments = await forge.listComments(toSay);
  return comments.find((comment) => comment.author.login.toLowerCase() === own && isIt(comment));
}

/** Whether a comment says what was sent: line ends and trailing blanks may come back changed. */
export function isSameText(shown: string, sent: string): boolean {
  return plain(shown) === plain(sent);
}

const plain = (text: string) => text.replaceAll('\r\n', '\n').trimEnd();
