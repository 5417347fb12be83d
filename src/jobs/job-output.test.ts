import { mkdir, mkdtemp, open, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { JobId } from '../outside/slurm/slurm.ts';
import { lastLines, readJobOutput } from './job-output.ts';

const id = '7' as JobId;
let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'job-output-'));
  path = join(directory, 'slurm-7.out');
});
afterEach(() => rm(directory, { recursive: true }));

const read = (count = 3) => readJobOutput({ id, directory }, count, ['/project/jobs', '/project/jobs/.bot']);

// test/wild/job-output has what jobs print.

it('a file of 20 GiB is read from its end only', async () => {
  const file = await open(path, 'w');
  await file.truncate(20 * 1024 ** 3);
  await file.write('\none\ntwo\nthree\nfour\n', 20 * 1024 ** 3);
  await file.close();
  const before = process.memoryUsage().rss;
  expect(await read()).toEqual({ kind: 'lines', lines: ['two', 'three', 'four'] });
  expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 ** 2);
});

it('what is shown of a line that is longer than what is read has its end alone', async () => {
  await writeFile(path, `${'\rworking '.repeat(500_000)}\rdone\n`);
  expect(await read()).toEqual({ kind: 'lines', lines: ['done'] });
});

it.each([
  ['a link', () => symlink('/etc/passwd', path), { kind: 'unusable', why: 'is a symbolic link' }],
  ['a directory', () => mkdir(path), { kind: 'unusable', why: 'is not a regular file' }],
  ['nothing', async () => {}, { kind: 'missing' }],
])('%s is not followed, and said to be so', async (_what, make, outcome) => {
  await make();
  expect(await read()).toEqual(outcome);
});

it('directories of the bot are not shown, its own is the one where the job is', async () => {
  const places = [`${directory}/x.eb`, '/project/jobs/2026.11/pr_9', '/project/jobs/.bot/x', `${homedir()}/.netrc`];
  await writeFile(path, [...places, '/cvmfs/software.eessi.io/x.eb'].join('\n'));
  expect(await read(9)).toEqual({
    kind: 'lines',
    lines: ['./x.eb', '(path)/2026.11/pr_9', '(path)/x', '(path)/.netrc', '/cvmfs/software.eessi.io/x.eb'],
  });
});

it.each`
  begins                | text         | isWhole  | lines
  ${'at its begin'}     | ${'a\nb\nc'} | ${true}  | ${['a', 'b', 'c']}
  ${'in a line'}        | ${'a\nb\nc'} | ${false} | ${['b', 'c']}
  ${'in its only line'} | ${'a'}       | ${false} | ${['a']}
`('a text that begins $begins', ({ text, isWhole, lines }) => {
  expect(lastLines(text, 9, { isWhole })).toEqual(lines);
});

// A pattern that begins anew at each of them would keep the daemons busy for hours.
it.each`
  of                             | piece                        | line
  ${'beginnings of web tokens'}  | ${'eyJ-'}                    | ${`${'eyJ-'.repeat(125)}…`}
  ${'lines like those of a key'} | ${`${'a'.repeat(20)}\n`}     | ${'a'.repeat(20)}
  ${'beginnings of titles'}      | ${'\x1b]'}                   | ${undefined}
  ${'beginnings of titles'}      | ${'\x1b]a;'}                 | ${`${'a;'.repeat(250)}…`}
  ${'escapes'}                   | ${'\x1b'}                    | ${undefined}
  ${'beginnings of colours'}     | ${`\x1b[${'1;'.repeat(99)}`} | ${expect.any(String)}
  ${'beginnings of keys'}        | ${'-----BEGIN KEY-----\nx'}  | ${'(secret)'}
  ${'logins without an address'} | ${'://user:'}                | ${expect.stringMatching(/^:\/\/user:/)}
  ${'hidden characters'}         | ${'\u202e'}                  | ${expect.stringMatching(/…$/)}
`('a megabyte of $of is read', ({ piece, line }) => {
  const text = piece.repeat(Math.floor(2 ** 20 / piece.length));
  expect(lastLines(text, 1, { isWhole: true })).toEqual(line === undefined ? [] : [line]);
});
