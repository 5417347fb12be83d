import type { runProgram } from '../../outside/processes/run-program.ts';
import { writeNewFile } from './write-new-file.ts';

interface WritingTools {
  readonly runProgram: typeof runProgram;
  readonly environment: Readonly<Record<string, string>>;
  readonly say: (lines: string | readonly string[]) => void;
}

/** A file that is there stays; what would be written is shown beside it, as a difference. */
export async function writeOrCompare(
  path: string,
  text: string,
  { say, runProgram, environment }: WritingTools,
): Promise<void> {
  const written = await writeNewFile(path, text, 0o644);
  if (written === 'written') say(`Written: ${path}`);
  if (written === 'same') say(`${path} is as setup would write it.`);
  if (written !== 'other') return;
  const difference = await runProgram(
    { program: 'git', arguments: ['diff', '--no-index', '--no-color', '--unified=0', '--', path, '-'] },
    { environment, input: text, timeoutMilliseconds: 60_000 },
  );
  const lines = difference.kind === 'exited' ? difference.stdout.split('\n').filter((line) => /^[+-]/.test(line)) : [];
  say([`${path} is there already, and stays. Setup would write it differently:`, ...lines.slice(2)]);
}
