import { world } from './world.ts';

// What the daemons get for node:crypto: the same chance in every replay.

export { createHash, createHmac, createPrivateKey, hkdfSync, timingSafeEqual } from 'node:crypto';

export function randomBytes(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let index = 0; index < size; index++) bytes[index] = world().between(0, 255);
  return bytes;
}

export function randomUUID(): string {
  return randomBytes(16).toString('hex');
}
