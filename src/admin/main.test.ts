import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { expect, it } from 'vitest';

const program = join(import.meta.dirname, 'main.ts');

it.each([
  [['--help'], 0, /^Usage: bot\.sh/],
  [['status', '--help'], 0, /^Usage: bot\.sh status/],
  [['foo'], 2, /^error: unknown command 'foo'/],
  [['status', '--nope'], 2, /^error: unknown option '--nope'/],
  [['logs', '-n', 'abc'], 2, /^error: option '-n, --lines <number>' argument 'abc' is invalid/],
  [['replay'], 2, /^error: missing required argument 'name'/],
  [['setup', '--nope'], 2, /^error: unknown option '--nope'/],
  [['upgrade', '--nope'], 2, /^error: unknown option '--nope'/],
  [['start', 'foo'], 2, /^error: .*foo/],
])('a command line of %j ends with %i', (words, status, beginning) => {
  const run = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...words], {
    cwd: tmpdir(),
    encoding: 'utf8',
  });
  expect([run.status, `${run.stdout}${run.stderr}`]).toEqual([status, expect.stringMatching(beginning)]);
});
