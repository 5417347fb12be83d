import { join } from 'node:path';
import { Asked } from './asked.ts';
import { checkAtRest, checkIdleCosts, whatIsLeft } from './at-rest.ts';
import { eventHandler, jobManager, Refusal, type Surroundings } from './daemons.ts';
import { Faults } from './faults.ts';
import type { Files } from './files.ts';
import { SimulatedGit } from './git.ts';
import { headersOf, type SimulatedDelivery, SimulatedGitHub } from './github.ts';
import type { Fault, History, MountFault } from './history.ts';
import { limitTables } from './hooks.ts';
import {
  checkCancelling,
  checkEdit,
  checkLife,
  checkNewComment,
  checkShown,
  checkSubmission,
  checkUpload,
  type Seen,
  Violation,
} from './invariants.ts';
import { People } from './people.ts';
import { type Process, ProcessDied } from './process.ts';
import { Relay } from './relay.ts';
import { settingsOf, workingDirectory } from './site.ts';
import { SimulatedSlurm } from './slurm.ts';
import { SimulatedStore } from './store.ts';
import { begin, World } from './world.ts';

/** From the last happening and the end of the last fault on: by then everything that was ordered is done or answered. */
const restSeconds = 3 * 3600;
const patienceSeconds = 3600;
const placesFile = '.bot-places.json';

