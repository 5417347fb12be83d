import type { Command } from '../processes/command.ts';

/** A Slurm job id: digits. */
export type JobId = string & { readonly __brand: 'JobId' };

/** One line of the queue. */
export interface QueueEntry {
  readonly id: JobId;
  /** Empty where Slurm prints `(null)` or N/A. */
  readonly cluster: string;
  readonly partition: string;
  /** In Slurm's words: PENDING, RUNNING, COMPLETED, TIMEOUT, … */
  readonly state: string;
  readonly reason: string;
  readonly workDir: string;
}

/** A listing that failed, hung, or could not be understood is `unreadable`, never an empty queue. */
export type QueueReading =
  | { readonly kind: 'queue'; readonly entries: readonly QueueEntry[] }
  | { readonly kind: 'unreadable'; readonly why: string };

/** What Slurm says of one job when asked for it by id: scontrol first, then sacct where there is one. */
export type JobReading =
  | {
      readonly kind: 'job';
      readonly state: string;
      readonly reason: string;
      readonly exitCode?: string;
      readonly workDir?: string;
      readonly eligibleTime?: string;
    }
  /** Both answered, and neither knows it. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unreadable'; readonly why: string };

export interface Submission {
  /** The job directory: sbatch runs in it. Absolute. */
  readonly directory: string;
  readonly submit: Command;
  /** All words after the command: parameters, then the script. */
  readonly arguments: readonly string[];
}

export type SubmissionAnswer =
  | { readonly kind: 'submitted'; readonly id: JobId; readonly cluster?: string }
  /** Slurm said no: its own words. Nothing was submitted. */
  | { readonly kind: 'refused'; readonly message: string }
  /** Slurm could not be reached, which will pass. Nothing was submitted. */
  | { readonly kind: 'unavailable'; readonly message: string }
  /** Timed out, killed, or printed no job id: look before repeating. */
  | { readonly kind: 'unsure'; readonly message: string };

/** What scontrol_command's placeholders are filled with. */
export interface JobAddress {
  readonly id: JobId;
  readonly cluster: string;
  readonly partition: string;
  readonly state: string;
  readonly reason: string;
}

/** Slurm in our words. The real one: slurm-commands.ts. */
export interface Slurm {
  /** One request: all jobs of the user (with `job_name`), in all states. */
  readQueue(): Promise<QueueReading>;
  submit(submission: Submission): Promise<SubmissionAnswer>;
  /** Whether a process that was killed since has left the submit command running on this machine: the queue does not show its job yet. */
  isSubmissionUnderWay(submission: Submission): Promise<boolean>;
  /** Safe to do twice. */
  release(
    job: JobAddress,
  ): Promise<{ readonly kind: 'released' } | { readonly kind: 'failed'; readonly message: string }>;
  askFor(job: JobAddress): Promise<JobReading>;
}

/** States that a job does not leave. Source: squeue(1), "JOB STATE CODES". */
export const terminalStates: ReadonlySet<string> = new Set([
  'COMPLETED',
  'FAILED',
  'TIMEOUT',
  'OUT_OF_MEMORY',
  'CANCELLED',
  'NODE_FAIL',
  'PREEMPTED',
  'BOOT_FAIL',
  'DEADLINE',
  'REVOKED',
  'SPECIAL_EXIT',
]);
