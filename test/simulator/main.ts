import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { wholeNumber } from '../../src/daemon/whole-number.ts';
import { type Defect, defects } from './defects.ts';
import { installHooks } from './hooks.ts';
import { leaseDefects } from './lease-defects.ts';

interface Options {
  readonly seed: number;
  readonly runs: number;
  readonly failures: number;
  readonly workers: number;
  readonly leases?: true;
  readonly story: boolean;
  readonly defect?: string;
}

async function main(options: Options): Promise<number> {
  const { runs, workers, leases, defect: name } = options;
  if (workers > 1 && runs > 100) return await sideBySide(options);
  const known = leases ? leaseDefects : defects;
  const defect = known.find((each) => each.name === name);
  if (name !== undefined && defect === undefined) {
    const names = known.map((each) => `  ${each.name}`).join('\n');
    console.error(`error: there is no defect of that name; choose one of:\n${names}`);
    return 2;
  }
  installHooks(defect);
  // After the hooks: from here on src/ is imported.
  const { simulate } = await import('./simulate.ts');
  if (leases) return await simulate(await leaseGame(), options);
  return await simulate(await daemonsGame(defect), options);
}

async function daemonsGame(defect: Defect | undefined) {
  const { histories } = await import('./history.ts');
  const { playHistory } = await import('./play-history.ts');
  return { histories: defect?.among ?? histories, play: playHistory };
}

async function leaseGame() {
  const { leaseHistories } = await import('./lease-history.ts');
  const { playLeases } = await import('./play-leases.ts');
  return { histories: leaseHistories, play: playLeases };
}

/** A part of the seeds each; processes, since each has one simulated clock. */
async function sideBySide({ seed, runs, failures, workers, leases, story, defect }: Options): Promise<number> {
  const part = Math.ceil(runs / workers);
  const children = Array.from({ length: workers }, (_, index) => {
    const words = ['--seed', seed + index * part, '--runs', Math.min(part, runs - index * part)].map(String);
    const more = [
      '--failures',
      String(failures),
      '--workers',
      '1',
      ...(leases ? ['--leases'] : []),
      ...(story ? [] : ['--no-story']),
      ...(defect === undefined ? [] : ['--defect', defect]),
    ];
    const file = import.meta.filename;
    return spawn(process.execPath, [...process.execArgv, file, ...words, ...more], { stdio: 'inherit' });
  });
  const ends = await Promise.all(children.map((child) => once(child, 'exit') as Promise<[number | null]>));
  return Math.max(...ends.map(([code]) => code ?? 1));
}

const program = new Command('npm run simulate --')
  .description(
    'Plays random histories of the two daemons on simulated files, GitHub, Slurm and S3, and checks that what is promised holds.',
  )
  .option('--seed <number>', 'the first seed; each history has a seed of its own', wholeNumber(1), 1)
  .option('--runs <number>', 'how many histories', wholeNumber(1), 20_000)
  .option('--failures <number>', 'end after so many histories that fail', wholeNumber(1), 10)
  .option('--workers <number>', 'processes side by side', wholeNumber(1), availableParallelism())
  .option('--leases', 'play histories of several daemons that want one lease instead')
  .option('--no-story', 'only say which fail: to find the simplest history takes a while')
  .option('--defect <name>', 'put a defect into the code: it is to be found')
  .showHelpAfterError();
program.parse();
process.exitCode = await main(program.opts<Options>());
