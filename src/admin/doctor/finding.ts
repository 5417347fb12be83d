/** Green means that it was looked at. */
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

/** One thing that was looked at, or was not. */
export interface Finding {
  /** `GROUP/WHAT`: by it docs/troubleshooting.md and other programs know it. */
  readonly name: `${Group}/${string}`;
  readonly verdict: Verdict;
  /** What there is; of what was not looked at: why not. Never a secret. */
  readonly seen: string;
  readonly expected?: string;
  /** What mends it: a command, or a sentence. */
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
