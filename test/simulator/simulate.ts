import fc from 'fast-check';
import { world } from './world.ts';

const write = (line: string) => process.stdout.write(`${line}\n`);

/** A kind of histories. */
export interface Game<History> {
  readonly histories: fc.Arbitrary<History>;
  /** Throws where something is not as it must be. `story`: what happened is written into it. */
  readonly play: (history: History, story?: string[]) => Promise<object>;
}

/** Plays the histories of `runs` seeds, beginning with `seed`: how many, how long, which failed; with `story` of the first of these the simplest one. */
export async function simulate<History>(
  game: Game<History>,
  { seed, runs, failures, story }: { seed: number; runs: number; failures: number; story: boolean },
): Promise<number> {
  Error.stackTraceLimit = 0;
  console.log = console.error = () => {};
  const began = performance.now();
  globalThis.Date = SimulatedDate as DateConstructor;
  const totals: Record<string, number> = {};
  const failed: number[] = [];
  let played = 0;
  for (; played < runs && failed.length < failures; played++) {
    const each = seed + played;
    const outcome = await check(game, each, { endOnFailure: true }, (counts) => {
      for (const [key, value] of Object.entries(counts)) totals[key] = (totals[key] ?? 0) + value;
    });
    if (!outcome.failed) continue;
    failed.push(each);
    write(`seed ${each} fails: ${firstLine(outcome.errorInstance)}`);
  }
  const seconds = (performance.now() - began) / 1000;
  write(`${played} histories in ${seconds.toFixed(1)} s, ${failed.length} failed: ${JSON.stringify(totals)}`);
  if (story && failed[0] !== undefined) write(await simplestStory(game, failed[0]));
  return failed.length === 0 ? 0 : 1;
}

function check<History>(
  { histories, play }: Game<History>,
  seed: number,
  options: { endOnFailure: boolean },
  count: (played: object) => void,
) {
  const property = fc.asyncProperty(histories, async (history) => count(await play(history)));
  return fc.check(property, { seed, numRuns: 1, ...options });
}

async function simplestStory<History>(game: Game<History>, seed: number): Promise<string> {
  const { counterexample, numShrinks } = await check(game, seed, { endOnFailure: false }, () => {});
  const [history] = counterexample ?? [];
  if (history === undefined) return `seed ${seed} did not fail again: something depends on more than the seed`;
  const story: string[] = [];
  Error.stackTraceLimit = 20;
  const error = await storyOf(game, history, story);
  return [
    ...story,
    JSON.stringify(history, null, 1),
    `That was the simplest history of seed ${seed} that was found, after ${numShrinks} simplifications.`,
    error instanceof Error ? (error.stack ?? error.message) : String(error),
  ].join('\n');
}

const firstLine = (error: unknown) => (error instanceof Error ? error.message : String(error)).split('\n', 1)[0];

async function storyOf<History>({ play }: Game<History>, history: History, story: string[]): Promise<unknown> {
  try {
    await play(history, story);
    return new Error('played once more it did not fail: something depends on more than the seed');
  } catch (error) {
    return error;
  }
}

/** The history's own time. */
class SimulatedDate extends Date {
  constructor(...values: [] | [number | string | Date]) {
    if (values.length === 0) super(SimulatedDate.now());
    else super(values[0]);
  }
  static override now(): number {
    return world().clock();
  }
}
