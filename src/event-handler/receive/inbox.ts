import { join } from 'node:path';
import { guidOf, isFileOfOurs, nameBeforeDamage, timeInName, timeOfName } from '../../jobs/names-on-disk.ts';
import { plansDir } from '../../jobs/plans.ts';
import { setAside } from '../../jobs/set-aside.ts';
import {
  createDurably,
  makeDirectory,
  moveDurably,
  removeDurably,
  writeDurably,
} from '../../outside/files/durable-files.ts';
import { listNames } from '../../outside/files/list-names.ts';
import { openShape } from '../../outside/files/open-shape.ts';
import { anyObject } from '../../outside/files/parse-shape.ts';
import { readTextIfThere } from '../../outside/files/read-text-if-there.ts';
import { sealJson } from '../../outside/files/seal.ts';
import type { Webhooks } from '../../outside/forge/webhooks.ts';
import { wordsOf } from '../../words-of.ts';
import { AttemptCounts } from './attempt-counts.ts';
import { Burst } from './burst.ts';
import {
  DamagedDelivery,
  DamagedPlan,
  type Delivery,
  identitiesOf,
  nameOf,
  openDelivery,
  sealDelivery,
} from './delivery.ts';
import { pruneInbox } from './prune-inbox.ts';

/** The one kept file of a delivery: its plan, or whether its answer was posted. */
export interface PlanFile {
  /** Undefined if there is none. Throws {@link DamagedPlan}. */
  read(): Promise<unknown>;
  /** Resolves when it is on disk. */
  write(plan: object): Promise<void>;
}

/** A delivery that is handled. */
export interface HandledDelivery extends Pick<Delivery, 'guid' | 'receivedAt'> {
  readonly plan: PlanFile;
  readonly inbox: Pick<Inbox, 'commentsSince' | 'openPlans' | 'waitingEvents'>;
}

/**
 * The durable inbox: `new/`, `done/` (kept for seven days, to recognize duplicates), `failed/`.
 * `plans/` has the plans of deliveries, written before they are carried out.
 */
export class Inbox {
  readonly #directory: string;
  readonly #plansDirectory: string;
  /** Identities of all deliveries on disk. `writing`: the file is being written. */
  readonly #known = new Map<string, { readonly name: string; readonly writing?: Promise<void> }>();
  /** Further identities of duplicates, which no file has; oldest first. */
  readonly #others = new Set<string>();
  /** GUIDs of deliveries that may have a plan on disk. */
  readonly #planned = new Set<string>();
  /** Deliveries received just now: they need not be read from disk. */
  readonly #fresh = new Map<string, Delivery>();
  #freshCharacters = 0;
  readonly #burst = new Burst();
  #hearArrival: (name: string) => void = () => {};
  #counter = 0;
  #problem: string | null = null;
  #hasLost = false;

  /** For each waiting delivery: how often it was received, and its failed attempts. */
  readonly attemptCounts: AttemptCounts;

  private constructor(stateDir: string, attemptCounts: AttemptCounts) {
    this.attemptCounts = attemptCounts;
    this.#directory = join(stateDir, 'inbox');
    this.#plansDirectory = plansDir(stateDir);
  }

