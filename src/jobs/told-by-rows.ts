import type { Markdown } from '../outside/forge/forge.ts';
import { shortResult } from './short-result.ts';

interface ToldRow {
  readonly state: string;
  readonly text: string;
}

interface Told {
  /** Absent: nobody has cancelled it. */
  readonly cancelled?: { readonly by?: string };
  /** Absent: the rows do not tell it, or not in the words that we know. */
  readonly result?: { readonly build: Markdown | undefined; readonly test: Markdown | undefined };
}

/**
 * What the record of an earlier version does not say of a job: from its rows, and from the table in the head of its comment, which another
 * bot may have written. Records of this version have it in fields.
 */
export function toldByRows(rows: readonly ToldRow[], head = ''): Told {
  const inHead = head.split(/\r?\n/).map((line) => {
    const [, , state = '', text = ''] = line.split('|');
    return { state: state.trim(), text: text.trim() };
  });
  const cancelled = [...rows, ...inHead].map(cancelledIn).find((each) => each !== undefined);
  const end = rows.find((row) => row.state === 'finished' && cancelledIn(row) === undefined)?.text ?? '';
  const [how = ''] = /^`[A-Z_]+`(?: \([^()]{0,200}\))?/.exec(end) ?? [];
  const build = shortResult(how, end.slice(how.length));
  const test = shortResult('', rows.find(({ state }) => state === 'test result')?.text ?? '');
  return { ...(cancelled && { cancelled }), ...((build ?? test) && { result: { build, test } }) };
}

/** What a row says that tells only that the job was cancelled; undefined: it says something else. The Python bot does not say by whom. */
export function cancelledIn({ state, text }: ToldRow): Told['cancelled'] {
  const found = state === 'finished' && /^job id `\d+` was cancelled(?: by `?([^`]{0,100})|$)/.exec(text);
  if (!found) return undefined;
  return found[1] ? { by: found[1] } : {};
}
