import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentsOf } from '../../src/outside/processes/child-environment.ts';
import { runProgram } from '../../src/outside/processes/run-program.ts';
import { queueFormat } from '../../src/outside/slurm/parse-queue.ts';
import { readQueueOfStandIn } from '../../stand-ins/slurm/read-queue-of-stand-in.ts';
import { stopAll } from '../../stand-ins/slurm/stop-all.ts';
import { type RealSlurm, startSlurm } from '../slurm/start-slurm.ts';

/** Either Slurm, with a directory of scripts of its own: both have seen the same commands in the same order, so ids are equal. */
interface Cluster {
  readonly work: string;
  readonly environment: Readonly<Record<string, string>>;
}

let directory: string;
let real: RealSlurm;
let clusters: { readonly real: Cluster; readonly standIn: Cluster };
let stateDirectory: string;

beforeAll(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'slurm-stand-in-')));
  stateDirectory = join(directory, 'state');
  await mkdir(stateDirectory);
  await writeFile(join(stateDirectory, 'settings.json'), JSON.stringify({ cpus: 8, secondsPerMinute: 1 }));
  real = await startSlurm(join(directory, 'slurm'), { nodes: 1 });
  const environment = environmentsOf(process.env).slurm;
  const bin = resolve(import.meta.dirname, '../../stand-ins/slurm/bin');
  clusters = {
    real: { work: join(directory, 'a'), environment: { ...environment, ...real.environment } },
    standIn: {
      work: join(directory, 'b'),
      environment: { ...environment, PATH: `${bin}:${environment['PATH']}`, STAND_IN_SLURM_DIR: stateDirectory },
    },
  };
  for (const { work } of Object.values(clusters)) await writeScripts(work);
});
afterAll(async () => {
  await stopAll(stateDirectory);
  await real?.stop();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

async function writeScripts(work: string) {
  await mkdir(join(work, 'deeper'), { recursive: true });
  const scripts = {
    'ends.sh':
      '#!/bin/bash\necho "$SLURM_JOB_ID $SLURM_JOB_NAME $SLURM_SUBMIT_DIR $SLURM_JOB_PARTITION $PWD $*"; echo error >&2',
    'waits.sh':
      '#!/bin/bash\n#SBATCH --job-name=named -n 8\n# a comment\n#SBATCH --time="2:00:00"\n\necho waits\n#SBATCH --hold\nexec sleep 600',
    'fails.sh': '#!/bin/sh\nexit 3',
    'killed.sh': '#!/bin/sh\nkill -9 $$',
    'no-script.sh': 'echo hi',
    'empty.sh': '',
  };
  for (const [name, text] of Object.entries(scripts)) await writeFile(join(work, name), text);
}

async function say(cluster: Cluster, line: string): Promise<string> {
  const [program = '', ...words] = line.split(' ');
  const result = await runProgram(
    { program, arguments: words },
    { environment: cluster.environment, cwd: cluster.work },
  );
  if (result.kind !== 'exited') throw new Error(JSON.stringify(result));
  return mask(`${result.stdout}${result.stderr}(${result.code})`, cluster);
}

/** What may differ: where, when, how long, and what the stand-in has not got (priorities, a backfill scheduler). */
function mask(text: string, { work }: Cluster): string {
  return text
    .replaceAll(work, 'WORK')
    .replaceAll(hostname(), 'HOST')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/g, 'TIME')
    .replaceAll(/^\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}$/gm, 'TIME')
    .replaceAll(/RunTime=\d\d:\d\d:\d\d/g, 'RunTime=DURATION')
    .replaceAll(/Priority=[1-9]\d*/g, 'Priority=NUMBER')
    .replaceAll(/AccrueTime=\S+/g, 'AccrueTime=TIME')
    .replaceAll('TimeLimit=365-00:00:00', 'TimeLimit=UNLIMITED')
    .replaceAll(/Job \d+ to start/g, 'Job ID to start')
    .replaceAll(/slurm(-wlm)? 22\.05\.\d+/g, 'slurm VERSION')
    .replaceAll(/Scheduler=\w+/g, 'Scheduler=WHICH')
    .replaceAll(/AllocNode:Sid=\S+/g, 'AllocNode:Sid=WHERE')
    .replaceAll(/ \d:\d\d /g, ' M:SS ');
}

/** Until the job is in that state in both: nothing is compared while one of them is on its way. */
async function until(id: number, state: string) {
  for (const cluster of Object.values(clusters))
    while (!(await say(cluster, `squeue -h --states=all -j ${id} -o %T`)).startsWith(state)) await pause(50);
}

async function expectSame(...lines: string[]) {
  for (const line of lines) expect.soft(await say(clusters.standIn, line), line).toBe(await say(clusters.real, line));
}

const readings = [
  `squeue --long --noheader --user=root --states=all --Format ${queueFormat('@7d1c0f4e9ab35268e04f1a9c@')}`,
  'squeue',
  'squeue -l',
  'squeue --states=all',
];
const show = (id: number) => [`scontrol --oneliner show jobid ${id}`, `scontrol show job ${id}`];

