import { expect, it } from 'vitest';
import type { LedgerEntry } from '../jobs/ledger.ts';
import { tellLedger } from './tell-ledger.ts';

const entryAt = (at: string) => ({ at }) as LedgerEntry;
const entries = [entryAt('2026-01-05T03:04:05.000Z'), entryAt('2026-02-05T03:04:05.000Z')];
const [first, second, other] = ['a', 'b', 'c'].map((digit) => digit.repeat(64)) as [string, string, string];
const hashes = [first, second];
const tell = (change: object, noted?: string) =>
  tellLedger('/s/ledger.jsonl', { entries, broken: [], hashes, ...change }, noted);

const whole = [
  '/s/ledger.jsonl: 2 entries, from 2026-01-05T03:04:05.000Z to 2026-02-05T03:04:05.000Z',
  'Each line follows from the one before.',
  `SHA-256 of the last line: ${second}`,
  `Note it where nobody who can write here can: later, --noted ${second} tells whether all until now is as it was.`,
];

it('says that each line follows from the one before, and what to note', () => {
  expect(tell({})).toEqual({ ok: true, entries: 2, broken: [], last: second, lines: whole });
});

it('says until where a ledger is as it was when its hash was noted', () => {
  const { ok, lines } = tell({}, first.toUpperCase());
  expect([ok, lines[1]]).toEqual([true, `lines 1 to 1 are as they were when ${first.toUpperCase()} was noted`]);
});

it('tells a ledger that was written anew as a whole, with right hashes, by the hash that was noted', () => {
  expect(tell({}, other)).toMatchObject({
    ok: false,
    lines: [
      whole[0],
      `no line has the SHA-256 ${other}: lines up to the one that had it were changed or taken out`,
      'Not what was written: compare it with a backup.',
    ],
  });
});

it('names each line that is wrong, and vouches for those before', () => {
  const broken = [{ line: 2, why: 'is no entry of a ledger' }];
  expect(tell({ broken, entries: entries.slice(0, 1) }, first)).toEqual({
    ok: false,
    entries: 1,
    broken,
    last: second,
    lines: [
      '/s/ledger.jsonl: 1 entry, of 2026-01-05T03:04:05.000Z',
      'line 2 is no entry of a ledger',
      `lines 1 to 1 are as they were when ${first} was noted`,
      'Not what was written: compare it with a backup.',
    ],
  });
});

it('vouches for nothing behind a line that is wrong', () => {
  const { lines } = tell({ broken: [{ line: 1, why: 'is no entry of a ledger' }] }, second);
  expect(lines.join(' ')).not.toContain('as they were');
});

it('has nothing to say of an empty one', () => {
  expect(tell({ entries: [], hashes: [] })).toEqual({
    ok: true,
    entries: 0,
    broken: [],
    lines: ['/s/ledger.jsonl: 0 entries'],
  });
});