  /** Opens the inbox of a state directory. {@link waiting} has the deliveries that are not handled yet. */
  static async open(stateDir: string): Promise<Inbox> {
    await makeDirectory(stateDir, 0o700);
    const inbox = new Inbox(stateDir, await AttemptCounts.open(join(stateDir, 'inbox')));
    const damaged: string[] = [];
    for (const stage of [...stages, 'plans']) {
      await makeDirectory(join(inbox.#directory, stage), 0o700);
      for (const name of await listNames(join(inbox.#directory, stage))) {
        if (stage === 'plans') {
          inbox.#planned.add(guidOf(name));
          continue;
        }
        if (isFileOfOurs(name)) inbox.#know(name);
        const before = nameBeforeDamage(name);
        if (before !== undefined) damaged.push(before);
      }
    }
    // An earlier process set a damaged delivery aside, and may have ended before it was recovered from GitHub's list.
    inbox.#hasLost = damaged.some((name) => !inbox.#known.has(guidOf(name)));
    return inbox;
  }

  /**
   * Resolves when the delivery is on disk. `known`: it is a duplicate, by its GUID, by the id of a new comment, or by its body: a replay may
   * carry another GUID.
   */
  receive(delivery: Delivery, newComment: number | undefined): Promise<'new' | 'known'> {
    return this.#burst.during(() => this.#receive(delivery, newComment));
  }

  async #receive(delivery: Delivery, newComment: number | undefined): Promise<'new' | 'known'> {
    const name = nameOf(delivery, this.#counter++, newComment);
    const identities = identitiesOf(name);
    const before = identities.map((identity) => this.#known.get(identity)).find((known) => known !== undefined);
    if (before !== undefined) {
      await before.writing;
      this.#knowAlso(identities, before.name); // a duplicate under another GUID: recovery need not fetch it
      return 'known';
    }
    const writing = createDurably(join(this.#directory, 'new', name), sealDelivery(name, delivery)).then(() => {});
    for (const identity of identities) this.#known.set(identity, { name, writing });
    try {
      await writing;
      this.#problem = null;
    } catch (error) {
      this.#problem = `the last delivery could not be stored: ${wordsOf(error)}`;
      for (const identity of identities) this.#known.delete(identity);
      throw error;
    }
    this.#know(name);
    this.#keepFresh(name, delivery);
    this.#hearArrival(name);
    return 'new';
  }

  /** Whether a delivery with that GUID was received. */
  knows(guid: string): boolean {
    return this.#known.has(guid);
  }

  /**
   * Call it before a delivery is handled: another process may have put it there. `repeated`: it is a duplicate of another file, and was put
   * away.
   */
  async takeUp(name: string): Promise<'taken up' | 'repeated'> {
    await this.#burst.isOver();
    const known = identitiesOf(name).map((identity) => this.#known.get(identity));
    if (known.every((one) => one === undefined || one.name === name)) {
      this.#know(name);
      return 'taken up';
    }
    await moveDurably(join(this.#directory, 'new', name), join(this.#directory, 'done', name));
    return 'repeated';
  }

  /** Calls back with the name of each new delivery once it is on disk. */
  onArrival(listener: (name: string) => void): void {
    this.#hearArrival = listener;
  }

  /** Names of the deliveries that are not handled yet, oldest first. */
  async waiting(): Promise<string[]> {
    return (await listNames(join(this.#directory, 'new'))).filter(isFileOfOurs);
  }

  /** The waiting deliveries other than new comments, oldest first. */
  async *waitingEvents(): AsyncGenerator<Delivery> {
    for (const name of await this.waiting()) {
      const text = name.includes('_comment.') ? undefined : await readTextIfThere(join(this.#directory, 'new', name));
      const delivery = text === undefined ? undefined : openDelivery(name, text).value;
      if (delivery !== undefined) yield delivery;
    }
  }

  /** How many deliveries wait, and how many were set aside. */
  async count(): Promise<{ waiting: number; failed: number }> {
    const failed = (await listNames(join(this.#directory, 'failed'))).filter(
      (name) => !name.startsWith('.') && !name.endsWith('.why'),
    );
    return { waiting: (await this.waiting()).length, failed: failed.length };
  }

  /** When the oldest delivery that is still here was received. */
  async oldest(): Promise<Date | undefined> {
    const names = await Promise.all(stages.map((stage) => listNames(join(this.#directory, stage))));
    const times = names.flat().flatMap((name) => timeOfName(name) ?? []);
    return times.length === 0 ? undefined : new Date(Math.min(...times));
  }

  /** For people: the counts, and why nothing can be stored; writes a small file to see whether that still holds. */
  async storage(): Promise<{ count: { waiting: number; failed: number } | null; problem: string | null }> {
    try {
      if (this.#problem !== null) {
        await writeDurably(join(this.#directory, 'new', '.probe'), 'x'.repeat(25_000));
        this.#problem = null;
      }
      return { count: await this.count(), problem: null };
    } catch (error) {
      return { count: await this.count().catch(() => null), problem: this.#problem ?? wordsOf(error) };
    }
  }

  /** New comments received since a time, in any state; unreadable ones are left out. */
  async commentsSince(time: Date): Promise<Delivery[]> {
    const names = new Set<string>();
    for (const stage of stages) for (const name of await listNames(join(this.#directory, stage))) names.add(name);
    const oldest = timeInName(time.toISOString());
    const wanted = [...names].filter((name) => isFileOfOurs(name) && name >= oldest && name.includes('_comment.'));
    return (await Promise.all(wanted.map((name) => this.find(name)))).flatMap((found) => found ?? []);
  }

  /** A delivery in any state; undefined if it is gone or damaged. */
  async find(name: string): Promise<Delivery | undefined> {
    for (const stage of stages) {
      const text = await readTextIfThere(join(this.#directory, stage, name));
      if (text !== undefined) return openDelivery(name, text).value;
    }
    return undefined;
  }

  /** The plans of deliveries that are not handled yet. */
  async openPlans(): Promise<unknown[]> {
    const plans: unknown[] = [];
    for (const name of await this.waiting())
      plans.push(
        await this.planOf(guidOf(name))
          .read()
          .catch(() => undefined),
      );
    return plans;
  }

  async read(name: string): Promise<Delivery> {
    const fresh = this.#takeFresh(name);
    if (fresh !== undefined) return fresh;
    const text = await readTextIfThere(join(this.#directory, 'new', name));
    if (text === undefined) throw new Error(`the delivery ${name} has vanished from the inbox`);
    const { value: delivery, why } = openDelivery(name, text);
    if (delivery === undefined) throw new DamagedDelivery(`the file of the delivery ${name} ${why}`);
    return delivery;
  }

  planOf(guid: string): PlanFile {
    const [path, place] = [this.#planPath(guid), `${guid}.json`];
    return {
      read: async () => {
        const text = await readTextIfThere(path);
        if (text === undefined) return undefined;
        const { value, why } = openShape('plan', place, text, anyObject);
        if (value === undefined) throw new DamagedPlan(`its plan ${path} ${why}`);
        return value;
      },
      write: async (plan) => {
        const text = sealJson('plan', place, plan);
        this.#planned.add(guid);
        await writeDurably(path, text);
      },
    };
  }

  /** The delivery was handled: moves it to `done/`, and removes its plan. */
  async putAway(name: string): Promise<void> {
    await moveDurably(join(this.#directory, 'new', name), join(this.#directory, 'done', name));
    const guid = guidOf(name);
    if (this.#planned.has(guid)) await removeDurably(this.#planPath(guid));
    this.#planned.delete(guid);
    await this.attemptCounts.forget(name);
  }

  /** Moves a delivery to `failed/`. Its plan stays, so that nothing is done twice after a replay. */
  async setAside(name: string, why: string): Promise<void> {
    await this.attemptCounts.forget(name); // a replay starts counting anew
    await setAside(join(this.#directory, 'new', name), join(this.#directory, 'failed'), why);
  }

  /** Sets a damaged delivery aside, and counts it as never received, so that it is recovered from GitHub's list. */
  async setDamagedAside(name: string, why: string): Promise<void> {
    const path = join(this.#directory, 'new', name);
    await this.attemptCounts.forget(name);
    await moveDurably(path, `${path}.damaged`);
    await setAside(`${path}.damaged`, join(this.#directory, 'failed'), why);
    for (const identity of identitiesOf(name)) this.#known.delete(identity);
    this.#hasLost = true;
  }

  /** Whether a damaged delivery was set aside since the last call: GitHub's list may still have it. */
  takeLost(): boolean {
    const lost = this.#hasLost;
    this.#hasLost = false;
    return lost;
  }

  /** Removes deliveries that are done and were received more than seven days ago. */
  async prune(now: Date, webhooks: Pick<Webhooks, 'glance'>): Promise<void> {
    for (const name of await pruneInbox(this.#directory, now, webhooks)) {
      for (const identity of identitiesOf(name)) this.#known.delete(identity);
    }
  }

  #keepFresh(name: string, delivery: Delivery): void {
    if (this.#freshCharacters + delivery.body.length > mostFreshCharacters) return;
    this.#freshCharacters += delivery.body.length;
    this.#fresh.set(name, delivery);
  }

  #takeFresh(name: string): Delivery | undefined {
    const fresh = this.#fresh.get(name);
    if (this.#fresh.delete(name)) this.#freshCharacters -= fresh?.body.length ?? 0;
    return fresh;
  }

  #know(name: string): void {
    for (const identity of identitiesOf(name)) {
      this.#known.set(identity, { name });
      this.#others.delete(identity);
    }
  }

  /** Bounded, since GUIDs are not signed: anybody who has seen a delivery can send it under any number of them. */
  #knowAlso(identities: readonly string[], name: string): void {
    for (const identity of identities.filter((each) => !this.#known.has(each))) {
      this.#known.set(identity, { name });
      this.#others.add(identity);
    }
    for (const oldest of this.#others) {
      if (this.#others.size <= othersKept) return;
      this.#others.delete(oldest);
      this.#known.delete(oldest);
    }
  }

  #planPath(guid: string): string {
    return join(this.#plansDirectory, `${guid}.json`);
  }
}

/** Where a delivery may lie. */
const stages = ['new', 'done', 'failed'] as const;
const othersKept = 10_000;
/** How much of new bodies is kept in memory; the others are read from disk. */
const mostFreshCharacters = 8_000_000;
