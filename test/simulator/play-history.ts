import { join } from 'node:path';
import { type LedgerEntry, readLedger } from '../../src/jobs/ledger.ts';
import type { Comment } from '../../src/outside/github/github.ts';
import { eventHandler, jobManager, type Surroundings } from './daemons.ts';
import { diffOf, SimulatedGit, workTreeFile } from './git.ts';
import { headersOf, isoSeconds, type SimulatedDelivery, SimulatedGitHub } from './github.ts';
import {
  type CommandLine,
  commandLines,
  type Fault,
  type FaultOfCall,
  type Happening,
  type History,
  tellingCalls,
} from './history.ts';
import { checkRows, jobOf, rowsOf, Violation } from './invariants.ts';
import { settingsOf } from './site.ts';
import { SimulatedSlurm } from './slurm.ts';
import { SimulatedStore } from './store.ts';
import { begin, type CallFault, type Process, ProcessDied, World } from './world.ts';

/** From the last happening and the end of the last fault on: by then everything that was ordered is done or answered. */
const restSeconds = 3 * 3600;
const idleIntervals = 2;
const patienceSeconds = 3600;
const pollMilliseconds = 60_000;

const beginningsOf = {
  'event handler': new Set<string>(tellingCalls['event handler']),
  'job manager': new Set<string>(tellingCalls['job manager']),
};

/** A command that somebody typed, and how the world was then. */
interface TypedComment {
  readonly id: number;
  readonly pullRequest: number;
  readonly isPermitted: boolean;
  readonly lines: readonly CommandLine[];
  readonly guids: string[];
}

interface Played {
  readonly steps: number;
  /** Seconds of the history's own time. */
  readonly seconds: number;
  readonly jobs: number;
  readonly uploads: number;
}

/** Plays a history to its rest; throws a {@link Violation} where an invariant does not hold. `story`: what happened is written into it. */
export async function playHistory(history: History, story?: string[]): Promise<Played> {
  const play = new Play(history, story !== undefined);
  try {
    return await play.run();
  } finally {
    await play.end();
    story?.push(...play.world.story);
  }
}

interface RunningEventHandler {
  readonly process: Process;
  /** From when on deliveries can be brought. */
  receive?: (delivery: SimulatedDelivery) => Promise<unknown>;
}

