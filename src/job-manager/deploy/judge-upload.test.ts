import { expect, it } from 'vitest';
import { judgeUpload } from './judge-upload.ts';

const exited = (code: number) => ({ kind: 'exited', code, stdout: '', stderr: 'words\n' });

it.each<[what: string, answer: object, verdict: object | undefined]>([
  ['is done', exited(0), { kind: 'upload' }],
  ['fails', exited(1), { kind: 'upload', words: 'words (exit status 1)' }],
  ['says that the artefact is unfit', exited(65), undefined],
  ['is not there', { kind: 'not-started', message: 'no such program' }, { kind: 'upload', words: 'no such program' }],
])('an upload that %s', (_what, answer, verdict) => {
  expect(judgeUpload({ method: 'runProgram', kind: 'answered', answer })).toEqual(verdict);
});
