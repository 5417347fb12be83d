import { join, relative } from 'node:path';
import { z } from 'zod';
import type { JobId } from '../outside/slurm/slurm.ts';

/** `2025.01`: the month in local time that a pull request's directory lies under. */
export function yearMonth(now: Date): string {
  return `${now.getFullYear()}.${String(now.getMonth() + 1).padStart(2, '0')}`;
}

/** Whether a directory is one of a month: {@link yearMonth}. */
export const isMonth = (name: string) => /^\d{4}\.\d{2}$/.test(name);

/** Where all jobs lie that a pull request's commands started in one month; also the ID links and uploaded.txt. */
export function pullRequestDirectory(jobsBaseDir: string, month: string, pullRequest: number): string {
  return join(jobsBaseDir, month, `pr_${pullRequest}`);
}

/** Where the jobs of one build command lie; `run` counts the build commands of a comment from 0. */
export function runDirectory(pullRequestDir: string, delivery: string, run: number): string {
  return join(pullRequestDir, `event_${delivery}`, `run_${String(run).padStart(3, '0')}`);
}

/**
 * The command that a directory below {@link runDirectory} comes from; undefined: from none of ours. By the path, not by a field of the
 * record: a directory without a record has one, too, and no job can change it.
 */
export function commandOf(directory: string): { readonly delivery: string; readonly run: string } | undefined {
  const [, delivery, run] = /\/event_([^/]+)\/(run_\d+)(?:\/|$)/.exec(directory) ?? [];
  return delivery === undefined || run === undefined ? undefined : { delivery, run };
}

/** The delivery that made this directory, below a pull request's; undefined if it is not an event's. */
export function deliveryOf(pullRequestDir: string, directory: string): string | undefined {
  return /^event_([^/]+)/.exec(relative(pullRequestDir, directory))?.[1];
}

/** Has a line `ID/ARTEFACT` for each upload of the pull request. Written for other tools; jobs can write it, too, so the ledger counts. */
export const uploadedListIn = (pullRequestDir: string) => join(pullRequestDir, 'uploaded.txt');
export const longestListBytes = 16 * 1024 * 1024;

/** Files that job and bot exchange in the job's directory, by Slurm id. */
export const jobFiles = {
  metadata: (id: JobId) => `_bot_job${id}.metadata`,
  result: (id: JobId) => `_bot_job${id}.result`,
  test: (id: JobId) => `_bot_job${id}.test`,
  /** Written by our job script as its last act. */
  end: (id: JobId) => `_bot_job${id}.end`,
  /** A job's output, unless sbatch was told another file. */
  output: (id: JobId) => `slurm-${id}.out`,
} as const;

/** Whether a name can be a Slurm job id: this distinguishes links to jobs from other files. */
export function isJobId(name: string): name is JobId {
  return /^[0-9]+$/.test(name);
}

export const jobIdShape = z.string().max(20).refine(isJobId, 'is no job id');
