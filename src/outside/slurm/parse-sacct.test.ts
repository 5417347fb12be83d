import { expect, it } from 'vitest';
import { parseSacct } from './parse-sacct.ts';
import type { JobId } from './slurm.ts';

const border = '@5e1f@';
/** One row per line, `|` between the fields. */
const rows = (text: string) => text.replaceAll('|', border).replaceAll('\n', `${border}\n`);
const job = { kind: 'job', state: 'COMPLETED', exitCode: '0:0', workDir: '/jobs/7' };
const [first, second] = ['2026-11-24T14:35:33', '2026-11-24T14:35:34'];

it.each`
  printed                                      | text                                                                       | reading
  ${'nothing'}                                 | ${''}                                                                      | ${{ kind: 'unknown' }}
  ${'a job'}                                   | ${`7|COMPLETED|0:0|${first}|/jobs/7\n`}                                    | ${job}
  ${'who cancelled it'}                        | ${`7|CANCELLED by 1000|0:15|${first}|/jobs/7\n`}                           | ${{ ...job, state: 'CANCELLED', exitCode: '0:15', cancelledBy: '1000' }}
  ${'that nobody knows who cancelled it'}      | ${`7|CANCELLED|0:15|${first}|/jobs/7\n`}                                   | ${{ ...job, state: 'CANCELLED', exitCode: '0:15' }}
  ${'no directory'}                            | ${`7|OUT_OF_MEMORY|0:125|${first}|\n`}                                     | ${{ kind: 'job', state: 'OUT_OF_MEMORY', exitCode: '0:125' }}
  ${'other jobs only'}                         | ${`8|FAILED|1:0|${first}|/jobs/8\n`}                                       | ${{ kind: 'unknown' }}
  ${'tasks of an array'}                       | ${`8|FAILED|1:0|${first}|/jobs/7\n7|COMPLETED|0:0|${first}|/jobs/7\n`}     | ${job}
  ${'a requeued job that waits again'}         | ${`7|REQUEUED|0:0|${first}|/jobs/7\n7|PENDING|0:0|${second}|/jobs/7\n`}    | ${{ ...job, state: 'PENDING' }}
  ${'a requeued job, newest first'}            | ${`7|COMPLETED|0:0|${second}|/jobs/7\n7|NODE_FAIL|0:0|${first}|/jobs/7\n`} | ${job}
  ${'a job that got its id after it was lost'} | ${`7|COMPLETED|0:0|${first}|/jobs/7\n7|FAILED|1:0|${second}|/elsewhere\n`} | ${job}
  ${'only a job that had its id before'}       | ${`7|FAILED|1:0|${first}|/elsewhere\n`}                                    | ${{ kind: 'unknown' }}
`('understands $printed', ({ text, reading }) => {
  expect(parseSacct(rows(text), border, '7' as JobId, '/jobs/7')).toEqual(reading);
});

it.each(['0', 'root', 'svc_bot', 'a,b', 'n[1-3]', 'DOM\\first last', 'x@realm', 'Jürgen', 'by by', '*', '|'.repeat(3)])(
  'tells who cancelled it, whatever the name is: %s',
  (by) => {
    const text = `${['7', `CANCELLED by ${by}`, '0:15', first, '/jobs/7'].map((field) => field + border).join('')}\n`;
    const reading = { ...job, state: 'CANCELLED', exitCode: '0:15', cancelledBy: by };
    expect(parseSacct(text, border, '7' as JobId, '/jobs/7')).toEqual(reading);
  },
);

it.each(['/jobs/7|8', '/jobs/7\n7|COMPLETED|0:0|2026-11-24T14:35:33|/jobs/7|'])(
  'understands a job in the directory %j',
  (workDir) => {
    const text = `${['7', 'FAILED', '1:0', first, workDir].map((field) => field + border).join('')}\n`;
    expect(parseSacct(text, border, '7' as JobId, workDir)).toEqual({
      ...job,
      state: 'FAILED',
      exitCode: '1:0',
      workDir,
    });
  },
);

it('does not go by a row that stands in the directory of another job, nor stumble over it', () => {
  const forged = `/x\n7|FAILED|1:0|${second}|/jobs/7|\n`;
  const text = `${['8', '?!', '1:0', first, forged].map((field) => field + border).join('')}\n${rows(`7|COMPLETED|0:0|${first}|/jobs/7\n`)}`;
  expect(parseSacct(text, border, '7' as JobId, '/jobs/7')).toEqual(job);
});

it.each`
  printed                      | text
  ${'words'}                   | ${'garbage\n'}
  ${'a row that is cut short'} | ${rows('7|COMPLETED\n')}
  ${'a state that is none'}    | ${rows(`7|completed|0:0|${first}|/jobs/7\n`)}
  ${'words below a row'}       | ${`${rows(`7|COMPLETED|0:0|${first}|/jobs/7\n`)}rest\n`}
  ${'rows without the border'} | ${`7|COMPLETED|0:0|${first}|/jobs/7|\n`}
`('finds $printed unreadable', ({ text }) => {
  expect(parseSacct(text, border, '7' as JobId, '/jobs/7').kind).toBe('unreadable');
});
