import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asSeen, type ClusterSettings, isEnded, type Job } from './job.ts';
import { locked } from './locked.ts';

const defaults: ClusterSettings = { cpus: 8, minJobAgeSeconds: 300, secondsPerMinute: 60, accounting: false };

/** The directory that is this cluster. `settings.json` in it may hold some of {@link ClusterSettings}. */
export function clusterDirectory(): string {
  const directory = process.env['STAND_IN_SLURM_DIR'];
  if (directory === undefined || directory === '')
    throw new Error('STAND_IN_SLURM_DIR is not set: name the directory in which the stand-in keeps its jobs.');
  mkdirSync(join(directory, 'jobs'), { recursive: true });
  return directory;
}

/** What the cluster was told about itself. */
export function clusterSettings(directory: string): ClusterSettings {
  const file = join(directory, 'settings.json');
  return existsSync(file) ? { ...defaults, ...JSON.parse(readFileSync(file, 'utf8')) } : defaults;
}

/** All jobs that there ever were, by id. */
export function allJobs(directory: string): Job[] {
  if (!existsSync(join(directory, 'jobs'))) return [];
  return readdirSync(join(directory, 'jobs'))
    .filter((name) => /^\d+\.json$/.test(name))
    .map((name) => JSON.parse(readFileSync(join(directory, 'jobs', name), 'utf8')) as Job)
    .sort((one, other) => Number(one.id) - Number(other.id));
}

/** The jobs that Slurm still knows (MinJobAge), as it shows them now. */
export function knownJobs(directory: string, now: number): Job[] {
  const { cpus, minJobAgeSeconds } = clusterSettings(directory);
  const jobs = allJobs(directory);
  return jobs
    .filter((job) => !isEnded(job) || (job.ended ?? 0) + minJobAgeSeconds * 1000 > now)
    .map((job) => asSeen(job, jobs, cpus, now));
}

/** Writes a job whole. Only while holding the lock. */
export function writeJob(directory: string, job: Job): void {
  const file = join(directory, 'jobs', `${job.id}.json`);
  writeFileSync(`${file}.new`, JSON.stringify(job, null, 2));
  renameSync(`${file}.new`, file);
}

/** Changes one job as it is at that moment; the answer is the job afterwards. */
export function changeJob(directory: string, id: string, change: (job: Job) => Job): Job {
  return locked(directory, () => {
    const job = allJobs(directory).find((candidate) => candidate.id === id);
    if (job === undefined) throw new Error(`There is no job ${id} in ${directory}.`);
    const changed = change(job);
    writeJob(directory, changed);
    return changed;
  });
}
