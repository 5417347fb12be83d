import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { wholeNumber } from '../../src/daemon/whole-number.ts';
import { stopAll } from '../../stand-ins/slurm/stop-all.ts';
import { startSlurm } from '../slurm/start-slurm.ts';
import type { KillPoint } from './daemon.ts';
import { killEverywhere, type Outcome } from './kill-everywhere.ts';

// npm run kill-tests: README.md beside this file tells what is done.

const daemons = ['event-handler', 'job-manager'] as const;
const moments = ['before', 'after', 'orphan'] as const;

interface Options {
  readonly daemon: readonly (typeof daemons)[number][];
  readonly when: readonly KillPoint['when'][];
  readonly only?: RegExp;
  readonly from: number;
  readonly worlds: number;
  readonly standIn: boolean;
  readonly s3: boolean;
}

const program = new Command('npm run kill-tests --')
  .description(
    'Kills a daemon at each call of a whole life by which it changes something, starts it again, and compares what came of it.',
  )
  .addOption(new Option('--daemon <names>', daemons.join(',')).argParser(someOf(daemons)).default(daemons, 'both'))
  .addOption(
    new Option('--when <moments>', 'before or after the call took effect; orphan: its child process runs on')
      .argParser(someOf(moments))
      .default(moments, 'all three'),
  )
  .option('--only <pattern>', 'a regular expression for the names of calls', pattern)
  .option('--from <number>', 'leave so many calls of the undisturbed life out', wholeNumber(0), 0)
  .option('--worlds <number>', 'lives side by side', wholeNumber(1), 4)
  .option('--stand-in', 'no real Slurm', false)
  .option('--s3', 'the real upload script and an S3 server instead of a small script', false)
  .showHelpAfterError();
const options = program.parse().opts<Options>();

const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    console.error(`${signal}: ends after the lives under way`);
    ending.abort();
  });
const directory = await mkdtemp(join(tmpdir(), 'bot-kill-slurm-'));
const slurm = options.standIn ? await startStandIn() : await startSlurm(directory);
let failed = 0;
try {
  for (const daemon of options.daemon) if (!ending.signal.aborted) failed += await killDaemon(daemon);
} finally {
  await slurm.stop();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
}
process.exit(failed > 0 || ending.signal.aborted ? 1 : 0);

async function startStandIn() {
  await mkdir(join(directory, 'cluster'));
  const bin = join(import.meta.dirname, '../../stand-ins/slurm/bin');
  const environment = {
    PATH: `${bin}${delimiter}${process.env['PATH']}`,
    STAND_IN_SLURM_DIR: join(directory, 'cluster'),
  };
  return { environment, stop: async () => stopAll(environment.STAND_IN_SLURM_DIR) };
}

/** Prints a line for each kill and the sums; gives back how many failed, 1 where no call was meant. */
async function killDaemon(daemon: Options['daemon'][number]): Promise<number> {
  const begun = Date.now();
  const { when, only, from, worlds, s3 } = options;
  const outcomes = await killEverywhere({
    daemon,
    when,
    isWanted: (at, index) => (only === undefined || only.test(at)) && index >= from,
    worlds,
    slurm: slurm.environment,
    realUpload: s3,
    signal: ending.signal,
    tell: (news) => console.log('calls' in news ? `${daemon}: ${news.calls} calls, ${news.kills} kills` : line(news)),
  });
  const count = (kind: Outcome['kind']) => outcomes.filter((outcome) => outcome.kind === kind).length;
  const ends = `${count('passed')} passed, ${count('failed')} failed, ${count('not reached')} not reached`;
  console.log(`${daemon}: ${outcomes.length} kills, ${ends}; ${Math.round((Date.now() - begun) / 1000)} s`);
  for (const [name, times] of counted(outcomes.flatMap(({ leftOver }) => leftOver))) {
    console.log(`  left over: ${name} (${times} times)`);
  }
  if (outcomes.length > 0) return count('failed');
  console.error(`error: no call of the ${daemon} is meant; choose other ones with --only, --from or --when`);
  return 1;
}

function line({ point, kind, why }: Outcome): string {
  return [kind.padEnd(11), point.when.padEnd(6), point.at, ...why.map((each) => `\n      ${each}`)].join('  ');
}

function counted(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** Reads names with commas between them. */
function someOf<Name extends string>(all: readonly Name[]): (text: string) => readonly Name[] {
  return (text) =>
    text.split(',').map((part) => {
      const name = all.find((each) => each === part);
      if (name === undefined) throw new InvalidArgumentError(`“${part}” is none of ${all.join(', ')}.`);
      return name;
    });
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}
