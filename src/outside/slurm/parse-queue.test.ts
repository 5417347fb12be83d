import { expect, it } from 'vitest';
import { parseQueue, queueFormat } from './parse-queue.ts';

const border = '@5e1f@';
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
    fields.workDir ?? '/jobs/2026.11/pr_9',
  ]
    .map((field) => field + border)
    .join('')
    .concat('\n');
const job7 = {
  id: '7',
  cluster: 'bot',
  partition: 'main',
  state: 'PENDING',
  reason: 'JobHeldUser',
  workDir: '/jobs/2026.11/pr_9',
};

/** A whole row, forged without knowing the border. */
const forged = row('8', { state: 'COMPLETED', workDir: '/jobs/8' }).replaceAll(border, '@');

it.each`
  printed                                         | text                                                                                              | entries
  ${'nothing'}                                    | ${''}                                                                                             | ${[]}
  ${'a held job'}                                 | ${row('7')}                                                                                       | ${[job7]}
  ${'a reason of several words'}                  | ${row('7', { reason: 'Nodes required for job are DOWN, DRAINED' })}                               | ${[{ ...job7, reason: 'Nodes required for job are DOWN, DRAINED' }]}
  ${'a directory with @, bars, blanks'}           | ${row('7', { workDir: '/a@b c|d/@1@/x' })}                                                        | ${[{ ...job7, workDir: '/a@b c|d/@1@/x' }]}
  ${'a directory with a line end'}                | ${row('7', { workDir: '/a\nb' })}                                                                 | ${[{ ...job7, workDir: '/a\nb' }]}
  ${'a directory that is a row of another job'}   | ${row('7', { workDir: `/a\n${forged}` })}                                                         | ${[{ ...job7, workDir: `/a\n${forged}` }]}
  ${'a directory that holds a heading'}           | ${row('7', { workDir: '/a\nCLUSTER: evil\n' }) + row('8')}                                        | ${[{ ...job7, workDir: '/a\nCLUSTER: evil\n' }, { ...job7, id: '8' }]}
  ${'a directory that ends with a blank'}         | ${row('7', { workDir: '/a ' })}                                                                   | ${[{ ...job7, workDir: '/a ' }]}
  ${'a directory with a wrong border'}            | ${row('7', { workDir: '/a@5e1e@\n8@5e1e@' })}                                                     | ${[{ ...job7, workDir: '/a@5e1e@\n8@5e1e@' }]}
  ${'no cluster'}                                 | ${row('7', { cluster: '(null)' })}                                                                | ${[{ ...job7, cluster: '' }]}
  ${'N/A for the cluster'}                        | ${row('7', { cluster: 'N/A' })}                                                                   | ${[{ ...job7, cluster: '' }]}
  ${'headings of several clusters'}               | ${`CLUSTER: c1\n${row('7', { cluster: 'N/A' })}\nCLUSTER: c2\n${row('7', { cluster: '' })}`}      | ${[{ ...job7, cluster: 'c1' }, { ...job7, cluster: 'c2' }]}
  ${'an array, a heterogeneous job and ours'}     | ${`${row('4_[1-5%2]')}${row('4_1')}${row('8+0')}${row('7')}`}                                     | ${[job7]}
  ${'an interactive job and ours'}                | ${`${row('6', { batch: '0' })}${row('7')}`}                                                       | ${[job7]}
  ${'a requeued job'}                             | ${row('7', { reason: 'BeginTime' })}                                                              | ${[{ ...job7, reason: 'BeginTime' }]}
  ${'an exit status of 23.02 and newer'}          | ${row('7', { state: 'FAILED', exit: '3:0' })}                                                     | ${[{ ...job7, state: 'FAILED', exitCode: '3:0' }]}
  ${'a signal of 23.02 and newer'}                | ${row('7', { state: 'FAILED', exit: '0:9' })}                                                     | ${[{ ...job7, state: 'FAILED', exitCode: '0:9' }]}
  ${'no exit status, unpadded (23.02 and newer)'} | ${row('7', { state: 'FAILED', exit: '-' }).replace(/-( ){19}/, '')}                               | ${[{ ...job7, state: 'FAILED' }]}
  ${'a state that squeue does not know'}          | ${row('7', { state: '?' })}                                                                       | ${[{ ...job7, state: '?' }]}
  ${'an exit status'}                             | ${row('7', { state: 'FAILED', exit: '768' })}                                                     | ${[{ ...job7, state: 'FAILED', exitCode: '3:0' }]}
  ${'a signal'}                                   | ${row('7', { state: 'FAILED', exit: '9' })}                                                       | ${[{ ...job7, state: 'FAILED', exitCode: '0:9' }]}
  ${'an exit status of another form'}             | ${row('7', { state: 'FAILED', exit: 'N/A' })}                                                     | ${[{ ...job7, state: 'FAILED' }]}
  ${'a short directory beside a longer one'}      | ${row('7', { workDir: '/jobs/2026.11/pr_123' }) + row('8', { workDir: '/jobs/2026.11/pr_1234' })} | ${[{ ...job7, workDir: '/jobs/2026.11/pr_123' }, { ...job7, id: '8', workDir: '/jobs/2026.11/pr_1234' }]}
`('understands $printed', ({ text, entries }) => {
  expect(parseQueue(text, border)).toEqual({ kind: 'queue', entries, unread: [] });
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
  expect(parseQueue(row('7', { workDir }), border)).toEqual({ kind: 'queue', entries: [rest], unread: [] });
});

it.each`
  printed                             | text
  ${'words'}                          | ${'slurm_load_jobs error\n'}
  ${'a line cut short beside others'} | ${`${row('7')}${row('8').slice(0, 250)}\n`}
  ${'an older format'}                | ${'  7  main  name user PENDING 0:00 1-00:00:00 1 (JobHeldUser)\n'}
  ${'rows with another border'}       | ${forged}
  ${'a header'}                       | ${row('JOBID')}
  ${'words below a job'}              | ${`${row('7')}garbage\n`}
  ${'words above a job'}              | ${`garbage\n${row('7')}`}
  ${'a last line that was cut off'}   | ${row('7').slice(0, -2)}
  ${'a last line without its end'}    | ${row('7').slice(0, -1)}
`('finds $printed unreadable', ({ text }) => {
  expect(parseQueue(text, border)).toMatchObject({
    kind: 'unreadable',
    why: expect.stringMatching(/^squeue printed a (line that is no job|record that breaks off): /),
  });
});

it.each`
  entry                     | fields
  ${'a state that is none'} | ${{ state: 'running?' }}
  ${'an empty state'}       | ${{ state: '' }}
  ${'no batch flag'}        | ${{ batch: 'yes' }}
`('cannot read an entry with $entry, and reads the others', ({ fields }) => {
  expect(parseQueue(row('8', fields) + row('7'), border)).toEqual({
    kind: 'queue',
    entries: [job7],
    unread: [{ id: '8', why: expect.stringMatching(/^squeue printed of it: "8 +@bot/) }],
  });
});

it('says of the same entry the same each time, though the border is another one', () => {
  const why = (with_: string) => parseQueue(row('8', { state: '' }).replaceAll(border, with_), with_);
  expect(why('@1@')).toEqual(why('@2@'));
});

it('has squeue print the border behind each field', () => {
  expect(queueFormat(border)).toBe(
    'JobId:100@5e1f@,Cluster:100@5e1f@,Partition:100@5e1f@,State:100@5e1f@,Reason:100@5e1f@,BatchFlag:20@5e1f@,exit_code:20@5e1f@,WorkDir:0@5e1f@',
  );
});
