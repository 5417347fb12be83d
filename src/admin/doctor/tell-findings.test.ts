import { expect, it } from 'vitest';
import { failure, fine, notLookedAt, warning } from './finding.ts';
import { statusOf, tellFindings } from './tell-findings.ts';

it('what a program printed stands in one line', () => {
  const printed = 'sbatch: error: no controller\n  sbatch: fatal: given up\r\n';
  expect(tellFindings([failure('Slurm/sbatch', printed, 'sbatch', 'look')])[1]).toBe(
    '  FAILURE   sbatch: sbatch: error: no controller sbatch: fatal: given up',
  );
});

it('groups stand in their order, each finding with what is expected and what mends it', () => {
  const findings = [
    notLookedAt('upload/probe', 'it writes to the store; to have it done: ./bot.sh doctor --upload'),
    fine('machine/node', 'v24.1.0'),
    failure('machine/git', 'there is no git', 'git 2.18 or newer', 'put it into PATH'),
    warning('machine/linger', 'it is off', 'on, since units end at the logout', 'loginctl enable-linger'),
  ];
  expect(tellFindings(findings).join('\n')).toBe(`machine
  ok        node: v24.1.0
  FAILURE   git: there is no git
            expected: git 2.18 or newer
            mend: put it into PATH
  warning   linger: it is off
            expected: on, since units end at the logout
            mend: loginctl enable-linger

upload
  not seen  probe: it writes to the store; to have it done: ./bot.sh doctor --upload

1 failure, 1 warning, 1 ok; 1 not looked at.`);
  expect(statusOf(findings)).toBe(1);
  expect(statusOf(findings.filter(({ verdict }) => verdict !== 'failure'))).toBe(0);
});
