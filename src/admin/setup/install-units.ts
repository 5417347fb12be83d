import { readFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { daemonNames } from '../daemons/daemon-names.ts';
import { eventHandlerOptions } from './event-handler-options.ts';
import type { Answers } from './questions.ts';
import type { SetupTools } from './tools.ts';
import { unitText, variablesWithPassword } from './unit-text.ts';
import { writeOrCompare } from './write-or-compare.ts';

/** `systemd-notify` waits until its message has been read. */
const notifies = 246;

/** Writes a unit for each daemon, and says what enables them; enables nothing. */
export async function installUnits({ receive }: Answers, tools: SetupTools): Promise<void> {
  const { root, directory, secretsDirectory, environment, say } = tools;
  const home = homedir();
  const version = await readVersion(tools);
  const canNotify = version !== undefined && version >= notifies;
  if (!canNotify) {
    const found = version === undefined ? 'is not in PATH' : `is of version ${version}`;
    say(
      `systemd-notify ${found}, and ${notifies} is needed: the units have no watchdog, and systemd sees only whether a daemon runs.`,
    );
  }
  for (const name of daemonNames) {
    const unit = `bot@${name}.service`;
    const shipped = await readFile(join(root, 'scripts/systemd', unit), 'utf8');
    const options = name === 'event_handler' ? eventHandlerOptions(receive) : [];
    const text = unitText(shipped, { home, root, directory, secretsDirectory, options, environment, canNotify });
    await writeOrCompare(join(home, '.config/systemd/user', unit), text, tools);
  }
  const secret = variablesWithPassword(environment);
  if (secret.length > 0) say(`Write ${secret.join(', ')} into both environment files: a password is not for a unit.`);
  say([
    'Start both as units, now and at each boot:',
    '  systemctl --user daemon-reload',
    `  systemctl --user enable --now ${daemonNames.map((name) => `bot@${name}`).join(' ')}`,
    `  loginctl enable-linger ${userInfo().username}    # else they end when you log out`,
  ]);
}

async function readVersion({ runProgram, environment }: SetupTools): Promise<number | undefined> {
  const command = { program: 'systemd-notify', arguments: ['--version'] };
  const result = await runProgram(command, { environment, timeoutMilliseconds: 10_000 });
  const version = result.kind === 'exited' ? /^systemd (\d+)/.exec(result.stdout)?.[1] : undefined;
  return version === undefined ? undefined : Number(version);
}
