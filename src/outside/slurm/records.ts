import { randomBytes } from 'node:crypto';

/**
 * What stands behind each field that squeue and sacct print, new for each call: no name, directory or comment of a job can hold it, so none
 * ends a field or a record. It does not begin with a digit, which would belong to a width, and holds nothing that is special to a shell,
 * since the command may be a wrapper (`ssh host squeue`).
 */
export const newBorder = (): string => `@${randomBytes(12).toString('hex')}@`;

/** Fields as they were printed; `before`: whole lines that stood above them. */
interface PrintedRecord {
  readonly before: string;
  readonly fields: readonly string[];
}

type Records =
  /** `after`: what followed the last record. */
  | { readonly kind: 'records'; readonly records: readonly PrintedRecord[]; readonly after: string }
  | { readonly kind: 'unreadable'; readonly why: string };

/** Reads what `who` printed: records of so many fields, `border` behind each field, a line end behind each record. The first field holds no line end. */
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

/** For a message, which has to be the same each time: it is told once. */
export const quoted = (text: string, border: string) => JSON.stringify(text.replaceAll(border, '@').slice(0, 200));
