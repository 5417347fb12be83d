import { expect, it } from 'vitest';
import type { JobId } from '../../outside/slurm/slurm.ts';
import { UnusableJobs } from './unusable-jobs.ts';

const job = (directory: string) => ({ id: '7' as JobId, directory });

/** Each letter is an interval. x: the job itself fails; y: two of its steps do; o: it does not, or with something that may pass; !: it fails in an interval that comes to no end. r: the daemon is started anew. */
async function intervals(letters: string): Promise<string[]> {
  let jobs = new UnusableJobs();
  let kept: ReadonlyMap<string, number> = new Map();
  let enough: string[] = [];
  for (const letter of letters) {
    if (letter === 'r') {
      jobs = new UnusableJobs();
      continue;
    }
    await jobs.beginInterval(async () => kept);
    if (letter !== 'o') jobs.failed(job('/a'), 'its record is damaged');
    if (letter === 'y') jobs.failed(job('/a'), 'its metadata are damaged');
    if (letter === '!') continue;
    const end = jobs.endInterval();
    kept = end.counts ?? kept;
    enough = end.enough.map(({ job: { directory }, why }) => `${directory}: ${why}`);
  }
  return enough;
}

it.each`
  what                                                      | letters                                    | isEnough
  ${'for 19 intervals'}                                     | ${'x'.repeat(19)}                          | ${false}
  ${'for 20 intervals'}                                     | ${'x'.repeat(20)}                          | ${true}
  ${'for longer, since it could not be set aside'}          | ${'x'.repeat(21)}                          | ${true}
  ${'in two steps of each of 10 intervals'}                 | ${'y'.repeat(10)}                          | ${false}
  ${'for 39 intervals with another trouble among them'}     | ${`${'x'.repeat(19)}o${'x'.repeat(19)}`}   | ${false}
  ${'for 20 intervals since then'}                          | ${`${'x'.repeat(19)}o${'x'.repeat(20)}`}   | ${true}
  ${'for 20 intervals, some broken off'}                    | ${`${'x'.repeat(10)}!!!${'x'.repeat(10)}`} | ${true}
  ${'in intervals that all were broken off'}                | ${`${'!'.repeat(30)}x`}                    | ${false}
  ${'for 20 intervals, each of another process'}            | ${'xr'.repeat(20)}                         | ${true}
  ${'for 19 intervals before a start and one that is well'} | ${`${'x'.repeat(19)}ror${'x'.repeat(19)}`} | ${false}
  ${'until it was mended in the last moment'}               | ${`${'x'.repeat(19)}!o`}                   | ${false}
`('a job that fails in itself $what is set aside: $isEnough', async ({ letters, isEnough }) => {
  expect(await intervals(letters)).toEqual(isEnough ? ['/a: its record is damaged'] : []);
});

it('tells what it failed with at last', async () => {
  expect(await intervals(`${'x'.repeat(19)}y`)).toEqual(['/a: its metadata are damaged']);
});

it('counts two jobs that were given one number each by itself', async () => {
  const jobs = new UnusableJobs();
  for (let interval = 1; interval <= 20; interval++) {
    await jobs.beginInterval(async () => new Map());
    jobs.failed(job('/a'), 'damaged');
    if (interval > 1) jobs.failed(job('/b'), 'damaged');
    const enough = jobs.endInterval().enough.map(({ job: { directory } }) => directory);
    expect(enough).toEqual(interval === 20 ? ['/a'] : []);
  }
});

it('has counts kept only where they have changed', async () => {
  const jobs = new UnusableJobs();
  const kept: (number | undefined)[] = [];
  for (let interval = 1; interval <= 24; interval++) {
    await jobs.beginInterval(async () => new Map());
    if (interval > 1 && interval < 23) jobs.failed(job('/a'), 'damaged');
    const { counts } = jobs.endInterval();
    kept.push(counts?.size === 0 ? 0 : counts?.values().next().value);
  }
  expect(kept).toEqual([undefined, ...Array.from({ length: 20 }, (_, index) => index + 1), undefined, 0, undefined]);
});
