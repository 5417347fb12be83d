/** The two daemons, each in one process per state directory. */
export const daemonKinds = ['event handler', 'job manager'] as const;
export type DaemonKind = (typeof daemonKinds)[number];

/** As its program, its report and its log lines are named. */
export const hyphenated = (kind: DaemonKind) => kind.replace(' ', '-') as 'event-handler' | 'job-manager';
