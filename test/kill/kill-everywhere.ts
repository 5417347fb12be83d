import type { KillPoint } from './daemon.ts';
import { eventHandlerLives } from './event-handler-lives.ts';
import { jobManagerLives } from './job-manager-lives.ts';
import type { Life, LifeEnd } from './life.ts';
import { World } from './world.ts';

export interface KillOptions {
  readonly daemon: 'event-handler' | 'job-manager';
  readonly when: readonly KillPoint['when'][];
  /** By the name of the call, and its place in the undisturbed life. */
  readonly isWanted: (at: string, index: number) => boolean;
  /** How many lives go on side by side. */
  readonly worlds: number;
  readonly slurm: Readonly<Record<string, string>>;
  readonly realUpload: boolean;
  /** Where it is aborted, no further life begins; those under way come to their end. */
  readonly signal?: AbortSignal;
  readonly tell?: (news: Outcome | { readonly calls: number; readonly kills: number }) => void;
}

export interface Outcome {
  readonly point: KillPoint;
  /** `not reached`: the life went another way, which differs a little each time. */
  readonly kind: 'passed' | 'failed' | 'not reached';
  readonly why: readonly string[];
  readonly leftOver: readonly string[];
}

/** Records the calls of an undisturbed life, then lives once for each of them, with a kill there, and compares. */
export async function killEverywhere(options: KillOptions): Promise<Outcome[]> {
  const worlds: World[] = [];
  const lives: Life[] = [];
  try {
    for (let number = 0; number < options.worlds; number++) {
      const world = await World.open(options);
      worlds.push(world);
      lives.push(options.daemon === 'event-handler' ? eventHandlerLives(world) : jobManagerLives(world));
    }
    const [first] = lives;
    if (first === undefined) return [];
    const undisturbed = await first.live(undefined);
    if (undisturbed.wrong.length > 0)
      throw new Error(`an undisturbed life went wrong: ${undisturbed.wrong.join('; ')}`);
    const points = undisturbed.calls.filter(options.isWanted).flatMap((at) => pointsOf(at, options.when));
    options.tell?.({ calls: undisturbed.calls.length, kills: points.length });
    return await inLanes(lives, points, options.signal, async (life, point) => {
      const outcome = await outcomeOf(life, point, undisturbed);
      options.tell?.(outcome);
      return outcome;
    });
  } finally {
    for (const life of lives) await life.close();
    for (const world of worlds) await world.close();
  }
}

function pointsOf(at: string, when: readonly KillPoint['when'][]): KillPoint[] {
  return when.filter((each) => each !== 'orphan' || at.startsWith('spawn ')).map((each) => ({ at, when: each }));
}

async function outcomeOf(life: Life, point: KillPoint, undisturbed: LifeEnd): Promise<Outcome> {
  try {
    const end = await liveUntilReached(life, point);
    const why = [...end.wrong, ...differences(undisturbed.view, end.view)];
    return {
      point,
      kind: why.length > 0 ? 'failed' : end.reached ? 'passed' : 'not reached',
      why,
      leftOver: end.leftOver,
    };
  } catch (error) {
    return { point, kind: 'failed', why: [error instanceof Error ? error.message : String(error)], leftOver: [] };
  }
}

/** Some calls are made in the first life at a site only, and lives differ a little. */
async function liveUntilReached(life: Life, point: KillPoint): Promise<LifeEnd> {
  for (let livesLeft = 4; ; livesLeft--) {
    const end = await life.live(point);
    if (end.reached || end.wrong.length > 0 || livesLeft === 1) return end;
    await life.close();
  }
}

function differences(wanted: readonly string[], found: readonly string[]): string[] {
  const without = (all: readonly string[], taken: readonly string[]) => {
    const rest = [...all];
    for (const each of taken) if (rest.includes(each)) rest.splice(rest.indexOf(each), 1);
    return rest;
  };
  return [
    ...without(wanted, found).map((each) => `missing: ${JSON.stringify(each)}`),
    ...without(found, wanted).map((each) => `too much: ${JSON.stringify(each)}`),
  ];
}

/** The results of those that were begun, in the order of all. */
async function inLanes<T, R>(
  lanes: readonly Life[],
  all: readonly T[],
  signal: AbortSignal | undefined,
  act: (lane: Life, one: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  await Promise.all(
    lanes.map(async (lane) => {
      for (let index = next++; index < all.length && !signal?.aborted; index = next++) {
        const one = all[index];
        if (one !== undefined) results[index] = await act(lane, one);
      }
    }),
  );
  return results;
}