// One story: each step goes on from the one before.
describe('the stand-in answers as the real Slurm does', () => {
  it('when nothing is there', () =>
    expectSame(
      ...readings,
      'scontrol show job',
      ...show(1),
      'scontrol release 1',
      'scancel 1',
      'sacct -nPX -j 1',
      'scontrol ping',
    ));

  it('when a submission is wrong', () =>
    expectSame(
      'sbatch --partition=no-such-partition ends.sh',
      'sbatch no-file.sh',
      'sbatch no-script.sh',
      'sbatch empty.sh',
      'sbatch --no-such ends.sh',
      'sbatch -Z ends.sh',
      'sbatch --time=soon ends.sh',
      'sbatch --begin=soon ends.sh',
      'sbatch --hold=yes ends.sh',
    ));

  it('when other words are wrong', () =>
    expectSame(
      'squeue --no-such',
      'squeue --user=no-such-user',
      'squeue --Format=JobId:5,NoSuch',
      'scontrol no-such',
      'scontrol show no-such',
      'scontrol release',
      'scontrol show jobid x',
      'scancel',
      'scancel x',
      'scancel --no-such',
    ));

  it('when a job is held, released, and completes', async () => {
    await expectSame('sbatch --mail-user me --hold -t 1-0 --job-name=held ends.sh x y', ...readings, ...show(1));
    await expectSame('scontrol release 1');
    await until(1, 'COMPLETED');
    await expectSame(...readings, ...show(1), 'scontrol release 1', 'scancel 1');
    const [one, other] = await Promise.all(
      [clusters.real, clusters.standIn].map(async (cluster) =>
        mask(await readFile(join(cluster.work, 'slurm-1.out'), 'utf8'), cluster),
      ),
    );
    expect(other).toBe(one);
  });

  it('when a job fails, by its status or a signal', async () => {
    await expectSame('sbatch -D deeper ends.sh', 'sbatch fails.sh', 'sbatch killed.sh');
    await until(2, 'COMPLETED');
    await until(3, 'FAILED');
    await until(4, 'FAILED');
    await expectSame(...show(3), ...readings);
  });

  it('when jobs wait for each other, and for their time', async () => {
    await expectSame('sbatch waits.sh');
    await until(5, 'RUNNING');
    await expectSame('sbatch --parsable waits.sh', 'sbatch ends.sh', 'sbatch --begin=now+2hours ends.sh');
    await untilReason(6, 'Resources');
    await untilReason(7, 'Priority');
    await expectSame('scontrol release 8', 'scontrol release 8');
    await untilReason(8, 'BeginTime');
    await expectSame(
      ...readings,
      ...show(5),
      'squeue --name=named',
      'squeue --states=RUNNING',
      'squeue -j 5,99',
      'squeue -j 99',
    );
  });

  it('when jobs are cancelled', async () => {
    await expectSame('scancel 5');
    await until(5, 'CANCELLED');
    await until(6, 'RUNNING');
    await expectSame(...show(5), 'scancel 6 7 8');
    for (const id of [6, 7, 8]) await until(id, 'CANCELLED');
    await expectSame(...show(8), 'scontrol release 8', 'scontrol release 99,8', 'scontrol release 8,98,99');
    const words = await readFile(join(clusters.standIn.work, 'slurm-5.out'), 'utf8');
    expect(mask(words, clusters.standIn)).toBe('waits\nslurmstepd-n1: error: *** JOB 5 ON n1 CANCELLED AT TIME ***\n');
    expect(mask(await readFile(join(clusters.real.work, 'slurm-5.out'), 'utf8'), clusters.real)).toBe(
      mask(words, clusters.standIn),
    );
  });

  it('when asked for its version, and whether it would take a job; real ones count on by that', () =>
    expectSame(
      ...['sbatch', 'squeue', 'scontrol', 'scancel', 'sacct'].map((program) => `${program} --version`),
      'squeue -V',
      'sbatch --ntasks=2 --test-only --wrap true',
      'sbatch --partition=no-such-partition --test-only --wrap true',
    ));
});

async function untilReason(id: number, reason: string) {
  for (const cluster of Object.values(clusters))
    while (!(await say(cluster, `squeue -h -j ${id} -o %r`)).startsWith(reason)) await pause(50);
}

describe('the stand-in by itself', () => {
  it('ends a job at its time limit', async () => {
    const said = await say(clusters.standIn, 'sbatch --time=1 --ntasks=1 waits.sh');
    const id = /\d+/.exec(said)?.[0] ?? '';
    while (!(await say(clusters.standIn, `squeue -h --states=all -j ${id} -o %T`)).startsWith('TIMEOUT'))
      await pause(50);
    const job = readQueueOfStandIn(stateDirectory).find((row) => row.id === id);
    expect(job).toEqual({ id, name: 'named', state: 'TIMEOUT', reason: 'TimeLimit', workDir: clusters.standIn.work });
  });

  it('forgets a job after MinJobAge, which accounting remembers', async () => {
    const other = join(directory, 'other');
    await mkdir(other);
    await writeFile(join(other, 'settings.json'), JSON.stringify({ minJobAgeSeconds: 0, accounting: true }));
    const cluster = {
      ...clusters.standIn,
      environment: { ...clusters.standIn.environment, STAND_IN_SLURM_DIR: other },
    };
    await say(cluster, 'sbatch fails.sh');
    while ((await say(cluster, 'squeue -h --states=all')) !== '(0)') await pause(50);
    expect(await say(cluster, 'scontrol show job 1')).toBe('slurm_load_jobs error: Invalid job id specified\n(1)');
    expect(await say(cluster, 'sacct -nPX -S now-30days -j 1 -o JobIDRaw,State,ExitCode,WorkDir')).toBe(
      '1|FAILED|3:0|WORK\n(0)',
    );
    await stopAll(other);
  });

  it('leaves no process behind when it is stopped', async () => {
    for (const words of ['-n 8 waits.sh', '-n 8 waits.sh', '--hold ends.sh'])
      await say(clusters.standIn, `sbatch ${words}`);
    await stopAll(stateDirectory);
    const { stdout } = (await runProgram(
      { program: 'ps', arguments: ['-eo', 'args'] },
      { environment: clusters.standIn.environment },
    )) as { stdout: string };
    expect(stdout.split('\n').filter((line) => line.includes(stateDirectory))).toEqual([]);
  });
});
