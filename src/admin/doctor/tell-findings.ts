import { counted } from '../../counted.ts';
import { oneLine } from '../../daemon/one-line.ts';
import { type Finding, groups, type Verdict } from './finding.ts';

const signs: Readonly<Record<Verdict, string>> = {
  ok: 'ok      ',
  warning: 'warning ',
  failure: 'FAILURE ',
  'not looked at': 'not seen',
};

/** The screen: group by group, what is wrong with its mend, and how many there are of each. */
export function tellFindings(findings: readonly Finding[]): readonly string[] {
  const lines = groups.flatMap((group) => {
    const own = findings.filter(({ name }) => name.startsWith(`${group}/`));
    return own.length === 0 ? [] : [group, ...own.flatMap(tellFinding), ''];
  });
  const count = (verdict: Verdict) => findings.filter((finding) => finding.verdict === verdict).length;
  const unseen = count('not looked at');
  return [
    ...lines,
    `${counted(count('failure'), 'failure')}, ${counted(count('warning'), 'warning')}, ${count('ok')} ok${unseen === 0 ? '' : `; ${unseen} not looked at`}.`,
  ];
}

/** 0: nothing fails; 1: something does. Warnings may be accepted. */
export const statusOf = (findings: readonly Finding[]) =>
  findings.some(({ verdict }) => verdict === 'failure') ? 1 : 0;

function tellFinding({ name, verdict, seen, expected, mend }: Finding): string[] {
  const what = name.slice(name.indexOf('/') + 1);
  return [
    `  ${signs[verdict]}  ${what}: ${oneLine(seen)}`,
    ...(expected === undefined ? [] : [`            expected: ${oneLine(expected)}`]),
    ...(mend === undefined ? [] : [`            mend: ${oneLine(mend)}`]),
  ];
}
