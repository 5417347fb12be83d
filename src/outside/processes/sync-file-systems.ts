import type { ProgramResult, runProgram } from './run-program.ts';

const limitMilliseconds = 60_000;

/**
 * Puts everything on the disk that was written to the file systems of these paths, by whomever. Node has no syncfs(2), coreutils have.
 * undefined: it is there; else what became of the program.
 */
export async function syncFileSystems(
  paths: readonly string[],
  tools: { readonly runProgram: typeof runProgram; readonly childEnvironment: Readonly<Record<string, string>> },
): Promise<ProgramResult | undefined> {
  const result = await tools.runProgram(
    { program: 'sync', arguments: ['-f', ...paths] },
    { environment: tools.childEnvironment, timeoutMilliseconds: limitMilliseconds },
  );
  return result.kind === 'exited' && result.code === 0 ? undefined : result;
}
