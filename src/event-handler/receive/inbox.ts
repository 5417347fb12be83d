import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { isFileOfOurs, nameBeforeDamage, timeInName, timeOfName } from '../../jobs/names-on-disk.ts';
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
import { DamagedPlan } from '../comment/kept-plan.ts';
import {
  DamagedDelivery,
  type Delivery,
  guidOf,
  identitiesOf,
  nameOf,
  openDelivery,
  sealDelivery,
} from './delivery.ts';
import { pruneInbox } from './prune-inbox.ts';
import { Receipts } from './receipts.ts';
import { Rush } from './rush.ts';

/**
 * The durable inbox: `new/`, `done/` (kept for seven days, so that a delivery that comes again is known), `failed/`.
 * Beside a new delivery may lie its plan: what was decided about it, written down before it is carried out.
 */
export class Inbox {
  readonly #directory: string;
  readonly #plansDirectory: string;
  /** Identities of all deliveries on disk. `writing`: its file is not there yet. */
  readonly #known = new Map<string, { readonly name: string; readonly writing?: Promise<void> }>();
  /** Identities of no file, under which something came once more; oldest first. */
  readonly #others = new Set<string>();
  /** GUIDs of the deliveries that may have a plan on the disk. */
  readonly #planned = new Set<string>();
  /** What was received just now, so that whoever takes it up need not read it. */
  readonly #fresh = new Map<string, Delivery>();
  #freshCharacters = 0;
  readonly #rush = new Rush();
  readonly #arrivals = new EventEmitter();
  #counter = 0;
  #problem: string | null = null;
  #hasForgotten = false;

  /** Of each that waits: how often it was taken up, and how that failed. */
  readonly receipts: Receipts;

  private constructor(stateDir: string, receipts: Receipts) {
    this.receipts = receipts;
    this.#directory = join(stateDir, 'inbox');
    this.#plansDirectory = plansDir(stateDir);
  }

