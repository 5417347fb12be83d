import fc from 'fast-check';
import { type Forgery, forgeryNames } from './forge.ts';
import type { CallFault } from './process.ts';

/** A site, as far as it makes a difference. */
export interface Site {
  readonly policy: 'all' | 'latest' | 'once';
  readonly handover: 'hold_release' | 'delayed_begin';
  /** Whether sacct remembers what the queue forgets. */
  readonly accounting: boolean;
  readonly minJobAgeSeconds: number;
  /** GitHub refuses longer comments with a table. A low limit does to short ones what 65,536 characters do to long ones. */
  readonly longestTable: number;
}

/** Something that people do on a pull request. */
export type Happening = { readonly afterSeconds: number; readonly pullRequest: 1 | 2 } & (
  | { readonly kind: 'comment'; readonly by: 'maintainer' | 'outsider'; readonly lines: readonly CommandLine[] }
  | { readonly kind: 'deploy label'; readonly by: 'maintainer' | 'outsider' }
  | { readonly kind: 'push' | 'close' | 'reopen' | 'delete a comment' | 'lock' | 'unlock' | 'remove the deploy label' }
  | { readonly kind: 'transfer the repository' | 'delete the repository' }
);

export const commandLines = {
  'bot: build': 2,
  'bot: build arch:zen2': 1,
  'bot: build arch:zen4': 1,
  'bot: build arch:power9': 0,
  'bot: build inst:another-bot': 0,
  'bot: help': 0,
  'bot: status': 0,
  'bot: show_config': 0,
  'bot: biuld': 0,
  'bot: cancel': 0,
  'bot: cancel arch:zen2': 0,
  'bot: cancel jobid:100 jobid:102': 0,
  'bot: explain deploy': 0,
  'bot: explain build': 0,
  'bot: log jobid:100': 0,
  'bot: ping': 0,
  'bot: rebuild': 2,
  'bot: retry': 2,
  'bot: build force': 2,
  'bot: build arch:zen2 force': 1,
} as const;
/** A line of a comment; the number of targets that it builds for. */
export type CommandLine = keyof typeof commandLines;

/** What a job does once Slurm has it. */
export interface JobLife {
  readonly waitsSeconds: number;
  readonly runsSeconds: number;
  readonly end:
    | 'COMPLETED'
    | 'FAILED'
    | 'TIMEOUT'
    | 'CANCELLED'
    | 'OUT_OF_MEMORY'
    | 'NODE_FAIL'
    | 'PREEMPTED'
    | 'BOOT_FAIL'
    | 'DEADLINE';
  readonly leaves: 'results' | 'long results' | 'nothing' | 'garbage';
  /** What happens to it once while it runs. */
  readonly interruption: 'none' | 'requeued' | 'preempted and requeued' | 'suspended';
  /** What it writes, when it begins to run and at its end, over what the bot keeps in its directory. */
  readonly forges: Forgery;
}

type Daemon = 'event handler' | 'job manager';

interface Window {
  readonly fromSecond: number;
  readonly seconds: number;
}

/** How calls begin that others can see, or that make what was seen last: kills around them tell most. */
export const tellingCalls = {
  'event handler': ['fsync', 'sbatch', 'GitHub: create comment', 'GitHub: edit comment', 'link', 'rename'],
  'job manager': [
    'fsync',
    'scontrol release',
    'upload',
    'upload',
    'write /jobs/.bot/ledger.jsonl',
    'GitHub: edit comment',
    'rename',
  ],
} as const;

