import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { parseConfig } from '../../configparser/parse-config.ts';
import { hasCode } from '../../outside/files/has-code.ts';
import { mayAccess } from '../../outside/files/may-access.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const certificates = ['NODE_EXTRA_CA_CERTS', 'AWS_CA_BUNDLE', 'REQUESTS_CA_BUNDLE', 'AWS_WEB_IDENTITY_TOKEN_FILE'];

/**
 * The existing files and directories that an upload needs besides its own: `~/.aws`, or the files that replace it, and the certificates and
 * tokens that the environment and `~/.aws/config` name. Absolute paths.
 */
export async function filesOfStore(environment: Environment, botDirectory: string): Promise<string[]> {
  const home = environment['HOME'] || homedir();
  const full = (path: string) => resolve(botDirectory, path.startsWith('~/') ? `${home}/${path.slice(2)}` : path);
  const config = full(environment['AWS_CONFIG_FILE'] || '~/.aws/config');
  const named = [
    '~/.aws',
    config,
    environment['AWS_SHARED_CREDENTIALS_FILE'] ?? '',
    ...certificates.map((name) => environment[name] ?? ''),
    ...namedIn(await readIfThere(config)),
  ];
  const paths = [...new Set(named.filter((path) => path !== '').map(full))];
  // What this account cannot see the container could not see either: the upload says so.
  const isThere = await Promise.all(paths.map((path) => mayAccess(path)));
  return paths.filter((_, index) => isThere[index]);
}

/** Files that the profiles of `~/.aws/config` name. */
function namedIn(config: string): string[] {
  const sections = [...parseConfig(config).config.sections.values()];
  const keys = ['ca_bundle', 'web_identity_token_file'];
  return sections.flatMap(({ entries }) => keys.flatMap((key) => entries.get(key)?.value ?? []));
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES')) return '';
    throw error;
  }
}
