import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isNotThere } from '../outside/files/has-code.ts';
import { wordsOf } from '../words-of.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The texts of `~/.aws/config` and `~/.aws/credentials`, or of the files named in their place; empty if missing. */
export async function readAwsFiles(environment: Environment): Promise<{ config: string; credentials: string }> {
  return {
    config: await read(environment['AWS_CONFIG_FILE'] || '~/.aws/config'),
    credentials: await read(environment['AWS_SHARED_CREDENTIALS_FILE'] || '~/.aws/credentials'),
  };
}

async function read(path: string): Promise<string> {
  const expanded = path.startsWith('~/') ? join(homedir(), path.slice(2)) : path;
  try {
    return await readFile(expanded, 'utf8');
  } catch (error) {
    if (isNotThere(error)) return '';
    const why = wordsOf(error);
    throw new Error(`'${expanded}', which may say where the store is, cannot be read: ${why}.`, { cause: error });
  }
}
