import { constants } from 'node:fs';
import { mkdtemp, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { mayAccess } from '../outside/files/may-access.ts';
import { expectUnchanged, type OpenFile } from './open-file.ts';

interface Signer {
  readonly script: string;
  readonly key: string;
  /** Empty: the script's own. */
  readonly namespace: string;
  /** The script's environment: KEY_PASSPHRASE, but no key of the store or of GitHub. */
  readonly environment: Readonly<Record<string, string>>;
}

const timeLimitSeconds = 300;

/** Throws a sentence unless the key is readable and the script executable. */
export async function checkSigner({ key, script }: Signer): Promise<void> {
  if (!(await mayAccess(key, constants.R_OK))) throw new Error(`The key '${key}' (--sign-key) cannot be read.`);
  if (!(await mayAccess(script, constants.X_OK)))
    throw new Error(`'${script}' (--sign-script) is not a program that can be run.`);
}

/**
 * Has the site's script sign a file, and returns the path of the signature, in `directory`, which is ours alone. The script opens the file
 * by name, as always; the name is a link there to the open file: even if a job replaces its file, the held one is signed.
 */
export async function sign(file: OpenFile, signer: Signer, directory: string): Promise<string> {
  const path = join(await mkdtemp(join(directory, 'sign-')), basename(file.path));
  await symlink(`/proc/${process.pid}/fd/${file.handle.fd}`, path);
  await runScript(path, file.path, signer);
  await expectUnchanged(file); // also while it was signed
  return `${path}.sig`;
}

async function runScript(path: string, name: string, signer: Signer): Promise<void> {
  const { execa } = await import('execa');
  const { environment } = signer;
  const namespace = signer.namespace === '' ? [] : ['--namespace', signer.namespace];
  const result = await execa(signer.script, ['--sign', '--private-key', signer.key, '--file', path, ...namespace], {
    // Without a terminal: a script that asks for a passphrase fails instead of waiting for ever.
    detached: true,
    stdin: 'ignore',
    all: true,
    reject: false,
    timeout: timeLimitSeconds * 1000,
    extendEnv: false,
    env: environment,
  });
  if (!result.failed) return;
  const why = result.timedOut ? `it took longer than ${timeLimitSeconds} s` : result.all?.trim() || result.shortMessage;
  throw new Error(`Signing '${name}' with '${signer.script}' failed: ${why}`);
}
