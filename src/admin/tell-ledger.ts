import { counted } from '../counted.ts';
import type { LedgerChain } from '../jobs/ledger.ts';

/** What `ledger verify` found. */
interface LedgerVerdict {
  readonly ok: boolean;
  readonly entries: number;
  readonly broken: LedgerChain['broken'];
  /** SHA-256 of the last line: noted elsewhere, it vouches for all lines until then. */
  readonly last?: string;
  readonly lines: readonly string[];
}

/**
 * Judges a ledger. `noted`: the SHA-256 of a line, noted earlier. Anybody who can write the file can rewrite all lines with right hashes: only a
 * hash that was noted elsewhere shows that.
 */
export function tellLedger(path: string, { entries, broken, hashes }: LedgerChain, noted?: string): LedgerVerdict {
  const last = hashes.at(-1);
  const notedLine = noted === undefined ? 0 : hashes.indexOf(noted.toLowerCase()) + 1;
  const isReplaced = noted !== undefined && notedLine === 0;
  const ok = broken.length === 0 && !isReplaced;
  return {
    ok,
    entries: entries.length,
    broken,
    ...(last !== undefined && { last }),
    lines: [
      `${path}: ${counted(entries.length, 'entry', 'entries')}${periodOf(entries)}`,
      ...broken.map(({ line, why }) => `line ${line} ${why}`),
      ...(isReplaced
        ? [`no line has the SHA-256 ${noted}: lines up to the one that had it were changed or taken out`]
        : []),
      ...(notedLine > 0 && broken.every(({ line }) => line > notedLine)
        ? [`lines 1 to ${notedLine} are as they were when ${noted} was noted`]
        : []),
      ...(ok ? [] : ['Not what was written: compare it with a backup.']),
      ...(ok && last !== undefined
        ? [
            'Each line follows from the one before.',
            `SHA-256 of the last line: ${last}`,
            `Note it where nobody who can write here can: later, --noted ${last} tells whether all until now is as it was.`,
          ]
        : []),
    ],
  };
}

function periodOf(entries: LedgerChain['entries']): string {
  const [first, last] = [entries[0], entries.at(-1)];
  if (first === undefined || last === undefined) return '';
  return first === last ? `, of ${first.at}` : `, from ${first.at} to ${last.at}`;
}
