import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSeal } from '../src/jobs/begin-sealed.ts';
import type { JobPhase, JobRecord } from '../src/jobs/job-record.ts';
import { useSeal } from '../src/outside/files/seal.ts';
import type { Markdown } from '../src/outside/forge/forge.ts';
import type { JobId } from '../src/outside/slurm/slurm.ts';
import { writeSealedRecord } from '../test/sealed-files.ts';
import type { ScriptedSlurm } from '../test/system/scripted-slurm.ts';
import type { Site } from '../test/system/site.ts';

/** A job of a site, as its job manager finds it. */
export interface KnownJob {
  readonly id: JobId;
  readonly directory: string;
  readonly pullRequest: number;
}

const jobsPerPullRequest = 20;

/**
 * Makes jobs that the job manager follows, each with its record, quickly: as if they had been handed over a while ago. `comment`: of the job;
 * without it they are told to nobody.
 */
export async function makeKnownJobs(
  site: Site,
  count: number,
  phase: JobPhase,
  comment: (job: KnownJob) => Promise<JobRecord['comment']> = async () => ({ kind: 'silent' }),
): Promise<KnownJob[]> {
  useSeal(await readSeal(join(site.directory, 'private-key.pem')));
  const submitted = join(site.directory, 'ids/submitted');
  await mkdir(submitted, { recursive: true });
  const jobs: KnownJob[] = [];
  for (let index = 0; index < count; index++) {
    const pullRequest = 1 + Math.floor(index / jobsPerPullRequest);
    const id = String(1_000_001 + index) as JobId;
    const run = `2026.11/pr_${pullRequest}/event_e${index}/run_000/linux_x86_64_amd_zen2/eessi.io-2023.06`;
    const job = { id, pullRequest, directory: join(site.directory, 'jobs', run) };
    await mkdir(job.directory, { recursive: true });
    await writeSealedRecord(job.directory, recordOf(job, phase, await comment(job)));
    await writeFile(join(job.directory, `_bot_job${id}.metadata`), metadataOf(job));
    await symlink(job.directory, join(submitted, id));
    jobs.push(job);
  }
  return jobs;
}

function recordOf({ id, pullRequest }: KnownJob, phase: JobPhase, comment: JobRecord['comment']): JobRecord {
  const row = { at: new Date('2026-11-28T12:00:00Z'), state: phase === 'submitted' ? 'submitted' : 'running' } as const;
  return {
    version: 1,
    repository: { owner: 'EESSI', name: 'software-layer' },
    pullRequest,
    delivery: '5e8b2d10-0f52-11ef-9d4a-2f1b8c7a6e3d',
    orderedBy: { login: 'alice', id: 7 },
    target: { repositoryId: 'eessi.io-2023.06', nodeType: 'cpu_zen2', architecture: 'x86_64/amd/zen2' },
    submission: { kind: 'submitted', id, cluster: 'bot', at: '2026-11-28T12:00:00.000Z' },
    comment,
    phase,
    rows: [{ ...row, text: `job \`${id}\` is running` as Markdown }],
    rowsSent: 1,
  };
}

const metadataOf = ({ pullRequest }: KnownJob) =>
  `[PR]\nrepo = EESSI/software-layer\npr_number = ${pullRequest}\npr_comment_id = -1\n\n`;

/** The queue shows them all in that state. */
export async function showInQueue(
  slurm: ScriptedSlurm,
  jobs: readonly KnownJob[],
  state: string,
  reason = 'None',
): Promise<void> {
  await slurm.queue(...jobs.map(({ id, directory }) => ({ id, state, reason, workDir: directory })));
}
