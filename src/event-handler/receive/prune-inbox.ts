import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { guidOf, isFileOfOurs, nameBeforeDamage, timeInName } from '../../jobs/names-on-disk.ts';
import { removeDurably } from '../../outside/files/durable-files.ts';
import { listNames } from '../../outside/files/list-names.ts';
import { pruneTemporary } from '../../outside/files/prune-temporary.ts';
import { readTextIfThere } from '../../outside/files/read-text-if-there.ts';
import type { Webhooks } from '../../outside/forge/webhooks.ts';
import { openDelivery, parseObject } from './delivery.ts';

const keepDoneMilliseconds = 7 * 24 * 3600 * 1000;

/**
 * Removes deliveries that were done more than seven days ago, and leftovers of killed processes. Gives back the names of the removed
 * deliveries. Both the time received and the time of the event must be old: the clock may have been wrong on receipt.
 */
export async function pruneInbox(inbox: string, now: Date, { glance }: Pick<Webhooks, 'glance'>): Promise<string[]> {
  const done = join(inbox, 'done');
  const oldest = timeInName(new Date(now.getTime() - keepDoneMilliseconds).toISOString());
  const old: string[] = [];
  for (const name of await listNames(done)) {
    if (!isFileOfOurs(name) || name > oldest || (await isYoung(done, name, now, glance))) continue;
    await rm(join(done, name), { force: true });
    old.push(name);
  }
  await prunePlans(inbox);
  for (const stage of ['new', 'plans', 'failed', '.']) await pruneTemporary(join(inbox, stage), now);
  return old;
}

/** Whether its event happened within the seven days. */
async function isYoung(done: string, name: string, now: Date, glance: Webhooks['glance']): Promise<boolean> {
  const { value: delivery } = openDelivery(name, (await readTextIfThere(join(done, name))) ?? '');
  const at = delivery && glance(delivery.event, parseObject(delivery.body) ?? {}).happenedAt;
  return at !== undefined && now.getTime() - at < keepDoneMilliseconds;
}

/** Removes plans that were left by a process killed between putting a delivery away and removing its plan. */
async function prunePlans(inbox: string): Promise<void> {
  const plans = await listNames(join(inbox, 'plans')); // listed before new deliveries: a plan is written after its delivery
  // A delivery may be set aside, or replayed, between two of these listings: it is seen in one of the three.
  const open: string[] = [];
  for (const stage of ['new', 'failed', 'new']) open.push(...(await listNames(join(inbox, stage))));
  // A damaged delivery may be recovered.
  const wanted = new Set(
    open
      .map((name) => nameBeforeDamage(name) ?? name)
      .filter(isFileOfOurs)
      .map(guidOf),
  );
  for (const name of plans) {
    if (!name.startsWith('.') && !wanted.has(name.slice(0, -'.json'.length))) {
      await removeDurably(join(inbox, 'plans', name));
    }
  }
}
