import { randomBytes } from 'node:crypto';

/**
 * The text behind each field that squeue and sacct print, new for each call: no job's name, directory or comment can hold it and end a
 * field or record. It begins with no digit, which would belong to a width, and is not special to a shell, since the command may be a wrapper
 * (`ssh host squeue`).
 */
export const newBorder = (): string => `@${randomBytes(12).toString('hex')}@`;

/** Fields as printed; `before`: whole lines above them. */
interface PrintedRecord {
  readonly before: string;
  readonly fields: readonly string[];
}

type Records =
  /** `after`: the text behind the last record. */
  | { readonly kind: 'records'; readonly records: readonly PrintedRecord[]; readonly after: string }
  | { readonly kind: 'unreadable'; readonly why: string };

/** Splits the output of `who` into records: `fieldCount` fields, `border` behind each, then a line end. The first field has no line end. */
export function splitRecords(who: string, text: string, border: string, fieldCount: number): Records {
  const pieces = text.split(border);
  const after = pieces.pop() ?? '';
  const records: PrintedRecord[] = [];
  for (let at = 0; at < pieces.length; at += fieldCount) {
    const [first = '', ...fields] = pieces.slice(at, at + fieldCount);
    const isWhole = fields.length === fieldCount - 1 && (pieces[at + fieldCount] ?? after).startsWith('\n');
    if (!isWhole)
      return { kind: 'unreadable', why: `${who} printed a record that breaks off: ${quoted(first, border)}` };
    const printed = at === 0 ? first : first.slice(1);
    const begin = printed.lastIndexOf('\n') + 1;
    records.push({ before: printed.slice(0, begin), fields: [printed.slice(begin), ...fields] });
  }
  return { kind: 'records', records, after: records.length === 0 ? after : after.slice(1) };
}

/** For a message; the same for each call, so that it is told once. */
export const quoted = (text: string, border: string) => JSON.stringify(text.replaceAll(border, '@').slice(0, 200));