/** A call of a daemon, counted from its first start on, at which the daemon dies, or which fails. */
export interface FaultOfCall {
  readonly kind: 'call';
  readonly daemon: Daemon;
  /** How the calls that are counted begin; empty: all of them. */
  readonly of: string;
  readonly at: number;
  readonly fault: Extract<CallFault, { kind: 'kill' | 'power cut' | 'error' }>;
  readonly downSeconds: number;
  /** The power is cut with the daemon's so-many-eth call after that, and what was not synced by then is gone. */
  readonly powerCutAfter?: number;
}
export interface DiskFault extends Window {
  readonly kind: 'disk';
  readonly code: 'ENOSPC' | 'EIO' | 'EROFS' | 'EDQUOT' | 'ESTALE';
  /** What is there cannot be read either. */
  readonly hidesFiles: boolean;
}
/** The file system with state and jobs is away. */
export interface MountFault extends Window {
  readonly kind: 'mount';
  /** The machine loses its power, and comes up without it. */
  readonly afterPowerCut: boolean;
}
export interface GitHubFault extends Window {
  readonly kind: 'GitHub';
  /** `does not show`: 404, though it is there. */
  readonly how:
    | 'limits'
    | 'is away'
    | 'loses answers'
    | 'is unreliable'
    | 'suspends the installation'
    | 'does not show';
}
export interface SlurmFault extends Window {
  readonly kind: 'away' | 'garbled' | 'empty listing' | 'refuses';
}
export interface StoreFault extends Window {
  readonly kind: 'store';
  readonly how: 'refuses' | 'loses answers';
}
export interface RelayFault extends Window {
  readonly kind: 'relay';
  readonly how: 'drops' | 'repeats' | 'renames' | 'delays';
}
export interface GitFault extends Window {
  readonly kind: 'git';
}

export type Fault =
  | FaultOfCall
  | DiskFault
  | MountFault
  | GitHubFault
  | SlurmFault
  | StoreFault
  | RelayFault
  | GitFault;

/** Somebody sets the clock of the machine and of its files, or it was wrong from its start on; after a while it is right again. */
export interface ClockStep extends Window {
  readonly stepSeconds: number;
}

/** Everything that is to happen; with the schedule's seed it happens the same way each time. */
export interface History {
  readonly schedule: number;
  readonly site: Site;
  readonly happenings: readonly Happening[];
  readonly lives: readonly JobLife[];
  readonly faults: readonly Fault[];
  readonly clockSteps: readonly ClockStep[];
}

/** The last second at which a fault begins; the last one of it is at most {@link longestFaultSeconds} later, of one of Slurm's an hour. */
const lastFaultSecond = 250;
const longestFaultSeconds = 1800;

const schedule = fc.integer({ min: 0, max: 0x7fff_ffff });
const site = fc.record<Site>({
  policy: fc.constantFrom('all', 'latest', 'once'),
  handover: fc.constantFrom('hold_release', 'hold_release', 'hold_release', 'delayed_begin'),
  accounting: fc.boolean(),
  minJobAgeSeconds: fc.constantFrom(300, 300, 45),
  longestTable: fc.constantFrom(65_536, 65_536, 65_536, 900),
});

const when = {
  afterSeconds: fc.oneof(fc.nat(30), fc.nat(400), fc.integer({ min: 400, max: 900 })),
  pullRequest: fc.constantFrom<1 | 2>(1, 1, 1, 2),
};
const by = fc.constantFrom<'maintainer' | 'outsider'>(
  'maintainer',
  'maintainer',
  'maintainer',
  'maintainer',
  'outsider',
);
/** Typed behind all that the rest of a history draws. */
const later = [
  'bot: rebuild',
  'bot: retry',
  'bot: explain deploy',
  'bot: explain deploy',
  'bot: explain build',
  'bot: log jobid:100',
  'bot: ping',
] as const;
const names = (Object.keys(commandLines) as CommandLine[]).filter(
  (name) => !name.endsWith(' force') && !later.some((each) => each === name),
);
const lines = fc.array(
  fc.constantFrom<CommandLine>('bot: build force', 'bot: build', 'bot: build arch:zen2 force', ...names),
  { minLength: 1, maxLength: 2, size: 'max' },
);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ ...when, kind: fc.constant('comment' as const), by, lines }) },
  { weight: 3, arbitrary: fc.record({ ...when, kind: fc.constant('deploy label' as const), by }) },
  {
    weight: 2,
    arbitrary: fc.record({
      ...when,
      kind: fc.constantFrom('push', 'push', 'close', 'reopen', 'delete a comment', 'remove the deploy label'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      ...when,
      kind: fc.constantFrom('lock', 'lock', 'unlock', 'transfer the repository', 'delete the repository'),
    }),
  },
);

