import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { canLimitMemory, type RealSlurm, startSlurm } from '../slurm/start-slurm.ts';
import { type AnnouncedJob, type CasesSite, fileAppears, makeCasesSite } from './cases-site.ts';

// Every way in which a real Slurm ends a job here, as its comment tells it: seen in the queue, and learned from accounting afterwards.

const limitsMemory = await canLimitMemory();
const kinds = [
  ...['completes', 'fails', 'killed', 'times-out', 'cancelled', 'preempted', 'node-fails', 'deadline'],
  ...['requeued', 'preempted-requeued', 'node-fails-requeued'],
  ...(limitsMemory ? ['memory'] : []),
];
/** These wait for `go`, and then end as they are called. */
const waiting = kinds.filter((kind) => kind !== 'deadline' && kind !== 'times-out');

/** The job script of the site. A job that takes too long has written its result. */
const jobScript = `#!/bin/bash
kind=$(sed -n 's/^node_type = //p' cfg/job.cfg)
if [ -e started ]; then echo 'exit = 0' >_bot_job$SLURM_JOB_ID.end; exit 0; fi
touch started
if [ $kind = times-out ]; then printf '[RESULT]\\ncomment_description = built in time\\n' >_bot_job$SLURM_JOB_ID.result; sleep 600; fi
if [[ $kind = *requeued ]]; then echo 'exit = 1' >_bot_job$SLURM_JOB_ID.end; fi
until [ -e go ]; do sleep 0.1; done
case $kind in
  completes) exit 0 ;;
  fails) exit 3 ;;
  killed) kill -9 $$ ;;
  memory) head -c 300M /dev/zero | tail >/dev/null ;;
  *) sleep 600 ;;
esac
`;

