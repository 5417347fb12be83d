import { expect, it } from 'vitest';
import { withoutProgress } from './run-git.ts';

it.each`
  printed                                                                                                                                    | left
  ${"fatal: repository 'https://github.com/O/R/' not found\n"}                                                                               | ${"fatal: repository 'https://github.com/O/R/' not found"}
  ${'remote: Enumerating objects: 5, done.\nremote: Counting objects:  20% (1/5)\rremote: Counting objects: 100% (5/5), done.\n'}            | ${''}
  ${'Receiving objects:  50% (1/2)\rerror: RPC failed; curl 92 HTTP/2 stream 5 was not closed cleanly\nfatal: early EOF\n'}                  | ${'error: RPC failed; curl 92 HTTP/2 stream 5 was not closed cleanly\nfatal: early EOF'}
  ${'remote: Support for password authentication was removed on August 13, 2021.\nfatal: Authentication failed'}                             | ${'remote: Support for password authentication was removed on August 13, 2021.\nfatal: Authentication failed'}
  ${'error: patch failed: a:1\nerror: a: patch does not apply\nerror: patch failed: Resolving deltas: 7:3\n'}                                | ${'error: patch failed: a:1\nerror: a: patch does not apply\nerror: patch failed: Resolving deltas: 7:3'}
  ${'Resolving deltas: 100% (3/3), completed with 2 local objects.\nremote: Total 5 (delta 1), reused 0 (delta 0), pack-reused 0\nfatal: x'} | ${'fatal: x'}
`('of $printed the lines that count are left out', ({ printed, left }) => {
  expect(withoutProgress(printed)).toBe(left);
});
