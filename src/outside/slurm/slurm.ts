import type { ProgramCall } from '../processes/program-call.ts';
import type { EndFacts, HowEnded, JobEnd, JobState } from './job-state.ts';

/** A Slurm job id: digits. */
export type JobId = string & { readonly __brand: 'JobId' };

/** Whether it can be a cluster's name: not an option, not several words. */
export const isClusterName = (name: string) => /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/.test(name);

/** One job of the queue. */
export interface QueueEntry extends JobAddress {
  readonly is: JobState;
  /** `STATUS:SIGNAL`, once there is one. */
  readonly exitCode?: string;
  readonly workDir: string;
}

/** A job of the queue that could not be parsed: it exists, nothing else is known. */
export interface UnreadEntry {
  readonly id: JobId;
  readonly why: string;
}

/** A listing that failed, hung or could not be parsed is `unreadable`, never an empty queue. */
export type QueueReading =
  | { readonly kind: 'queue'; readonly entries: readonly QueueEntry[]; readonly unread?: readonly UnreadEntry[] }
  | { readonly kind: 'unreadable'; readonly why: string };

/** The user's jobs, as scontrol shows them: `not asked` if it needs a job first (scontrol_command has a placeholder). */
export type Showing =
  | { readonly kind: 'jobs'; readonly jobs: readonly JobId[] }
  | { readonly kind: 'unreadable'; readonly why: string }
  | { readonly kind: 'not asked' };

/** Slurm's answer for one job id. */
export type JobReading =
  | {
      readonly kind: 'job';
      readonly is: JobState;
      /** As in {@link JobAddress}. */
      readonly state: string;
      readonly reason: string;
      /** `STATUS:SIGNAL` */
      readonly exitCode?: string;
      /** Who cancelled it; only accounting knows. */
      readonly cancelledBy?: string;
      readonly workDir?: string;
      readonly eligibleTime?: string;
      /** What accounting may still tell later. */
      readonly stillToCome?: string;
    }
  /** The controller does not know it; accounting does not either, or `stillToCome` says why it may later. */
  | { readonly kind: 'unknown'; readonly stillToCome?: string }
  | { readonly kind: 'unreadable'; readonly why: string };

/** A job to ask Slurm for. */
export interface AskedJob extends JobAddress {
  readonly exitCode?: string;
  /** Its identity: ids are reused. */
  readonly directory: string;
}

/** How Slurm is asked for a job of which only its record is known. */
export function askedJob({
  id,
  directory,
  cluster = '',
}: Pick<AskedJob, 'id' | 'directory'> & { cluster?: string }): AskedJob {
  return { id, directory, cluster, partition: '', state: '', reason: '' };
}

export interface Submission {
  /** The job directory, in which sbatch runs. Absolute. */
  readonly directory: string;
  readonly submit: ProgramCall;
  /** All words after the command: parameters, then the script. */
  readonly arguments: readonly string[];
  /** Some words are the pull request's, or of who ordered the job: a refusal of them says nothing about the site. */
  readonly chosenByPullRequest?: boolean;
}

export type SubmissionAnswer =
  | { readonly kind: 'submitted'; readonly id: JobId; readonly cluster?: string }
  /** Slurm refused, in its words. Nothing was submitted. */
  | { readonly kind: 'refused'; readonly message: string }
  /** Slurm could not be reached, or takes no jobs for now. Nothing was submitted. */
  | { readonly kind: 'unavailable'; readonly message: string }
  /** Timed out, killed, or without a job id: look before repeating. */
  | { readonly kind: 'unsure'; readonly message: string };

/** `released`: no longer held. */
export type ReleaseAnswer = { readonly kind: 'released' } | { readonly kind: 'failed'; readonly message: string };

export type CancelAnswer =
  /** Slurm has taken it: the job ends within seconds, or has. */
  | { readonly kind: 'cancelled' }
  /** There was nothing to cancel any more: it has ended, or ends already. `end`: how, where Slurm tells. */
  | { readonly kind: 'ended'; readonly end?: JobEnd }
  /** In Slurm's words: it will not do it, however often it is asked. */
  | { readonly kind: 'refused'; readonly message: string }
  /** Slurm could not be reached, or nothing is known of its answer: look, and ask again. */
  | { readonly kind: 'unavailable'; readonly message: string };

/** Why a job is not to be cancelled, by Slurm's answer; undefined: it waits or runs, or is ending. */
export function whyNotToCancel(reading: JobReading | undefined): CancelAnswer | undefined {
  switch (reading?.kind) {
    case undefined:
      return { kind: 'unavailable', message: 'Slurm says nothing of it' };
    case 'unreadable':
      return { kind: 'unavailable', message: reading.why };
    case 'unknown':
      return { kind: 'ended' };
    case 'job':
      return reading.is.kind === 'ended' ? { kind: 'ended', end: reading.is.end } : undefined;
  }
}

/** The values of scontrol_command's placeholders. */
export interface JobAddress {
  readonly id: JobId;
  /** Empty if Slurm prints `(null)` or N/A. */
  readonly cluster: string;
  readonly partition: string;
  /** As Slurm prints it, for the placeholder and for the log; `?` for one that is newer than the command. */
  readonly state: string;
  readonly reason: string;
}

/** Slurm in our words. The real one: slurm-commands.ts. */
export interface Slurm {
  /** One request: all jobs of the user (with `job_name`), in all states. */
  readQueue(): Promise<QueueReading>;
  /**
   * The user's jobs in one of these directories: a second witness when the queue may be incomplete. A large request, since scontrol shows
   * everybody's jobs, then one request per candidate.
   */
  showJobsIn(directories: readonly string[]): Promise<Showing>;
  submit(submission: Submission): Promise<SubmissionAnswer>;
  /** Whether a killed process has left the submit command running on this machine: its job is not in the queue yet. */
  isSubmissionUnderWay(submission: Submission): Promise<boolean>;
  /** One request for all of them. Idempotent. */
  release(jobs: readonly JobAddress[]): Promise<ReadonlyMap<JobId, ReleaseAnswer>>;
  /** Goes by the number alone: ask first whether the job of that number is the one that is meant: {@link whyNotToCancel}. */
  cancel(job: Pick<JobAddress, 'id' | 'cluster'>): Promise<CancelAnswer>;
  /**
   * At most three requests, for any number of jobs: the controller for those whose `state` is not final, then accounting for those that it
   * does not know, and for who cancelled a job.
   */
  askFor(jobs: readonly AskedJob[]): Promise<ReadonlyMap<JobId, JobReading>>;
  /** At most two requests. For people: what cannot be learned is left out. */
  readEndFacts(job: AskedJob, how: HowEnded): Promise<EndFacts>;
}

/**
 * Whether Slurm's working directory is that of a job. Above the pull request's directory the paths may differ by links; from there on the
 * path is the job's alone.
 */
export function isWorkDirOf(directory: string, workDir: string): boolean {
  return workDir === directory || (own(directory) !== undefined && own(directory) === own(workDir));
}

function own(path: string): string | undefined {
  return /\/\d{4}\.\d\d\/pr_\d+\/.+$/.exec(path)?.[0];
}
