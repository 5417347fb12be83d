import { join } from 'node:path';
import { z } from 'zod';
import type { Logger } from '../daemon/logger.ts';
import { oneAtATime } from '../daemon/one-at-a-time.ts';
import { pause } from '../daemon/pause.ts';
import { readTextIfThere, removeDurably, writeDurably } from '../outside/files/durable-files.ts';
import { parseShape } from '../outside/files/parse-shape.ts';
import type { OutsideWaits } from './outside-waits.ts';
import type { Inbox } from './receive/inbox.ts';
import type { InboxWorker } from './work-off.ts';

// A delivery may end the whole process each time that it is handled: memory that it eats, a fault of Node's. Nothing counts its attempts
// then. So deaths are counted, and after some in a row what waits is handled one by one, each with its name on the disk before. While an
// answer from outside is awaited the name is taken away: whoever is killed then was not killed by it. git is no such wait: what it reads
// is the pull request's, and may eat the memory of all.

interface Deaths {
  readonly version: 1;
  /** In a row, each with something waiting. */
  readonly times: number;
  /** What is being handled, and nothing beside it; absent while it waits for an answer from outside. */
  readonly alone?: string;
}

export interface Start {
  readonly stateDir: string;
  /** The event handler before this one was killed, or died. */
  readonly afterDeath: boolean;
  readonly inbox: Pick<Inbox, 'waiting' | 'setAside'>;
  readonly worker: Pick<InboxWorker, 'handleNow'>;
  readonly waits: Pick<OutsideWaits, 'isWaiting' | 'onChange'>;
  /** Tells whoever is concerned that what was set aside is. */
  readonly apologise: (name: string) => Promise<void>;
  readonly stop: AbortSignal;
  readonly log: Logger;
}

/** Deaths after which each delivery is handled alone. */
const deathsUntilCareful = 3;
/** Whoever lives for so long with a delivery does not die of it. */
const longEnoughMilliseconds = 60_000;

/**
 * To be called before anything else is taken up: finds what kills the event handler, and sets it aside. What it gives back is to be called
 * when all that waited is handled: then deaths are counted anew.
 */
export async function findKiller({
  stateDir,
  afterDeath,
  inbox,
  worker,
  waits,
  apologise,
  stop,
  log,
}: Start): Promise<() => Promise<void>> {
  const path = join(stateDir, 'inbox', 'deaths.json');
  const inTurn = oneAtATime();
  const write = (deaths: Deaths) => writeDurably(path, `${JSON.stringify(deaths)}\n`);
  const before = parse(await readTextIfThere(path));
  const forget = () => removeDurably(path);
  const waiting = await inbox.waiting();
  if (!afterDeath || waiting.length === 0) {
    if (before !== undefined) await forget();
    return async () => {};
  }
  const times = (before?.times ?? 0) + 1;
  if (before?.alone !== undefined && waiting.includes(before.alone)) {
    log.error({ name: before.alone, times }, 'set a delivery aside: the event handler dies of it');
    await inbox.setAside(
      before.alone,
      `the event handler died ${times} times in a row, at last while it handled this one alone`,
    );
    await apologise(before.alone).catch((err: unknown) => log.error({ err }, 'could not tell of it'));
  }
  await write({ version: 1, times });
  if (times < deathsUntilCareful) return forget;
  log.warn({ times }, 'the event handler died again and again: what waits is handled one by one');
  for (const name of await inbox.waiting()) {
    if (stop.aborted) return forget;
    const writeWhoWorks = () =>
      inTurn('', () => write({ version: 1, times, ...(!waits.isWaiting && { alone: name }) }));
    await writeWhoWorks();
    waits.onChange(() => writeWhoWorks().catch((err: unknown) => log.warn({ err }, 'could not write down who works')));
    const enough = new AbortController();
    await Promise.race([worker.handleNow(name), pause(longEnoughMilliseconds, AbortSignal.any([stop, enough.signal]))]);
    enough.abort();
    waits.onChange(async () => {});
  }
  await inTurn('', () => write({ version: 1, times }));
  return forget;
}

const shape = z.object({
  version: z.literal(1),
  times: z.int().min(0).max(1e9),
  alone: z.string().max(300).exactOptional(),
});

/** Undefined where there is none, or it is damaged: deaths are counted from now on. */
const parse = (text: string | undefined): Deaths | undefined => parseShape(text ?? '', shape);
