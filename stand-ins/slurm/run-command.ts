import { type Command, type ParsedOptions, readOptions } from './options.ts';
import { Refused } from './refused.ts';

/** Runs a command with the words that it was given; why it refuses is said on stderr. Each command tells its version. */
export function runCommand(command: Command, main: (given: ParsedOptions) => void): void {
  const options = { ...command.options, version: { short: 'V', value: 'none' } } as const;
  try {
    const given = readOptions(process.argv.slice(2), { ...command, options });
    if (given.values.has('version')) console.log('slurm 22.05.8');
    else main(given);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    console.error(error.message);
    process.exitCode = error.exitCode;
  }
}
