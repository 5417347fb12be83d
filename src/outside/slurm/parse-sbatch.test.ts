import { expect, it } from 'vitest';
import { parseSbatch } from './parse-sbatch.ts';

const exited = (code: number, stdout: string, stderr = '') => ({ kind: 'exited', code, stdout, stderr });
const failed = (words: string) => `sbatch: error: Batch job submission failed: ${words}\n`;
const badPartition = `sbatch: error: invalid partition specified: nope\n${failed('Invalid partition name specified')}`;

it.each`
  sbatch                              | result                                                                                      | answer
  ${'prints an id'}                   | ${exited(0, 'Submitted batch job 77\n')}                                                    | ${{ kind: 'submitted', id: '77' }}
  ${'prints id and cluster'}          | ${exited(0, 'Submitted batch job 77 on cluster c2\n')}                                      | ${{ kind: 'submitted', id: '77', cluster: 'c2' }}
  ${'prints words of the site first'} | ${exited(0, 'Welcome!\nSubmitted batch job 77\n', 'sbatch: lua: default partition chosen')} | ${{ kind: 'submitted', id: '77' }}
  ${'prints an id and fails'}         | ${exited(1, 'Submitted batch job 77\n', 'wrapper: cannot log')}                             | ${{ kind: 'submitted', id: '77' }}
  ${'prints an id and is killed'}     | ${{ kind: 'killed', signal: 'SIGKILL', stdout: 'Submitted batch job 77\n', stderr: '' }}    | ${{ kind: 'submitted', id: '77' }}
  ${'knows no such partition'}        | ${exited(1, '', badPartition)}                                                              | ${{ kind: 'refused', message: badPartition.trim() }}
`('sbatch $sbatch', ({ result, answer }) => {
  expect(parseSbatch(result)).toEqual(answer);
});

it.each`
  sure             | sbatch                                  | result
  ${'refused'}     | ${'does not know an option'}            | ${exited(255, '', `sbatch: unrecognized option '--foo'\nTry "sbatch --help" for more information\n`)}
  ${'refused'}     | ${'does not find the script'}           | ${exited(1, '', 'sbatch: error: Unable to open file nofile.sh\n')}
  ${'unavailable'} | ${'finds no configuration'}             | ${exited(1, '', 'sbatch: fatal: Could not establish a configuration source\n')}
  ${'unavailable'} | ${'cannot reach slurmctld at all'}      | ${exited(1, '', failed('Unable to contact slurm controller (connect failure)'))}
  ${'refused'}     | ${'hears of a limit'}                   | ${exited(1, '', failed("Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)"))}
  ${'refused'}     | ${'is not there'}                       | ${{ kind: 'not-started', code: 'ENOENT', message: 'no sbatch' }}
  ${'unavailable'} | ${'cannot be started yet'}              | ${{ kind: 'not-started', code: 'EAGAIN', message: 'too many processes' }}
  ${'unsure'}      | ${'prints a number and fails'}          | ${exited(1, '77\n')}
  ${'unsure'}      | ${'prints a number that is cut off'}    | ${exited(0, '7')}
  ${'unsure'}      | ${'gets no answer in time'}             | ${exited(1, '', failed('Socket timed out on send/recv operation'))}
  ${'unsure'}      | ${'loses the answer'}                   | ${exited(1, '', failed('Unable to contact slurm controller (receive failure)'))}
  ${'unsure'}      | ${'gets an odd answer'}                 | ${exited(1, '', failed('Unexpected message received'))}
  ${'unsure'}      | ${'gets an empty answer'}               | ${exited(1, '', failed('Zero Bytes were transmitted or received'))}
  ${'unsure'}      | ${'lies behind an ssh that is cut off'} | ${exited(255, '', 'client_loop: send disconnect: Broken pipe\n')}
  ${'unsure'}      | ${'lies behind a wrapper that fails'}   | ${exited(1, '', 'oops\n')}
  ${'unsure'}      | ${'ends well and prints nothing'}       | ${exited(0, '')}
  ${'unsure'}      | ${'prints two ids'}                     | ${exited(0, 'Submitted batch job 7\nSubmitted batch job 8\n')}
  ${'unsure'}      | ${'hangs'}                              | ${{ kind: 'timed-out', milliseconds: 1000, stdout: '', stderr: '' }}
  ${'unsure'}      | ${'is killed'}                          | ${{ kind: 'killed', signal: 'SIGKILL', stdout: '', stderr: badPartition }}
`('$sure: sbatch $sbatch', ({ sure, result }) => {
  const answer = parseSbatch(result);
  expect(answer.kind).toBe(sure);
  expect(answer).toHaveProperty('message', expect.stringMatching(/\w/));
});
