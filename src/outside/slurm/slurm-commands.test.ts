import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobId } from './slurm.ts';
import { slurmCommands } from './slurm-commands.ts';

// What the real Slurm answers: test/system/slurm.test.ts. Here: programs that fail as a real one seldom does.

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slurm-commands-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function program(name: string, script: string) {
  const path = join(directory, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return { environment: {}, program: path, arguments: [] };
}

const job = { id: '7' as JobId, cluster: 'c2', partition: 'main', state: 'RUNNING', reason: 'None' };
const invalidId = 'echo "slurm_load_jobs error: Invalid job id specified" >&2; exit 1';
const queued = (id: string, workDir: string) => `echo '${id} @bot @main @PENDING @None @1 @${workDir}'`;
const record = (workDir: string) =>
  `echo "JobId=7 JobName=x UserId=u(1) JobState=RUNNING Reason=None Dependency=(null) ExitCode=0:0 WorkDir=${workDir} StdErr=/x"`;

async function slurm(scripts: { squeue?: string; scontrol?: string }, jobName = '', pollWords: readonly string[] = []) {
  const poll = await program('squeue', scripts.squeue ?? 'exit 1');
  const scontrol = await program('scontrol', scripts.scontrol ?? invalidId);
  return slurmCommands({
    poll: { ...poll, arguments: pollWords },
    scontrol,
    user: 'bot',
    jobName,
    environment: { PATH: '/usr/bin:/bin', DIR: directory },
    timeoutMilliseconds: 500,
  });
}

describe('the queue', () => {
  it('is asked for as the Python bot did, with all states and the working directory', async () => {
    const said = await (await slurm({ squeue: 'printf "%s\\n" "$@" >"$DIR/words"' }, 'prod')).readQueue();
    expect(said).toEqual({ kind: 'queue', entries: [] });
    expect((await readFile(join(directory, 'words'), 'utf8')).trim().split('\n')).toEqual([
      '--long',
      '--noheader',
      '--user=bot',
      '--name=prod',
      '--states=all',
      '--Format',
      'JobId:100@,Cluster:100@,Partition:100@,State:100@,Reason:100@,BatchFlag:20@,WorkDir:0',
    ]);
  });

  it.each`
    squeue                                  | script                                                       | why
    ${'fails'}                              | ${'echo "slurm_load_jobs error: no controller" >&2; exit 1'} | ${'squeue failed (exit status 1): slurm_load_jobs error: no controller'}
    ${'fails silently'}                     | ${'exit 1'}                                                  | ${'squeue failed (exit status 1): it said nothing'}
    ${'prints jobs and fails'}              | ${`${queued('7', '/jobs/7')}; exit 1`}                       | ${'squeue failed (exit status 1): it said nothing'}
    ${'is killed'}                          | ${'kill -9 $$'}                                              | ${'squeue was killed by SIGKILL'}
    ${'hangs'}                              | ${'exec sleep 60'}                                           | ${'squeue did not answer within 0.5 s'}
    ${'only complains, with exit status 0'} | ${'echo "squeue: error: Invalid user: bot" >&2'}             | ${'squeue failed (exit status 0): squeue: error: Invalid user: bot'}
    ${'prints something else'}              | ${'echo garbage'}                                            | ${'squeue printed a line that is no job: "garbage"'}
  `('is unreadable when squeue $squeue', async ({ script, why }) => {
    expect(await (await slurm({ squeue: script })).readQueue()).toEqual({ kind: 'unreadable', why });
  });

  it('asks scontrol for a working directory that squeue may have cut', async () => {
    const cut = queued('7', '/jobs/2026.11/pr_123');
    const entry = { id: '7', cluster: 'bot', partition: 'main', state: 'PENDING', reason: 'None' };
    const whole = await slurm({ squeue: cut, scontrol: record('/jobs/2026.11/pr_123/whole') });
    expect(await whole.readQueue()).toEqual({
      kind: 'queue',
      entries: [{ ...entry, workDir: '/jobs/2026.11/pr_123/whole' }],
    });
    expect(await (await slurm({ squeue: cut, scontrol: invalidId })).readQueue()).toEqual({
      kind: 'queue',
      entries: [],
    });
    expect(await (await slurm({ squeue: cut, scontrol: 'exit 1' })).readQueue()).toMatchObject({ kind: 'unreadable' });
  });
});

describe('a job that is asked for', () => {
  const disabled = 'echo "Slurm accounting storage is disabled" >&2; exit 1';
  const row = 'echo "7|TIMEOUT|0:0|/jobs/7"';
  it.each`
    scontrol             | sacct       | reading
    ${record('/jobs/7')} | ${'exit 1'} | ${{ kind: 'job', state: 'RUNNING' }}
    ${'exit 1'}          | ${row}      | ${{ kind: 'unreadable' }}
    ${'exec sleep 60'}   | ${row}      | ${{ kind: 'unreadable' }}
    ${'exit 0'}          | ${row}      | ${{ kind: 'unreadable' }}
    ${invalidId}         | ${row}      | ${{ kind: 'job', state: 'TIMEOUT', workDir: '/jobs/7' }}
    ${invalidId}         | ${''}       | ${{ kind: 'unknown' }}
    ${invalidId}         | ${disabled} | ${{ kind: 'unknown' }}
    ${invalidId}         | ${'exit 1'} | ${{ kind: 'unreadable' }}
    ${invalidId}         | ${'echo x'} | ${{ kind: 'unreadable' }}
  `('scontrol `$scontrol`, sacct `$sacct`: $reading', async ({ scontrol, sacct, reading }) => {
    await program('sacct', sacct);
    expect(await (await slurm({ scontrol })).askFor(job)).toMatchObject(reading);
  });

  it('finds sacct on PATH when there is none beside squeue, and asks the cluster of the job where there are several', async () => {
    await mkdir(join(directory, 'bin'));
    await program('bin/sacct', 'case "$*" in *--clusters=c2*) echo "7|FAILED|1:0|/jobs/7";; esac');
    const poll = await program('squeue', '');
    const scontrol = await program('scontrol', invalidId);
    const environment = { PATH: `${join(directory, 'bin')}:/usr/bin:/bin` };
    const options = { scontrol, user: 'bot', jobName: '', environment };
    const several = slurmCommands({ ...options, poll: { ...poll, arguments: ['--clusters=c1,c2'] } });
    expect(await several.askFor(job)).toMatchObject({ kind: 'job', state: 'FAILED' });
    expect(await slurmCommands({ ...options, poll }).askFor(job)).toEqual({ kind: 'unknown' });
  });

  it('is unknown when scontrol does not know it and there is no sacct', async () => {
    const poll = await program('squeue', '');
    const scontrol = await program('scontrol', `PATH=/bin; ${invalidId}`);
    const options = { poll, scontrol, user: 'bot', jobName: '', environment: { PATH: directory } };
    expect(await slurmCommands(options).askFor(job)).toEqual({ kind: 'unknown' });
  });
});

describe('a release', () => {
  it.each`
    scontrol                                                              | answer
    ${'[ "$*" = "release 7" ]'}                                           | ${{ kind: 'released' }}
    ${'echo "Job has already finished for job 7" >&2; exit 1'}            | ${{ kind: 'released' }}
    ${'echo "slurm_suspend error: Invalid job id specified" >&2; exit 1'} | ${{ kind: 'failed', message: 'scontrol failed (exit status 1): slurm_suspend error: Invalid job id specified' }}
    ${'exec sleep 60'}                                                    | ${{ kind: 'failed', message: 'scontrol did not answer within 0.5 s' }}
  `('`$scontrol`: $answer', async ({ scontrol, answer }) => {
    expect(await (await slurm({ scontrol })).release(job)).toEqual(answer);
  });
});

it('submits in the job directory, with the words as they are', async () => {
  const submit = await program('sbatch', 'echo "$@" >words; echo "Submitted batch job 77 on cluster $CLUSTER"');
  const submission = {
    directory,
    submit: { ...submit, environment: { CLUSTER: 'c2' }, arguments: ['--a'] },
    arguments: ['--hold', 'b c', 'SCRIPT'],
  };
  expect(await (await slurm({})).submit(submission)).toEqual({ kind: 'submitted', id: '77', cluster: 'c2' });
  expect(await readFile(join(directory, 'words'), 'utf8')).toBe('--a --hold b c SCRIPT\n');
});
