import type { z } from 'zod';
import type { Asker } from '../../messages/explain.ts';
import type { Saying } from '../../messages/least-chat-level.ts';
import type { NothingOf, ToldResult } from '../../messages/response.ts';
import type { Markdown, PullRequest, RepositoryName } from '../../outside/forge/forge.ts';
import type { Account } from '../../permissions.ts';
import type { Dialect } from '../../settings/dialects.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Tools } from '../tools.ts';
import type { BuiltJob } from './built-jobs.ts';
import type { Mismatch } from './explain-mismatch.ts';
import type { Component, Filter } from './filter.ts';
import type { BuildFor } from './parse-for.ts';

type Shape = z.ZodType<{ readonly kind: string }>;

/**
 * Something that can be commanded: all that the bot knows of it. `Kept` is what the plan keeps of a command, `Result` what it keeps once
 * the command is carried out; their `kind` is the command's name. `Got` is what is read, or done, before it is answered.
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
  /** It needs build permission, and orders no jobs. */
  readonly buildsNothing?: true;
  /** Arguments it takes besides filters; of `for:` it needs one, where there are any. */
  readonly takes?: readonly ArgumentName[];
  /** Names of commands, and of what else it is told of, of which it takes one, with all that belongs to that: see {@link CommandLine.explains}. */
  readonly takesCommands?: readonly string[];
  /** What it does, for one that shows nothing that such arguments could be of: the end of a sentence. */
  readonly instead?: Markdown;
  /** Components of its filters that are searched. */
  searches(dialect: Dialect): readonly Component[];
  /** Arguments that are a word. `commands`: the names of all. */
  words?(dialect: Dialect, commands: readonly string[]): readonly string[];
  /** How it is typed. */
  usage(dialect: Dialect): Markdown;
  readonly does: Markdown;
  /** What can be typed behind `bot:` and works with these settings; undefined: nothing does. */
  example(settings: Settings): string | undefined;
  /** What the help tells of its arguments, a sentence each. */
  notes?(settings: Settings): readonly Markdown[];
  /** What docs/commands.md tells of it besides: test/docs/write-commands.ts makes that page. */
  readonly guide: Guide;
  /** One that keeps `targets` has jobs built: it gets a commit and a directory, and its targets count. */
  readonly kept: Kept;
  /** Decides what becomes of it. `built`: what this instance has built of the pull request. Pure. */
  plan(line: CommandLine, settings: Settings, built: readonly BuiltJob[]): Decision<z.infer<Kept>>;
  /** Of one with `targets`, once it is known which commit they are of: what is left of it to build. Pure. */
  leftToBuild?(kept: z.infer<Kept>, commit: string, built: readonly BuiltJob[], settings: Settings): z.infer<Kept>;
  /** What `bot: explain` tells of it, a comment: of one that is planned, and not done. Pure. Absent: there is nothing to explain. */
  explain?(kept: z.infer<Kept>, about: Explaining, settings: Settings): Markdown;
  /** Whether this instance has what it is about, by its own files; absent: as {@link plan} says. */
  whoseIs?(
    line: CommandLine,
    where: Pick<CommandContext, 'repository' | 'pullRequest'>,
    settings: Settings,
  ): Promise<Whose>;
  /** A part of it is refused. */
  isPartlyRefused?(kept: z.infer<Kept>): boolean;
  /** Reads, or does, what has to come before the answer. */
  carryOut?(kept: z.infer<Kept>, context: CommandContext, tools: Tools): Promise<Got>;
  /** Pure. `commands`: all that there are. */
  answer(kept: z.infer<Kept>, got: Got, settings: Settings, commands: readonly Command[]): Answer<z.infer<Result>>;
  /** Of one that is answered in a comment of its own it has the `url`. */
  readonly result: Result;
  /** What the response tells of its result. */
  tell(result: z.infer<Result>): ToldResult;
  /** Of what there is none where nothing came of it; absent: jobs, where it needs build permission, else a comment. */
  readonly nothing?: NothingOf;
  /** What the response tells somebody who may not give it; absent: as of a build. */
  tellNoPermission?(login: string): Markdown;
}

/** What is known of a command that is explained, besides what is planned of it. */
export interface Explaining {
  /** The command behind `bot:`, with full names. */
  readonly typed: string;
  /** Of one with targets: what would be built, 40 digits; absent: GitHub no longer shows the pull request. */
  readonly commit?: string;
  readonly asker: Asker;
}

/** What somebody wants of the bot, in the order of docs/commands.md. */
export const tasks = ['build', 'look', 'mend', 'deploy', 'stop'] as const;

export interface Guide {
  /** Where the page shows it among its tasks. */
  readonly task: (typeof tasks)[number];
  /** When to type it and what happens then: sentences. */
  readonly when: Markdown;
  /** Each answer that can come, and what it means: a sentence. */
  readonly answers: readonly Markdown[];
}

/** `left-to-others`: nothing is shown of it. `nothing-matches`: said at chat level chatty only (D7a). */
export type Whose =
  | { readonly kind: 'ours' | 'left-to-others' }
  | { readonly kind: 'nothing-matches'; readonly reason: Markdown };

export type ArgumentName = 'on' | 'for' | 'sha' | 'exportvariable' | 'jobargs' | 'submitargs' | 'lines';

/** A command as it was typed, and understood. */
export interface CommandLine<Name extends string = string> {
  readonly kind: 'command';
  readonly name: Name;
  /** All but those of `on:`. */
  readonly filters: readonly Filter[];
  /** Items of `on:`: where to build; absent: where A and B of `for:` are. Generation 9. */
  readonly on?: readonly Filter[];
  /** Generation 9; there for every build. */
  readonly for?: BuildFor;
  /** Each further `for:`. */
  readonly alsoFor?: readonly BuildFor[];
  /** What the commit has to begin with; hexadecimal digits in lower case. */
  readonly sha?: string;
  readonly lines?: number;
  /** The command that this one takes. Its filters, `on:` and the like stand here, too: they say whom it is for. */
  readonly explains?: CommandLine;
  readonly words: readonly string[];
  /** With full names: what the response shows. The same command where it is typed. */
  readonly expanded: string;
}

type Decision<Kept> =
  | Kept
  | { readonly kind: 'refused'; readonly reason: Markdown }
  | ({ readonly kind: 'nothing-matches' } & Mismatch);

/** By whom a command was given, and where. */
export interface CommandContext {
  readonly delivery: string;
  readonly repository: RepositoryName;
  readonly pullRequest: number;
  readonly orderedBy: Account;
  /** Of one with targets: what is built, and where. */
  readonly build?: { readonly pullRequest: PullRequest; readonly pullRequestDir: string; readonly runDir: string };
  /** When it has been told that the command was understood. */
  readonly told: Promise<void>;
}

export interface Answer<Result> {
  /** A comment of its own. One that says what the command is named is its whole answer. */
  readonly comment?: { readonly saying: Saying; readonly body: Markdown };
  /** Absent: the comment says it all. `left-to-others`: what is meant is another instance's, and nothing is said. */
  readonly result?:
    | Result
    | { readonly kind: 'left-to-others' }
    | { readonly kind: 'failed'; readonly command: string; readonly reason: Markdown };
}
