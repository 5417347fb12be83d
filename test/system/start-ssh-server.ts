import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { freePorts } from '../slurm/free-ports.ts';

export interface SshServer {
  readonly port: number;
  /** As known_hosts has it. */
  readonly knownHost: string;
  /** Of who may log in as `git`. */
  readonly userKey: string;
  /** What was asked for so far, as ssh sent it. */
  served(): Promise<string[]>;
  stop(): Promise<void>;
}

/**
 * A real sshd on a port of 127.0.0.1 that serves the bare repositories below `root` to the account `git`, as GitHub does. The account is
 * in a passwd file of its own, which only this sshd sees (a mount namespace).
 */
export async function startSshServer(directory: string, root: string): Promise<SshServer> {
  await mkdir(directory, { recursive: true });
  await mkdir('/run/sshd', { recursive: true }); // where sshd puts strangers; a Debian package that was not started has none
  const [port = 0] = await freePorts(1);
  const at = (name: string) => join(directory, name);
  for (const key of ['host', 'user']) await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(key)]);
  const publicKey = async (name: string) =>
    (await readFile(at(`${name}.pub`), 'utf8')).split(' ').slice(0, 2).join(' ');
  await writeFile(at('serve'), serve(root, at('served')), { mode: 0o755 });
  await writeFile(at('served'), '');
  await writeFile(at('authorized_keys'), `restrict,command="${at('serve')}" ${await publicKey('user')}\n`);
  await writeFile(at('passwd'), `${await readFile('/etc/passwd', 'utf8')}git:x:0:0::${directory}:/bin/sh\n`);
  await writeFile(at('sshd_config'), sshdConfig(directory, port));
  const inOwnNamespace = 'mount --bind "$1" /etc/passwd && exec /usr/sbin/sshd -D -e -f "$2"';
  const words = ['--mount', 'sh', '-c', inOwnNamespace, 'sh', at('passwd'), at('sshd_config')];
  const sshd = spawn('unshare', words, { stdio: ['ignore', 'ignore', 'pipe'] });
  const closed = once(sshd, 'close');
  let said = '';
  await new Promise<void>((listening, refused) => {
    createInterface({ input: sshd.stderr }).on('line', (line) => {
      said += `${line}\n`;
      if (line.startsWith('Server listening')) listening();
    });
    closed.then(() => refused(new Error(`sshd ended: ${said}`)), refused);
  });
  return {
    port,
    knownHost: `[127.0.0.1]:${port} ${await publicKey('host')}`,
    userKey: at('user'),
    served: async () => (await readFile(at('served'), 'utf8')).split('\n').filter((line) => line !== ''),
    async stop() {
      sshd.kill('SIGTERM');
      await closed;
    },
  };
}

/** What is run whatever a client asks for: reading one repository, nothing else. */
function serve(root: string, served: string): string {
  return `#!/bin/bash
echo "$SSH_ORIGINAL_COMMAND" >>${served}
[[ $SSH_ORIGINAL_COMMAND =~ ^git-upload-pack\\ \\'/?([A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+\\.git)\\'$ ]] || { echo "not here" >&2; exit 1; }
exec git-upload-pack "${root}/\${BASH_REMATCH[1]}"
`;
}

function sshdConfig(directory: string, port: number): string {
  return `ListenAddress 127.0.0.1
Port ${port}
HostKey ${directory}/host
AuthorizedKeysFile ${directory}/authorized_keys
PidFile none
UsePAM no
StrictModes no
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
AcceptEnv GIT_PROTOCOL
`;
}
