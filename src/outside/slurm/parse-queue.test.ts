import { expect, it } from 'vitest';
import { parseQueue } from './parse-queue.ts';

const pad = (text: string, width: number) => text.padEnd(width);
const row = (
  id: string,
  fields: { cluster?: string; state?: string; reason?: string; batch?: string; exit?: string; workDir?: string } = {},
) =>
  [
    pad(id, 100),
    pad(fields.cluster ?? 'bot', 100),
    pad('main', 100),
    pad(fields.state ?? 'PENDING', 100),
    pad(fields.reason ?? 'JobHeldUser', 100),
    pad(fields.batch ?? '1', 20),
    pad(fields.exit ?? '0', 20),
    `${fields.workDir ?? '/jobs/2026.11/pr_9'}\n`,
  ].join('@');
const job7 = {
  id: '7',
  cluster: 'bot',
  partition: 'main',
  state: 'PENDING',
  reason: 'JobHeldUser',
  workDir: '/jobs/2026.11/pr_9',
};

it.each`
  printed                                         | text                                                                                              | entries
  ${'nothing'}                                    | ${''}                                                                                             | ${[]}
  ${'a held job'}                                 | ${row('7')}                                                                                       | ${[job7]}
  ${'a reason of several words'}                  | ${row('7', { reason: 'Nodes required for job are DOWN, DRAINED' })}                               | ${[{ ...job7, reason: 'Nodes required for job are DOWN, DRAINED' }]}
  ${'a directory with @, bars, blanks'}           | ${row('7', { workDir: '/a@b c|d/@1@/x' })}                                                        | ${[{ ...job7, workDir: '/a@b c|d/@1@/x' }]}
  ${'no cluster'}                                 | ${row('7', { cluster: '(null)' })}                                                                | ${[{ ...job7, cluster: '' }]}
  ${'N/A for the cluster'}                        | ${row('7', { cluster: 'N/A' })}                                                                   | ${[{ ...job7, cluster: '' }]}
  ${'headings of several clusters'}               | ${`CLUSTER: c1\n${row('7', { cluster: 'N/A' })}\nCLUSTER: c2\n${row('7', { cluster: '' })}`}      | ${[{ ...job7, cluster: 'c1' }, { ...job7, cluster: 'c2' }]}
  ${'an array, a heterogeneous job and ours'}     | ${`${row('4_[1-5%2]')}${row('4_1')}${row('8+0')}${row('7')}`}                                     | ${[job7]}
  ${'an interactive job and ours'}                | ${`${row('6', { batch: '0' })}${row('7')}`}                                                       | ${[job7]}
  ${'a requeued job'}                             | ${row('7', { reason: 'BeginTime' })}                                                              | ${[{ ...job7, reason: 'BeginTime' }]}
  ${'an exit status of 23.02 and newer'}          | ${row('7', { state: 'FAILED', exit: '3:0' })}                                                     | ${[{ ...job7, state: 'FAILED', exitCode: '3:0' }]}
  ${'a signal of 23.02 and newer'}                | ${row('7', { state: 'FAILED', exit: '0:9' })}                                                     | ${[{ ...job7, state: 'FAILED', exitCode: '0:9' }]}
  ${'no exit status, unpadded (23.02 and newer)'} | ${row('7', { state: 'FAILED', exit: '-' }).replace('@-                   @', '@@')}               | ${[{ ...job7, state: 'FAILED' }]}
  ${'a state that squeue does not know'}          | ${row('7', { state: '?' })}                                                                       | ${[{ ...job7, state: '?' }]}
  ${'an exit status'}                             | ${row('7', { state: 'FAILED', exit: '768' })}                                                     | ${[{ ...job7, state: 'FAILED', exitCode: '3:0' }]}
  ${'a signal'}                                   | ${row('7', { state: 'FAILED', exit: '9' })}                                                       | ${[{ ...job7, state: 'FAILED', exitCode: '0:9' }]}
  ${'an exit status of another form'}             | ${row('7', { state: 'FAILED', exit: 'N/A' })}                                                     | ${[{ ...job7, state: 'FAILED' }]}
  ${'a short directory beside a longer one'}      | ${row('7', { workDir: '/jobs/2026.11/pr_123' }) + row('8', { workDir: '/jobs/2026.11/pr_1234' })} | ${[{ ...job7, workDir: '/jobs/2026.11/pr_123' }, { ...job7, id: '8', workDir: '/jobs/2026.11/pr_1234' }]}
`('understands $printed', ({ text, entries }) => {
  expect(parseQueue(text)).toEqual({ kind: 'queue', entries });
});

it.each`
  directory                             | workDir
  ${'nothing'}                          | ${''}
  ${'N/A'}                              | ${'N/A'}
  ${'no absolute path'}                 | ${'jobs/7'}
  ${'20 characters, perhaps cut there'} | ${'/jobs/2026.11/pr_123'}
  ${'padding'}                          | ${'/jobs/7             '}
`('doubts a working directory that is $directory', ({ workDir }) => {
  const { workDir: _, ...rest } = job7;
  expect(parseQueue(row('7', { workDir }))).toEqual({ kind: 'queue', entries: [rest] });
});

it.each`
  printed                             | text
  ${'words'}                          | ${'slurm_load_jobs error\n'}
  ${'a line cut short beside others'} | ${`${row('7')}${row('8').slice(0, 250)}\n`}
  ${'an older format'}                | ${'  7  main  name user PENDING 0:00 1-00:00:00 1 (JobHeldUser)\n'}
  ${'a header'}                       | ${row('JOBID')}
  ${'a state that is none'}           | ${row('7', { state: 'running?' })}
  ${'a directory with a line end'}    | ${row('7', { workDir: '/a\nb' })}
  ${'an empty state'}                 | ${row('7', { state: '' })}
`('finds $printed unreadable', ({ text }) => {
  expect(parseQueue(text)).toMatchObject({ kind: 'unreadable', why: expect.stringContaining('a line that is no job') });
});

it('finds a listing unreadable whose last line was cut off: its directory would be another one', () => {
  expect(parseQueue(row('7').slice(0, -2))).toMatchObject({
    kind: 'unreadable',
    why: expect.stringContaining('cut off'),
  });
});
