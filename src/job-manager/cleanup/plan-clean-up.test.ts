import { expect, it } from 'vitest';
import type { JobId } from '../../outside/slurm/slurm.ts';
import { type DirectoryToCleanUp, type JobToCleanUp, planCleanUp } from './plan-clean-up.ts';

// A job: its id, then letters: `B` of the other repository, `?` of nobody knows which, `r` something is left to do, `g` gone,
// `l` linked after the order, `o` its directory lies elsewhere. A month: jobs; `+` work that is no job yet.
function job(text: string): JobToCleanUp {
  const [, id = '', letters = ''] = /^(\d+)(.*)$/.exec(text) ?? [];
  const has = (letter: string) => letters.includes(letter);
  const owner = has('B') ? 'B' : 'a';
  return {
    id: id as JobId,
    directory: has('o') ? '/elsewhere' : `/jobs/M/pr_5/event_${id}/run_000/R1`,
    linkedAt: new Date(has('l') ? '2025-01-02' : '2025-01-01'),
    ...(!has('?') && { repository: { owner, name: 'x' } }),
    state: has('r') ? 'active' : has('g') ? 'gone' : 'ended',
  };
}
function month(text: string): DirectoryToCleanUp {
  const jobs = text.split(' ').filter((part) => /^\d/.test(part));
  return { month: 'M', path: '/jobs/M/pr_5', jobs: jobs.map(job), hasLaterWork: text.includes('+') };
}

it.each`
  jobs         | moves                                 | waitsFor | why
  ${'1 2'}     | ${['everything: 1 2']}                | ${''}    | ${'all have ended'}
  ${'1 | 2'}   | ${['everything: 1', 'everything: 2']} | ${''}    | ${'every month'}
  ${'1 2r'}    | ${['jobs: 1']}                        | ${'2'}   | ${'what has ended moves at once, the rest when it has ended'}
  ${'1r'}      | ${[]}                                 | ${'1'}   | ${'nothing has ended'}
  ${'1 | 2r'}  | ${['everything: 1']}                  | ${'2'}   | ${'a month on its own'}
  ${'1 2B'}    | ${['jobs: 1']}                        | ${''}    | ${'the other repository keeps its jobs'}
  ${'1B 2B'}   | ${[]}                                 | ${''}    | ${'none is ours'}
  ${'1B | 2'}  | ${['everything: 2']}                  | ${''}    | ${'months of the other repository stay'}
  ${'1 2Br'}   | ${['jobs: 1']}                        | ${''}    | ${'what runs of the other repository is not waited for'}
  ${'1 2?'}    | ${['jobs: 1']}                        | ${''}    | ${'a job that nobody knows stays'}
  ${'1?'}      | ${[]}                                 | ${''}    | ${'also alone'}
  ${'1 2g'}    | ${['everything: 1 2']}                | ${''}    | ${'dangling links go with the rest'}
  ${'1g'}      | ${[]}                                 | ${''}    | ${'but are no reason to move'}
  ${'1 2r 3g'} | ${['jobs: 1']}                        | ${'2'}   | ${'and stay while something stays'}
  ${'1 2l'}    | ${['jobs: 1']}                        | ${''}    | ${'reopened: what was submitted later stays'}
  ${'1 2lr'}   | ${['jobs: 1']}                        | ${''}    | ${'and is not waited for'}
  ${'1l'}      | ${[]}                                 | ${''}    | ${'nothing was there when it was closed'}
  ${'1 +'}     | ${['jobs: 1']}                        | ${''}    | ${'reopened: a job is just being made'}
  ${'1 2o'}    | ${['jobs: 1']}                        | ${''}    | ${'a link that leads elsewhere is left alone'}
  ${''}        | ${[]}                                 | ${''}    | ${'nothing there'}
`('[$jobs]: $why', ({ jobs, moves, waitsFor }) => {
  const plan = planCleanUp(
    { owner: 'A', name: 'x' },
    new Date('2025-01-01T12:00'),
    jobs === '' ? [] : jobs.split('|').map(month),
  );
  const shown = plan.moves.map(({ what, links }) => `${what === 'everything' ? what : 'jobs'}: ${links.join(' ')}`);
  expect([shown, plan.waitsFor.join(' ')]).toEqual([moves, waitsFor]);
});

it('names the directories below the pull request directory', () => {
  const { moves } = planCleanUp({ owner: 'A', name: 'x' }, new Date('2025-01-01T12:00'), [month('1 2r')]);
  expect(moves).toEqual([
    { month: 'M', from: '/jobs/M/pr_5', what: [{ id: '1', path: 'event_1/run_000/R1' }], links: ['1'] },
  ]);
});
