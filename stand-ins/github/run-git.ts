import { execa } from 'execa';
import { gitEnvironment } from '../git-environment.ts';

/** Runs git in a directory: what it prints. */
export async function git(directory: string, words: readonly string[], input = ''): Promise<string> {
  const { stdout } = await execa('git', words, { cwd: directory, env: gitEnvironment(), extendEnv: false, input });
  return stdout;
}
