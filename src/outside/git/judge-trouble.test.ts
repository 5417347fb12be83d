import { expect, it } from 'vitest';
import { PlaceIsAway } from '../files/disk-trouble.ts';
import { checkGit } from './check-git-version.ts';
import { judgeGit } from './judge-trouble.ts';

const failed = (step: string, message = 'words') => ({ kind: 'failed', step, message });

it.each<[string, string, unknown, object | undefined]>([
  ['a fetch', 'fetchMirror', { kind: 'fetched', headSha: 'a' }, { kind: 'clone' }],
  ['a clone', 'clone', { kind: 'cloned' }, { kind: 'clone' }],
  ['a server that is not reached', 'fetchMirror', failed('clone'), { kind: 'clone', words: 'words' }],
  ['a repository of a script that is not had', 'clone', failed('clone'), { kind: 'clone', words: 'words' }],
  [
    'a pull request that is not there any more',
    'fetchMirror',
    failed('clone', "fatal: couldn't find remote ref refs/pull/7/head"),
    undefined,
  ],
  [
    'a pull request with an object that git does not take',
    'fetchMirror',
    failed(
      'clone',
      'error: object d58c20c: zeroPaddedFilemode: x\nfatal: fsck error in packed object\nfatal: index-pack failed',
    ),
    undefined,
  ],
  ['a base branch that is gone', 'fetchMirror', failed('checkout'), undefined],
  ['a diff that does not apply', 'applyDiff', failed('apply'), undefined],
])('%s', (_what, method, answer, verdict) => {
  expect(judgeGit({ method, kind: 'answered', answer })).toEqual(verdict);
});

it('an error tells, unless the disk is the reason', () => {
  const of = (error: Error) => judgeGit({ method: 'fetchMirror', kind: 'failed', error });
  expect(of(new Error('timed out'))).toEqual({ kind: 'clone', words: 'timed out' });
  expect(of(new PlaceIsAway('x'))).toBeUndefined();
});

it.each([
  ['git version 2.39.5\n', undefined],
  ['git version 2.47.1 (Apple Git-155)\n', undefined],
  ['git version 2.50.0.rc1.windows.1\n', undefined],
  ['hint: x\ngit version 2.18.4\n', undefined],
  ['git version 3.0.0\n', undefined],
  ['git version 1.8.3.1\n', /^git 1\.8\.3\.1 is too old: 2\.18 or newer is needed; put a newer one first in the PATH/],
  ['git version 2.17.1\n', /^git 2\.17\.1 is too old/],
  ['', /^`git --version` printed no version: \(nothing\)$/],
  ['hub version 2.14.2\n', /printed no version: hub version 2\.14\.2$/],
])('git --version: %j', async (printed, words) => {
  const judged = await checkGit(async () => ({ kind: 'exited', code: 0, stdout: printed, stderr: '' }), {});
  if (words === undefined) expect(judged).toBeUndefined();
  else expect(judged).toMatch(words);
});