let directory: string;
let slurm: RealSlurm;
let story: CasesSite;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slurm-ends-'));
  const partition = (name: string, settings: string) => `PartitionName=${name} Nodes=ALL ${settings}\n`;
  const low = partition('low', 'PriorityTier=1') + partition('low-requeue', 'PriorityTier=1 PreemptMode=REQUEUE');
  slurm = await startSlurm(join(directory, 'slurm'), {
    nodes: 4,
    accounting: true,
    memoryLimits: limitsMemory,
    extraConfiguration: `PreemptType=preempt/partition_prio\nPreemptMode=CANCEL\n${low}${partition('high', 'PriorityTier=9')}`,
  });
  await writeFile(join(directory, 'job.sh'), jobScript);
  await slurm.run('scontrol', 'update', `nodename=${slurm.nodes[3]}`, 'state=drain', 'reason=test');
  story = await makeCasesSite({
    slurm: slurm.environment,
    settings: {
      'buildenv.build_job_script': join(directory, 'job.sh'),
      'architecturetargets.node_type_map': JSON.stringify(
        Object.fromEntries(kinds.map((kind) => [kind, nodeType(kind)])),
      ),
    },
  });
  await story.site.startEventHandler();
});
afterAll(async () => {
  await story?.close();
  await slurm?.stop();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

function nodeType(kind: string) {
  const [ordinary, preempted, fails, drained] = slurm.nodes;
  const parameters: Record<string, string> = {
    'times-out': `--nodelist=${ordinary} --time=1`,
    preempted: `--partition=low --nodelist=${preempted}`,
    'preempted-requeued': `--partition=low-requeue --nodelist=${preempted} --requeue`,
    'node-fails': `--nodelist=${fails}`,
    'node-fails-requeued': `--nodelist=${fails} --requeue`,
    deadline: `--nodelist=${drained} --time=1 --deadline=now+80`,
    requeued: `--nodelist=${ordinary} --requeue`,
    memory: `--nodelist=${ordinary} --mem=60`,
  };
  const slurm_params = parameters[kind] ?? `--nodelist=${ordinary}`;
  return { os: 'linux', cpu_subdir: `x86_64/${kind}`, slurm_params, repo_targets: ['R1'] };
}

type Jobs = ReadonlyMap<string, AnnouncedJob>;

/** A job of each kind: what waits for nothing else waits for `go`. */
async function buildAll(): Promise<Jobs> {
  await story.openPullRequest();
  const jobs = await story.build(`bot: build for:arch=${kinds.map((kind) => `x86_64/${kind}`).join('+')}`);
  const kindOf = (job: AnnouncedJob) => /^Building for: `x86_64\/(.*)`/m.exec(story.bodyOf(job))?.[1] ?? '';
  const found = new Map(jobs.map((job) => [kindOf(job), job]));
  expect([...found.keys()].sort()).toEqual([...kinds].sort());
  return found;
}

function of(jobs: Jobs, kind: string): AnnouncedJob {
  const job = jobs.get(kind);
  if (job === undefined) throw new Error(`There is no job that ${kind}.`);
  return job;
}

const textOf = (body: string, state: string) => new RegExp(`^\\|[^|]+\\|${state}\\|(.*)\\|$`, 'm').exec(body)?.[1];
/** What the row says before the text for a missing result. */
const told = (body: string) => textOf(body, 'finished')?.replace(/ ?<details>.*_bot_job\d+\.result.*$/, '');

/** Brings the jobs to their ends, once they have all started. */
async function endAll(jobs: Jobs): Promise<void> {
  for (const kind of kinds.filter((each) => each !== 'deadline'))
    await fileAppears(of(jobs, kind).directory, (name) => name === 'started');
  await slurm.run('scontrol', 'requeue', of(jobs, 'requeued').id);
  await slurm.run('scancel', of(jobs, 'cancelled').id);
  await slurm.run('sbatch', '--partition=high', `--nodelist=${slurm.nodes[1]}`, '--exclusive', '--wrap=true');
  await slurm.run('scontrol', 'update', `nodename=${slurm.nodes[2]}`, 'state=down', 'reason=test');
  for (const kind of waiting) await writeFile(join(of(jobs, kind).directory, 'go'), '');
}

/** From now on the controller forgets what ended two seconds ago, whenever it looks: about once a minute. */
async function forgetSoon(): Promise<void> {
  const path = slurm.environment['SLURM_CONF'] ?? '';
  await writeFile(path, (await readFile(path, 'utf8')).replace(/^MinJobAge=.*$/m, 'MinJobAge=2'));
  await slurm.run('scontrol', 'reconfigure');
}

/** Of a job that was never entered it would know nothing, rather than not yet how it ended, until Slurm has caught up. */
async function accountingKnows(jobs: Jobs): Promise<void> {
  const ids = Array.from(jobs.values(), ({ id }) => id);
  const list = ['sacct', `--jobs=${ids.join(',')}`, '--allocations', '--noheader', '--format=jobid%20'] as const;
  for (;;) {
    const known = (await slurm.run(...list)).split(/\s+/);
    if (ids.every((id) => known.includes(id))) return;
    await pause(500);
  }
}

const expected = {
  completes: '',
  fails: '`FAILED` (NonZeroExitCode, exit code 3)',
  killed: expect.stringMatching(/^`FAILED` \(\w+, signal 9\)$/),
  'times-out': '`TIMEOUT` (TimeLimit, limit 00:01:00) built in time',
  cancelled: '`CANCELLED` (by root)',
  preempted: '`PREEMPTED`',
  'node-fails': expect.stringMatching(/^`NODE_FAIL` \((\w+, )?on \w+3\)$/),
  deadline: expect.stringMatching(/^`DEADLINE` \(\w+\)$/),
  // Not how their first runs ended.
  requeued: '',
  'preempted-requeued': '',
  'node-fails-requeued': '',
  ...(limitsMemory && {
    memory: expect.stringMatching(/^`OUT_OF_MEMORY` \(OutOfMemory, (peak [\d.]+ [KM]iB, )?limit 60 MiB\)$/),
  }),
};
/** Accounting knows of no reason why a job ended. */
const fromAccounting = {
  ...expected,
  fails: '`FAILED` (exit code 3)',
  killed: '`FAILED` (signal 9)',
  'times-out': '`TIMEOUT` (limit 00:01:00) built in time',
  'node-fails': expect.stringMatching(/^`NODE_FAIL` \(on \w+3\)$/),
  deadline: '`DEADLINE`',
  ...(limitsMemory && { memory: expect.stringMatching(/^`OUT_OF_MEMORY` \((peak [\d.]+ [KM]iB, )?limit 60 MiB\)$/) }),
};

async function allTold(jobs: Jobs): Promise<Record<string, string | undefined>> {
  const ends: Record<string, string | undefined> = {};
  for (const kind of kinds) {
    const body = () => story.body(of(jobs, kind).commentId);
    await story.github.waitFor(`the end of ${kind}`, () => body().includes('|test result|'), 300);
    ends[kind] = told(body());
  }
  return ends;
}

it('each end is told with its state and reason; a requeued job has none until it has run again', async () => {
  const manager = await story.site.startJobManager();
  const jobs = await buildAll();
  await endAll(jobs);
  expect(await allTold(jobs)).toEqual(expected);
  await manager.stop();
});

it('ends that happened while nobody looked, and that the controller has forgotten since, are told by accounting, once it is there', async () => {
  const before = await story.site.startJobManager();
  const jobs = await buildAll();
  for (const kind of waiting) await story.until(of(jobs, kind).commentId, /\|running\|/);
  await story.until(of(jobs, 'deadline').commentId, /\|released\|/);
  await before.kill();
  await accountingKnows(jobs);
  await slurm.stopAccounting();
  await forgetSoon();
  await endAll(jobs);
  while ((await slurm.run('squeue', '--noheader', '--states=all')) !== '') await pause(500);
  await story.site.run('job_manager.sh', '-i', '3');
  for (const kind of kinds.filter((each) => !each.endsWith('requeued'))) // these left their end markers
    expect([kind, story.body(of(jobs, kind).commentId)]).toEqual([kind, expect.not.stringContaining('|finished|')]);
  await slurm.startAccounting();
  await story.site.startJobManager();
  expect(await allTold(jobs)).toEqual(fromAccounting);
});
