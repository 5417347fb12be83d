import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command } from 'commander';
import type { Program } from './programs.ts';

// Prints the options and commands of programs, as each main.ts defines them: it is imported up to where it would read its command line.

class Defined extends Error {
  readonly command: Command;

  constructor(command: Command) {
    super('defined');
    this.command = command;
  }
}

function stop(this: Command): never {
  throw new Defined(this);
}

function describe(command: Command): Program {
  const { registeredArguments, options, commands } = command;
  return {
    name: command.name(),
    options: options.map(({ long, short, required }) => ({
      names: [long, short].filter((name) => name !== undefined),
      takesValue: required,
    })),
    takesWords: registeredArguments.some(({ variadic }) => variadic) ? 99 : registeredArguments.length,
    commands: commands.map(describe),
  };
}

Command.prototype.parse = stop;
Command.prototype.parseAsync = stop;
const programs: Record<string, Program> = {};
for (const main of process.argv.slice(2)) {
  await import(pathToFileURL(resolve(main)).href).catch((error: unknown) => {
    if (!(error instanceof Defined)) throw error;
    programs[main] = describe(error.command);
  });
}
console.log(JSON.stringify(programs));