class Play {
  readonly world: World;
  readonly #history: History;
  readonly #surroundings: Surroundings;
  readonly #github: SimulatedGitHub;
  readonly #slurm: SimulatedSlurm;
  readonly #store: SimulatedStore;
  readonly #typed: TypedComment[] = [];
  /** Deliveries that the relay still has. */
  #deliveriesOnTheWay = 0;
  readonly #callFaults: readonly FaultOfCall[];
  readonly #lastWindowEnd: number;
  /** Daemon and beginning of a call -> how many there were. */
  readonly #callsOf = new Map<string, number>();
  #eventHandler: RunningEventHandler | undefined;
  #jobManager: Process | undefined;
  #happeningsLeft: number;
  #violation: unknown;
  /** Faults that have not befallen it by then do not. */
  #isAtRest = false;
  /** Deploy labels that a maintainer set. */
  readonly #deployments: { readonly pullRequest: number; readonly at: number }[] = [];
  readonly #closedAt = new Map<number, number>();
  #onUnhandled = (error: unknown) => {
    if (!(error instanceof ProcessDied))
      this.#fail(new Violation(`nobody handled an error, a daemon dies of it: ${(error as Error)?.stack}`));
  };

  constructor(history: History, isTold: boolean) {
    this.#history = history;
    this.#happeningsLeft = history.happenings.length;
    const ends = history.faults.map((fault) => ('seconds' in fault ? fault.fromSecond + fault.seconds : 0));
    this.#lastWindowEnd = begin + Math.max(0, ...ends) * 1000;
    this.#callFaults = history.faults.filter((fault) => fault.kind === 'call');
    this.world = new World({
      seed: history.schedule,
      begin,
      faultOf: (process, call, count) => this.#faultOf(process, call, count),
      onDeath: (how, process) => this.#died(how, process),
    });
    this.world.isTold = isTold;
    const now = <K extends Fault['kind']>(kind: K) => this.#windowNow(kind);
    this.#github = new SimulatedGitHub(() => now('GitHub')?.how, {
      created: (comment, pullRequest) => this.#guard(() => this.#created(comment, pullRequest)),
      edited: (comment, before) => this.#guard(() => this.#edited(comment, before)),
    });
    this.#slurm = new SimulatedSlurm({
      site: history.site,
      lives: history.lives,
      faultAt: () => (['away', 'garbled', 'empty listing', 'refuses'] as const).find((kind) => now(kind) !== undefined),
      onSubmit: (directory) => this.#guard(() => this.#submitted(directory)),
    });
    this.#store = new SimulatedStore(
      () => now('store')?.how,
      (artefact) => this.#guard(() => this.#uploaded(artefact)),
    );
    const git = new SimulatedGit(this.#github, () => now('git') !== undefined);
    const settings = settingsOf(history.site);
    this.#surroundings = { settings, github: this.#github, slurm: this.#slurm, git, store: this.#store };
  }

  async run(): Promise<Played> {
    process.on('unhandledRejection', this.#onUnhandled);
    const { world } = this;
    for (const directory of ['/bot', '/jobs', '/trash']) {
      world.files.mkdir(directory, 0o755);
    }
    world.files.syncAll();
    this.#startEventHandler();
    this.#startJobManager();
    this.#beginWhenReady();
    const until = this.#lastTrouble() + restSeconds * 1000;
    const check = () => {
      if (this.#violation !== undefined) throw this.#violation;
    };
    const outcome = await world.play(until, () => this.#whyNotAtRest() === undefined, check);
    if (outcome === 'time') throw new Violation(`it does not come to rest: ${this.#whyNotAtRest()}`);
    this.#isAtRest = true;
    const atRest = world.now;
    await this.#checkIdleCosts(check);
    await this.#checkAtRest();
    check();
    const seconds = (atRest - begin) / 1000;
    return { steps: world.steps, seconds, jobs: this.#slurm.jobs.length, uploads: this.#store.objects.size };
  }

  async end(): Promise<void> {
    await this.world.end();
    process.off('unhandledRejection', this.#onUnhandled);
  }

  // --- what people do

  /** A bot that never compared its inbox with GitHub's list leaves to others what was before: people begin after that, or lose patience. */
  #beginWhenReady(): void {
    const { files } = this.world;
    const recovery = join(this.#surroundings.settings.stateDir, 'recovery.json');
    const isReady = files.has(recovery) && files.isSynced(recovery);
    const isLate = this.world.now > begin + patienceSeconds * 1000;
    if (isReady || isLate) this.#happenNext(0);
    else this.world.after(1000, () => this.#beginWhenReady());
  }

  #happenNext(index: number): void {
    const happening = this.#history.happenings[index];
    if (happening === undefined) return;
    this.world.after(happening.afterSeconds * 1000, () => {
      this.#happen(happening);
      this.#happeningsLeft--;
      this.#happenNext(index + 1);
    });
  }

  #happen(happening: Happening): void {
    const { pullRequest } = happening;
    this.world.tell(() => `a person: ${JSON.stringify(happening)}`);
    switch (happening.kind) {
      case 'comment':
        this.#comment(happening);
        return;
      case 'deploy label':
        if (happening.by === 'maintainer') this.#deployments.push({ pullRequest, at: this.world.now });
        this.#bring(this.#pullRequestEvent('labeled', pullRequest, happening.by, { label: { name: 'bot:deploy' } }));
        return;
      case 'push': {
        const { before, after } = this.#github.push(pullRequest);
        this.#bring(this.#pullRequestEvent('synchronize', pullRequest, 'developer', { before, after }));
        return;
      }
      case 'close':
        this.#closedAt.set(pullRequest, this.world.now);
        this.#bring(this.#pullRequestEvent('closed', pullRequest, 'maintainer', {}));
        return;
      case 'reopen':
        this.#closedAt.delete(pullRequest);
        this.#bring(this.#pullRequestEvent('reopened', pullRequest, 'maintainer', {}));
        return;
      case 'delete a comment': {
        const comments = this.#github.pullRequests.get(pullRequest)?.comments ?? [];
        const ofBot = comments.filter(({ author, body }) => author.isBot && jobOf(body) !== undefined);
        const comment = ofBot[this.world.between(0, ofBot.length - 1)];
        if (comment !== undefined) this.#github.deleteComment(pullRequest, comment.id);
      }
    }
  }

  #comment({ pullRequest, by, lines }: Extract<Happening, { kind: 'comment' }>): void {
    const { id, body, createdAt } = this.#github.write(pullRequest, by, lines.join('\n'));
    const typed = { id, pullRequest, isPermitted: by === 'maintainer', lines, guids: [] as string[] };
    this.#typed.push(typed);
    const payload = {
      comment: { id, body, created_at: createdAt },
      issue: { number: pullRequest, pull_request: {} },
      sender: { login: by, type: 'User' },
    };
    const delivery = this.#github.deliver('issue_comment', 'created', payload, id);
    typed.guids.push(delivery.guid);
    this.#bring(delivery, typed);
  }

  #pullRequestEvent(action: string, number: number, login: string, more: object): SimulatedDelivery {
    const sha = this.#github.pullRequests.get(number)?.heads.at(-1);
    return this.#github.deliver('pull_request', action, {
      ...more,
      sender: { login, type: 'User' },
      pull_request: { number, updated_at: isoSeconds(this.world.now), base: { ref: 'main' }, head: { sha } },
    });
  }

  /** What the relay makes of a delivery. */
  #bring(delivery: SimulatedDelivery, typed?: TypedComment): void {
    const arrive = (one: SimulatedDelivery, milliseconds: number) => {
      this.#deliveriesOnTheWay++;
      this.world.after(milliseconds, () => {
        this.#deliveriesOnTheWay--;
        this.#arrive(one);
      });
    };
    switch (this.#windowNow('relay')?.how) {
      case undefined:
        arrive(delivery, this.world.between(10, 2000));
        return;
      case 'drops':
        return;
      case 'delays':
        arrive(delivery, this.world.between(1_000, 600_000));
        return;
      case 'repeats':
        for (const latest of [500, 5_000, 500_000]) arrive(delivery, this.world.between(10, latest));
        return;
      case 'renames': {
        const renamed = { ...delivery, guid: `${delivery.guid}-again` };
        typed?.guids.push(renamed.guid);
        arrive(delivery, this.world.between(10, 100_000));
        arrive(renamed, this.world.between(10, 100_000));
      }
    }
  }

  #arrive(delivery: SimulatedDelivery): void {
    const handler = this.#eventHandler;
    const { guid, event, action } = delivery;
    if (!handler?.process.alive || handler.receive === undefined) {
      this.world.tell(() => `${guid} is lost`);
      return;
    }
    this.world.tell(() => `${guid} arrives: ${event} ${action}`);
    const { receive } = handler;
    // A failure is answered with a 500, which the relay throws away.
    this.world.inside(handler.process, () => void receive(delivery).catch(() => {}));
  }

  // --- daemons, and what befalls them

  #startEventHandler(): void {
    const handler: RunningEventHandler = {
      process: this.world.start(
        'event handler',
        (process) =>
          eventHandler(this.#surroundings, process, (receive) => {
            handler.receive = (delivery) => {
              const { guid, event, body } = delivery;
              const receivedAt = new Date().toISOString();
              return receive({ version: 1, guid, event, receivedAt, headers: headersOf(delivery), body });
            };
          }),
        () => this.#startAgain(10_000), // as systemd does
      ),
    };
    this.#eventHandler = handler;
  }

  #startJobManager(): void {
    this.#jobManager = this.world.start(
      'job manager',
      (process) => jobManager(this.#surroundings, process),
      () => this.#startAgain(10_000),
    );
  }

  #faultOf(process: Process, call: string, count: number): CallFault | undefined {
    if (this.#isAtRest) return undefined;
    if (this.#callFaults.length > 0) this.#count(process, call);
    const isThis = ({ daemon, of, at }: FaultOfCall) =>
      daemon === process.name &&
      (of === '' ? at === count : call.startsWith(of) && this.#callsOf.get(`${daemon} ${of}`) === at);
    const planned = this.#callFaults.find(isThis);
    if (planned !== undefined) return planned.fault;
    const disk = this.#windowNow('disk');
    const isOfDisk =
      disk !== undefined && /^(writeFile|write|open|mkdir|symlink|link|rename|fsync|copyFile) /.test(call);
    return isOfDisk ? { kind: 'error', code: disk.code } : undefined;
  }

  #count(process: Process, call: string): void {
    for (const of of beginningsOf[process.name as keyof typeof beginningsOf] ?? []) {
      if (!call.startsWith(of)) continue;
      const key = `${process.name} ${of}`;
      this.#callsOf.set(key, (this.#callsOf.get(key) ?? 0) + 1);
    }
  }

  #died(how: 'kill' | 'power cut', process: Process): void {
    const fault = this.#history.faults.find((each) => each.kind === 'call' && each.daemon === process.name);
    const down = (fault?.kind === 'call' ? fault.downSeconds : 1) * 1000;
    if (how === 'power cut') this.#slurm.cutPower();
    this.#startAgain(down);
  }

  #startAgain(milliseconds: number): void {
    this.world.after(milliseconds, () => {
      if (!this.#eventHandler?.process.alive) this.#startEventHandler();
    });
    this.world.after(milliseconds + this.world.between(0, 3000), () => {
      if (!this.#jobManager?.alive) this.#startJobManager();
    });
  }

  #windowNow<K extends Fault['kind']>(kind: K): Extract<Fault, { kind: K }> | undefined {
    const second = (this.world.now - begin) / 1000;
    return this.#history.faults.find(
      (fault): fault is Extract<Fault, { kind: K }> =>
        fault.kind === kind &&
        'seconds' in fault &&
        fault.fromSecond <= second &&
        second < fault.fromSecond + fault.seconds,
    );
  }

  #lastTrouble(): number {
    const happenings = this.#history.happenings.reduce((sum, { afterSeconds }) => sum + afterSeconds, 0);
    const ends = this.#history.faults.map((fault) =>
      'seconds' in fault ? fault.fromSecond + fault.seconds : fault.downSeconds,
    );
    return begin + (happenings + ends.reduce((sum, end) => sum + end, 0)) * 1000;
  }

  // --- what must hold after each step

  #guard(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#violation ??= error;
  }

  #submitted(directory: string): void {
    if (this.#slurm.jobs.some((job) => job.directory === directory)) {
      throw new Violation(`a second Slurm job was submitted in ${directory}`);
    }
    const typed = this.#typedIn(directory);
    if (typed === undefined) throw new Violation(`a job was submitted that no command asks for: ${directory}`);
    if (!typed.isPermitted) throw new Violation(`a job was submitted for somebody who may not: ${directory}`);
    const ofComment = this.#slurm.jobs.filter((job) => this.#typedIn(job.directory) === typed).length + 1;
    if (ofComment > targetsOf(typed))
      throw new Violation(`comment ${typed.id} has more jobs than targets: ${directory}`);
    this.#checkDirectory(directory, typed);
  }

  /** What a job finds: complete, whatever was killed while it was made. */
  #checkDirectory(directory: string, { pullRequest }: TypedComment): void {
    const { files } = this.world;
    const heads = this.#github.pullRequests.get(pullRequest)?.heads ?? [];
    const diff = files.text(join(directory, `${pullRequest}.diff`));
    const head = heads.find((each) => diff === diffOf(each));
    if (head === undefined) throw new Violation(`the diff in ${directory} is no head's of the pull request: ${diff}`);
    if (files.text(join(directory, workTreeFile)) !== `base with ${diffOf(head)}`) {
      throw new Violation(`the pull request's changes are not in ${directory}`);
    }
    const config = files.text(join(directory, 'cfg', 'job.cfg')) ?? '';
    if (!config.includes('[repository]') || !config.includes('[architecture]')) {
      throw new Violation(`cfg/job.cfg in ${directory} is not complete:\n${config}`);
    }
  }

  #created(comment: Comment, pullRequest: number): void {
    const { comments = [] } = this.#github.pullRequests.get(pullRequest) ?? {};
    const job = jobOf(comment.body);
    if (rowsOf(comment.body).length > 0 && job !== undefined) {
      const others = comments.filter(
        ({ id, author, body }) => id !== comment.id && author.isBot && jobOf(body) === job,
      );
      if (others.length > 0) throw new Violation(`job ${job} got a second comment`);
      checkRows(comment, '');
    }
  }

  #edited(comment: Comment, before: string): void {
    checkRows(comment, before);
    const job = rowsOf(comment.body).length > 0 ? jobOf(comment.body) : undefined;
    const isFinished = rowsOf(comment.body).some(({ state }) => state === 'finished');
    if (job !== undefined && isFinished && !this.#slurm.hasEnded(job)) {
      throw new Violation(`job ${job} is told to have finished, and has not:\n${comment.body}`);
    }
  }

  #uploaded(artefact: string): void {
    const id = /^eessi-(\d+)\.tar\.gz$/.exec(artefact)?.[1];
    const job = this.#slurm.jobs.find((each) => each.id === id);
    const typed = job && this.#typedIn(job.directory);
    if (typed === undefined) throw new Violation(`${artefact} was uploaded, and no job made it`);
    if (!this.#deployments.some(({ pullRequest }) => pullRequest === typed.pullRequest)) {
      throw new Violation(`${artefact} was uploaded, and nobody who may has ordered it`);
    }
  }

  // --- at rest

  /** What is still to come; undefined: nothing. */
  #whyNotAtRest(): string | undefined {
    const { files } = this.world;
    const { stateDir, jobManager } = this.#surroundings.settings;
    if (this.#happeningsLeft > 0) return 'people are not done';
    if (this.#deliveriesOnTheWay > 0) return 'the relay has deliveries';
    if (this.world.now < this.#lastWindowEnd) return 'a fault goes on';
    if (!this.#eventHandler?.process.alive || !this.#jobManager?.alive) return 'a daemon is down';
    const goOn = this.#slurm.jobs.filter(({ endedAt }) => endedAt === undefined);
    if (goOn.length > 0) return `jobs go on: ${goOn.map(({ id }) => id).join(', ')}`;
    const places = [
      ['jobs are followed', jobManager.jobIdsDir, 'submitted'],
      ['jobs are handed over', stateDir, 'handed-over'],
      ['deliveries wait', stateDir, 'inbox/new'],
      ['orders wait', stateDir, 'orders'],
    ] as const;
    for (const [what, directory, name] of places) {
      const names = files
        .list(join(directory, name))
        .filter((each) => !each.startsWith('.') && /^\d+$|\.json$/.test(each));
      if (names.length > 0) return `${what}: ${names.join(', ')}`;
    }
    const missing = this.#missingDeliveries();
    return missing.length > 0 ? `deliveries are missing: ${missing.join(', ')}` : undefined;
  }

  #missingDeliveries(): string[] {
    const { files } = this.world;
    const inbox = join(this.#surroundings.settings.stateDir, 'inbox');
    const received = ['new', 'done', 'failed']
      .flatMap((stage) => files.list(join(inbox, stage)))
      .filter((name) => !name.startsWith('.'));
    const isThere = ({ guid, commentId }: SimulatedDelivery) =>
      received.some(
        (name) =>
          name.endsWith(`_${guid}.json`) || (commentId !== undefined && name.includes(`_comment.${commentId}_`)),
      );
    return this.#github.deliveries.filter((delivery) => !isThere(delivery)).map(({ guid }) => guid);
  }

  /** Nothing changed, nothing sent. */
  async #checkIdleCosts(check: () => void): Promise<void> {
    const until = this.world.now + idleIntervals * pollMilliseconds + 1000;
    const [github, slurm] = [this.#github.requests, this.#slurm.requests];
    await this.world.play(until, () => false, check);
    if (this.#github.requests > github)
      throw new Violation(`at rest GitHub was asked ${this.#github.requests - github} times`);
    const looks = this.#slurm.requests - slurm;
    if (looks < idleIntervals - 1 || looks > idleIntervals + 1) {
      throw new Violation(`at rest Slurm was asked ${looks} times in ${idleIntervals} intervals`);
    }
  }

  async #checkAtRest(): Promise<void> {
    for (const typed of this.#typed) this.#checkAnswered(typed);
    for (const job of this.#slurm.jobs) this.#checkTold(job.id, job.directory);
    this.#checkResponses();
    await this.#checkDeployments();
    this.#checkSetAside();
  }

  #checkAnswered(typed: TypedComment): void {
    const reactions = this.#github.reactions.get(typed.id);
    if (isForUs(typed.lines) && (reactions === undefined || reactions.size === 0)) {
      throw new Violation(`comment ${typed.id} got no reaction: ${typed.lines.join('; ')}`);
    }
    const jobs = this.#slurm.jobs.filter((job) => this.#typedIn(job.directory) === typed).length;
    const expected = typed.isPermitted ? targetsOf(typed) : 0;
    if (jobs !== expected && !this.#mayHaveFewer(typed)) {
      throw new Violation(
        `comment ${typed.id} has ${jobs} jobs, and should have ${expected}: ${typed.lines.join('; ')}`,
      );
    }
  }

  /** Slurm refused, or git failed, and the response says so. */
  #mayHaveFewer(_typed: TypedComment): boolean {
    return this.#history.faults.some(({ kind }) => kind === 'refuses' || kind === 'git');
  }

  #checkTold(id: string, directory: string): void {
    const typed = this.#typedIn(directory);
    const comments = this.#github.pullRequests.get(typed?.pullRequest ?? 0)?.comments ?? [];
    const comment = comments.find(({ author, body }) => author.isBot && rowsOf(body).length > 0 && jobOf(body) === id);
    if (comment === undefined) {
      if (this.#history.happenings.some(({ kind }) => kind === 'delete a comment')) return;
      throw new Violation(`job ${id} has no comment`);
    }
    const states = rowsOf(comment.body).map(({ state }) => state);
    const handover = this.#history.site.handover === 'hold_release' ? 'released' : 'received';
    const wanted = ['submitted', handover, 'finished', 'test result'];
    const missing = wanted.filter(
      (state) => !states.includes(state) && !(state === handover && this.#mayMissHandover()),
    );
    if (missing.length > 0) throw new Violation(`job ${id} has no row ${missing.join(', ')}:\n${comment.body}`);
  }

  /** A job that nobody held may have come and gone between two looks at the queue. */
  #mayMissHandover(): boolean {
    return this.#history.site.handover === 'delayed_begin';
  }

  /** One answer per comment with a command, however often its delivery came. */
  #checkResponses(): void {
    for (const { number, comments } of this.#github.pullRequests.values()) {
      const responses = comments.filter(({ author, body }) => author.isBot && isResponse(body)).length;
      const asked = this.#typed.filter(({ pullRequest, lines }) => pullRequest === number && isForUs(lines));
      // Where GitHub lost an answer of ours, an earlier one that reads the same is taken for it.
      const different = new Set(asked.map(({ isPermitted, lines }) => [isPermitted, ...lines].join('\n'))).size;
      const least = this.#history.faults.some(({ kind }) => kind === 'GitHub') ? different : asked.length;
      if (responses >= least && responses <= asked.length) continue;
      const texts = comments.map(({ id, author, body }) => `${id} ${author.login}: ${body}`).join('\n---\n');
      throw new Violation(`pull request ${number} has ${responses} answers to ${asked.length} comments:\n${texts}`);
    }
  }

  async #checkDeployments(): Promise<void> {
    const { stateDir, build } = this.#surroundings.settings;
    const reading = await this.world.inside(this.#living(), () => readLedger(stateDir));
    if (reading.brokenLine !== undefined) {
      const text = this.world.files.text(join(stateDir, 'ledger.jsonl'));
      throw new Violation(`line ${reading.brokenLine} of the ledger is broken:\n${text}`);
    }
    const keys = reading.entries.map(({ delivery, job, artefact }) => `${delivery} ${job}/${artefact}`);
    const twice = keys.find((key, index) => keys.indexOf(key) !== index);
    if (twice !== undefined) throw new Violation(`the ledger tells twice of ${twice}`);
    for (const { pullRequest, at } of this.#deployments) this.#checkDeployed(pullRequest, at, reading.entries);
    for (const month of this.world.files.list(build.jobsBaseDir)) {
      for (const pr of this.world.files.list(join(build.jobsBaseDir, month))) {
        const lines = (this.world.files.text(join(build.jobsBaseDir, month, pr, 'uploaded.txt')) ?? '')
          .split('\n')
          .filter(Boolean);
        if (new Set(lines).size < lines.length)
          throw new Violation(`uploaded.txt of ${pr} has a line twice:\n${lines.join('\n')}`);
      }
    }
  }

  /** What had succeeded when the label was set is uploaded, or it is told why not. */
  #checkDeployed(pullRequest: number, at: number, entries: readonly LedgerEntry[]): void {
    if (this.#history.site.policy !== 'all' || this.#history.happenings.some(({ kind }) => kind === 'close')) return;
    for (const job of this.#slurm.jobs) {
      const isMeant = this.#typedIn(job.directory)?.pullRequest === pullRequest;
      const hadSucceeded = job.life.end === 'COMPLETED' && job.life.leaves === 'results' && (job.endedAt ?? at) < at;
      if (isMeant && hadSucceeded && !entries.some((entry) => entry.job === job.id)) {
        throw new Violation(`a deployment was ordered, and nothing became of job ${job.id}`);
      }
    }
  }

  /** Nothing that was fit to be handled was set aside. */
  #checkSetAside(): void {
    const { stateDir } = this.#surroundings.settings;
    for (const place of ['inbox/failed', 'orders/failed']) {
      const names = this.world.files.list(join(stateDir, place));
      if (names.length > 0) throw new Violation(`set aside in ${place}: ${names.join(', ')}`);
    }
  }

  #living(): Process {
    if (this.#jobManager === undefined) throw new Error('no job manager was ever started');
    return this.#jobManager;
  }

  #typedIn(directory: string): TypedComment | undefined {
    const guid = /\/event_([^/]+)\//.exec(directory)?.[1];
    return this.#typed.find(({ guids }) => guid !== undefined && guids.includes(guid));
  }
}

function targetsOf({ lines }: TypedComment): number {
  return lines.reduce((sum, line) => sum + commandLines[line], 0);
}

const isForUs = (lines: readonly CommandLine[]) => lines.some((line) => line !== 'bot: build inst:another-bot');

function isResponse(body: string): boolean {
  return body.startsWith('Answer of bot-a:');
}
