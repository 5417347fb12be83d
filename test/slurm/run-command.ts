import { runProgram } from '../../src/outside/processes/run-program.ts';
import { complaint } from '../../src/outside/slurm/read-listing.ts';

interface RunOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** What a command prints; whatever it fails for is thrown in its own words. */
export async function runCommand(options: RunOptions, program: string, ...words: string[]): Promise<string> {
  const result = await runProgram({ program, arguments: words }, { ...options, timeoutMilliseconds: 60_000 });
  if (result.kind === 'exited' && result.code === 0) return result.stdout;
  throw new Error(complaint(program, result));
}
