import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { stopAll } from '../../stand-ins/slurm/stop-all.ts';
import { startSlurm } from '../slurm/start-slurm.ts';
import type { KillPoint } from './daemon.ts';
import { killEverywhere, type Outcome } from './kill-everywhere.ts';

// npm run kill-tests: README.md beside this file tells what is done, and what the options are for.

const { values } = parseArgs({
  options: {
    daemon: { type: 'string', default: 'event-handler,job-manager' },
    when: { type: 'string', default: 'before,after,orphan' },
    /** A regular expression for the names of calls. */
    only: { type: 'string', default: '' },
    /** Leaves out so many calls of the undisturbed life. */
    from: { type: 'string', default: '0' },
    worlds: { type: 'string', default: '4' },
    'stand-in': { type: 'boolean', default: false },
    s3: { type: 'boolean', default: false },
  },
});

const directory = await mkdtemp(join(tmpdir(), 'bot-kill-slurm-'));
const slurm = values['stand-in'] ? await startStandIn() : await startSlurm(directory);
let failed = 0;
try {
  for (const daemon of values.daemon.split(',')) failed += await killDaemon(daemon as 'event-handler' | 'job-manager');
} finally {
  await slurm.stop();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
}
process.exit(failed > 0 ? 1 : 0);

async function startStandIn() {
  await mkdir(join(directory, 'cluster'));
  const bin = join(import.meta.dirname, '../../stand-ins/slurm/bin');
  const environment = {
    PATH: `${bin}${delimiter}${process.env['PATH']}`,
    SLURM_STAND_IN_DIR: join(directory, 'cluster'),
  };
  return { environment, stop: async () => stopAll(environment.SLURM_STAND_IN_DIR) };
}

/** Prints a line for each kill and the sums; gives back how many failed. */
async function killDaemon(daemon: 'event-handler' | 'job-manager'): Promise<number> {
  const begun = Date.now();
  const only = new RegExp(values.only);
  const outcomes = await killEverywhere({
    daemon,
    when: values.when.split(',') as KillPoint['when'][],
    isWanted: (at, index) => only.test(at) && index >= Number(values.from),
    worlds: Number(values.worlds),
    slurm: slurm.environment,
    realUpload: values.s3,
    tell: (news) => console.log('calls' in news ? `${daemon}: ${news.calls} calls, ${news.kills} kills` : line(news)),
  });
  const count = (kind: Outcome['kind']) => outcomes.filter((outcome) => outcome.kind === kind).length;
  const ends = `${count('passed')} passed, ${count('failed')} failed, ${count('not reached')} not reached`;
  console.log(`${daemon}: ${outcomes.length} kills, ${ends}; ${Math.round((Date.now() - begun) / 1000)} s`);
  for (const [name, times] of counted(outcomes.flatMap(({ leftOver }) => leftOver))) {
    console.log(`  left over: ${name} (${times} times)`);
  }
  return count('failed');
}

function line({ point, kind, why }: Outcome): string {
  return [kind.padEnd(11), point.when.padEnd(6), point.at, ...why.map((each) => `\n      ${each}`)].join('  ');
}

function counted(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
