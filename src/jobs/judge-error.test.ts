import { expect, it } from 'vitest';
import { TryAgainLater, Unsure } from '../outside/forge/forge.ts';
import { judgeError, Unavailable, Unusable } from './judge-error.ts';

const away = (retryAfterSeconds?: number) =>
  new TryAgainLater('away', { cause: undefined, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) });
const full = Object.assign(new Error('full'), { code: 'ENOSPC', syscall: 'write' });

it.each`
  error                                              | failure
  ${away()}                                          | ${{ kind: 'outside' }}
  ${away(90)}                                        | ${{ kind: 'outside', retryAfterSeconds: 90 }}
  ${new Unsure('lost', { cause: undefined })}        | ${{ kind: 'outside' }}
  ${new Unavailable('Slurm')}                        | ${{ kind: 'outside' }}
  ${new Unusable('damaged')}                         | ${{ kind: 'unusable' }}
  ${full}                                            | ${{ kind: 'outside' }}
  ${new Error('no')}                                 | ${{ kind: 'own' }}
  ${'no error at all'}                               | ${{ kind: 'own' }}
  ${new AggregateError([away(90), full, away(20)])}  | ${{ kind: 'outside', retryAfterSeconds: 90 }}
  ${new AggregateError([away(90), new Error('no')])} | ${{ kind: 'own' }}
  ${new AggregateError([])}                          | ${{ kind: 'own' }}
`('of $error it says $failure', ({ error, failure }) => {
  expect(judgeError(error)).toEqual(failure);
});
