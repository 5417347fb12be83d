import type { KillPoint } from './daemon.ts';
import { eventHandlerLives, jobManagerLives, type Life, type LifeEnd } from './lives.ts';
import { World } from './world.ts';

export interface KillOptions {
  readonly daemon: 'event-handler' | 'job-manager';
  readonly when: readonly KillPoint['when'][];
  /** By the name of the call. */
  readonly isWanted: (at: string) => boolean;
  /** How many lives go on side by side. */
  readonly worlds: number;
  readonly slurm: Readonly<Record<string, string>>;
  readonly realUpload: boolean;
  readonly tell?: (outcome: Outcome) => void;
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
      lives.push(options.daemon === 'event-handler' ? eventHandlerLives(world) : await jobManagerLives(world));
    }
    const [first] = lives;
    if (first === undefined) return [];
    const undisturbed = await first.live(undefined);
    if (undisturbed.wrong.length > 0) throw new Error(`an undisturbed life went wrong: ${undisturbed.wrong.join('; ')}`);
    const points = undisturbed.calls.filter(options.isWanted).flatMap((at) => pointsOf(at, options.when));
    console.log(`${options.daemon}: ${undisturbed.calls.length} calls, ${points.length} kills`);
    return await inLanes(lives, points, async (life, point) => {
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
    const { reached, view, wrong, leftOver } = await life.live(point);
    const why = [...wrong, ...differences(undisturbed.view, view)];
    return { point, kind: why.length > 0 ? 'failed' : reached ? 'passed' : 'not reached', why, leftOver };
  } catch (error) {
    return { point, kind: 'failed', why: [error instanceof Error ? error.message : String(error)], leftOver: [] };
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

async function inLanes<T, R>(lanes: readonly Life[], all: readonly T[], act: (lane: Life, one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  await Promise.all(
    lanes.map(async (lane) => {
      for (let index = next++; index < all.length; index = next++) {
        const one = all[index];
        if (one !== undefined) results[index] = await act(lane, one);
      }
    }),
  );
  return results;
}
