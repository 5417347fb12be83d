import { expect, it } from 'vitest';
import { asSeen, type Job, startable } from './job.ts';

const job = (id: string, fields: Partial<Job> = {}): Job => ({
  id,
  name: 'x',
  partition: 'main',
  workDir: '/',
  submitDir: '/',
  command: 'x',
  arguments: [],
  cpus: 4,
  submitted: 0,
  held: false,
  state: 'PENDING',
  reason: 'None',
  exitCode: '0:0',
  ...fields,
});
const [cpus, now] = [8, 1000];

it.each`
  jobs                                                                           | next           | reasons
  ${[job('1'), job('2')]}                                                        | ${['1', '2']}  | ${['None', 'None']}
  ${[job('1'), job('2'), job('3')]}                                              | ${['1', '2']}  | ${['None', 'None', 'Resources']}
  ${[job('1', { state: 'RUNNING' }), job('2', { cpus: 8 }), job('3'), job('4')]} | ${[]}          | ${['None', 'Resources', 'Priority', 'Priority']}
  ${[job('1', { state: 'COMPLETING', cpus: 8 }), job('2')]}                      | ${[]}          | ${['None', 'Resources']}
  ${[job('1', { state: 'COMPLETED', cpus: 8 }), job('2')]}                       | ${['2']}       | ${['None', 'None']}
  ${[job('1', { held: true, cpus: 8 }), job('2')]}                               | ${['2']}       | ${['JobHeldUser', 'None']}
  ${[job('1', { begin: 2000 }), job('2', { begin: 1000 })]}                      | ${['2']}       | ${['BeginTime', 'None']}
  ${[job('1', { cpus: 9 }), job('2')]}                                           | ${['2']}       | ${['PartitionConfig', 'None']}
  ${[job('10'), job('9'), job('11')]}                                            | ${['9', '10']} | ${['None', 'None', 'Resources']}
`(
  '$next may start; reasons are $reasons',
  ({ jobs, next, reasons }: { jobs: Job[]; next: string[]; reasons: string[] }) => {
    expect(startable(jobs, cpus, now).map(({ id }) => id)).toEqual(next);
    expect(jobs.map((one) => asSeen(one, jobs, cpus, now).reason)).toEqual(reasons);
  },
);
