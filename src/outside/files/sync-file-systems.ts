/** Runs a program and returns its result: run-program.ts of outside/processes. */
type RunProgram<Result> = (
  command: { readonly program: string; readonly arguments: readonly string[] },
  options: { readonly environment: Readonly<Record<string, string>>; readonly timeoutMilliseconds: number },
) => Promise<Result>;

const limitMilliseconds = 60_000;

/**
 * Syncs the file systems of these paths, including writes of other processes. Node has no syncfs(2), coreutils do. undefined: synced; else
 * the program's result.
 */
export async function syncFileSystems<Result extends { readonly kind: string; readonly code?: number | string }>(
  paths: readonly string[],
  tools: {
    readonly runProgram: RunProgram<Result>;
    readonly environments: { readonly tool: Readonly<Record<string, string>> };
  },
): Promise<Result | undefined> {
  const result = await tools.runProgram(
    { program: 'sync', arguments: ['-f', ...paths] },
    { environment: tools.environments.tool, timeoutMilliseconds: limitMilliseconds },
  );
  return result.kind === 'exited' && result.code === 0 ? undefined : result;
}
