import { expect, it } from 'vitest';
import { isJobOf, parseScontrolJob, parseScontrolJobs } from './parse-scontrol-job.ts';
import type { JobId } from './slurm.ts';

/** Slurm 22.05's output, shortened. */
const record = (
  fields: {
    id?: string;
    name?: string;
    user?: string;
    state?: string;
    eligible?: string;
    workDir?: string;
    comment?: string;
  } = {},
) =>
  `JobId=${fields.id ?? '7'} JobName=${fields.name ?? 'bot'} UserId=${fields.user ?? 'bot'}(1000) GroupId=bot(1000) Priority=0 ${
    fields.state ?? 'JobState=PENDING Reason=JobHeldUser'
  } Dependency=(null) Requeue=0 Restarts=0 BatchFlag=1 Reboot=0 ExitCode=0:0 RunTime=00:00:00 SubmitTime=2026-11-24T11:43:12 ` +
  `EligibleTime=${fields.eligible ?? 'Unknown'} AccrueTime=Unknown Partition=main Command=/s/bot-build.slurm ` +
  `WorkDir=${fields.workDir ?? '/jobs/7'} ${fields.comment ?? ''}StdErr=/jobs/7/slurm-7.out StdIn=/dev/null StdOut=/jobs/7/slurm-7.out Power= \n`;
const job7 = { kind: 'job', state: 'PENDING', reason: 'JobHeldUser', exitCode: '0:0', workDir: '/jobs/7' };
const { workDir: _, ...withoutWorkDir } = job7;

/** A name that holds a forged record. */
const faked = 'a UserId=bot(1000) JobState=COMPLETED Reason=None Dependency=(null) WorkDir=/jobs/7 StdErr=/x';

it.each`
  printed                                             | text                                                                                               | reading
  ${'a held job'}                                     | ${record()}                                                                                        | ${job7}
  ${'when it may start'}                              | ${record({ eligible: '2026-11-24T11:44:52' })}                                                     | ${{ ...job7, eligibleTime: '2026-11-24T11:44:52' }}
  ${'a time-out'}                                     | ${record({ state: 'JobState=TIMEOUT Reason=TimeLimit' })}                                          | ${{ ...job7, state: 'TIMEOUT', reason: 'TimeLimit' }}
  ${'the node that failed'}                           | ${record({ state: 'JobState=NODE_FAIL Reason=NodeDown FailedNode=n1' })}                           | ${{ ...job7, state: 'NODE_FAIL', reason: 'NodeDown' }}
  ${'a directory with blanks and line ends'}          | ${record({ workDir: '/a b\nc ' })}                                                                 | ${{ ...job7, workDir: '/a b\nc ' }}
  ${'a comment after the directory'}                  | ${record({ comment: 'Comment=a\nb ' })}                                                            | ${job7}
  ${'a name with a line end'}                         | ${record({ name: 'a\nb' })}                                                                        | ${job7}
  ${'a name that looks like a record of another job'} | ${record({ name: 'a\nJobId=8 JobName=b' })}                                                        | ${job7}
  ${'the tasks of an array as well'}                  | ${record({ id: '8 ArrayJobId=7 ArrayTaskId=1' }) + record({ id: '7 ArrayJobId=7 ArrayTaskId=2' })} | ${job7}
  ${'the other part of a heterogeneous job'}          | ${record({ id: '7 HetJobId=7 HetJobOffset=0' }) + record({ id: '8 HetJobId=7 HetJobOffset=1' })}   | ${job7}
  ${'a comment that begins like a state'}             | ${record({ comment: 'Comment=a JobState=FAILED ' })}                                               | ${job7}
  ${'what --extra says'}                              | ${record({ comment: 'Extra=arch=zen3 ' })}                                                         | ${job7}
  ${'a directory that looks like another field'}      | ${record({ workDir: '/a StdErr=/b' })}                                                             | ${withoutWorkDir}
`('understands $printed', ({ text, reading }) => {
  expect(parseScontrolJob(text, '7' as JobId)).toEqual(reading);
});

it.each`
  printed                                | text
  ${'nothing'}                           | ${''}
  ${'another job'}                       | ${record({ id: '77' })}
  ${'a record cut short'}                | ${record().slice(0, 60)}
  ${'a name that looks like a state'}    | ${record({ name: 'a JobState=COMPLETED Reason=None Dependency=(null) ' })}
  ${'a comment that looks like a state'} | ${record({ comment: 'Comment=a JobState=FAILED Reason=None Dependency=(null) ' })}
  ${'a name that looks like a record'}   | ${record({ name: 'a\nJobId=7 JobName=b JobState=COMPLETED Reason=None Dependency=' })}
  ${'a name that ends its own record'}   | ${record({ name: `${faked}\nJobId=8 JobName=a` })}
`('finds $printed unreadable', ({ text }) => {
  expect(parseScontrolJob(text, '7' as JobId).kind).toBe('unreadable');
});

it.each`
  printed                                              | text                                                            | jobs
  ${'two jobs'}                                        | ${record() + record({ id: '8', workDir: '/jobs/8' })}           | ${[['7', '/jobs/7'], ['8', '/jobs/8']]}
  ${'a name that looks like another directory'}        | ${record({ name: 'a WorkDir=/jobs/9 StdErr=' })}                | ${[['7', undefined]]}
  ${"a stranger's job in our directory"}               | ${record({ user: 'eve' })}                                      | ${[]}
  ${"a stranger's job whose name looks like our user"} | ${record({ user: 'eve', name: 'a UserId=bot(1000) GroupId=' })} | ${[]}
  ${'a comment that looks like a directory'}           | ${record({ comment: 'Comment=a WorkDir=/jobs/9 ' })}            | ${[['7', undefined]]}
  ${'a record cut short after a whole one'}            | ${record() + record({ id: '8' }).slice(0, 60)}                  | ${[['7', '/jobs/7'], ['8', undefined]]}
  ${'that there are none'}                             | ${'No jobs in the system\n'}                                    | ${[]}
`('finds in a listing $printed', ({ text, jobs }) => {
  expect(parseScontrolJobs(text, 'bot').map(({ id, workDir }) => [id, workDir])).toEqual(jobs);
});

it.each`
  job                                             | text                                                                                               | is
  ${'ours'}                                       | ${record()}                                                                                        | ${true}
  ${"a stranger's"}                               | ${record({ user: 'eve' })}                                                                         | ${false}
  ${"a stranger's that has our user in its name"} | ${record({ user: 'eve', name: faked })}                                                            | ${false}
  ${"a stranger's whose name ends its record"}    | ${record({ user: 'eve', name: `${faked}\nJobId=8 JobName=a` })}                                    | ${false}
  ${'one of an array'}                            | ${record({ id: '8 ArrayJobId=7 ArrayTaskId=1' }) + record({ id: '7 ArrayJobId=7 ArrayTaskId=2' })} | ${true}
  ${'another'}                                    | ${record({ id: '77' })}                                                                            | ${false}
`('the job is $job: $is', ({ text, is }) => {
  expect(isJobOf('bot', text, '7' as JobId)).toBe(is);
});
