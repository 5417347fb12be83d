import { expect, it, vi } from 'vitest';
import { knownTroubles, lookAround, Troubles, type TroubleVerdict, tellTrouble, watched } from './troubles.ts';

const log = { warn: vi.fn(), info: vi.fn() };
const at = (minute: number) => new Date(Date.UTC(2025, 0, 5, 12, minute));

it('counts what goes wrong of a kind in a row, with the last words and since when', () => {
  let minute = 0;
  const troubles = new Troubles(log, [], () => at(minute++));
  troubles.report('upload', ' status 403 \n');
  troubles.report('upload', 'status 500');
  troubles.report('clone', 'no such host');
  expect(troubles.open.map(tellTrouble)).toEqual([
    'uploads fail (2 times since 2025-01-05T12:00:00.000Z): status 500',
    'repositories cannot be fetched (once since 2025-01-05T12:02:00.000Z): no such host',
  ]);
  troubles.wentWell('upload');
  expect(troubles.open.map(({ kind }) => kind)).toEqual(['clone']);
  troubles.report('upload', 'again');
  expect(troubles.open[1]).toMatchObject({ count: 1, since: at(3).toISOString() });
});

it('goes on with what an earlier process has left, and passes over what is damaged or of no known kind', () => {
  const left = new Troubles(log, [], () => at(0));
  left.report('submission', 'no such partition');
  const damaged = [null, 7, {}, { ...left.open[0], kind: 'toString' }, { ...left.open[0], count: 'x' }];
  const written: unknown = JSON.parse(JSON.stringify([...damaged, ...left.open]));
  const troubles = new Troubles(log, knownTroubles(written), () => at(5));
  troubles.report('submission', 'no such partition');
  expect(troubles.open).toEqual([
    { kind: 'submission', count: 2, since: at(0).toISOString(), last: at(5).toISOString(), words: 'no such partition' },
  ]);
  expect(knownTroubles(undefined)).toEqual([]);
});

it('calls back at each change', () => {
  const changed: string[] = [];
  const troubles = new Troubles(log);
  troubles.onChange((kind) => changed.push(kind));
  troubles.wentWell('git'); // was well before
  troubles.report('git', 'a');
  troubles.wentWell('git');
  expect(changed).toEqual(['git', 'git']);
});

it('judges each method by what it comes to, and changes nothing of that', async () => {
  const outside = {
    name: 'x',
    answer: async (text: string) => text,
    fail: async () => Promise.reject(new Error('gone')),
  };
  const verdicts: TroubleVerdict[] = [];
  const seen = watched(
    outside,
    ({ method, ...outcome }) =>
      outcome.kind === 'answered' ? { kind: 'git', words: `${method}: ${outcome.answer}` } : { kind: 'slurm' },
    { take: (verdict) => void verdicts.push(verdict) },
  );
  expect([seen.name, await seen.answer('yes')]).toEqual(['x', 'yes']);
  await expect(seen.fail()).rejects.toThrow('gone');
  expect(verdicts).toEqual([{ kind: 'git', words: 'answer: yes' }, { kind: 'slurm' }]);
});

it('looks at all that there is to look at; what cannot be looked at says nothing', async () => {
  const troubles = new Troubles(log);
  troubles.report('git', 'before');
  troubles.report('queue', 'before');
  const broken = async () => Promise.reject(new Error('x'));
  await lookAround({ git: async () => undefined, slurm: async () => 'no sbatch', queue: broken }, troubles, log);
  expect(troubles.open.map(({ kind, words }) => [kind, words])).toEqual([
    ['queue', 'before'],
    ['slurm', 'no sbatch'],
  ]);
});
