import type { z } from 'zod';
import { build } from './build.ts';
import { rebuild, retry } from './build-again.ts';
import { cancel } from './cancel.ts';
import type { Command } from './command.ts';
import { explain } from './explain.ts';
import { help } from './help.ts';
import { log } from './log.ts';
import { ping } from './ping.ts';
import { showConfig } from './show-config.ts';
import { status } from './status.ts';

/** All commands. */
export const commands = [help, build, retry, rebuild, explain, showConfig, status, log, cancel, ping] as const;

type One = (typeof commands)[number];
export type CommandName = One['name'];

/** What plans keep of commands. */
type Kept = z.infer<One['kept']>;

/** Any of the commands. */
type AnyCommand = Command<CommandName, z.ZodType<Kept>, z.ZodType<z.infer<One['result']>>>;

/** The command of that name; undefined: there is none. */
export function commandNamed(name: CommandName): AnyCommand;
export function commandNamed(name: string): AnyCommand | undefined;
export function commandNamed(name: string): AnyCommand | undefined {
  return commands.find((each: AnyCommand) => each.name === name);
}

/** Whether an outcome is a planned command, and not a refusal. */
export const isKept = (outcome: { readonly kind: string }): outcome is Kept => commandNamed(outcome.kind) !== undefined;
