import type { Command } from '../processes/command.ts';

/** A Slurm job id: digits. */
export type JobId = string & { readonly __brand: 'JobId' };

/** Whether a cluster can be called so: no option, and no words of a command. */
export const isClusterName = (name: string) => /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/.test(name);

/** One job of the queue. */
export interface QueueEntry {
  readonly id: JobId;
  /** Empty where Slurm prints `(null)` or N/A. */
  readonly cluster: string;
  readonly partition: string;
  /** In Slurm's words: PENDING, RUNNING, COMPLETED, TIMEOUT, …; `?` where it is newer than the command that prints it. */
  readonly state: string;
  readonly reason: string;
  /** `STATUS:SIGNAL`, once it has one. */
  readonly exitCode?: string;
  readonly workDir: string;
}

/** A job of the queue that could not be understood: nothing is known of it, but that it is there. */
export interface UnreadEntry {
  readonly id: JobId;
  readonly why: string;
}

/** A listing that failed, hung, or could not be understood is `unreadable`, never an empty queue. */
export type QueueReading =
  | { readonly kind: 'queue'; readonly entries: readonly QueueEntry[]; readonly unread?: readonly UnreadEntry[] }
  | { readonly kind: 'unreadable'; readonly why: string };

/** Jobs of the user, as scontrol shows them: `not asked` where it wants to know of a job first (scontrol_command has a placeholder). */
export type Showing =
  | { readonly kind: 'jobs'; readonly jobs: readonly JobId[] }
  | { readonly kind: 'unreadable'; readonly why: string }
  | { readonly kind: 'not asked' };

/** What Slurm says of a job when asked for it by its id. */
export type JobReading =
  | {
      readonly kind: 'job';
      readonly state: string;
      readonly reason: string;
      /** `STATUS:SIGNAL` */
      readonly exitCode?: string;
      /** Who cancelled it: only accounting knows. */
      readonly cancelledBy?: string;
      readonly workDir?: string;
      readonly eligibleTime?: string;
      /** What accounting has not told yet, and may later. */
      readonly stillToCome?: string;
    }
  /** The controller answered, and does not know it; accounting does not either, or `stillToCome` says why it may tell more later. */
  | { readonly kind: 'unknown'; readonly stillToCome?: string }
  | { readonly kind: 'unreadable'; readonly why: string };

/** A job that Slurm is asked for. */
export interface AskedJob extends JobAddress {
  readonly exitCode?: string;
  /** Its identity: an id may have been given out again. */
  readonly directory: string;
  /** `cluster` is what the job's record says, which jobs can write: then it counts only where the site's configuration names it. */
  readonly isClusterDoubtful?: boolean;
}

export interface Submission {
  /** The job directory: sbatch runs in it. Absolute. */
  readonly directory: string;
  readonly submit: Command;
  /** All words after the command: parameters, then the script. */
  readonly arguments: readonly string[];
  /** Some of the words are the pull request's: that Slurm refuses them says nothing of the site. */
  readonly chosenByPullRequest?: boolean;
}

export type SubmissionAnswer =
  | { readonly kind: 'submitted'; readonly id: JobId; readonly cluster?: string }
  /** Slurm said no: its own words. Nothing was submitted. */
  | { readonly kind: 'refused'; readonly message: string }
  /** Slurm could not be reached, or says that it takes no jobs now, which will pass. Nothing was submitted. */
  | { readonly kind: 'unavailable'; readonly message: string }
  /** Timed out, killed, or printed no job id: look before repeating. */
  | { readonly kind: 'unsure'; readonly message: string };

/** `released`: it is not held any more. */
export type ReleaseAnswer = { readonly kind: 'released' } | { readonly kind: 'failed'; readonly message: string };

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
  /**
   * The user's jobs in one of these directories. A large request, since scontrol shows the jobs of everybody, and one for each that seems to
   * be such a job. A second witness where the queue does not show what it may have to.
   */
  showJobsIn(directories: readonly string[]): Promise<Showing>;
  submit(submission: Submission): Promise<SubmissionAnswer>;
  /** Whether a process that was killed since has left the submit command running on this machine: the queue does not show its job yet. */
  isSubmissionUnderWay(submission: Submission): Promise<boolean>;
  /** Safe to do twice. */
  release(job: JobAddress): Promise<ReleaseAnswer>;
  /**
   * Three requests at most, however many jobs: the controller is asked for those whose `state` is no end, then accounting for those that
   * it does not know, and for who cancelled a job.
   */
  askFor(jobs: readonly AskedJob[]): Promise<ReadonlyMap<JobId, JobReading>>;
}

/**
 * States that a job does not leave by itself. Source: squeue(1), "JOB STATE CODES". Not among them: SPECIAL_EXIT, REQUEUED, REQUEUE_HOLD,
 * LAUNCH_FAILED, RECONFIG_FAIL, which mean that it is to run again; REVOKED, which means that it runs on another cluster of a federation.
 */
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
]);

/** How a job has ended, in Slurm's words. `state` is empty where only the job's own files tell that it has. */
export interface JobEnd {
  readonly state: string;
  readonly reason: string;
  /** `STATUS:SIGNAL` */
  readonly exitCode?: string;
  readonly cancelledBy?: string;
}

/** What a job does, in our words. */
export type JobState =
  /** By `sbatch --hold`, or by its user since. */
  | { readonly kind: 'held by its user' }
  | { readonly kind: 'held by an admin' }
  | { readonly kind: 'running' }
  /** It is in the queue for anything else: resources, a time to begin, another run, its last files. A state that Slurm has invented since is this. */
  | { readonly kind: 'queued' }
  /** Another cluster of a federation has it. */
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'ended'; readonly end: JobEnd; readonly isCancelled: boolean };

/** Source: squeue(1), "JOB STATE CODES" and "JOB REASON CODES". */
export function jobState({ state, reason, exitCode, cancelledBy }: JobEnd): JobState {
  if (terminalStates.has(state)) {
    const end = { state, reason, ...(exitCode && { exitCode }), ...(cancelledBy && { cancelledBy }) };
    return { kind: 'ended', end, isCancelled: state === 'CANCELLED' };
  }
  if (state === 'REVOKED') return { kind: 'elsewhere' };
  if (state === 'RUNNING') return { kind: 'running' };
  if (state === 'PENDING' && reason === 'JobHeldUser') return { kind: 'held by its user' };
  if (state === 'PENDING' && reason.startsWith('JobHeld')) return { kind: 'held by an admin' };
  return { kind: 'queued' };
}

/**
 * Whether the working directory that Slurm tells is that of a job. Above the pull request's directory the two may have been reached by
 * different links; from there on the path is the job's alone.
 */
export function isWorkDirOf(directory: string, workDir: string): boolean {
  return workDir === directory || (own(directory) !== undefined && own(directory) === own(workDir));
}

function own(path: string): string | undefined {
  return /\/\d{4}\.\d\d\/pr_\d+\/.+$/.exec(path)?.[0];
}
