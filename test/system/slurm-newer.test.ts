import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { printAsNewer } from '../slurm/print-as-newer.ts';
import { type RealSlurm, startSlurm } from '../slurm/start-slurm.ts';
import { type AnnouncedJob, type CasesSite, fileAppears, makeCasesSite } from './cases-site.ts';

// A real Slurm whose squeue and scontrol print as those of 25.11 do. There is no accounting.

const kinds = ['completes', 'fails', 'killed'];
const jobScript = `#!/bin/bash
touch started
case $(sed -n 's/^node_type = //p' cfg/job.cfg) in
  completes) exit 0 ;;
  fails) exit 3 ;;
  killed) kill -9 $$ ;;
esac
`;

let directory: string;
let slurm: RealSlurm;
let story: CasesSite;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slurm-newer-'));
  slurm = await startSlurm(join(directory, 'slurm'));
  await writeFile(join(directory, 'job.sh'), jobScript);
  const nodeType = (kind: string) => ({ os: 'linux', cpu_subdir: kind, slurm_params: '', repo_targets: ['R1'] });
  const settings = {
    'buildenv.build_job_script': join(directory, 'job.sh'),
    'architecturetargets.node_type_map': JSON.stringify(
      Object.fromEntries(kinds.map((kind) => [kind, nodeType(`x86_64/${kind}`)])),
    ),
  };
  story = await makeCasesSite({ slurm: await printAsNewer(join(directory, 'newer'), slurm.environment), settings });
  await story.site.startEventHandler();
  await story.openPullRequest();
});
afterAll(async () => {
  await story?.close();
  await slurm?.stop();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

const endOf = (job: AnnouncedJob) => /^\|[^|]+\|finished\|(.*?) ?<details>/m.exec(story.bodyOf(job))?.[1];

async function hasEnded(job: AnnouncedJob): Promise<void> {
  await fileAppears(job.directory, (name) => name === 'started');
  const words = ['--noheader', '--states=all', `--jobs=${job.id}`, '--format=%T'];
  while (!/COMPLETED|FAILED/.test(await slurm.run('squeue', ...words))) await pause(200);
}

it('jobs are released, and their exit codes and signals told', async () => {
  const jobs = await story.build(`bot: build for:arch=${kinds.map((kind) => `x86_64/${kind}`).join('+')}`);
  await story.site.run('job_manager.sh', '-i', '1');
  for (const job of jobs) await hasEnded(job);
  await story.site.run('job_manager.sh', '-i', '3');
  const ends = Array.from(jobs, (job) => [/`x86_64\/(\w+)`/.exec(story.bodyOf(job))?.[1], endOf(job)]);
  expect(Object.fromEntries(ends)).toEqual({
    completes: '',
    fails: '`FAILED` (NonZeroExitCode, exit code 3)',
    killed: expect.stringMatching(/^`FAILED` \(\w+, signal 9\)$/),
  });
});
