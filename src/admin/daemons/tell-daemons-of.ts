import { join, resolve } from 'node:path';
import { complain } from '../../daemon/terminal.ts';
import { exists } from '../../outside/files/exists.ts';
import { daemonsOfProgram } from './look-at-process.ts';
import { takeOption } from './take-option.ts';

const program = join(import.meta.dirname, '../../..');

/** Where app.cfg is gone no lease is found by it: names the daemons of this machine that were started with it, and still run. */
export async function tellDaemonsOf(appCfgPath: string): Promise<void> {
  const path = resolve(appCfgPath);
  if (await exists(path).catch(() => true)) return; // one that cannot be looked at is told of
  const found = (await daemonsOfProgram(program)).filter(({ own, words }) => {
    const { value: config = 'app.cfg' } = takeOption(words, '--config');
    return own !== undefined && resolve(own.directory, config) === path;
  });
  if (found.length === 0) return;
  const who = found.map(({ name, pid }) => `${name} (process ${pid})`).join(', ');
  complain(
    `On this machine there still run, with what they have read of it before: ${who}. Put the file back, and ./bot.sh finds them again; or end them: kill ${found.map(({ pid }) => pid).join(' ')}`,
  );
}
