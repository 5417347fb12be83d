import type { EndFacts, HowEnded } from '../../src/outside/slurm/job-state.ts';
import { jobState } from '../../src/outside/slurm/job-state.ts';
import type {
  AskedJob,
  CancelAnswer,
  JobAddress,
  JobId,
  JobReading,
  QueueEntry,
  QueueReading,
  ReleaseAnswer,
  Showing,
  Slurm,
  Submission,
  SubmissionAnswer,
} from '../../src/outside/slurm/slurm.ts';
import { forge, keepRecord } from './forge.ts';
import type { JobLife, Site, SlurmFault } from './history.ts';
import { world } from './world.ts';

/** A job as Slurm and the cluster's machines know it. */
export interface SimulatedJob {
  readonly id: JobId;
  readonly directory: string;
  readonly life: JobLife;
  state: string;
  reason: string;
  endedAt: number | undefined;
  /** scancel was run, and came in time. */
  isCancelled: boolean;
  /** scancel was run, and said that Slurm does not cancel jobs now. */
  isRefusedToCancel: boolean;
  /** It ended while scancel, or the look before it, was under way: as somebody else wanted, perhaps. */
  hasEndedBeforeScancel: boolean;
  runs: number;
  /** What the bot had recorded of it when it began to run. */
  recordBefore: string | undefined;
}

interface Child {
  readonly directory: string;
}

/** A Slurm cluster: what it was told is done whatever becomes of those who told it. */
export class SimulatedSlurm implements Slurm {
  readonly jobs: SimulatedJob[] = [];
  requests = 0;
  readonly #site: Site;
  readonly #lives: readonly JobLife[];
  readonly #children = new Set<Child>();
  readonly #faultAt: () => SlurmFault['kind'] | undefined;
  readonly #onSubmit: (directory: string) => void;
  readonly #onLife: (job: SimulatedJob) => void;
  readonly #onCancel: (job: SimulatedJob) => void;

  constructor(options: {
    readonly site: Site;
    readonly lives: readonly JobLife[];
    /** What is wrong with Slurm now. */
    readonly faultAt: () => SlurmFault['kind'] | undefined;
    readonly onSubmit: (directory: string) => void;
    /** A job begins to run, or comes to its end. */
    readonly onLife: (job: { readonly id: JobId; readonly directory: string }) => void;
    /** A job is cancelled by one of the daemons. */
    readonly onCancel: (job: { readonly id: JobId; readonly directory: string }) => void;
  }) {
    this.#site = options.site;
    this.#lives = options.lives;
    this.#faultAt = options.faultAt;
    this.#onSubmit = options.onSubmit;
    this.#onLife = options.onLife;
    this.#onCancel = options.onCancel;
  }