const life = fc.record<JobLife>({
  waitsSeconds: fc.constantFrom(0, 0, 10, 70),
  runsSeconds: fc.constantFrom(1, 1, 20, 100),
  end: fc.constantFrom(
    'COMPLETED',
    'COMPLETED',
    'COMPLETED',
    'COMPLETED',
    'COMPLETED',
    'FAILED',
    'TIMEOUT',
    'CANCELLED',
    'OUT_OF_MEMORY',
    'NODE_FAIL',
    'PREEMPTED',
    'BOOT_FAIL',
    'DEADLINE',
  ),
  leaves: fc.constantFrom('results', 'results', 'results', 'long results', 'nothing', 'garbage'),
  interruption: fc.constantFrom(
    'none',
    'none',
    'none',
    'none',
    'none',
    'none',
    'requeued',
    'preempted and requeued',
    'suspended',
  ),
  forges: fc.oneof(
    { weight: 9, arbitrary: fc.constant<Forgery>('none') },
    { weight: 1, arbitrary: fc.constantFrom<Forgery>(...forgeryNames) },
  ),
});

const beforeOrAfter = fc.constantFrom<'before' | 'after'>('before', 'after');
const death = fc.oneof(
  fc.record({ kind: fc.constant('kill' as const), when: beforeOrAfter }),
  fc.record({
    kind: fc.constant('power cut' as const),
    when: beforeOrAfter,
    remains: fc.constantFrom<'nothing' | 'some' | 'all'>('nothing', 'some', 'all'),
  }),
);
/** A call fails, if it is one that changes files. */
export const failure = fc.record({
  kind: fc.constant('error' as const),
  code: fc.constantFrom<DiskFault['code']>('EIO', 'ENOSPC'),
});
const aroundCallOf = <D extends Daemon>(daemon: D) =>
  fc.record({
    daemon: fc.constant(daemon),
    of: fc.constantFrom<string>(...tellingCalls[daemon]),
    at: fc.constantFrom(1, 1, 1, 2, 2, 3, 4, 6),
  });
const anyCall = fc.record({
  daemon: fc.constantFrom<Daemon>('event handler', 'job manager'),
  of: fc.constant(''),
  at: fc.integer({ min: 1, max: 500 }),
});
const faultOfCall = fc
  .record({
    call: fc.oneof(anyCall, fc.oneof(aroundCallOf('event handler'), aroundCallOf('job manager'))),
    more: fc.record({
      fault: fc.oneof(death, death, death, failure),
      downSeconds: fc.constantFrom(1, 1, 1, 5, 60, 400),
    }),
  })
  .map(({ call, more }): FaultOfCall => ({ kind: 'call', ...call, ...more }));
/** What can be seen does not come to last: there a daemon is killed, or is told so; it goes on, and then the power is cut. */
export const notSynced = fc
  .record({
    daemon: fc.constantFrom<Daemon>('event handler', 'job manager'),
    fault: fc.oneof(fc.constant({ kind: 'kill' as const, when: 'before' as const }), failure),
    at: fc.integer({ min: 1, max: 60 }),
    powerCutAfter: fc.integer({ min: 1, max: 60 }),
  })
  .map((more): FaultOfCall => ({ kind: 'call', of: 'fsync', downSeconds: 1, ...more }));
