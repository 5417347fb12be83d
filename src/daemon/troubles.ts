import { z } from 'zod';
import { timeShape } from '../outside/files/shapes.ts';
import { eachCall } from './each-call.ts';
import type { Logger } from './logger.ts';

/** What can go wrong outside, and the words for it; the last outcome of each kind counts. */
const sayings = {
  signature: 'deliveries are refused',
  relay: 'the relay does not bring what GitHub sends',
  app: 'requests to GitHub as the App fail',
  installation: 'requests to GitHub for the installation fail',
  checks: 'jobs cannot be shown as check runs',
  statuses: 'jobs cannot be shown as commit statuses',
  clone: 'repositories cannot be fetched',
  submission: 'jobs cannot be submitted',
  queue: 'the queue cannot be read',
  upload: 'uploads fail',
  git: 'git is not as it has to be',
  slurm: "Slurm's commands are not as they have to be",
  state: 'the state directory cannot be written',
  disk: 'files cannot be written',
  page: 'the status page cannot be written',
  metrics: '/metrics cannot be served',
  clock: 'the clock is wrong',
} as const;

export type TroubleKind = keyof typeof sayings;

/** Each kind with its words, for documentation. */
export const troubleSayings: Readonly<Record<TroubleKind, string>> = sayings;

const shape = z.object({
  kind: z.enum(Object.keys(sayings) as TroubleKind[]),
  /** How often in a row. */
  count: z.int().min(1),
  /** When the first of these happened. */
  since: timeShape,
  last: timeShape,
  /** The last error. */
  words: z.string().max(10_000),
});
/** A kind whose last outcome was a failure. Times are ISO 8601. */
export type Trouble = Readonly<z.infer<typeof shape>>;

/** `uploads fail (3 times since T): words` */
export function tellTrouble({ kind, count, since, words }: Trouble): string {
  return `${sayings[kind]} (${count === 1 ? 'once' : `${count} times`} since ${since}): ${words}`;
}

/** The troubles in a parsed file, of the kinds known here. */
export function knownTroubles(read: unknown): readonly Trouble[] {
  return (Array.isArray(read) ? read : []).flatMap((each: unknown) => shape.safeParse(each).data ?? []);
}

/** The outcome for a kind: with words it failed, without them it succeeded. */
export interface TroubleVerdict {
  readonly kind: TroubleKind;
  readonly words?: string;
}

const longestWords = 500;

/** The troubles, by kind, until they are over. Each is logged when it is new or its words change. */
export class Troubles {
  readonly #log: Pick<Logger, 'warn' | 'info'>;
  readonly #now: () => Date;
  readonly #open = new Map<TroubleKind, Trouble>();
  readonly #failures = new Map<TroubleKind, number>();
  #tell: (kind: TroubleKind) => void = () => {};

  /** `before`: left by an earlier process. */
  constructor(log: Pick<Logger, 'warn' | 'info'>, before: readonly Trouble[] = [], now: () => Date = () => new Date()) {
    this.#log = log;
    this.#now = now;
    for (const trouble of before) this.#open.set(trouble.kind, trouble);
  }

  /** Oldest first. */
  get open(): readonly Trouble[] {
    return [...this.#open.values()];
  }

  /** How often each kind has failed since this process started. */
  get failures(): ReadonlyMap<TroubleKind, number> {
    return this.#failures;
  }

  report(kind: TroubleKind, words: string): void {
    this.#failures.set(kind, (this.#failures.get(kind) ?? 0) + 1);
    const before = this.#open.get(kind);
    const at = this.#now().toISOString();
    const said = words.trim().slice(0, longestWords);
    const { count = 0, since = at } = before ?? {};
    this.#open.set(kind, { kind, count: count + 1, since, last: at, words: said });
    if (before?.words !== said) this.#log.warn({ trouble: kind, words: said, since }, 'something outside goes wrong');
    this.#tell(kind);
  }

  wentWell(kind: TroubleKind): void {
    const before = this.#open.get(kind);
    if (before === undefined) return;
    this.#open.delete(kind);
    this.#log.info({ trouble: kind, count: before.count, since: before.since }, 'it works again');
    this.#tell(kind);
  }

  take({ kind, words }: TroubleVerdict): void {
    if (words === undefined) this.wentWell(kind);
    else this.report(kind, words);
  }

  /** Calls back after each change. */
  onChange(tell: (kind: TroubleKind) => void): void {
    this.#tell = tell;
  }
}

/** The result of a call of an outside method. */
export type CallOutcome = {
  readonly method: string;
  /** What it was called with. */
  readonly given?: readonly unknown[];
} & ({ readonly kind: 'answered'; readonly answer: unknown } | { readonly kind: 'failed'; readonly error: unknown });

/** Wraps each method: its result is judged, and kept in `troubles`. */
export function watched<T extends object>(
  outside: T,
  judge: (outcome: CallOutcome) => TroubleVerdict | undefined,
  troubles: Pick<Troubles, 'take'>,
): T {
  const take = (outcome: CallOutcome) => {
    const verdict = judge(outcome);
    if (verdict !== undefined) troubles.take(verdict);
  };
  return eachCall(outside, async (call, method, given) => {
    try {
      const answer = await call();
      take({ method, given, kind: 'answered', answer });
      return answer;
    } catch (error) {
      take({ method, given, kind: 'failed', error });
      throw error;
    }
  });
}

/** Runs all checks of the start at once; one that cannot be run is logged. Each gives back what is wrong. */
export async function lookAround(
  looks: Partial<Readonly<Record<TroubleKind, () => Promise<string | undefined>>>>,
  troubles: Pick<Troubles, 'take'>,
  log: Pick<Logger, 'warn'>,
): Promise<void> {
  const looking = Object.entries(looks).map(async ([kind, look]) => {
    try {
      const words = await look();
      troubles.take({ kind: kind as TroubleKind, ...(words !== undefined && { words }) });
    } catch (err) {
      log.warn({ err, kind }, 'could not be checked');
    }
  });
  await Promise.all(looking);
}
