import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobId } from './slurm.ts';
import { slurmCommands } from './slurm-commands.ts';

// test/system/slurm.test.ts has the real Slurm. Here: programs that fail as a real one seldom does.

let directory: string;
let oneHangs: boolean;
beforeEach(async () => {
  oneHangs = false;
  directory = await mkdtemp(join(tmpdir(), 'slurm-commands-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** `row FIELD…` prints a record with the caller's border behind each field. */
const row = `border="$*"; border=\${border%@*}; border="@\${border##*@}@"
row() { for field; do printf '%s%s' "$field" "$border"; done; echo; }`;

async function program(name: string, script: string) {
  oneHangs ||= script.includes(hangs);
  const path = join(directory, name);
  await writeFile(path, `#!/bin/sh\n${row}\n${script}\n`);
  await chmod(path, 0o755);
  return { environment: {}, program: path, arguments: [] };
}

const hangs = 'exec sleep 60';
const job = {
  id: '7' as JobId,
  cluster: 'c2',
  partition: 'main',
  state: 'RUNNING',
  reason: 'None',
  directory: '/jobs/7',
};
const invalidId = 'echo "slurm_load_jobs error: Invalid job id specified" >&2; exit 1';
const notFound = 'echo "Job 7 not found"; exit 1';
const queued = (id: string, workDir: string, state = 'PENDING') =>
  `row '${id} ' bot main '${state}' None 1 0 '${workDir}'`;
const account = (id: string, state: string, exitCode = '0:0') =>
  `row ${id} '${state}' ${exitCode} 2026-11-24T14:35:33 /jobs/${id}`;
const record = (workDir: string) =>
  `echo "JobId=7 JobName=x UserId=u(1) JobState=RUNNING Reason=None Dependency=(null) ExitCode=0:0 WorkDir=${workDir} StdErr=/x"`;

async function slurm(
  scripts: { squeue?: string; scontrol?: string; scontrolWords?: readonly string[] },
  jobName = '',
  pollWords: readonly string[] = [],
) {
  const poll = await program('squeue', scripts.squeue ?? 'exit 1');
  const scontrol = await program('scontrol', scripts.scontrol ?? invalidId);
  return slurmCommands({
    poll: { ...poll, arguments: pollWords },
    scontrol: { ...scontrol, arguments: scripts.scontrolWords ?? [] },
    user: 'bot',
    jobName,
    environment: { PATH: '/usr/bin:/bin', DIR: directory },
    jobEnvironment: { PATH: '/usr/bin:/bin', DIR: directory },
    // Only what hangs is to reach it: a busy machine needs a while to start a program.
    timeoutMilliseconds: oneHangs ? 2_000 : 20_000,
  });
}

describe('the queue', () => {
  it('is asked for as the Python bot did, with all states and the working directory', async () => {
    const said = await (await slurm({ squeue: 'printf "%s\\n" "$@" >"$DIR/words"' }, 'prod')).readQueue();
    expect(said).toEqual({ kind: 'queue', entries: [] });
    const words = (await readFile(join(directory, 'words'), 'utf8')).trim().split('\n');
    const [border = ''] = /@[0-9a-f]{24}@$/.exec(words.at(-1) ?? '') ?? [];
    await (await slurm({ squeue: 'printf "%s\\n" "$@" >"$DIR/words"' })).readQueue();
    expect(await readFile(join(directory, 'words'), 'utf8')).not.toContain(border);
    expect(words.map((word) => word.replaceAll(border, '|'))).toEqual([
      '--long',
      '--noheader',
      '--user=bot',
      '--name=prod',
      '--states=all',
      '--Format',
      'JobId:100|,Cluster:100|,Partition:100|,State:100|,Reason:100|,BatchFlag:20|,exit_code:20|,WorkDir:0|',
    ]);
  });

  it.each`
    squeue                                  | script                                                              | why
    ${'fails'}                              | ${'echo "slurm_load_jobs error: no controller" >&2; exit 1'}        | ${'squeue failed (exit status 1): slurm_load_jobs error: no controller'}
    ${'fails silently'}                     | ${'exit 1'}                                                         | ${'squeue failed (exit status 1): it said nothing'}
    ${'prints jobs and fails'}              | ${`${queued('7', '/jobs/7')}; exit 1`}                              | ${'squeue failed (exit status 1): it said nothing'}
    ${'is killed'}                          | ${'kill -9 $$'}                                                     | ${'squeue was killed by SIGKILL'}
    ${'is killed after words'}              | ${'echo "slurm: out of memory" >&2; kill -9 $$'}                    | ${'squeue was killed by SIGKILL, after it had said: slurm: out of memory'}
    ${'hangs'}                              | ${hangs}                                                            | ${'squeue did not answer within 2 s'}
    ${'only complains, with exit status 0'} | ${'echo "squeue: error: Invalid user: bot" >&2'}                    | ${'squeue failed (exit status 0): squeue: error: Invalid user: bot'}
    ${'cannot ask one of several clusters'} | ${`${queued('7', '/jobs/7')}; echo "slurm_load_jobs error: x" >&2`} | ${'squeue failed (exit status 0): slurm_load_jobs error: x'}
    ${'prints something else'}              | ${'echo garbage'}                                                   | ${'squeue printed a line that is no job: "garbage"'}
  `('is unreadable when squeue $squeue', async ({ script, why }) => {
    expect(await (await slurm({ squeue: script })).readQueue()).toEqual({ kind: 'unreadable', why });
  });

  it('asks scontrol for a working directory that squeue may have cut', async () => {
    const cut = queued('7', '/jobs/2026.11/pr_123');
    const entry = {
      id: '7',
      cluster: 'bot',
      partition: 'main',
      state: 'PENDING',
      reason: 'None',
      is: { kind: 'waiting', reason: 'None' },
    };
    const whole = await slurm({ squeue: cut, scontrol: record('/jobs/2026.11/pr_123/whole') });
    expect(await whole.readQueue()).toEqual({
      kind: 'queue',
      entries: [{ ...entry, workDir: '/jobs/2026.11/pr_123/whole' }],
    });
    expect(await (await slurm({ squeue: cut, scontrol: invalidId })).readQueue()).toEqual({
      kind: 'queue',
      entries: [],
    });
    expect(await (await slurm({ squeue: cut, scontrol: 'exit 1' })).readQueue()).toEqual({
      kind: 'queue',
      entries: [],
      unread: [{ id: '7', why: 'scontrol failed (exit status 1): it said nothing' }],
    });
  });

  it.each`
    entry                                            | squeue                          | scontrol
    ${'a state that nobody knows'}                   | ${queued('8', '/jobs/8', '?!')} | ${invalidId}
    ${'a relative directory, and an unclear record'} | ${queued('8', 'jobs/8')}        | ${record('/jobs/8 WorkDir=/jobs/7')}
    ${'no directory, where scontrol hangs'}          | ${queued('8', '')}              | ${hangs}
  `("an entry with $entry is that entry's trouble: the others are read", async ({ squeue, scontrol }) => {
    const queue = await (await slurm({ squeue: `${squeue}; ${queued('7', '/jobs/7')}`, scontrol })).readQueue();
    expect(queue).toMatchObject({ kind: 'queue', entries: [{ id: '7' }], unread: [{ id: '8' }] });
  });

  it('holds no job that stands in the directory of another, as a whole row of squeue', async () => {
    const forged = "$(printf '/a\\n8 @bot @main @COMPLETED @None @1 @0 @/jobs/8\\n')";
    const squeue = `row 7 bot main RUNNING None 1 0 "${forged}"; ${queued('9', '/jobs/9')}`;
    const queue = await (await slurm({ squeue })).readQueue();
    expect(queue.kind === 'queue' && queue.entries.map(({ id, state }) => [id, state])).toEqual([
      ['7', 'RUNNING'],
      ['9', 'PENDING'],
    ]);
  });
});

describe('a job that is asked for', () => {
  const disabled = 'echo "Slurm accounting storage is disabled" >&2; exit 1';
  const down = 'echo "sacct: error: Problem talking to the database: Connection refused" >&2; exit 1';
  const row = account('7', 'TIMEOUT');
  const ask = async (scripts: { scontrol?: string }, asked = job) =>
    (await (await slurm(scripts)).askFor([asked])).get(job.id);

  it.each`
    scontrol                | sacct       | reading
    ${record('/jobs/7')}    | ${'exit 1'} | ${{ kind: 'job', state: 'RUNNING' }}
    ${'exit 1'}             | ${row}      | ${{ kind: 'unreadable' }}
    ${hangs}                | ${row}      | ${{ kind: 'unreadable' }}
    ${'exit 0'}             | ${row}      | ${{ kind: 'unreadable' }}
    ${invalidId}            | ${row}      | ${{ kind: 'job', state: 'TIMEOUT', workDir: '/jobs/7' }}
    ${record('/elsewhere')} | ${row}      | ${{ kind: 'job', state: 'TIMEOUT', workDir: '/jobs/7' }}
    ${record('/elsewhere')} | ${disabled} | ${{ kind: 'unknown' }}
    ${invalidId}            | ${''}       | ${{ kind: 'unknown' }}
    ${notFound}             | ${''}       | ${{ kind: 'unknown' }}
    ${notFound}             | ${row}      | ${{ kind: 'job', state: 'TIMEOUT', workDir: '/jobs/7' }}
    ${invalidId}            | ${disabled} | ${{ kind: 'unknown' }}
    ${invalidId}            | ${'exit 1'} | ${{ kind: 'unknown', stillToCome: 'sacct failed (exit status 1): it said nothing' }}
    ${invalidId}            | ${down}     | ${{ kind: 'unknown', stillToCome: expect.stringContaining('Connection refused') }}
    ${invalidId}            | ${hangs}    | ${{ kind: 'unknown', stillToCome: 'sacct did not answer within 2 s' }}
    ${invalidId}            | ${'echo x'} | ${{ kind: 'unknown', stillToCome: expect.stringContaining('a line that is no job') }}
  `('scontrol `$scontrol`, sacct `$sacct`: $reading', async ({ scontrol, sacct, reading }) => {
    await program('sacct', sacct);
    expect(await ask({ scontrol })).toMatchObject(reading);
    if (!('stillToCome' in reading)) expect(await ask({ scontrol })).not.toHaveProperty('stillToCome');
  });

  it('whom the queue shows as cancelled, accounting is asked for who did it', async () => {
    await program('sacct', account('7', 'CANCELLED by 0', '0:15'));
    const cancelled = { ...job, state: 'CANCELLED', exitCode: '0:15' };
    const end = { how: 'cancelled', reason: 'None', exitCode: '0:15' };
    const printed = { kind: 'job', state: 'CANCELLED', reason: 'None', exitCode: '0:15' };
    const by = { cancelledBy: 'root' };
    expect(await ask({ scontrol: 'echo x' }, cancelled)).toEqual({
      ...{ ...printed, ...by },
      is: { kind: 'ended', end: { ...end, ...by } },
    });
    await program('sacct', account('7', 'CANCELLED by 4000000000', '0:15'));
    expect(await ask({}, cancelled)).toMatchObject({ cancelledBy: 'user id 4000000000' });
    await program('sacct', disabled);
    expect(await ask({}, cancelled)).toEqual({ ...printed, is: { kind: 'ended', end } });
  });

  it('however many they are, it is two requests to the controller and one to accounting', async () => {
    const asked = ['7', '8', '9', '10'].map((id) => ({ ...job, id: id as JobId, directory: `/jobs/${id}` }));
    const keep = (name: string) => `echo "$@" >>"$DIR/${name}.calls"`;
    await program('sacct', `${keep('sacct')}; ${account('8', 'FAILED', '3:0')}`);
    const squeue = `${keep('squeue')}; ${queued('7', '/jobs/7')}; ${queued('10', '/elsewhere')}`;
    const scontrol = `${keep('scontrol')}; ${invalidId}`;
    const readings = await (await slurm({ squeue, scontrol })).askFor(asked);
    expect([...readings.values()].map((reading) => (reading.kind === 'job' ? reading.state : reading.kind))).toEqual([
      'PENDING',
      'FAILED',
      'unknown',
      'unknown',
    ]);
    const calls = async (name: string) => (await readFile(join(directory, `${name}.calls`), 'utf8')).trim().split('\n');
    expect(await calls('squeue')).toEqual([
      expect.stringMatching(/^--noheader --jobs=7,8,9,10 --states=all --Format /),
    ]);
    expect(await calls('sacct')).toEqual([expect.stringMatching(/ --jobs=8,9,10 /)]);
    expect(await calls('scontrol')).toEqual(['--oneliner show jobid 8']);
  });

  it.each`
    scontrol             | kinds
    ${record('/jobs/7')} | ${['job', 'unreadable']}
    ${'exit 1'}          | ${['unreadable', 'unreadable']}
    ${hangs}             | ${['unreadable', 'unreadable']}
    ${invalidId}         | ${['unknown', 'unknown']}
  `(
    'of several that squeue leaves out, scontrol is asked for one: `$scontrol`: $kinds',
    async ({ scontrol, kinds }) => {
      await program('sacct', '');
      const readings = await (await slurm({ squeue: '', scontrol })).askFor([job, { ...job, id: '8' as JobId }]);
      expect([...readings.values()].map(({ kind }) => kind)).toEqual(kinds);
    },
  );

  it.each(['exit 1', hangs, 'echo garbage'])(
    'of several none is concluded about when squeue answers with `%s`',
    async (squeue) => {
      await program('sacct', row);
      const readings = await (await slurm({ squeue })).askFor([job, { ...job, id: '8' as JobId }]);
      expect([...readings.values()].map(({ kind }) => kind)).toEqual(['unreadable', 'unreadable']);
    },
  );

  it('finds sacct on PATH when there is none beside squeue, and asks the cluster of the job where there are several', async () => {
    await mkdir(join(directory, 'bin'));
    const failed = account('7', 'FAILED', '1:0');
    await program('bin/sacct', `case "$*" in *--clusters=c2*) ${failed};; esac`);
    const poll = await program('squeue', '');
    const scontrol = await program('scontrol', invalidId);
    const environment = { PATH: `${join(directory, 'bin')}:/usr/bin:/bin` };
    const options = {
      scontrol,
      user: 'bot',
      jobName: '',
      environment,
      jobEnvironment: {},
    };
    const several = slurmCommands({ ...options, poll: { ...poll, arguments: ['--clusters=c1,c2'] } });
    expect((await several.askFor([job])).get(job.id)).toMatchObject({ kind: 'job', state: 'FAILED' });
    expect((await slurmCommands({ ...options, poll }).askFor([job])).get(job.id)).toEqual({ kind: 'unknown' });
  });

  it('is unknown when scontrol does not know it and there is no sacct', async () => {
    const poll = await program('squeue', '');
    const scontrol = await program('scontrol', `PATH=/bin; ${invalidId}`);
    const options = {
      poll,
      scontrol,
      user: 'bot',
      jobName: '',
      environment: { PATH: directory },
      jobEnvironment: {},
    };
    expect((await slurmCommands(options).askFor([job])).get(job.id)).toEqual({ kind: 'unknown' });
  });
});

describe('jobs in a directory, by scontrol', () => {
  const shown = (fields: { name?: string; user?: string; workDir?: string }) =>
    `JobName=${fields.name ?? 'x'} UserId=${fields.user ?? 'bot'}(1) JobState=RUNNING Reason=None Dependency=(null) WorkDir=${fields.workDir ?? '/jobs/7'} StdErr=/x`;
  const mine = `echo "JobId=7 ${shown({})}"`;
  // A stranger's job whose name ends its own record and forges one of ours.
  const forged = `JobId=9 ${shown({ user: 'eve', workDir: '/home/eve', name: `x\nJobId=7 ${shown({})}\nJobId=6 JobName=x` })}`;
  const onlyInListing = (listing: string, asked: string) =>
    `case "$*" in *"show jobs") ${listing};; *) ${asked};; esac`;
  it.each`
    scontrol                                                                                                                              | showing
    ${onlyInListing(`${mine}; ${record('/jobs/8')}`, mine)}                                                                               | ${{ kind: 'jobs', jobs: ['7'] }}
    ${`echo "JobId=7 ${shown({ workDir: '/jobs/8' })}"`}                                                                                  | ${{ kind: 'jobs', jobs: [] }}
    ${`echo "JobId=7 ${shown({ user: 'eve' })}"`}                                                                                         | ${{ kind: 'jobs', jobs: [] }}
    ${onlyInListing(`echo "${forged}"`, invalidId)}                                                                                       | ${{ kind: 'jobs', jobs: [] }}
    ${onlyInListing(`echo "${forged}"`, `echo "JobId=7 ${shown({ user: 'ann' })}"`)}                                                      | ${{ kind: 'jobs', jobs: [] }}
    ${onlyInListing(`echo "${forged.replaceAll('JobId=9', 'JobId=7')}"`, `echo "${forged.replaceAll('JobId=9', 'JobId=7')}"`)}            | ${{ kind: 'jobs', jobs: [] }}
    ${onlyInListing(`echo "${forged}"; echo "JobId=8 ${shown({})}"`, `[ "$4" = 8 ] && echo "JobId=8 ${shown({})}" || { ${invalidId}; }`)} | ${{ kind: 'jobs', jobs: ['8'] }}
    ${onlyInListing(mine, 'exit 1')}                                                                                                      | ${{ kind: 'unreadable' }}
    ${onlyInListing(`for i in $(seq 60); do echo "JobId=$i ${shown({})}"; done`, 'exit 1')}                                               | ${{ kind: 'unreadable', why: expect.stringContaining('60 jobs') }}
    ${'echo "No jobs in the system"'}                                                                                                     | ${{ kind: 'jobs', jobs: [] }}
    ${':'}                                                                                                                                | ${{ kind: 'unreadable' }}
    ${`${mine}; exit 1`}                                                                                                                  | ${{ kind: 'unreadable' }}
    ${'echo "slurm_load_jobs error: x" >&2'}                                                                                              | ${{ kind: 'unreadable' }}
    ${hangs}                                                                                                                              | ${{ kind: 'unreadable' }}
  `('scontrol `$scontrol`: $showing', async ({ scontrol, showing }) => {
    expect(await (await slurm({ scontrol })).showJobsIn(['/elsewhere', '/jobs/7'])).toMatchObject(showing);
  });
});

describe('a release', () => {
  it.each`
    scontrol                                                              | answer
    ${'[ "$*" = "release 7" ]'}                                           | ${{ kind: 'released' }}
    ${'echo "Job has already finished for job 7" >&2; exit 1'}            | ${{ kind: 'released' }}
    ${'echo "slurm_suspend error: Invalid job id specified" >&2; exit 1'} | ${{ kind: 'failed', message: 'scontrol failed (exit status 1): slurm_suspend error: Invalid job id specified' }}
    ${hangs}                                                              | ${{ kind: 'failed', message: 'scontrol did not answer within 2 s' }}
  `('`$scontrol`: $answer', async ({ scontrol, answer }) => {
    expect(await (await slurm({ scontrol })).release([job])).toEqual(new Map([['7', answer]]));
  });

  const noJob = 'Invalid job id specified for job 8';
  const listFails = (...lines: string[]) =>
    `case $2 in *,*) printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')} >&2; exit 1;; esac`;
  it.each`
    how                                                  | scontrol                                                                            | answers                                            | calls
    ${'all'}                                             | ${':'}                                                                              | ${{ 7: 'released', 8: 'released', 9: 'released' }} | ${['7,8,9']}
    ${'all but one that is gone, and one that ended'}    | ${listFails(noJob, 'Job has already finished for job 7', 'slurm_suspend error: x')} | ${{ 7: 'released', 8: 'failed', 9: 'released' }}   | ${['7,8,9', '9']}
    ${'those that it does not name, at the second call'} | ${`[ "$2" = 7,9 ] || { echo '${noJob}' >&2; exit 1; }`}                             | ${{ 7: 'released', 8: 'failed', 9: 'released' }}   | ${['7,8,9', '7,9']}
    ${'each alone where a wrapper takes one only'}       | ${'case $2 in *,*) echo "usage: release ID" >&2; exit 2;; esac'}                    | ${{ 7: 'released', 8: 'released', 9: 'released' }} | ${['7,8,9', '7', '8', '9']}
    ${'none where it does not answer'}                   | ${hangs}                                                                            | ${{ 7: 'failed', 8: 'failed', 9: 'failed' }}       | ${['7,8,9']}
  `('of three jobs by one call releases $how', async ({ scontrol, answers, calls }) => {
    const keepCall = `echo "$2" >>${join(directory, 'releases')}`;
    const jobs = ['7', '8', '9'].map((id) => ({ ...job, id: id as JobId }));
    const released = await (await slurm({ scontrol: `${keepCall}; ${scontrol}` })).release(jobs);
    expect(Object.fromEntries([...released].map(([id, { kind }]) => [id, kind]))).toEqual(answers);
    expect((await readFile(join(directory, 'releases'), 'utf8')).trim().split('\n')).toEqual(calls);
  });

  it('of more jobs than fit into one call, and of several clusters, makes a call for each', async () => {
    const keepCall = `echo "$1 $3" >>${join(directory, 'releases')}`;
    const many = Array.from({ length: 101 }, (_, index) => ({
      ...job,
      id: String(1000 + index) as JobId,
      cluster: 'a',
    }));
    const options = await slurm({ scontrol: keepCall, scontrolWords: ['--clusters=%(cluster)s'] });
    expect((await options.release([...many, { ...job, cluster: 'b' }])).size).toBe(102);
    expect((await readFile(join(directory, 'releases'), 'utf8')).trim().split('\n')).toEqual([
      `--clusters=a ${many
        .slice(0, 100)
        .map(({ id }) => id)
        .join(',')}`,
      '--clusters=a 1100',
      '--clusters=b 7',
    ]);
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
