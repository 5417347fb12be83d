import { expect, it } from 'vitest';
import { killEverywhere } from '../kill/kill-everywhere.ts';
import { realSlurm } from '../slurm/real-slurm.ts';

// The shortened form of `npm run kill-tests`: the calls that others see, and those that hand something on.

const slurm = realSlurm();

it.each([
  [
    'event-handler',
    /^(spawn sbatch|fetch POST .*\/comments|symlink \/jobs\/.bot\/handed-over|link \/jobs\/.bot\/orders)/,
  ],
  ['job-manager', /^(spawn (scontrol|upload)|fetch POST .*\/comments|rename \/jobs\/.bot\/orders\/done|open .*ledger)/],
] as const)(
  'the %s is killed at its most telling calls: nothing is lost, nothing done twice',
  async (daemon, calls) => {
    const outcomes = await killEverywhere({
      daemon,
      when: ['after', 'orphan'],
      isWanted: (at) => calls.test(at),
      worlds: 3,
      slurm: slurm().environment,
      realUpload: false,
    });
    expect(outcomes.filter(({ kind }) => kind !== 'passed')).toEqual([]);
    expect(outcomes.length).toBeGreaterThan(5);
    const leftOver = outcomes.flatMap((outcome) => outcome.leftOver);
    expect(leftOver.filter((name) => !name.endsWith('.tmp'))).toEqual([]);
  },
);
