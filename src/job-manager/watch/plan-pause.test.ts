import { expect, it } from 'vitest';
import { planPause, planReleasePause } from './plan-pause.ts';

it.each`
  interval | took    | pause   | why
  ${60}    | ${0.1}  | ${60}   | ${'Slurm is quick'}
  ${60}    | ${6}    | ${60}   | ${'a tenth of the time is still its own'}
  ${60}    | ${12}   | ${120}  | ${'Slurm is slow'}
  ${60}    | ${32}   | ${300}  | ${'squeue was killed after its time limit: five intervals, no more'}
  ${120}   | ${0.1}  | ${120}  | ${'Slurm is quick'}
  ${120}   | ${32}   | ${320}  | ${'squeue was killed after its time limit'}
  ${300}   | ${90}   | ${600}  | ${'ten minutes, no more'}
  ${3600}  | ${90}   | ${3600} | ${'never less than the interval'}
  ${1}     | ${0.02} | ${1}    | ${'Slurm is quick'}
  ${1}     | ${3}    | ${1}    | ${'that is no load yet'}
  ${1}     | ${9}    | ${5}    | ${'the controller does not answer: five intervals, no more'}
`('every $interval s, squeue took $took s: a pause of $pause s, since $why', ({ interval, took, pause }) => {
  expect(planPause(interval, took)).toBe(pause);
});

it.each`
  interval | failures | pause
  ${60}    | ${1}     | ${30}
  ${60}    | ${2}     | ${90}
  ${60}    | ${3}     | ${210}
  ${60}    | ${30}    | ${600}
  ${120}   | ${2}     | ${180}
`(
  'every $interval s, $failures failed releases in a row: not again within $pause s',
  ({ interval, failures, pause }) => {
    expect(planReleasePause(interval, failures)).toBe(pause);
  },
);
