import { world } from './world.ts';

// What the daemons get for node:crypto: the same chance in every replay.

export { createHash } from 'node:crypto';

export function randomBytes(size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, () => world().between(0, 255)));
}

export function randomUUID(): string {
  return randomBytes(16).toString('hex');
}