interface Played {
  readonly steps: number;
  /** Seconds of the history's own time. */
  readonly seconds: number;
  readonly jobs: number;
  readonly uploads: number;
  /** Comments whose tables count rows that they have no room for. */
  readonly cut: number;
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
  readonly #faults: Faults;
  readonly #surroundings: Surroundings;
  readonly #seen: Seen;
  readonly #relay: Relay;
  readonly #people: People;
  #eventHandler: RunningEventHandler | undefined;
  /** Daemons of which the last one did not end by itself. */
  readonly #diedBefore = new Set<'event handler' | 'job manager'>();
  #jobManager: Process | undefined;
  #violation: unknown;
  #onUnhandled = (error: unknown) => {
    if (!(error instanceof ProcessDied))
      this.#violation ??= new Violation(`nobody handled an error, a daemon dies of it: ${(error as Error)?.stack}`);
  };

  constructor(history: History, isTold: boolean) {
    this.#history = history;
    this.#faults = new Faults(history.faults, history.clockSteps);
    this.world = new World({
      seed: history.schedule,
      begin,
      faultOf: (process, call, count) => this.#faults.befalling(process, call, count),
      onDeath: (how, process) => this.#died(how, this.#faults.downSeconds(process)),
      clockOffMilliseconds: () => this.#faults.clockOffSeconds() * 1000,
      whyNot: (look) => this.#faults.whyNoLook(look),
    });
    this.world.isTold = isTold;
    this.#surroundings = this.#surround();
    const asked = new Asked();
    this.#seen = { history, surroundings: this.#surroundings, asked };
    this.#relay = new Relay(
      () => this.#faults.now('relay')?.how,
      (delivery) => this.#arrive(delivery),
    );
    this.#people = new People(history.happenings, this.#surroundings.github, this.#relay, asked);
  }

  #surround(): Surroundings {
    const { site, lives, happenings } = this.#history;
    const isClosed = happenings.some(({ kind }) => kind === 'close');
    const now = <K extends Fault['kind']>(kind: K) => this.#faults.now(kind);
    const github = new SimulatedGitHub(site.longestTable, () => now('GitHub')?.how, {
      created: (comment, pullRequest) => this.#guard(() => checkNewComment(comment, pullRequest, this.#seen)),
      edited: (comment, before) => this.#guard(() => checkEdit(comment, before, this.#seen)),
      showed: (check, before) => this.#guard(() => checkShown(check, before, this.#seen)),
    });
    const slurm = new SimulatedSlurm({
      site,
      // What cleans up waits for a job that cannot be read until somebody has looked at it.
      lives: isClosed ? lives.map((life) => ({ ...life, forges: 'none' as const })) : lives,
      faultAt: () => (['away', 'garbled', 'empty listing', 'refuses'] as const).find((kind) => now(kind) !== undefined),
      onSubmit: (directory) => this.#guard(() => checkSubmission(directory, this.#seen)),
      onLife: (job) => this.#guard(() => checkLife(job)),
      onCancel: (job) => this.#guard(() => checkCancelling(job, this.#seen)),
    });
    const store = new SimulatedStore(
      () => now('store')?.how,
      (artefact) => this.#guard(() => checkUpload(artefact, this.#seen)),
    );
    const git = new SimulatedGit(github, () => now('git') !== undefined);
    return { settings: settingsOf(site), github, slurm, git, store };
  }

  async run(): Promise<Played> {
    process.on('unhandledRejection', this.#onUnhandled);
    const { world } = this;
    await limitTables(this.#history.site.longestTable);
    const { jobsBaseDir } = this.#surroundings.settings.build;
    for (const directory of [workingDirectory, jobsBaseDir, '/trash']) {
      world.files.mkdir(directory, 0o755);
    }
    world.files.syncAll();
    this.#startEventHandler();
    this.#startJobManager();
    this.#beginWhenReady();
    for (const fault of this.#history.faults) if (fault.kind === 'mount') this.#unmountDuring(fault);
    const check = () => {
      if (this.#violation !== undefined) throw this.#violation;
    };
    const outcome = await world.play(this.#latestRest(), () => this.#whyNotAtRest() === undefined, check);
    if (outcome === 'time') throw new Violation(`it does not come to rest: ${this.#whyNotAtRest()}`);
    this.#faults.areOver = true;
    const seconds = (world.now - begin) / 1000;
    await checkIdleCosts(this.#surroundings, check);
    await checkAtRest(this.#seen, this.#living());
    check();
    const { github, slurm, store } = this.#surroundings;
    const comments = [...github.pullRequests.values()].flatMap((each) => each.comments);
    const cut = comments.filter(
      ({ author, body }) => author.isBot && body.includes(' more, see `_bot_job.json`'),
    ).length;
    return { steps: world.steps, seconds, jobs: slurm.jobs.length, uploads: store.objects.size, cut };
  }

  async end(): Promise<void> {
    await this.world.end();
    process.off('unhandledRejection', this.#onUnhandled);
  }

  /** A check in the midst of a call: its caller, a daemon, does not hear of what it finds; the play ends after the step. */
  #guard(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.#violation ??= error;
    }
  }

  /** What is still to come; undefined: nothing. */
  #whyNotAtRest(): string | undefined {
    if (!this.#people.areDone) return 'people are not done';
    if (this.#relay.onTheWay > 0) return 'the relay has deliveries';
    if (this.world.now < this.#faults.lastEnd) return 'a fault goes on';
    if (!this.#eventHandler?.process.alive || !this.#jobManager?.alive) return 'a daemon is down';
    return whatIsLeft(this.#surroundings);
  }

  #latestRest(): number {
    const happenings = this.#history.happenings.reduce((sum, { afterSeconds }) => sum + afterSeconds, 0);
    return begin + (happenings + this.#faults.allSeconds + restSeconds) * 1000;
  }

  /** A bot that never compared its inbox with GitHub's list leaves to others what was before: people begin after that, or lose patience. */
  #beginWhenReady(): void {
    const { files } = this.world;
    const recovery = join(this.#surroundings.settings.stateDir, 'recovery.json');
    // Where it is started anew before GitHub answers, it has only what a clock said that may have been wrong.
    const mayBeginAnew = this.#history.faults.some(({ kind }) => ['call', 'disk', 'mount'].includes(kind));
    const isGuessed = files.text(recovery)?.includes('"guessed": true') ?? false;
    const isReady = isOnDisk(files, recovery) && !(isGuessed && mayBeginAnew);
    const isLate = this.world.now > begin + patienceSeconds * 1000;
    if (isReady || isLate) this.#people.begin();
    else this.world.after(1000, () => this.#beginWhenReady());
  }

  /** A bot that was never started there cannot know that something is missing. */
  #unmountDuring({ fromSecond, seconds, afterPowerCut }: MountFault): void {
    const { files } = this.world;
    const { jobsBaseDir } = this.#surroundings.settings.build;
    const isAway = () => !files.has(join(jobsBaseDir, placesFile));
    this.world.after(fromSecond * 1000, () => {
      const wasNoted = [workingDirectory, jobsBaseDir].every((each) => isOnDisk(files, join(each, placesFile)));
      if (!wasNoted || isAway()) return;
      this.world.tell(() => `${jobsBaseDir} is away`);
      if (afterPowerCut && this.#faults.mayDie()) {
        this.world.cutPower('some');
        this.#died('power cut', 1);
      }
      files.unmount(jobsBaseDir);
      this.world.after(seconds * 1000, () => {
        this.world.tell(() => `${jobsBaseDir} is back`);
        const written = files.mount(jobsBaseDir);
        if (written.length === 0) return;
        this.#violation ??= new Violation(`files were written where nothing was mounted: ${written.join(', ')}`);
      });
    });
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

  #startEventHandler(): void {
    if (this.#eventHandler?.process.alive) return;
    const handler: RunningEventHandler = {
      process: this.world.start(
        'event handler',
        (process) =>
          eventHandler(this.#surroundings, process, this.#diedBefore.has('event handler'), (receive) => {
            handler.receive = (delivery) => {
              const { guid, event, body } = delivery;
              return receive({ version: 1, guid, event, headers: headersOf(delivery), body });
            };
          }),
        (error) => this.#ended('event handler', error),
      ),
    };
    this.#eventHandler = handler;
  }

  #startJobManager(): void {
    if (this.#jobManager?.alive) return;
    this.#jobManager = this.world.start(
      'job manager',
      (process) => jobManager(this.#surroundings, process, this.#diedBefore.has('job manager')),
      (error) => this.#ended('job manager', error),
    );
  }

  #ended(daemon: 'event handler' | 'job manager', error: unknown): void {
    if (!(error instanceof Refusal)) this.#diedBefore.delete(daemon);
    // As systemd does.
    this.world.after(10_000, () => (daemon === 'event handler' ? this.#startEventHandler() : this.#startJobManager()));
  }

  #died(how: 'kill' | 'power cut', downSeconds: number): void {
    if (how === 'power cut') this.#surroundings.slurm.cutPower();
    if (!this.#eventHandler?.process.alive) this.#diedBefore.add('event handler');
    if (!this.#jobManager?.alive) this.#diedBefore.add('job manager');
    this.#startAgain(downSeconds * 1000);
  }

  #startAgain(milliseconds: number): void {
    this.world.after(milliseconds, () => this.#startEventHandler());
    this.world.after(milliseconds + this.world.between(0, 3000), () => this.#startJobManager());
  }

  #living(): Process {
    if (this.#jobManager === undefined) throw new Error('no job manager was ever started');
    return this.#jobManager;
  }
}

/** Whether a power cut would leave a file. */
function isOnDisk(files: Files, path: string): boolean {
  return files.has(path) && files.isSynced(path);
}
