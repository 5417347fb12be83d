import { EventEmitter } from 'node:events';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createDurably,
  listNames,
  makeDirectory,
  moveDurably,
  readTextIfThere,
  removeDurably,
  writeDurably,
} from '../../outside/files/durable-files.ts';

/** A webhook delivery as it was received: `body` is the exact text that was signed. */
export interface Delivery {
  readonly version: 1;
  /** X-GitHub-Delivery */
  readonly guid: string;
  /** X-GitHub-Event */
  readonly event: string;
  /** ISO 8601. */
  readonly receivedAt: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const keepDoneMilliseconds = 7 * 24 * 3600 * 1000;
const keepTemporaryMilliseconds = 3600 * 1000;

/**
 * The durable inbox: `new/`, `done/` (kept for seven days, so that a delivery that comes again is known), `failed/`.
 * Beside a new delivery may lie its plan: what was decided about it, written down before it is carried out.
 */
export class Inbox {
  readonly #directory: string;
  /** Identities of all deliveries on disk. The promise: its file is not there yet. */
  readonly #known = new Map<string, Promise<void> | 'on disk'>();
  readonly #arrivals = new EventEmitter();
  #counter = 0;

  private constructor(stateDir: string) {
    this.#directory = join(stateDir, 'inbox');
  }

  /** Opens the inbox of a state directory; what was received and not worked off is in {@link waiting}. */
  static async open(stateDir: string): Promise<Inbox> {
    const inbox = new Inbox(stateDir);
    await makeDirectory(stateDir, 0o700);
    for (const stage of ['new', 'done', 'failed', 'plans']) {
      await makeDirectory(join(inbox.#directory, stage), 0o700);
      if (stage === 'plans') continue;
      for (const name of await listNames(join(inbox.#directory, stage))) {
        if (isDeliveryFile(name)) for (const identity of identitiesOf(name)) inbox.#known.set(identity, 'on disk');
      }
    }
    return inbox;
  }

  /**
   * Resolves when the delivery is on the disk; `known` where it was received before. A new comment is known by its id too:
   * it is not received again under another GUID.
   */
  async receive(delivery: Delivery): Promise<'new' | 'known'> {
    const name = this.#nameOf(delivery);
    const identities = identitiesOf(name);
    const before = identities.map((identity) => this.#known.get(identity)).find((known) => known !== undefined);
    if (before !== undefined) {
      await (before === 'on disk' ? undefined : before);
      return 'known';
    }
    const writing = createDurably(join(this.#directory, 'new', name), `${JSON.stringify(delivery)}\n`).then(() => {});
    for (const identity of identities) this.#known.set(identity, writing);
    try {
      await writing;
    } catch (error) {
      for (const identity of identities) this.#known.delete(identity);
      throw error;
    }
    for (const identity of identities) this.#known.set(identity, 'on disk');
    this.#arrivals.emit('arrival', name);
    return 'new';
  }

  /** Whether a delivery of that GUID was received. */
  knows(guid: string): boolean {
    return this.#known.has(guid);
  }

  /** Calls back with the name of each delivery that arrives from now on, once it is on the disk. */
  onArrival(listener: (name: string) => void): void {
    this.#arrivals.on('arrival', listener);
  }

  /** Names of the deliveries that are not worked off, oldest first. */
  async waiting(): Promise<string[]> {
    return (await listNames(join(this.#directory, 'new'))).filter(isDeliveryFile);
  }

  /** How many deliveries wait, and how many were set aside. */
  async count(): Promise<{ waiting: number; failed: number }> {
    const failed = (await listNames(join(this.#directory, 'failed'))).filter(isDeliveryFile);
    return { waiting: (await this.waiting()).length, failed: failed.length };
  }

  async read(name: string): Promise<Delivery> {
    const text = await readTextIfThere(join(this.#directory, 'new', name));
    if (text === undefined) throw new Error(`the delivery ${name} has vanished from the inbox`);
    return JSON.parse(text) as Delivery;
  }

  /** The plan of a delivery, where one was written down before. */
  async readPlan(guid: string): Promise<unknown> {
    const text = await readTextIfThere(this.#planPath(guid));
    return text === undefined ? undefined : JSON.parse(text);
  }

  async writePlan(guid: string, plan: unknown): Promise<void> {
    await writeDurably(this.#planPath(guid), `${JSON.stringify(plan, null, 2)}\n`);
  }

  /** Worked off, or set aside because it cannot be. Its plan goes with it. */
  async putAway(name: string, stage: 'done' | 'failed'): Promise<void> {
    await moveDurably(join(this.#directory, 'new', name), join(this.#directory, stage, name));
    await removeDurably(this.#planPath(guidOf(name)));
  }

  /** Forgets what was received more than seven days ago and is done. */
  async prune(now: Date): Promise<void> {
    const done = join(this.#directory, 'done');
    const oldest = timeInName(new Date(now.getTime() - keepDoneMilliseconds).toISOString());
    for (const name of await listNames(done)) {
      if (!isDeliveryFile(name) || name > oldest) continue;
      await rm(join(done, name), { force: true });
      for (const identity of identitiesOf(name)) this.#known.delete(identity);
    }
    await this.#prunePlans();
    for (const stage of ['new', 'plans']) await this.#pruneTemporary(stage, now);
  }

  /** A process that was killed between putting a delivery away and removing its plan has left the plan. */
  async #prunePlans(): Promise<void> {
    const plans = await listNames(join(this.#directory, 'plans')); // before what is new: a plan comes after its delivery
    const waiting = new Set((await this.waiting()).map(guidOf));
    for (const name of plans) {
      if (!name.startsWith('.') && !waiting.has(name.slice(0, -'.json'.length))) {
        await removeDurably(join(this.#directory, 'plans', name));
      }
    }
  }

  /** Half-written files of processes that were killed. */
  async #pruneTemporary(stage: string, now: Date): Promise<void> {
    for (const name of await listNames(join(this.#directory, stage))) {
      if (!name.startsWith('.') || !name.endsWith('.tmp')) continue;
      const path = join(this.#directory, stage, name);
      const stats = await stat(path).catch(() => undefined); // gone meanwhile: it was being written
      if (stats !== undefined && now.getTime() - stats.mtimeMs > keepTemporaryMilliseconds)
        await rm(path, { force: true });
    }
  }

  /** `TIME_N_GUID.json`, or `TIME_N_comment.ID_GUID.json`: sorted by name is sorted by time. No GUID has a dot. */
  #nameOf({ guid, event, receivedAt, body }: Delivery): string {
    const counter = String(this.#counter++).padStart(6, '0');
    const id = event === 'issue_comment' ? idOfNewComment(body) : undefined;
    const identities = id === undefined ? [guid] : [`comment.${id}`, guid];
    return `${[receivedAt.replaceAll(':', '-'), counter, ...identities].join('_')}.json`;
  }

  #planPath(guid: string): string {
    return join(this.#directory, 'plans', `${guid}.json`);
  }
}

const timeInName = (iso: string) => iso.replaceAll(':', '-');
const isDeliveryFile = (name: string) => name.endsWith('.json') && !name.startsWith('.');
const identitiesOf = (name: string) => name.slice(0, -'.json'.length).split('_').slice(2);
const guidOf = (name: string) => name.slice(name.lastIndexOf('_') + 1, -'.json'.length);

function idOfNewComment(body: string): number | undefined {
  const { action, comment } = JSON.parse(body) as { action?: unknown; comment?: { id?: unknown } | null };
  return action === 'created' && Number.isSafeInteger(comment?.id) ? Number(comment?.id) : undefined;
}
