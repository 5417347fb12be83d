import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runGit, withoutProgressLines } from './run-git.ts';

it.each`
  printed                                                                                                                                    | left
  ${"fatal: repository 'https://github.com/O/R/' not found\n"}                                                                               | ${"fatal: repository 'https://github.com/O/R/' not found"}
  ${'remote: Enumerating objects: 5, done.\nremote: Counting objects:  20% (1/5)\rremote: Counting objects: 100% (5/5), done.\n'}            | ${''}
  ${'Receiving objects:  50% (1/2)\rerror: RPC failed; curl 92 HTTP/2 stream 5 was not closed cleanly\nfatal: early EOF\n'}                  | ${'error: RPC failed; curl 92 HTTP/2 stream 5 was not closed cleanly\nfatal: early EOF'}
  ${'remote: Support for password authentication was removed on August 13, 2021.\nfatal: Authentication failed'}                             | ${'remote: Support for password authentication was removed on August 13, 2021.\nfatal: Authentication failed'}
  ${'error: patch failed: a:1\nerror: a: patch does not apply\nerror: patch failed: Resolving deltas: 7:3\n'}                                | ${'error: patch failed: a:1\nerror: a: patch does not apply\nerror: patch failed: Resolving deltas: 7:3'}
  ${'Resolving deltas: 100% (3/3), completed with 2 local objects.\nremote: Total 5 (delta 1), reused 0 (delta 0), pack-reused 0\nfatal: x'} | ${'fatal: x'}
`('of $printed the lines that count are left out', ({ printed, left }) => {
  expect(withoutProgressLines(printed)).toBe(left);
});

it.each`
  what                          | script                                                                      | name                       | message
  ${'ends with words'}          | ${"echo 'fatal: x' >&2; exit 128"}                                          | ${'GitFailed'}             | ${'fatal: x'}
  ${'ends without'}             | ${'exit 3'}                                                                 | ${'GitFailed'}             | ${'git fetch ended with exit status 3 and said nothing'}
  ${'is killed'}                | ${'kill -9 $$'}                                                             | ${'GitFailed'}             | ${'git fetch was killed by SIGKILL'}
  ${'is killed after words'}    | ${"echo 'fatal: early EOF' >&2; kill -9 $$"}                                | ${'GitFailed'}             | ${'git fetch was killed by SIGKILL\nfatal: early EOF'}
  ${'is killed, the disk full'} | ${"echo 'fatal: write error: No space left on device' >&2; kill -9 $$"}     | ${'ProgramHadDiskTrouble'} | ${'git: git fetch was killed by SIGKILL\nfatal: write error: No space left on device'}
  ${'cannot make a file'}       | ${"echo 'error: unable to create file a: Disk quota exceeded' >&2; exit 1"} | ${'ProgramHadDiskTrouble'} | ${'git: error: unable to create file a: Disk quota exceeded'}
  ${'names a file like that'}   | ${"echo 'error: patch failed: x: No space left on device:1' >&2; exit 1"}   | ${'GitFailed'}             | ${'error: patch failed: x: No space left on device:1'}
  ${'quotes a name like that'}  | ${`echo "error: invalid path 'x: Stale file handle'" >&2; exit 1`}          | ${'GitFailed'}             | ${"error: invalid path 'x: Stale file handle'"}
  ${'falls silent after words'} | ${"echo 'error: RPC failed; curl 56' >&2; exec sleep 60"}                   | ${'GitFailed'}             | ${'git fetch was ended: it had said nothing for 3 s\nerror: RPC failed; curl 56'}
`('says of a git that $what what became of it, and its words', async ({ script, name, message }) => {
  const directory = await mkdtemp(join(tmpdir(), 'run-git-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, 'git'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const environment = { PATH: `${directory}:${process.env['PATH']}` };
  await expect(runGit(['fetch'], { environment, silenceMilliseconds: 3000 })).rejects.toMatchObject({ name, message });
});
