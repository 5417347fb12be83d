import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Site } from '../test/system/site.ts';
import { prepareDelivery } from './deliver.ts';

const atOnce = 100;

/** Puts deliveries into a site's inbox that were worked off a day ago: they are known by their names. */
export async function makeKnownDeliveries(site: Site, count: number): Promise<void> {
  const done = join(site.directory, 'jobs/.bot/inbox/done');
  await mkdir(done, { recursive: true });
  const text = prepareDelivery('ping', { zen: 'x' }).body;
  const at = new Date(Date.now() - 24 * 3600 * 1000).toISOString().replaceAll(':', '-');
  const guid = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
  const nameOf = (index: number) => `${at}_${String(index).padStart(6, '0')}_comment.${index}_${guid(index)}.json`;
  for (let first = 0; first < count; first += atOnce) {
    const indices = Array.from({ length: Math.min(atOnce, count - first) }, (_, index) => first + index);
    await Promise.all(indices.map((index) => writeFile(join(done, nameOf(index)), text)));
  }
}
