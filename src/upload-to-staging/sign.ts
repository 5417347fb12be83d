import { constants } from 'node:fs';
import { access, rm } from 'node:fs/promises';
import { execa } from 'execa';

interface Signer {
  readonly script: string;
  readonly key: string;
  /** Empty: the script's own. */
  readonly namespace: string;
}

const timeLimitSeconds = 300;

/** Throws a sentence unless the key can be read and the script be run. */
export async function checkSigner({ key, script }: Signer): Promise<void> {
  if (!(await may(key, constants.R_OK))) throw new Error(`The key '${key}' (--sign-key) cannot be read.`);
  if (!(await may(script, constants.X_OK)))
    throw new Error(`'${script}' (--sign-script) is not a program that can be run.`);
}

/** Makes `file`.sig with the site's script, in place of an older one. The script sees KEY_PASSPHRASE, but no key of the store or of GitHub. */
export async function sign(file: string, signer: Signer): Promise<void> {
  await rm(`${file}.sig`, { force: true });
  const namespace = signer.namespace === '' ? [] : ['--namespace', signer.namespace];
  const result = await execa(signer.script, ['--sign', '--private-key', signer.key, '--file', file, ...namespace], {
    // Without a terminal: a script that asks for a passphrase fails instead of waiting for ever.
    detached: true,
    stdin: 'ignore',
    all: true,
    reject: false,
    timeout: timeLimitSeconds * 1000,
    extendEnv: false,
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS|GITHUB)_/.test(name))),
  });
  if (!result.failed) return;
  const why = result.timedOut ? `it took longer than ${timeLimitSeconds} s` : result.all?.trim() || result.shortMessage;
  throw new Error(`Signing '${file}' with '${signer.script}' failed: ${why}`);
}

async function may(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
