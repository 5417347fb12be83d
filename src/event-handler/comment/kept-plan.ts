import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { forgeNumber, repositoryShape } from '../../jobs/forge-names.ts';
import { firstIssue } from '../../outside/files/parse-shape.ts';
import { list, text, word } from '../../outside/files/shapes.ts';
import { type Said, saidShape } from '../../outside/forge/say-once.ts';
import { commands } from '../commands/commands.ts';
import { keptMarkdown } from '../commands/kept-markdown.ts';
import { DamagedPlan } from '../receive/delivery.ts';

const directory = word.refine((path) => isAbsolute(path) && !path.includes('\0'), 'is no absolute path');

const commandName = z.enum(commands.map(({ name }) => name));
const outcome = z.discriminatedUnion('kind', [
  // `left-to-others`: another instance is meant; nothing is posted. `nothing-matches`: the command selects nothing here, so another instance
  // may be meant; posted at chat level chatty only (D7a).
  z.object({ kind: z.literal('left-to-others') }),
  // `example`: works here after `bot:`. Plans of earlier versions have neither `example` nor `reason`.
  z.object({ kind: z.literal('nothing-matches'), reason: keptMarkdown.exactOptional(), example: text.exactOptional() }),
  z.object({ kind: z.literal('misunderstood'), reason: keptMarkdown, example: text.exactOptional() }),
  z.object({ kind: z.literal('refused'), reason: keptMarkdown, example: text.exactOptional() }),
  // Probably meant as a command, but not one. `line`: the answer, if this instance is named.
  z.object({ kind: z.literal('near-miss'), line: keptMarkdown.exactOptional() }),
  z.object({ kind: z.literal('no-permission'), which: z.enum(['command', 'build']) }),
  ...commands.map(({ kept }) => kept),
]);
const result = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('no-build-permission') }),
  z.object({ kind: z.literal('left-to-others') }),
  // `reason`: absent if a comment of its own says it, and in plans of earlier versions.
  z.object({
    kind: z.literal('nothing'),
    command: commandName,
    reason: keptMarkdown.exactOptional(),
    example: text.exactOptional(),
  }),
  z.object({ kind: z.literal('failed'), command: word, reason: keptMarkdown, example: text.exactOptional() }),
  ...commands.map(({ result: shape }) => shape),
]);
const command = z
  .object({
    /** The text after `bot:`. */
    typed: text,
    /** Absent if it was not understood. */
    command: z.object({ name: commandName, expanded: text }).exactOptional(),
    outcome,
    /** If it has targets: what is built, and where. */
    build: z
      .object({
        pullRequest: z.object({ number: forgeNumber, baseBranch: word, headSha: word }),
        pullRequestDir: directory,
        runDir: directory,
      })
      .exactOptional(),
    /** Present once it is carried out. */
    result: result.exactOptional(),
    /** Its retries failed. It is open again if the delivery is replayed. */
    givenUp: z.literal(true).exactOptional(),
  })
  .readonly();
const plan = z.object({
  version: z.literal(1),
  delivery: word,
  repository: repositoryShape,
  pullRequest: forgeNumber,
  /** Absent for a button: there is no comment to react to. */
  commentId: forgeNumber.exactOptional(),
  sender: word,
  senderId: z.int().exactOptional(),
  commands: list(command),
  reactions: list(z.enum(['eyes', 'confused'])),
  reacted: z.boolean(),
  /** Our comments, by what they say: `response`, `show_config 1`, … */
  said: z.record(word, saidShape),
  /** The last text of the response; it may not have reached GitHub. */
  shown: keptMarkdown.exactOptional(),
  /** Its builds have no commit and no directory yet: GitHub could not be asked for the pull request. */
  unplaced: z.literal(true).exactOptional(),
  /** Why the rest of it waits, as posted. */
  waitsFor: keptMarkdown.exactOptional(),
});

export type Outcome = z.infer<typeof outcome>;
export type KeptResult = z.infer<typeof result>;
export type PlannedCommand = z.infer<typeof command>;

/**
 * The plan for a comment, and how far it has been carried out. It is kept in the inbox until the delivery is done: after a kill the next
 * process goes on from here, with the same decisions, commit and directories.
 */
export type WrittenPlan = Readonly<z.infer<typeof plan>>;

const answer = z.object({ version: z.literal(1), said: saidShape });

/** The plan that an earlier process kept; undefined if there is none, or it is damaged or of another version. */
export function parsePlan(value: unknown): WrittenPlan | undefined {
  return plan.safeParse(value).data;
}

/** The same, to go on from it: undefined only if there is none. Throws {@link DamagedPlan}. */
export function planToGoOnFrom(value: unknown): WrittenPlan | undefined {
  return value === undefined ? undefined : orDamaged(plan.safeParse(value));
}

/** Whether the answer to an event was posted; undefined if none was begun. Throws {@link DamagedPlan}. */
export function answerToGoOnFrom(value: unknown): Said | undefined {
  return value === undefined ? undefined : orDamaged(answer.safeParse(value)).said;
}

function orDamaged<T>({ data, error }: z.ZodSafeParseResult<T>): T {
  if (error === undefined) return data as T;
  throw new DamagedPlan(`its plan in inbox/plans is damaged (${firstIssue(error)})`);
}
