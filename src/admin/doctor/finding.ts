/** `ok` means that it was looked at. */
export type Verdict = 'ok' | 'warning' | 'failure' | 'not looked at';

/** The parts of a site, in the order in which they are shown. */
export const groups = [
  'configuration',
  'machine',
  'environment',
  'files',
  'state',
  'GitHub',
  'webhook',
  'Slurm',
  'upload',
] as const;
export type Group = (typeof groups)[number];

/** The result of one look. */
export interface Finding {
  /** `GROUP/WHAT`: docs/troubleshooting.md and other programs use it. */
  readonly name: `${Group}/${string}`;
  readonly verdict: Verdict;
  /** What was seen; if it was not looked at, why not. Never a secret. */
  readonly seen: string;
  readonly expected?: string;
  /** The fix: a command, or a sentence. */
  readonly mend?: string;
}

type Name = Finding['name'];

export const fine = (name: Name, seen: string): Finding => ({ name, verdict: 'ok', seen });
export const notLookedAt = (name: Name, why: string): Finding => ({ name, verdict: 'not looked at', seen: why });

type Maker = (name: Name, seen: string, expected: string, mend: string) => Finding;
const makerOf =
  (verdict: Verdict): Maker =>
  (name, seen, expected, mend) => ({ name, verdict, seen, expected, mend });
export const warning = makerOf('warning');
export const failure = makerOf('failure');
