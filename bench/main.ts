import { writeFile } from 'node:fs/promises';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { compareCounts } from './compare-counts.ts';
import { drawGrowth } from './draw-growth.ts';
import type { Figure, Growth, Measured } from './figure.ts';
import { measureBuilds } from './measure-builds.ts';
import { measureChanges } from './measure-changes.ts';
import { measureMemory } from './measure-memory.ts';
import { measureReceiving } from './measure-receiving.ts';
import { measureRequests } from './measure-requests.ts';
import { measureStart } from './measure-start.ts';
import { measureTargets } from './measure-targets.ts';
import { measureUpload } from './measure-upload.ts';
import { measureWatching } from './measure-watching.ts';
import { printFigures } from './print-figures.ts';

const parts: Readonly<Record<string, (isQuick: boolean) => Promise<Measured>>> = {
  receiving: measureReceiving,
  watching: measureWatching,
  changes: measureChanges,
  start: measureStart,
  memory: measureMemory,
  upload: measureUpload,
  builds: measureBuilds,
  targets: measureTargets,
  requests: measureRequests,
};

interface Options {
  readonly only?: string;
  readonly quick: boolean;
  readonly counts: boolean;
}

/** The exit status. */
async function main({ only, quick, counts }: Options): Promise<number> {
  if (counts) return await compareCounts();
  const wanted = only?.split(',') ?? Object.keys(parts);
  const unknown = wanted.find((name) => !(name in parts));
  if (unknown !== undefined) {
    console.error(`error: there is no part ${unknown}; there are ${Object.keys(parts).join(', ')}`);
    return 2;
  }
  const machine = `${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 1e9)} GB, Linux ${release()}, Node ${process.version}`;
  console.log(`${machine}; load ${loadavg()[0]?.toFixed(1)} at the start\n`);
  const figures: Figure[] = [];
  const growth: Growth[] = [];
  for (const name of wanted) {
    const measured = await parts[name]?.(quick);
    figures.push(...(measured?.figures ?? []));
    growth.push(...(measured?.growth ?? []));
    console.log(printFigures(measured?.figures ?? []));
  }
  const at = new Date().toISOString();
  const results = { at, machine, load: loadavg(), isQuick: quick, figures, growth };
  await writeFile(join(import.meta.dirname, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
  if (growth.length > 0) await writeFile(join(import.meta.dirname, 'growth.svg'), drawGrowth(growth));
  return 0;
}

const program = new Command('npm run bench --')
  .description('Measures the real daemons, each figure beside what the machine does alone.')
  .option('--only <parts>', `some of ${Object.keys(parts).join(', ')}; separated by commas`)
  .option('--quick', 'less of everything: for a first look', false)
  .option('--counts', 'counts alone (requests, processes, fsyncs, files): for CI', false)
  .parse();
process.exit(await main(program.opts<Options>()));
