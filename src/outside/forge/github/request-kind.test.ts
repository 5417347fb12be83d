import { expect, it } from 'vitest';
import { requestKind } from './request-kind.ts';

it.each`
  method     | path                                               | kind                   | as
  ${'POST'}  | ${'/repos/EESSI/software-layer/issues/7/comments'} | ${'create comment'}    | ${'installation'}
  ${'GET'}   | ${'/repos/EESSI/software-layer/issues/7/comments'} | ${'list comments'}     | ${'installation'}
  ${'PATCH'} | ${'/api/v3/repos/o/r/issues/comments/70'}          | ${'update comment'}    | ${'installation'}
  ${'GET'}   | ${'/repos/o/r/issues/comments/70'}                 | ${'read comment'}      | ${'installation'}
  ${'POST'}  | ${'/repos/o/r/issues/comments/70/reactions'}       | ${'add reaction'}      | ${'installation'}
  ${'GET'}   | ${'/repos/o/r/pulls/7'}                            | ${'read pull request'} | ${'installation'}
  ${'POST'}  | ${'/repos/o/r/check-runs'}                         | ${'create check'}      | ${'installation'}
  ${'PATCH'} | ${'/repos/o/r/check-runs/9'}                       | ${'update check'}      | ${'installation'}
  ${'GET'}   | ${'/repos/o/r/commits/abc/check-runs'}             | ${'find check'}        | ${'installation'}
  ${'POST'}  | ${'/repos/o/r/statuses/abc'}                       | ${'set commit status'} | ${'installation'}
  ${'POST'}  | ${'/app/installations/12/access_tokens'}           | ${'read token'}        | ${'app'}
  ${'GET'}   | ${'/app'}                                          | ${'read app'}          | ${'app'}
  ${'GET'}   | ${'/app/hook/deliveries'}                          | ${'list deliveries'}   | ${'app'}
  ${'GET'}   | ${'/app/hook/deliveries/9'}                        | ${'read delivery'}     | ${'app'}
  ${'GET'}   | ${'/repos/o/r/anything/else'}                      | ${'other'}             | ${'installation'}
`('$method $path is: $kind, of the $as', ({ method, path, kind, as }) => {
  expect(requestKind(method, path)).toMatchObject({ kind, as });
});
