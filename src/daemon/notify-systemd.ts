import { oneAtATime } from './one-at-a-time.ts';

/** Sends assignments (`READY=1`) to the systemd that started this process; they arrive in the order in which they are given. */
export type NotifySystemd = (assignments: readonly string[]) => Promise<void>;

type Result = { readonly kind: string; readonly code?: number | string; readonly stderr?: string };

export interface Notifying {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly runProgram: (
    command: { readonly program: string; readonly arguments: readonly string[] },
    options: { readonly environment: Readonly<Record<string, string>>; readonly timeoutMilliseconds: number },
  ) => Promise<Result>;
  /** Of `systemd-notify`. */
  readonly childEnvironment: Readonly<Record<string, string>>;
  /** Called once for each reason. */
  readonly complain: (sentence: string) => void;
}

/** It waits until systemd has taken the message, by its own limit for 5 s. */
const withinMilliseconds = 10_000;

/**
 * Undefined where no systemd waits for a word. Node has no Unix datagram sockets, so `systemd-notify` is run for each message. It is a
 * process of its own: the unit needs NotifyAccess=all. systemd looks for the unit of a process by its cgroup, which is gone with it:
 * so from version 246 on it stays until the message has been taken. With an older one messages are lost, and setup writes units that need none.
 */
export function systemdNotifier({
  environment,
  runProgram,
  childEnvironment,
  complain,
}: Notifying): NotifySystemd | undefined {
  const socket = environment['NOTIFY_SOCKET'];
  if (!socket) return undefined;
  const inOrder = oneAtATime();
  const told = new Set<string>();
  const tellOnce = (why: string) => {
    if (told.has(why)) return;
    told.add(why);
    complain(why);
  };
  return async (assignments) => {
    const result = await inOrder(socket, () =>
      runProgram(
        { program: 'systemd-notify', arguments: assignments },
        { environment: { ...childEnvironment, NOTIFY_SOCKET: socket }, timeoutMilliseconds: withinMilliseconds },
      ),
    );
    if (result.kind === 'exited' && result.code === 0) return;
    tellOnce(result.kind === 'not-started' ? notThere : `${failed}: ${result.stderr?.trim() || result.kind}`);
  };
}

const notThere =
  'NOTIFY_SOCKET is set, and there is no systemd-notify in PATH: systemd cannot be told that this daemon works, and ends it. ' +
  'Put its directory into the PATH of the unit, or write Type=simple there and take WatchdogSec out';
const failed = 'systemd-notify could not tell systemd how this daemon is';
