import type { DaemonKind } from '../../daemon/daemon-kinds.ts';
import type { Settings } from '../../settings/settings.ts';

/** As the commands take them. */
export const daemonNames = ['event_handler', 'job_manager'] as const;
export type DaemonName = (typeof daemonNames)[number];

interface Daemon {
  readonly kind: DaemonKind;
  /** It works, or waits for the one that does. */
  readonly isReady: RegExp;
  readonly logPath: (settings: Settings) => string;
}

export const daemons: Readonly<Record<DaemonName, Daemon>> = {
  event_handler: {
    kind: 'event handler',
    isReady: /^The event handler (listens on|asks GitHub every)|is on standby/m,
    logPath: ({ eventHandler }) => eventHandler.logPath,
  },
  job_manager: {
    kind: 'job manager',
    isReady: /^The job manager looks at the queue every|is on standby/m,
    logPath: ({ jobManager }) => jobManager.logPath,
  },
};

/** The file that gets a started daemon's output: beside its log. */
export const printedPath = (logPath: string) => `${logPath.replace(/\.(log|txt)$/, '')}.out`;
