import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Job } from './job.ts';
import { allJobs, clusterDirectory, writeJob } from './job-store.ts';
import { locked } from './locked.ts';
import type { ParsedOptions } from './options.ts';
import { type Planned, planSubmission, sbatch } from './plan-submission.ts';
import { Refused } from './refused.ts';
import { runCommand } from './run-command.ts';
import { startRunner } from './start-runner.ts';

function main({ values, rest: [script = '', ...words] }: ParsedOptions) {
  const command = values.get('wrap');
  const [name, text] = command === undefined ? [script, readScript(script)] : ['wrap', wrapped(command)];
  const where = { now: Date.now(), directory: process.cwd(), script: name, text, arguments: words };
  const planned = planSubmission(values, where);
  if (values.has('test-only')) return tellTrial(planned);
  const directory = clusterDirectory();
  const job = locked(directory, () => {
    const job: Job = { ...planned, id: String(Math.max(0, ...allJobs(directory).map(({ id }) => Number(id))) + 1) };
    keepForTheRunner(directory, job, text);
    writeJob(directory, job);
    if (!job.held) startRunner(directory, job);
    return job;
  });
  console.log(values.has('parsable') ? job.id : `Submitted batch job ${job.id}`);
}

const wrapped = (command: string) => `#!/bin/sh\n# This script was created by sbatch --wrap.\n\n${command}\n`;

/** When a job would start; nothing is submitted. */
function tellTrial({ submitted, cpus, partition }: Planned): void {
  const at = new Date(submitted - new Date(submitted).getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
  console.error(`sbatch: Job 1 to start at ${at} using ${cpus} processors on nodes n1 in partition ${partition}`);
}

function readScript(script: string): string {
  if (script === '') return readFileSync(0, 'utf8');
  try {
    return readFileSync(script, 'utf8');
  } catch {
    throw new Refused(`sbatch: error: Unable to open file ${script}`);
  }
}

/** As Slurm does: the script and the environment as they were when the job was submitted. */
function keepForTheRunner(directory: string, job: Job, text: string) {
  const base = join(directory, 'jobs', job.id);
  writeFileSync(`${base}.script`, text);
  chmodSync(`${base}.script`, 0o700);
  const { NODE_COMPILE_CACHE: _, ...environment } = process.env; // set by bin/slurm-command
  writeFileSync(`${base}.environment`, JSON.stringify(environment), { mode: 0o600 });
}

runCommand(sbatch, main);
