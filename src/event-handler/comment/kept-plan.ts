import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { forgeNumber, isRepositoryName } from '../../jobs/forge-names.ts';
import { Unusable } from '../../jobs/judge-error.ts';
import { firstIssue } from '../../outside/files/parse-shape.ts';
import { list, text, word } from '../../outside/files/shapes.ts';
import type { RepositoryName } from '../../outside/forge/forge.ts';
import { type Said, saidShape } from '../../outside/forge/say-once.ts';
import { commands } from '../commands/commands.ts';
import { keptMarkdown } from '../commands/kept-markdown.ts';

const directory = word.refine((path) => isAbsolute(path) && !path.includes('\0'), 'is no absolute path');

const kind = <Kind extends string>(...kinds: Kind[]) => z.enum(kinds);
const commandName = z.enum(commands.map(({ name }) => name));
const outcome = z.discriminatedUnion('kind', [
  // `left-to-others`: another instance is meant, nothing is shown of it. `nothing-matches`: nothing of the command is here, so another
  // instance may be meant: said at chat level chatty only (D7a).
  z.object({ kind: kind('left-to-others') }),
  // `example`: what can be typed behind `bot:` and works here. Plans of earlier versions have none, nor why nothing matches.
  z.object({ kind: kind('nothing-matches'), reason: keptMarkdown.exactOptional(), example: text.exactOptional() }),
  z.object({ kind: kind('misunderstood'), reason: keptMarkdown, example: text.exactOptional() }),
  z.object({ kind: kind('refused'), reason: keptMarkdown, example: text.exactOptional() }),
  // Probably meant as a command, and none. `line`: what is said to it, where this instance is named.
  z.object({ kind: kind('near-miss'), line: keptMarkdown.exactOptional() }),
  z.object({ kind: kind('no-permission'), which: z.enum(['command', 'build']) }),
  ...commands.map(({ kept }) => kept),
]);
const result = z.discriminatedUnion('kind', [
  z.object({ kind: kind('no-build-permission') }),
  z.object({ kind: kind('left-to-others') }),
  // `reason` of one that is answered by nothing else; absent where a comment of its own tells it, and in plans of earlier versions.
  z.object({
    kind: kind('nothing'),
    command: commandName,
    reason: keptMarkdown.exactOptional(),
    example: text.exactOptional(),
  }),
  z.object({ kind: kind('failed'), command: word, reason: keptMarkdown, example: text.exactOptional() }),
  ...commands.map(({ result: shape }) => shape),
]);
const command = z
  .object({
    /** What stands after `bot:`. */
    typed: text,
    /** Absent for those that were not understood. */
    command: z.object({ name: commandName, expanded: text }).exactOptional(),
    outcome,
    /** Of one with targets: what is built, and where. */
    build: z
      .object({
        pullRequest: z.object({ number: forgeNumber, baseBranch: word, headSha: word }),
        pullRequestDir: directory,
        runDir: directory,
      })
      .exactOptional(),
    /** Carried out. */
    result: result.exactOptional(),
    /** The result tells that it failed again and again: it is done after all where the delivery was put back. */
    givenUp: z.literal(true).exactOptional(),
  })
  .readonly();
const plan = z.object({
  version: z.literal(1),
  delivery: word,
  repository: z.custom<RepositoryName>(isRepositoryName, 'is no repository that GitHub can have'),
  pullRequest: forgeNumber,
  /** Absent: a button was pressed, which is no comment that could be marked. */
  commentId: forgeNumber.exactOptional(),
  sender: word,
  senderId: z.int().exactOptional(),
  commands: list(command),
  reactions: list(z.enum(['eyes', 'confused'])),
  reacted: z.boolean(),
  /** Comments of ours by what they are: `response`, `show_config 1`, … */
  said: z.record(word, saidShape),
  /** The response as it was sent last, or may have been sent. */
  shown: keptMarkdown.exactOptional(),
  /** Its builds have no commit and no directory yet, since GitHub could not tell of the pull request. */
  unplaced: z.literal(true).exactOptional(),
  /** Why what is left of it has to wait, as it is told. */
  waitsFor: keptMarkdown.exactOptional(),
});

export type Outcome = z.infer<typeof outcome>;
export type KeptResult = z.infer<typeof result>;
export type PlannedCommand = z.infer<typeof command>;

/**
 * What was decided about a comment, and how far it has been carried out. It lies beside the delivery in the inbox until that is done:
 * a daemon that is killed goes on from here, with the decisions, the commit and the directories of the first time.
 */
export type WrittenPlan = Readonly<z.infer<typeof plan>>;

const answer = z.object({ version: z.literal(1), said: saidShape });

/** What was written down of a delivery is not what this bot writes: going by it, or deciding anew, could do things twice. */
export class DamagedPlan extends Unusable {
  override name = 'DamagedPlan';

  /** `what` is wrong with which file: the begin of a sentence. */
  constructor(what: string) {
    super(
      `${what}: look at the pull request what was done of it, then have it done anew by removing that file and bot-admin replay, or give it up by bot-admin drop`,
    );
  }
}

/** The plan of a comment that an earlier process wrote down; undefined where it is none, of another version or damaged. */
export function parsePlan(value: unknown): WrittenPlan | undefined {
  return plan.safeParse(value).data;
}

/** The same, to go on from: undefined where nothing was written down. Throws a {@link DamagedPlan}. */
export function planToGoOnFrom(value: unknown): WrittenPlan | undefined {
  return value === undefined ? undefined : orDamaged(plan.safeParse(value));
}

/** How far the answer to an event of a pull request has come; undefined where there was none. Throws a {@link DamagedPlan}. */
export function answerToGoOnFrom(value: unknown): Said | undefined {
  return value === undefined ? undefined : orDamaged(answer.safeParse(value)).said;
}

function orDamaged<T>({ data, error }: z.ZodSafeParseResult<T>): T {
  if (error === undefined) return data as T;
  throw new DamagedPlan(`its plan in inbox/plans is damaged (${firstIssue(error)})`);
}
