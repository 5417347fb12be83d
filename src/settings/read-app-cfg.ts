import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { hasCode } from '../outside/files/has-code.ts';
import { whyUnreadable } from './why-unreadable.ts';

const example = join(import.meta.dirname, '../../app.cfg.example');

/** The text of app.cfg, or why there is none, and what to do. */
export async function readAppCfg(
  path: string,
  workingDirectory: string,
): Promise<{ readonly text: string } | { readonly problem: string }> {
  try {
    return { text: await readFile(resolve(workingDirectory, path), 'utf8') };
  } catch (error) {
    const mend = hasCode(error, 'ENOENT')
      ? `run ./bot.sh setup, which writes one, or copy ${example} there; one that lies elsewhere: --config FILE`
      : 'have it read by this account, or name another one: --config FILE';
    return { problem: `cannot be read (${whyUnreadable(error)}); ${mend}` };
  }
}
