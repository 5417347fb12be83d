import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { runProgram } from '../../src/outside/processes/run-program.ts';

const startLimitMilliseconds = 60_000;

/** Asks a daemon by a command until the answer is that it is ready. `home`: its last words are in the log there. */
export async function untilReady(
  who: string,
  home: string,
  environment: Readonly<Record<string, string>>,
  words: readonly [string, ...string[]],
  ready: (said: string) => boolean = () => true,
): Promise<void> {
  const [program, ...rest] = words;
  const end = Date.now() + startLimitMilliseconds;
  for (;;) {
    const result = await runProgram({ program, arguments: rest }, { environment, timeoutMilliseconds: 10_000 });
    if (result.kind === 'exited' && result.code === 0 && ready(result.stdout)) return;
    if (Date.now() > end)
      throw new Error(`${who} did not become ready:\n${JSON.stringify(result)}\n${await lastWords(home)}`);
    await pause(50);
  }
}

async function lastWords(home: string): Promise<string> {
  const logs = await readdir(join(home, 'log'));
  const texts = await Promise.all(
    logs.map(async (log) => `${log}:\n${await readFile(join(home, 'log', log), 'utf8')}`),
  );
  return texts.map((text) => text.slice(-2_000)).join('\n');
}
