import fc from 'fast-check';
import type { CallFault } from './process.ts';

/** A daemon that wants the lease. */
export interface Contender {
  readonly host: 0 | 1 | 2;
  readonly standby: boolean;
  readonly startsAtSecond: number;
  /** From an end, whichever, to the next start; undefined: it is not started again. */
  readonly downSeconds: number | undefined;
}

/** A call of a contender, counted from its first start on, at which something goes wrong. */
export interface FaultOfCall {
  readonly kind: 'call';
  readonly contender: number;
  /** How the calls that are counted begin; empty: all of them. */
  readonly of: string;
  readonly at: number;
  readonly fault: Exclude<CallFault, { kind: 'power cut' }>;
}

/** The file server as one host sees it. */
export interface FilesFault {
  readonly kind: 'files';
  readonly host: 0 | 1 | 2;
  readonly fromSecond: number;
  readonly seconds: number;
  readonly how: 'EIO' | 'ESTALE' | 'ENOSPC' | 'hangs';
  readonly of: 'changes' | 'all calls';
}

/** SIGTERM. */
interface Termination {
  readonly kind: 'termination';
  readonly contender: number;
  readonly atSecond: number;
}

export type LeaseFault = FaultOfCall | FilesFault | Termination;

/** Who wants one lease, and what goes wrong; with the schedule's seed it happens the same way each time. */
export interface LeaseHistory {
  readonly schedule: number;
  /** Of each host. */
  readonly clocksOffSeconds: readonly number[];
  readonly contenders: readonly Contender[];
  readonly faults: readonly LeaseFault[];
}

/** Until then things go wrong; what was stopped or hangs may last longer. */
export const lastSecond = 150;

/** How calls begin at which a kill or a stop tells most. */
export const tellingCalls = [
  'link',
  'rename',
  'unlink',
  'readFile',
  'readdir',
  'stat',
  'open',
  'write',
  'fsync',
  'rm',
  'rename /bot/locks/',
  'write /bot/locks/',
];

const host = fc.constantFrom<0 | 1 | 2>(0, 1, 2);
const contender = fc.record<Contender>({
  host,
  standby: fc.constantFrom(true, true, true, false),
  startsAtSecond: fc.oneof(fc.constantFrom(0, 0, 0, 1), fc.nat(100)),
  downSeconds: fc.constantFrom(undefined, 2, 10, 30, 60),
});

const when = fc.constantFrom<'before' | 'after'>('before', 'after');
const seconds = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constantFrom(40, 50, 60, 100));
const code = fc.constantFrom(undefined, undefined, 'EIO', 'ESTALE');
const faultOfOneCall: fc.Arbitrary<FaultOfCall['fault']> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('kill' as const), when }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('stop' as const), when, seconds, code }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('slow' as const), when, seconds, code }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('error' as const),
      code: fc.constantFrom('EIO', 'ESTALE', 'ENOSPC'),
      when,
    }),
  },
);
const call = fc.oneof(
  fc.record({ of: fc.constant(''), at: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 400 })) }),
  fc.record({
    of: fc.constantFrom(...tellingCalls),
    at: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 60 })),
  }),
);
const index = fc.nat(3);
const faultOfCall = fc
  .record({ contender: index, call, fault: faultOfOneCall })
  .map(({ contender, call, fault }): FaultOfCall => ({ kind: 'call', contender, ...call, fault }));

const fault: fc.Arbitrary<LeaseFault> = fc.oneof(
  { weight: 6, arbitrary: faultOfCall },
  {
    weight: 1,
    arbitrary: fc.record<FilesFault>({
      kind: fc.constant('files'),
      host,
      fromSecond: fc.nat(lastSecond - 1),
      seconds: fc.constantFrom(1, 10, 30, 60, 100),
      how: fc.constantFrom('EIO', 'ESTALE', 'ENOSPC', 'hangs'),
      of: fc.constantFrom('changes', 'all calls'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record<Termination>({
      kind: fc.constant('termination'),
      contender: index,
      atSecond: fc.nat(lastSecond - 1),
    }),
  },
);

/** Histories of some minutes. */
export const leaseHistories: fc.Arbitrary<LeaseHistory> = fc.record({
  schedule: fc.integer({ min: 0, max: 0x7fff_ffff }),
  clocksOffSeconds: fc.array(fc.constantFrom(0, 0, 1, 300, -300), { minLength: 3, maxLength: 3 }),
  contenders: fc.array(contender, { minLength: 2, maxLength: 4, size: 'max' }),
  faults: fc.array(fault, { maxLength: 4, size: 'max' }),
});
