import { promises } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** Of the calls this share is delayed, before and after, by up to so many milliseconds. */
const delayed = { share: 0.3, milliseconds: 8 };
const { setTimeout } = globalThis; // a test may put another clock in its place

const chance = () =>
  new Promise<void>((resolve) => {
    if (Math.random() > delayed.share) resolve();
    else setTimeout(resolve, Math.random() * delayed.milliseconds);
  });

// Each function of node:fs/promises, for this process: what imports it by name has the slow one.
for (const [name, call] of Object.entries(promises)) {
  if (typeof call !== 'function' || name === 'watch' || name === 'glob') continue; // these two give iterators
  const slow = async (...given: unknown[]) => {
    await chance();
    try {
      return await Reflect.apply(call, promises, given);
    } finally {
      await chance();
    }
  };
  Object.defineProperty(promises, name, { value: slow });
}
syncBuiltinESMExports();
