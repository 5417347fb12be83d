import childProcess from 'node:child_process';
import fs, { renameSync, writeFileSync } from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

// Loaded into a daemon before its own code (`node --import`): counts the calls by which it opens files, waits for the disk and starts
// processes, and writes the counts down when it gets SIGUSR2. The production code knows nothing of it.

const counts = { open: 0, sync: 0, spawn: 0 };
const into = process.env['BENCH_CALLS'] ?? '';

type Functions = Record<string, (...args: unknown[]) => unknown>;

function count(object: object, name: string, as: keyof typeof counts): void {
  const functions = object as Functions;
  const original = functions[name];
  if (original === undefined) throw new Error(`there is no ${name}`);
  functions[name] = function (this: unknown, ...args) {
    counts[as]++;
    return original.apply(this, args);
  };
}

const probe = await promises.open('/dev/null', 'r');
count(Object.getPrototypeOf(probe) as object, 'sync', 'sync');
await probe.close();
for (const name of ['open', 'readFile', 'writeFile', 'readdir']) count(promises, name, 'open');
for (const name of ['openSync', 'readFileSync', 'writeFileSync']) count(fs, name, 'open');
count(childProcess, 'spawn', 'spawn');
syncBuiltinESMExports();

process.on('SIGUSR2', () => {
  writeFileSync(`${into}.new`, JSON.stringify(counts));
  renameSync(`${into}.new`, into);
});
