import type { z } from 'zod';
import type { Asker } from '../../messages/explain.ts';
import type { Saying } from '../../messages/least-chat-level.ts';
import type { NothingOf, ToldResult } from '../../messages/response.ts';
import type { Markdown, PullRequest, RepositoryName } from '../../outside/forge/forge.ts';
import type { Account } from '../../permissions.ts';
import type { Dialect } from '../../settings/dialects.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Component, Filter } from '../arguments/filter.ts';
import type { BuildFor } from '../arguments/parse-for.ts';
import type { Tools } from '../tools.ts';
import type { BuiltJob } from './built-jobs.ts';
import type { Mismatch } from './explain-mismatch.ts';

type Shape = z.ZodType<{ readonly kind: string }>;

/**
 * A command: all that the bot knows about it. `Kept` is kept in the plan, `Result` is added once the command is carried out; their `kind` is
 * the command's name. `Got` is what `carryOut` gives to `answer`.
 */
export interface Command<
  Name extends string = string,
  Kept extends Shape = Shape,
  Result extends Shape = Shape,
  Got = unknown,
> {
  readonly name: Name;
  /** Who may give it. Those with `build` permission order jobs. */
  readonly permission: 'command' | 'build';
  /** It needs build permission, but orders no jobs. */
  readonly buildsNothing?: true;
  /** Its answer is about the instance alone, so it waits for no earlier comment. */
  readonly standsAlone?: true;
  /** Arguments it takes besides filters. `for:` is required in generation 9. */
  readonly takes?: readonly ArgumentName[];
  /** Names of the commands, or of the label, that may follow it, with their arguments: see {@link CommandLine.explains}. */
  readonly takesCommands?: readonly string[];
  /** Ends the sentence that refuses an argument, where the default does not fit. */
  readonly instead?: Markdown;
  /** The components that its filters may search. */
  searches(dialect: Dialect): readonly Component[];
  /** Arguments without a colon. `commands`: the names of all commands. */
  words?(dialect: Dialect, commands: readonly string[]): readonly string[];
  /** How it is typed. */
  usage(dialect: Dialect): Markdown;
  readonly does: Markdown;
  /** An example, without `bot:`, that works with these settings; undefined: none does. */
  example(settings: Settings): string | undefined;
  /** Sentences about its arguments, for the help. */
  notes?(settings: Settings): readonly Markdown[];
  /** More about it for docs/commands.md, which test/docs/write-commands.ts writes. */
  readonly guide: Guide;
  /** With `targets` it is a build: it gets a commit and a directory, and its targets count against the limits. */
  readonly kept: Kept;
  /** Plans it. `built`: this instance's jobs of the pull request. Pure. */
  plan(line: CommandLine, settings: Settings, built: readonly BuiltJob[]): Decision<z.infer<Kept>>;
  /** Takes out targets that need no job, once the commit is known. Pure. */
  leftToBuild?(kept: z.infer<Kept>, commit: string, built: readonly BuiltJob[], settings: Settings): z.infer<Kept>;
  /** The comment of `bot: explain` about it; it is planned then, but not carried out. Pure. Absent: it cannot be explained here. */
  explain?(kept: z.infer<Kept>, about: Explaining, settings: Settings): Markdown;
  /**
   * Whether it is about something of this instance, by the bot's own files; absent: {@link plan} says it. `not-here`: it names jobs, and
   * this instance has none of them; the comments of the pull request tell whose they are.
   */
  whoseIs?(
    line: CommandLine,
    where: Pick<CommandContext, 'repository' | 'pullRequest'>,
    settings: Settings,
  ): Promise<Whose | { readonly kind: 'not-here'; readonly jobs: readonly string[] }>;
  /** Whether a part of it is refused. */
  isPartlyRefused?(kept: z.infer<Kept>): boolean;
  /** Carries it out, or reads what the answer needs. */
  carryOut?(kept: z.infer<Kept>, context: CommandContext, tools: Tools): Promise<Got>;
  /** Pure. `commands`: all commands. */
  answer(kept: z.infer<Kept>, got: Got, settings: Settings, commands: readonly Command[]): Answer<z.infer<Result>>;
  /** If it is answered in a comment of its own, `url` is that comment's. */
  readonly result: Result;
  /** What the response says about the result. */
  tell(result: z.infer<Result>): ToldResult;
  /** What it produces, for "no … were …"; absent: jobs if it needs build permission, else a comment. */
  readonly nothing?: NothingOf;
  /** What the response says if the permission is missing; absent: the same as for a build. */
  tellNoPermission?(login: string): Markdown;
}

/** What an explanation needs besides the plan. */
export interface Explaining {
  /** The command, without `bot:`, with full names. */
  readonly typed: string;
  /** The commit that would be built, 40 digits; absent if GitHub no longer shows the pull request. */
  readonly commit?: string;
  readonly asker: Asker;
}

/** The sections of docs/commands.md, in order. */
export const tasks = ['build', 'look', 'mend', 'deploy', 'stop'] as const;

export interface Guide {
  /** The section of docs/commands.md. */
  readonly task: (typeof tasks)[number];
  /** When to type it and what happens then: sentences. */
  readonly when: Markdown;
  /** Each answer that can come, and what it means: a sentence. */
  readonly answers: readonly Markdown[];
}

/** `left-to-others`: nothing is posted. `nothing-matches`: posted at chat level chatty only (D7a). */
export type Whose =
  | { readonly kind: 'ours' | 'left-to-others' }
  | { readonly kind: 'nothing-matches' | 'refused'; readonly reason: Markdown };

export type ArgumentName = 'on' | 'for' | 'sha' | 'exportvariable' | 'jobargs' | 'submitargs' | 'lines';

/** A parsed command. */
export interface CommandLine<Name extends string = string> {
  readonly kind: 'command';
  readonly name: Name;
  /** All but those of `on:`. */
  readonly filters: readonly Filter[];
  /** Items of `on:`: where to build; absent: `for:` says where. Generation 9. */
  readonly on?: readonly Filter[];
  /** Generation 9: every build has it. */
  readonly for?: BuildFor;
  /** Each further `for:`. */
  readonly alsoFor?: readonly BuildFor[];
  /** The commit has to begin with this; lower-case hexadecimal digits. */
  readonly sha?: string;
  readonly lines?: number;
  /** The command that this one takes. Its filters and its `on:` are copied here: they say which instance is meant. */
  readonly explains?: CommandLine;
  readonly words: readonly string[];
  /** The command with full names, for the response. Typed, it is the same command. */
  readonly expanded: string;
}

type Decision<Kept> =
  | Kept
  | { readonly kind: 'refused'; readonly reason: Markdown }
  | ({ readonly kind: 'nothing-matches' } & Mismatch);

/** Who gave a command, and where. */
export interface CommandContext {
  readonly delivery: string;
  readonly repository: RepositoryName;
  readonly pullRequest: number;
  readonly orderedBy: Account;
  /** For a build: the commit and its directory. */
  readonly build?: { readonly pullRequest: PullRequest; readonly pullRequestDir: string; readonly runDir: string };
  /** Resolves when the response says that the command was understood. */
  readonly told: Promise<void>;
}

export interface Answer<Result> {
  /** A comment of its own. If `saying` is the command's name, it is the whole answer. */
  readonly comment?: { readonly saying: Saying; readonly body: Markdown };
  /** Absent: the comment says it all. `left-to-others`: another instance is meant; nothing is posted. */
  readonly result?:
    | Result
    | { readonly kind: 'left-to-others' }
    | { readonly kind: 'failed'; readonly command: string; readonly reason: Markdown };
}
