import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Site } from '../test/system/site.ts';

/** Until nothing lies in the inbox. */
export async function untilWorkedOff({ directory }: Site): Promise<void> {
  while ((await readdir(join(directory, 'jobs/.bot/inbox/new'))).length > 0) await pause(200);
}
