/** A job of the stand-in: one JSON file. Times are milliseconds since 1970. */
export interface Job {
  readonly id: string;
  readonly name: string;
  readonly partition: string;
  readonly workDir: string;
  readonly submitDir: string;
  /** Script and its arguments, as scontrol shows them. */
  readonly command: string;
  readonly arguments: readonly string[];
  readonly cpus: number;
  readonly timeLimitMinutes?: number;
  readonly submitted: number;
  readonly begin?: number;
  readonly held: boolean;
  /** Its last while it was PENDING was computed when it was read: see {@link asSeen}. */
  readonly state: string;
  readonly reason: string;
  /** `exit status:signal` */
  readonly exitCode: string;
  readonly eligible?: number;
  readonly started?: number;
  readonly ended?: number;
  /** Process that waits for the job's turn and runs it; none while it is held. */
  readonly runner?: number;
  /** Process group of the batch script. */
  readonly group?: number;
}

export interface ClusterSettings {
  readonly cpus: number;
  readonly minJobAgeSeconds: number;
  /** Less makes time limits pass faster. */
  readonly secondsPerMinute: number;
  /** With it sacct answers. */
  readonly accounting: boolean;
}

export const isEnded = (job: Job) => job.ended !== undefined && job.state !== 'COMPLETING';

/** The jobs that may start now, first come, first served: one that does not fit keeps the later ones waiting. */
export function startable(jobs: readonly Job[], cpus: number, now: number): Job[] {
  let free =
    cpus -
    jobs.filter(({ state }) => state === 'RUNNING' || state === 'COMPLETING').reduce((sum, job) => sum + job.cpus, 0);
  const next: Job[] = [];
  for (const job of waiting(jobs, cpus, now)) {
    if (job.cpus > free) break;
    free -= job.cpus;
    next.push(job);
  }
  return next;
}

const waiting = (jobs: readonly Job[], cpus: number, now: number) =>
  jobs
    .filter((job) => job.state === 'PENDING' && !job.held && (job.begin ?? 0) <= now && job.cpus <= cpus)
    .sort((one, other) => Number(one.id) - Number(other.id));

/** The job with the reason that Slurm would give now. */
export function asSeen(job: Job, jobs: readonly Job[], cpus: number, now: number): Job {
  return job.state === 'PENDING' ? { ...job, reason: whyPending(job, jobs, cpus, now) } : job;
}

function whyPending(job: Job, jobs: readonly Job[], cpus: number, now: number): string {
  if (job.held) return 'JobHeldUser';
  if ((job.begin ?? 0) > now) return 'BeginTime';
  if (job.cpus > cpus) return 'PartitionConfig';
  const next = startable(jobs, cpus, now);
  if (next.some(({ id }) => id === job.id)) return 'None';
  return waiting(jobs, cpus, now)[next.length]?.id === job.id ? 'Resources' : 'Priority';
}
