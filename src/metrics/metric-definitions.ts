import { type DaemonKind, daemonKinds } from '../daemon/daemon-kinds.ts';

/** One of the bot's own metrics. */
export interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** What it tells: a sentence, without its full stop. */
  readonly help: string;
  /** Label -> its values, for people; there is a bounded number, and none is chosen by a stranger. */
  readonly labels: Readonly<Record<string, string>>;
  /** Of a histogram: upper bounds. */
  readonly buckets?: readonly number[];
  /** Which daemons tell it. */
  readonly of: readonly DaemonKind[];
}

const both = daemonKinds;
const eventHandler = ['event handler'] as const;
const jobManager = ['job manager'] as const;
const daemon = '`event handler`, `job manager`';
const waiting = '`delivery` (event handler), `order` (job manager)';

/** All of them by name; docs/monitoring.md lists them from here. */
export const metricDefinitions = {
  build_bot_info: {
    type: 'gauge',
    help: 'Always 1: the version of the bot, and which daemon this is',
    labels: { daemon, version: 'as `--version` prints it' },
    of: both,
  },
  build_bot_deliveries_total: {
    type: 'counter',
    help: "Deliveries of GitHub's webhook, by what became of them at the door",
    labels: {
      event: '`issue_comment`, `pull_request`, `check_run`, `check_suite`, `ping`, `installation`, `other`, `unknown`',
      result:
        '`accepted`, `duplicate`, `passed over` (of another installation), `bad signature`, `refused` (malformed, too old, too large), `failed` (could not be stored), `fetched` (from the list of GitHub)',
    },
    of: eventHandler,
  },
  build_bot_commands_total: {
    type: 'counter',
    help: 'Commands that were carried out to their end, and what came of them',
    labels: {
      command: 'its name, or `unknown`',
      result:
        '`done`, `failed` (or refused), `nothing` (matches here), `no permission`, `misunderstood`, `left to others`',
    },
    of: eventHandler,
  },
  build_bot_jobs: {
    type: 'gauge',
    help: 'Jobs that the job manager looks after, as the last interval left them',
    labels: { state: '`submitted`, `released`, `running`, `finished` (not all of it is told yet)' },
    of: jobManager,
  },
  build_bot_interval_duration_seconds: {
    type: 'histogram',
    help: 'How long an interval of the job manager takes, from the look at the queue to the last comment',
    labels: { result: '`done`, `queue unreadable`, `failed`' },
    buckets: [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
    of: jobManager,
  },
  build_bot_interval_success_timestamp_seconds: {
    type: 'gauge',
    help: 'When an interval that has read the queue last came to its end; absent: none has since the start',
    labels: {},
    of: jobManager,
  },
  build_bot_comparison_timestamp_seconds: {
    type: 'gauge',
    help: "When a comparison of GitHub's list of deliveries with the inbox last came to its end; absent: none has since the start",
    labels: {},
    of: eventHandler,
  },
  build_bot_comparison_failing_since_timestamp_seconds: {
    type: 'gauge',
    help: 'Since when no comparison has come to its end, though it was tried; absent: the last one has',
    labels: {},
    of: eventHandler,
  },
  build_bot_missing_deliveries: {
    type: 'gauge',
    help: 'Deliveries that GitHub lists, that have not arrived and are not fetched yet',
    labels: {},
    of: eventHandler,
  },
  build_bot_github_requests_total: {
    type: 'counter',
    help: 'Requests to GitHub, each attempt counted, by what was asked and the HTTP status',
    labels: {
      request: '`create comment`, `read pull request`, `read token` and the like, or `other`',
      status: 'three digits, or `none`: no answer',
    },
    of: both,
  },
  build_bot_github_rate_limit_remaining: {
    type: 'gauge',
    help: 'Requests that GitHub still allows in this hour, as its last answer told; absent: no answer of this hour has told; by whose budget it is',
    labels: { as: '`installation`, `app`', resource: '`core`, or `other`' },
    of: both,
  },
  build_bot_github_rate_limit: {
    type: 'gauge',
    help: 'Requests that GitHub allows in an hour, told and absent as what remains of them',
    labels: { as: '`installation`, `app`', resource: '`core`, or `other`' },
    of: both,
  },
  build_bot_slurm_command_duration_seconds: {
    type: 'histogram',
    help: "How long Slurm's commands take, by program and how they ended",
    labels: {
      program: '`squeue`, `sbatch`, `scontrol`, `scancel`, `sacct`, or what `app.cfg` has in the place of one',
      result: '`ok`, `failed` (exit status), `timed out`, `killed`, `not started`, `too much output`',
    },
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 150],
    of: both,
  },
  build_bot_upload_duration_seconds: {
    type: 'histogram',
    help: 'How long the upload script takes for an artefact, by what came of it',
    labels: { result: '`uploaded`, `failed`' },
    buckets: [1, 5, 15, 60, 300, 900, 3600, 14_400],
    of: jobManager,
  },
  build_bot_uploaded_bytes_total: {
    type: 'counter',
    help: 'Bytes of the artefacts that were uploaded',
    labels: {},
    of: jobManager,
  },
  build_bot_failures_total: {
    type: 'counter',
    help: 'What went wrong outside of the bot, by kind',
    labels: { kind: 'those of [trouble](#kinds-of-trouble)' },
    of: both,
  },
  build_bot_trouble_since_timestamp_seconds: {
    type: 'gauge',
    help: 'Since when something goes wrong, by kind; absent: it does not. Also of troubles that an earlier process left',
    labels: { kind: 'those of [trouble](#kinds-of-trouble)' },
    of: both,
  },
  build_bot_set_aside: {
    type: 'gauge',
    help: 'What was given up until somebody replays or drops it: `./bot.sh status` lists it',
    labels: { kind: '`delivery` (event handler), `order`, `job` (job manager)' },
    of: both,
  },
  build_bot_waiting: {
    type: 'gauge',
    help: 'Deliveries and orders that are not worked off',
    labels: { kind: waiting },
    of: both,
  },
  build_bot_oldest_waiting_timestamp_seconds: {
    type: 'gauge',
    help: 'When the oldest of those came; absent: none waits',
    labels: { kind: waiting },
    of: both,
  },
  build_bot_daemon_running: {
    type: 'gauge',
    help: '1: it runs, on whichever node; 0: it does not; absent: none ever ran with this state_dir',
    labels: { daemon },
    of: both,
  },
  build_bot_lease_renewed_timestamp_seconds: {
    type: 'gauge',
    help: "When a daemon last renewed its lease, by the file server's clock; it does so every 10 s",
    labels: { daemon },
    of: both,
  },
  build_bot_state_read_timestamp_seconds: {
    type: 'gauge',
    help: 'When the state directory was last read for what stands here of it; absent: it could not be read',
    labels: {},
    of: both,
  },
} as const satisfies Readonly<Record<`build_bot_${string}`, MetricDefinition>>;

type Definitions = typeof metricDefinitions;
export type MetricName = keyof Definitions;
/** The names of one type. */
export type NameOf<Type extends MetricDefinition['type']> = {
  [Name in MetricName]: Definitions[Name]['type'] extends Type ? Name : never;
}[MetricName];
/** What has to be said of each value. */
export type LabelsOf<Name extends MetricName> = Readonly<Record<keyof Definitions[Name]['labels'], string>>;
