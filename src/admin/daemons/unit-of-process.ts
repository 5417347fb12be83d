import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { exists } from '../../outside/files/exists.ts';
import type { runProgram } from '../../outside/processes/run-program.ts';
import type { DaemonName } from './daemon-names.ts';

/** A service of systemd. */
export interface Unit {
  readonly name: string;
  /** The command that reaches its systemd: the account's, or that of the machine. */
  readonly systemctl: 'systemctl --user' | 'systemctl';
}

/** Names of the bot's services. A daemon that was started inside another service, such as a notebook's, is not restarted by it. */
const isOurs = /^bot@|event.?handler|job.?manager/;

/** The bot's service that a process belongs to, by the text of /proc/PID/cgroup; undefined: it was started otherwise. */
export function unitIn(cgroups: string): Unit | undefined {
  // If there are several hierarchies, systemd has its own; one of them is the unified one.
  const path = /^(?:0::|\d+:name=systemd:)(.*)$/m.exec(cgroups)?.[1] ?? '';
  const parts = path.split('/').filter((part) => part !== '');
  const services = parts.filter((part) => part.endsWith('.service'));
  const name = services.at(-1);
  // Below a scope (a login, a tmux) it is not a service, whatever is above.
  if (name === undefined || parts.at(-1)?.endsWith('.scope') || !isOurs.test(name)) return undefined;
  return {
    name,
    systemctl: services.some((each) => /^user@\d+\.service$/.test(each)) ? 'systemctl --user' : 'systemctl',
  };
}

/** The bot's service that a process of this machine belongs to. */
export async function unitOfProcess(pid: number): Promise<Unit | undefined> {
  return unitIn(await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '')); // it has ended
}

/**
 * The account's unit of a daemon of the site in this directory that has no process now and is started by systemd nevertheless: it waits until it is restarted, or is just
 * being started. Undefined as well where the account's systemd cannot be asked.
 */
export async function unitThatRestarts(
  daemon: DaemonName,
  run: typeof runProgram,
  environment: Readonly<Record<string, string>>,
): Promise<Unit | undefined> {
  const name = `bot@${daemon}.service`;
  const directory = join(homedir(), '.config/systemd/user');
  if (!(await exists(join(directory, name))) && !(await exists(join(directory, 'bot@.service')))) return undefined;
  const command = {
    program: 'systemctl',
    arguments: ['--user', 'show', '--property=ActiveState,WorkingDirectory', name],
  };
  const result = await run(command, { environment, timeoutMilliseconds: 10_000 });
  if (result.kind !== 'exited') return undefined;
  const isStarted = /^ActiveState=(activating|active|reloading)$/m.test(result.stdout);
  const isOfThisSite = result.stdout.split('\n').includes(`WorkingDirectory=${process.cwd()}`);
  return isStarted && isOfThisSite ? { name, systemctl: 'systemctl --user' } : undefined;
}
