// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the settings that hold them
import { expect, it } from 'vitest';
import { expandPath } from './expand-path.ts';

const environment = { HOME: '/home/u', USER: 'u', EMPTY: '', GITHUB_TOKEN: 'secret' };

it.each([
  ['$HOME/jobs', '/home/u/jobs'],
  ['${HOME}s/jobs', '/home/us/jobs'],
  ['~', '/home/u'],
  ['~/jobs', '/home/u/jobs'],
  ['~other/jobs', '~other/jobs'],
  ['/a/~/b', '/a/~/b'],
  ['/scratch/$USER/a b', '/scratch/u/a b'],
  ['/cost$/5', '/cost$/5'],
  ['', ''],
])('%j is %j', (written, path) => {
  expect(expandPath(written, environment)).toEqual({ path });
});

it.each([
  ['$NONE/jobs', 'holds `$NONE`, but NONE is not set'],
  ['${EMPTY}/jobs', 'holds `${EMPTY}`, but EMPTY is not set'],
  ['/x/$GITHUB_TOKEN', 'holds the secret `$GITHUB_TOKEN`'],
  ['/a\n/b', 'spreads over several lines'],
])('%j is refused', (written, problem) => {
  expect(expandPath(written, environment)).toEqual({ problem: expect.stringContaining(problem) });
});
