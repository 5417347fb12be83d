import { expect, it } from 'vitest';
import { parseSacct } from './parse-sacct.ts';
import type { JobId } from './slurm.ts';

const job = { kind: 'job', state: 'COMPLETED', reason: '', exitCode: '0:0', workDir: '/jobs/7' };

it.each`
  printed                             | text                                                 | reading
  ${'nothing'}                        | ${''}                                                | ${{ kind: 'unknown' }}
  ${'a job'}                          | ${'7|COMPLETED|0:0|/jobs/7\n'}                       | ${job}
  ${'who cancelled it'}               | ${'7|CANCELLED by 1000|0:15|/jobs/7\n'}              | ${{ ...job, state: 'CANCELLED', exitCode: '0:15' }}
  ${'no directory'}                   | ${'7|OUT_OF_MEMORY|0:125|\n'}                        | ${{ kind: 'job', state: 'OUT_OF_MEMORY', reason: '', exitCode: '0:125' }}
  ${'a directory with a bar'}         | ${'7|COMPLETED|0:0|/jobs/7|8\n'}                     | ${{ ...job, workDir: '/jobs/7|8' }}
  ${'tasks of an array'}              | ${'8|FAILED|1:0|/jobs/7\n7|COMPLETED|0:0|/jobs/7\n'} | ${job}
  ${'other jobs only'}                | ${'8|FAILED|1:0|/jobs/8\n'}                          | ${{ kind: 'unknown' }}
  ${'an id that was given out twice'} | ${'7|FAILED|1:0|/old\n7|COMPLETED|0:0|/jobs/7\n'}    | ${job}
`('understands $printed', ({ text, reading }) => {
  expect(parseSacct(text, '7' as JobId)).toEqual(reading);
});

it.each(['garbage', '7|COMPLETED', '7|completed|0:0|/jobs/7', '7|COMPLETED|0:0|/jobs/7\nrest'])(
  'finds %j unreadable',
  (text) => {
    expect(parseSacct(text, '7' as JobId).kind).toBe('unreadable');
  },
);
