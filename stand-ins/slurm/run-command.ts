import { type Command, type ParsedOptions, readOptions } from './options.ts';
import { Refused } from './refused.ts';

/** Runs a command with the words that it was given; why it refuses is said on stderr. */
export function runCommand(command: Command, main: (given: ParsedOptions) => void): void {
  try {
    main(readOptions(process.argv.slice(2), command));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    console.error(error.message);
    process.exitCode = error.exitCode;
  }
}
