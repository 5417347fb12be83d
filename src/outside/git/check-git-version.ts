import type { runProgram } from '../processes/run-program.ts';

/** That of the oldest Enterprise Linux which is still in use (8.0); nothing in git-commands.ts wants a newer one. */
const needed = [2, 18] as const;

/** A sentence where this git cannot do what is asked of it. `printed`: of `git --version`. */
function judgeGitVersion(printed: string): string | undefined {
  const found = /^git version (\d+)\.(\d+)(\S*)/m.exec(printed);
  if (found === null) return `\`git --version\` printed no version: ${printed.trim().slice(0, 100) || '(nothing)'}`;
  const [, major, minor] = found.map(Number) as [number, number, number];
  if (major > needed[0] || (major === needed[0] && minor >= needed[1])) return undefined;
  return `git ${found[1]}.${found[2]}${found[3]} is too old: ${needed.join('.')} or newer is needed; put a newer one first in the PATH of the daemon`;
}

/** Runs git to see that it is there, and of which version. */
export async function checkGit(
  run: typeof runProgram,
  environment: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const result = await run({ program: 'git', arguments: ['--version'] }, { environment, timeoutMilliseconds: 30_000 });
  if (result.kind === 'not-started') return result.message;
  if (result.kind === 'exited' && result.code === 0) return judgeGitVersion(result.stdout);
  const words = result.stderr.trim().slice(0, 300);
  return `\`git --version\` failed: ${words || result.kind}`;
}