const windowUpTo = (longest: number) => ({
  fromSecond: fc.nat(lastFaultSecond),
  seconds: fc.constantFrom(1, 1, 5, 5, 30, 30, 30, 90, 90, 90, 90, 300, 300, 300, 300, longest),
});
const window = windowUpTo(longestFaultSeconds);
const day = 86_400;
const to1970 = -Date.UTC(2026, 2, 10, 12) / 1000;
const clockStep = fc.record<ClockStep>({
  fromSecond: fc.oneof(fc.constant(0), fc.nat(lastFaultSecond)),
  seconds: fc.constantFrom(1, 5, 60, 90, 300, longestFaultSeconds),
  stepSeconds: fc.constantFrom(2, -2, 3600, -3600, day, -day, 8 * day, -8 * day, to1970),
});
const fault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 8, arbitrary: faultOfCall },
  { weight: 1, arbitrary: notSynced },
  {
    weight: 1,
    arbitrary: fc.record<DiskFault>({
      ...window,
      kind: fc.constant('disk'),
      code: fc.constantFrom('ENOSPC', 'EROFS', 'EDQUOT'),
      hidesFiles: fc.constant(false),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record<DiskFault>({
      ...window,
      kind: fc.constant('disk'),
      code: fc.constantFrom('EIO', 'ESTALE'),
      hidesFiles: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record<MountFault>({ ...window, kind: fc.constant('mount'), afterPowerCut: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record<GitHubFault>({
      ...window,
      kind: fc.constant('GitHub'),
      how: fc.constantFrom('limits', 'is away', 'loses answers', 'is unreliable', 'suspends the installation'),
    }),
  },
  {
    weight: 1,
    // Four of them in a row are less than what is taken for gone.
    arbitrary: fc.record<GitHubFault>({
      fromSecond: fc.nat(lastFaultSecond),
      seconds: fc.constantFrom(1, 5, 30, 90, 200),
      kind: fc.constant('GitHub'),
      how: fc.constant('does not show'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record<SlurmFault>({
      ...windowUpTo(3600),
      kind: fc.constantFrom('away', 'garbled', 'empty listing', 'refuses'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record<StoreFault>({
      ...window,
      kind: fc.constant('store'),
      how: fc.constantFrom('refuses', 'loses answers'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record<RelayFault>({
      ...window,
      kind: fc.constant('relay'),
      how: fc.constantFrom('drops', 'repeats', 'renames', 'delays'),
    }),
  },
  { weight: 1, arbitrary: fc.record<GitFault>({ ...window, kind: fc.constant('git') }) },
);

/** What a pull request is for: it is built, and what succeeded is deployed, if who sets the label may. */
const buildAndDeploy = (line: CommandLine) =>
  by.map((who): readonly Happening[] => [
    { kind: 'comment', afterSeconds: 0, pullRequest: 1, by: 'maintainer', lines: [line] },
    { kind: 'deploy label', afterSeconds: 190, pullRequest: 1, by: who },
  ]);

const some = <T>(arbitrary: fc.Arbitrary<T>, minLength: number, maxLength: number) =>
  fc.array(arbitrary, { minLength, maxLength, size: 'max' });
const someClockSteps = some(clockStep, 1, 2);

/**
 * Histories in which these things happen, and such faults come: where of {@link histories} only one in tens of thousands comes upon a
 * defect.
 */
export function historiesOfOne(
  happenings: fc.Arbitrary<Happening[]>,
  faults: fc.Arbitrary<Fault[]>,
  clockSteps: fc.Arbitrary<ClockStep[]> = someClockSteps,
) {
  return fc.record<History>({ schedule, site, happenings, lives: some(life, 1, 1), faults, clockSteps });
}

/** Up to so many of each; `line`: what is built where it is built and deployed. */
function historiesOf(most: { happenings: number; lives: number; faults: number }, line: CommandLine) {
  return fc.record({
    schedule,
    site,
    happenings: fc.oneof(
      some(happening, 1, most.happenings),
      fc.tuple(buildAndDeploy(line), some(happening, 0, 1)).map(([first, more]) => [...first, ...more]),
    ),
    lives: some(life, 1, most.lives),
    faults: some(fault, 0, most.faults),
    clockSteps: someClockSteps,
  });
}

const built: fc.Arbitrary<History> = fc.oneof(
  { weight: 3, arbitrary: historiesOf({ happenings: 1, lives: 1, faults: 2 }, 'bot: build arch:zen2') },
  { weight: 1, arbitrary: historiesOf({ happenings: 4, lives: 3, faults: 4 }, 'bot: build') },
);

/** Somebody looks, or builds again, and now and then sets the label after that. */
const moreHappenings = fc
  .record({ ...when, by, line: fc.constantFrom<CommandLine>(...later), label: fc.option(fc.record({ ...when, by })) })
  .map(({ line, label, ...comment }): readonly Happening[] => [
    { ...comment, kind: 'comment', lines: [line] },
    ...(label === null ? [] : [{ ...label, kind: 'deploy label' as const }]),
  ]);

/** Histories of a few minutes to some hours, most of them small: many defects need little, and of small ones there can be more. */
export const histories: fc.Arbitrary<History> = fc
  .tuple(built, fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: moreHappenings }))
  .map(([history, more]) => ({ ...history, happenings: [...history.happenings, ...more] }));
