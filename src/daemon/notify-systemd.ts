import { oneAtATime } from './one-at-a-time.ts';

/** Sends assignments (`READY=1`), in order, to the systemd that started this process. */
export type NotifySystemd = (assignments: readonly string[]) => Promise<void>;

type Result = { readonly kind: string; readonly code?: number | string; readonly stderr?: string };

export interface Notifying {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly runProgram: (
    command: { readonly program: string; readonly arguments: readonly string[] },
    options: { readonly environment: Readonly<Record<string, string>>; readonly timeoutMilliseconds: number },
  ) => Promise<Result>;
  /** The environment of `systemd-notify`. */
  readonly childEnvironment: Readonly<Record<string, string>>;
  /** Called once for each reason. */
  readonly complain: (sentence: string) => void;
}

/** systemd-notify waits until systemd has taken the message: 5 s at most. */
const withinMilliseconds = 10_000;

/**
 * Undefined if no systemd waits for messages. Node has no Unix datagram sockets, so `systemd-notify` is run for each message. It is a
 * process of its own: the unit needs NotifyAccess=all. systemd finds the unit by the cgroup of the sender, which vanishes with it: so from
 * version 246 on systemd-notify stays until the message is taken. With older versions messages are lost; setup writes units that need none.
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
