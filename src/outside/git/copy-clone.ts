import { mkdir } from 'node:fs/promises';
import { runLocally } from './run-git.ts';

/**
 * Makes `to` a copy of a directory that git has made: all that lies in it, with its times; group, ACL and what the umask takes from modes
 * are as if git had made it there. No file is shared. Fails as git does; ProgramHadDiskTrouble where the disk is full.
 */
export async function copyClone(
  from: string,
  to: string,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  await mkdir(to);
  // Into where it stands: once that is removed a cp that outlived its daemon writes nowhere.
  const words = ['--recursive', '--no-dereference', '--preserve=timestamps', '--reflink=auto', `${from}/.`, '.'];
  await runLocally('cp', words, { environment, cwd: to });
}
