import { hash } from 'node:crypto';

/** Which delivery it is, in 32 bits: enough to tell whether two are the same. */
type Mark = number;
type Key = readonly [number, number, number];

/** Of SHA-256: among a million deliveries two identities fall together once in 10¹⁶ weeks. */
const keyWords = 3;
const slotWords = keyWords + 1;
const leastSlots = 1_024;
const mostFull = 0.75;

/**
 * Under which identities deliveries were received, for as long as they are on the disk: a week. Some 60 bytes a delivery, where a Map of
 * names took 300: a hash table without objects, of which the garbage collector has nothing to look at.
 *
 * Open addressing, linear probing: a slot is three words of the identity's digest, and the mark of its delivery; mark 0 is an empty slot.
 */
export class KnownDeliveries {
  #slots = new Uint32Array(leastSlots * slotWords);
  #count = 0;

  /** The mark of the delivery that was received under this identity. */
  get(identity: string): Mark | undefined {
    const at = this.#find(keyOf(identity));
    return this.#slots[at + keyWords] || undefined;
  }

  has(identity: string): boolean {
    return this.get(identity) !== undefined;
  }

  set(identity: string, mark: Mark): void {
    if (this.#count >= (this.#slots.length / slotWords) * mostFull) this.#grow();
    if (this.#put(keyOf(identity), mark) === 'new') this.#count++;
  }

  delete(identity: string): void {
    const at = this.#find(keyOf(identity));
    if (this.#slots[at + keyWords] === 0) return;
    this.#count--;
    this.#empty(at);
  }

  /** What stands behind an emptied slot, up to the next empty one, may have been put there because that was taken. */
  #empty(at: number): void {
    this.#slots.fill(0, at, at + slotWords);
    for (let next = this.#after(at); this.#slots[next + keyWords] !== 0; next = this.#after(next)) {
      const [first = 0, second = 0, third = 0, mark = 0] = this.#slots.subarray(next, next + slotWords);
      this.#slots.fill(0, next, next + slotWords);
      this.#put([first, second, third], mark);
    }
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Uint32Array(Math.ceil((before.length / slotWords) * 1.5) * slotWords);
    for (let at = 0; at < before.length; at += slotWords) {
      const [first = 0, second = 0, third = 0, mark = 0] = before.subarray(at, at + slotWords);
      if (mark !== 0) this.#put([first, second, third], mark);
    }
  }

  #put(key: Key, mark: Mark): 'new' | 'there' {
    const at = this.#find(key);
    const outcome = this.#slots[at + keyWords] === 0 ? 'new' : 'there';
    this.#slots.set([...key, mark], at);
    return outcome;
  }

  /** Where the key is, else where it would be put. */
  #find([first, second, third]: Key): number {
    const slots = this.#slots;
    const isIt = (at: number) => slots[at] === first && slots[at + 1] === second && slots[at + 2] === third;
    let at = (first % (slots.length / slotWords)) * slotWords;
    while (slots[at + keyWords] !== 0 && !isIt(at)) at = this.#after(at);
    return at;
  }

  #after(at: number): number {
    return at + slotWords === this.#slots.length ? 0 : at + slotWords;
  }
}

/** Of a delivery, by the name of its file; never 0. FNV-1a. */
export function markOf(name: string): Mark {
  let mark = 0x811c9dc5;
  for (let index = 0; index < name.length; index++) mark = Math.imul(mark ^ name.charCodeAt(index), 0x01000193);
  return mark >>> 0 || 1;
}

function keyOf(identity: string): Key {
  const digest = hash('sha256', identity, 'buffer');
  return [digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8)];
}