  readQueue(): Promise<QueueReading> {
    this.requests++;
    return world().request<QueueReading>('squeue', () => {
      const fault = this.#faultAt();
      if (fault === 'away' || fault === 'garbled') return { kind: 'unreadable', why: `simulated: ${fault}` };
      if (fault === 'empty listing') return { kind: 'queue', entries: [] };
      return { kind: 'queue', entries: this.jobs.filter((job) => this.#remembers(job)).map((job) => this.#entry(job)) };
    });
  }

  showJobsIn(directories: readonly string[]): Promise<Showing> {
    return world().request<Showing>('scontrol show jobs', () => {
      const fault = this.#faultAt();
      if (fault === 'away' || fault === 'garbled') return { kind: 'unreadable', why: `simulated: ${fault}` };
      const there = this.jobs.filter((job) => this.#remembers(job) && directories.includes(job.directory));
      return { kind: 'jobs', jobs: there.map(({ id }) => id) };
    });
  }

  submit({ directory }: Submission): Promise<SubmissionAnswer> {
    // sbatch is a process of its own: it goes on when its daemon is killed, but not without power.
    const child = { directory };
    const end = (): SubmissionAnswer => {
      if (!this.#children.delete(child)) return { kind: 'unsure', message: 'simulated: no power' };
      const fault = this.#faultAt();
      if (fault === 'away') return { kind: 'unavailable', message: 'simulated: slurmctld is away' };
      if (fault === 'refuses') return { kind: 'refused', message: 'simulated: invalid partition' };
      if (fault === 'garbled' && world().random() < 0.5) return { kind: 'unsure', message: 'simulated: timed out' };
      const job = this.#accept(directory);
      if (fault === 'garbled') return { kind: 'unsure', message: 'simulated: submitted, then timed out' };
      return { kind: 'submitted', id: job.id };
    };
    // Now and then slurmctld lets it wait.
    const longestMilliseconds = world().random() < 0.2 ? 20_000 : 400;
    const begin = () => void this.#children.add(child);
    return world().request(`sbatch in ${directory}`, end, { begin, longestMilliseconds });
  }

  isSubmissionUnderWay({ directory }: Submission): Promise<boolean> {
    return world().look('look for an sbatch', () => [...this.#children].some((child) => child.directory === directory));
  }

  /** A machine without power runs no sbatch. */
  cutPower(): void {
    this.#children.clear();
  }

  release(jobs: readonly JobAddress[]) {
    const ids = jobs.map(({ id }) => id);
    return world().request(
      `scontrol release ${ids.join(',')}`,
      () => new Map(ids.map((id) => [id, this.#release(id)])),
    );
  }

  cancel({ id }: Pick<JobAddress, 'id'>) {
    const lookedAt = world().now - 1_000;
    return world().request<CancelAnswer>(`scancel ${id}`, () => {
      const fault = this.#faultAt();
      const job = this.#find(id);
      if (fault === 'away' || fault === 'refuses') {
        if (job !== undefined) job.isRefusedToCancel = true;
        return { kind: 'unavailable', message: `simulated: ${fault}` };
      }
      if (job?.endedAt !== undefined && job.endedAt >= lookedAt) job.hasEndedBeforeScancel = true;
      if (job === undefined || job.endedAt !== undefined || job.isCancelled) return { kind: 'ended' };
      this.#cancel(job);
      if (fault === 'garbled') return { kind: 'unavailable', message: 'simulated: cancelled, then timed out' };
      return { kind: 'cancelled' };
    });
  }

  askFor(jobs: readonly AskedJob[]): Promise<ReadonlyMap<JobId, JobReading>> {
    return world().request(`scontrol show job ${jobs.map(({ id }) => id).join(',')}`, () => {
      return new Map(jobs.map(({ id }) => [id, this.#show(id)]));
    });
  }

  readEndFacts({ id }: AskedJob, how: HowEnded): Promise<EndFacts> {
    return world().request<EndFacts>(`scontrol show job ${id} for its ${how}`, () => {
      const job = this.#find(id);
      if (this.#faultAt() !== undefined || job === undefined || !this.#remembers(job)) return {};
      return { timeLimit: '1:00:00', nodes: 'n1', memoryBytes: 2 ** 30 };
    });
  }

  #release(id: JobId): ReleaseAnswer {
    const fault = this.#faultAt();
    if (fault === 'away' || fault === 'refuses') return { kind: 'failed', message: `simulated: ${fault}` };
    const job = this.#find(id);
    if (job === undefined) return { kind: 'failed', message: 'simulated: Invalid job id specified' };
    this.#start(job);
    if (fault === 'garbled') return { kind: 'failed', message: 'simulated: released, then timed out' };
    return { kind: 'released' };
  }

  #show(id: JobId): JobReading {
    const fault = this.#faultAt();
    if (fault === 'away' || fault === 'garbled') return { kind: 'unreadable', why: `simulated: ${fault}` };
    const job = this.jobs.find((each) => each.id === id);
    if (job === undefined || !(this.#remembers(job) || this.#site.accounting)) return { kind: 'unknown' };
    return { kind: 'job', is: jobState(job), state: job.state, reason: job.reason, workDir: job.directory };
  }

  hasEnded(id: string): boolean {
    return this.#find(id)?.endedAt !== undefined;
  }

  #accept(directory: string): SimulatedJob {
    world().files.fromElsewhere(() => this.#onSubmit(directory));
    const life = this.#lives[this.jobs.length % this.#lives.length];
    if (life === undefined) throw new Error('a history without lives of jobs');
    const held = this.#site.handover === 'hold_release';
    const job: SimulatedJob = {
      id: String(100 + this.jobs.length) as JobId,
      directory,
      life,
      runs: 0,
      endedAt: undefined,
      isCancelled: false,
      isRefusedToCancel: false,
      hasEndedBeforeScancel: false,
      recordBefore: undefined,
      state: 'PENDING',
      reason: held ? 'JobHeldUser' : 'BeginTime',
    };
    this.jobs.push(job);
    world().tell(() => `Slurm takes job ${job.id} in ${directory}`);
    if (!held) world().after(60_000, () => this.#start(job));
    return job;
  }

  /** What waits is gone at once; what runs gets some seconds. */
  #cancel(job: SimulatedJob): void {
    world().files.fromElsewhere(() => this.#onCancel(job));
    job.isCancelled = true;
    world().tell(() => `job ${job.id} is cancelled`);
    const end = () => {
      Object.assign(job, { state: 'CANCELLED', endedAt: world().now });
      forge(job, this.jobs);
    };
    const waits = job.state === 'PENDING';
    if (waits) end();
    else job.state = 'COMPLETING';
    if (!waits) world().after(world().between(0, 1) * 30_000, end);
  }

  #start(job: SimulatedJob): void {
    if (job.state !== 'PENDING' || (job.reason !== 'JobHeldUser' && job.reason !== 'BeginTime')) return;
    job.reason = 'Priority';
    world().after(job.life.waitsSeconds * 1000, () => this.#run(job));
  }

  #run(job: SimulatedJob): void {
    if (job.isCancelled) return;
    job.state = 'RUNNING';
    job.reason = 'None';
    job.runs++;
    world().files.fromElsewhere(() => this.#onLife(job));
    leave(job, `slurm-${job.id}.out`, `${outputOf(job.id)}\n`);
    job.recordBefore ??= keepRecord(job);
    forge(job, this.jobs);
    world().tell(() => `job ${job.id} runs`);
    world().after(job.life.runsSeconds * 1000, () => {
      if (job.runs > 1 || job.life.interruption === 'none') this.#finish(job);
      else this.#interrupt(job);
    });
  }

  /** After what it runs on, or anew: only then it comes to its end. */
  #interrupt(job: SimulatedJob): void {
    if (job.isCancelled) return;
    const { interruption, runsSeconds } = job.life;
    const wait = () => {
      if (job.isCancelled) return;
      Object.assign(job, { state: 'PENDING', reason: 'BeginTime' });
      world().after(30_000, () => this.#run(job));
    };
    const goOn = () => {
      if (job.isCancelled) return;
      job.state = 'RUNNING';
      world().after(runsSeconds * 1000, () => this.#finish(job));
    };
    world().tell(() => `job ${job.id} is ${interruption}`);
    if (interruption === 'suspended') {
      job.state = 'SUSPENDED';
      world().after(100_000, goOn);
    } else if (interruption === 'preempted and requeued') {
      job.state = 'COMPLETING';
      world().after(70_000, wait);
    } else wait();
  }

  #finish(job: SimulatedJob): void {
    if (job.isCancelled) return;
    const { life, id } = job;
    world().files.fromElsewhere(() => this.#onLife(job));
    if (life.leaves !== 'nothing') {
      const artefact = `eessi-${id}.tar.gz`;
      const status = life.end === 'COMPLETED' ? 'SUCCESS' : 'FAILURE';
      const description = `built ${id}${life.leaves === 'long results' ? ' and more'.repeat(300) : ''}`;
      const result = `[RESULT]\ncomment_description = ${description}\nstatus = ${status}\nartefacts =\n    ${artefact}\n`;
      leave(job, artefact, `artefact of ${id}`);
      leave(job, `_bot_job${id}.result`, life.leaves === 'garbage' ? '[RESULT\n\u0000=[' : result);
      leave(job, `_bot_job${id}.test`, `[TEST]\ncomment_description = tested ${id}\nstatus = ${status}\n`);
    }
    if (life.end === 'COMPLETED') leave(job, `_bot_job${id}.end`, 'exit = 0\n');
    job.state = life.end;
    job.reason = life.end === 'COMPLETED' ? 'None' : 'NonZeroExitCode';
    job.endedAt = world().now;
    forge(job, this.jobs);
    world().tell(() => `job ${id} ends: ${life.end}`);
  }

  #find(id: string): SimulatedJob | undefined {
    return this.jobs.find((job) => job.id === id);
  }

  /** Slurm forgets jobs some time after their end. */
  #remembers({ endedAt }: SimulatedJob): boolean {
    return endedAt === undefined || world().now - endedAt < this.#site.minJobAgeSeconds * 1000;
  }

  #entry({ id, directory, state, reason }: SimulatedJob): QueueEntry {
    const is = jobState({ state, reason });
    return { id, cluster: '', partition: 'cpu', state, reason, workDir: directory, is };
  }
}

/** What a job prints. */
export const outputOf = (id: string) => `output of ${id}`;

/** Writes a file into a job's directory, if there is one: the machine that it runs on sees it. */
function leave({ directory }: SimulatedJob, name: string, text: string): void {
  const { files } = world();
  files.fromElsewhere(() => {
    if (files.has(directory)) files.writeThrough(`${directory}/${name}`, text);
  });
}