  /** Opens the inbox of a state directory; what was received and not worked off is in {@link waiting}. */
  static async open(stateDir: string): Promise<Inbox> {
    await makeDirectory(stateDir, 0o700);
    const inbox = new Inbox(stateDir, await Receipts.open(join(stateDir, 'inbox')));
    const damaged: string[] = [];
    for (const stage of ['new', 'done', 'failed', 'plans']) {
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
    // Forgotten by a process that ended before it was looked for in GitHub's list. Whether that has it still only GitHub knows.
    inbox.#hasForgotten = damaged.some((name) => !inbox.#known.has(guidOf(name)));
    return inbox;
  }

  /**
   * Resolves when the delivery is on the disk; `known` where it was received before. It is known by its body too, a new comment by its
   * id: it is not received again under another GUID.
   */
  receive(delivery: Delivery, newComment: number | undefined): Promise<'new' | 'known'> {
    return this.#rush.during(() => this.#receive(delivery, newComment));
  }

  async #receive(delivery: Delivery, newComment: number | undefined): Promise<'new' | 'known'> {
    const name = nameOf(delivery, this.#counter++, newComment);
    const identities = identitiesOf(name);
    const before = identities.map((identity) => this.#known.get(identity)).find((known) => known !== undefined);
    if (before !== undefined) {
      await before.writing;
      this.#knowAlso(identities, before.name); // the same comment under another GUID: not fetched again
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
    this.#arrivals.emit('arrival', name);
    return 'new';
  }

  /** Whether a delivery of that GUID was received. */
  knows(guid: string): boolean {
    return this.#known.has(guid);
  }

  /**
   * To be called before one is worked off: another process may have put it there. `repeated`: the same was received under another name;
   * it is put away, and is not to be worked off.
   */
  async takeUp(name: string): Promise<'taken up' | 'repeated'> {
    await this.#rush.isOver();
    const known = identitiesOf(name).map((identity) => this.#known.get(identity));
    if (known.every((one) => one === undefined || one.name === name)) {
      this.#know(name);
      return 'taken up';
    }
    await moveDurably(join(this.#directory, 'new', name), join(this.#directory, 'done', name));
    return 'repeated';
  }

  /** Calls back with the name of each delivery that arrives from now on, once it is on the disk. */
  onArrival(listener: (name: string) => void): void {
    this.#arrivals.on('arrival', listener);
  }

  /** Names of the deliveries that are not worked off, oldest first. */
  async waiting(): Promise<string[]> {
    return (await listNames(join(this.#directory, 'new'))).filter(isFileOfOurs);
  }

  /** Those of them that are no new comment, oldest first. */
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

  /** When the oldest delivery was received that is still here. */
  async oldest(): Promise<Date | undefined> {
    const names = await Promise.all(['new', 'done', 'failed'].map((stage) => listNames(join(this.#directory, stage))));
    const times = names.flat().flatMap((name) => timeOfName(name) ?? []);
    return times.length === 0 ? undefined : new Date(Math.min(...times));
  }

  /** For people: the counts, and why nothing can be stored; a small file is written to see whether that is over. */
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

  /** New comments that were received since then, in whatever state; those that cannot be read are left out. */
  async commentsSince(time: Date): Promise<Delivery[]> {
    const names = new Set<string>();
    for (const stage of ['new', 'done', 'failed'] as const) {
      for (const name of await listNames(join(this.#directory, stage))) names.add(name);
    }
    const oldest = timeInName(time.toISOString());
    const wanted = [...names].filter((name) => isFileOfOurs(name) && name >= oldest && name.includes('_comment.'));
    return (await Promise.all(wanted.map((name) => this.find(name)))).flatMap((found) => found ?? []);
  }

  /** A delivery in whatever state; undefined where it is gone, or damaged. */
  async find(name: string): Promise<Delivery | undefined> {
    for (const stage of ['new', 'done', 'failed']) {
      const text = await readTextIfThere(join(this.#directory, stage, name));
      if (text !== undefined) return openDelivery(name, text).value;
    }
    return undefined;
  }

  /** The plans of deliveries that are not worked off. */
  async openPlans(): Promise<unknown[]> {
    const plans: unknown[] = [];
    for (const name of await this.waiting()) plans.push(await this.readPlan(guidOf(name)).catch(() => undefined));
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

  /** The plan of a delivery, where one was written down before. Throws a {@link DamagedPlan} where it is not one of ours. */
  async readPlan(guid: string): Promise<unknown> {
    const text = await readTextIfThere(this.#planPath(guid));
    if (text === undefined) return undefined;
    const { value, why } = openShape('plan', `${guid}.json`, text, anyObject);
    if (value === undefined) throw new DamagedPlan(`its plan ${this.#planPath(guid)} ${why}`);
    return value;
  }

  async writePlan(guid: string, plan: object): Promise<void> {
    const text = sealJson('plan', `${guid}.json`, plan);
    this.#planned.add(guid);
    await writeDurably(this.#planPath(guid), text);
  }

  /** Worked off. Its plan goes with it. */
  async putAway(name: string): Promise<void> {
    await moveDurably(join(this.#directory, 'new', name), join(this.#directory, 'done', name));
    const guid = guidOf(name);
    if (this.#planned.has(guid)) await removeDurably(this.#planPath(guid));
    this.#planned.delete(guid);
    await this.receipts.forget(name);
  }

  /** It cannot be worked off. Its plan stays, so that nothing is done twice when somebody puts it back. */
  async setAside(name: string, why: string): Promise<void> {
    await this.receipts.forget(name); // put back, it is tried as often again
    await setAside(join(this.#directory, 'new', name), join(this.#directory, 'failed'), why);
  }

  /** What is left of it is set aside, and it counts as never received: it is looked for in GitHub's list again. */
  async forget(name: string, why: string): Promise<void> {
    const path = join(this.#directory, 'new', name);
    await this.receipts.forget(name);
    await moveDurably(path, `${path}.damaged`);
    await setAside(`${path}.damaged`, join(this.#directory, 'failed'), why);
    for (const identity of identitiesOf(name)) this.#known.delete(identity);
    this.#hasForgotten = true;
  }

  /** Whether something that was received is not known any more, since this was asked last. */
  takeForgotten(): boolean {
    const forgotten = this.#hasForgotten;
    this.#hasForgotten = false;
    return forgotten;
  }

  /** Forgets what was received more than seven days ago and is done. */
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

  /** Identities are not signed: whoever has seen a delivery can make up any number of them. */
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

const othersKept = 10_000;
/** Of bodies; what comes beyond that is read from the disk. */
const mostFreshCharacters = 8_000_000;
