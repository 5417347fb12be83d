import childProcess from 'node:child_process';
import { appendFileSync, constants } from 'node:fs';
import promises from 'node:fs/promises';
import { ServerResponse } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';
import { mask } from './mask.ts';

// Loaded into a daemon before its own code (`node --import`): numbers the calls by which it changes something outside its memory, writes
// each into a trace, and kills the process with SIGKILL at the one that it is told. The production code knows nothing of it.

const { KILL_ROOT: root = '', KILL_TRACE: trace = '', KILL_AT: killAt, KILL_WHEN: killWhen } = process.env;
let calls = 0;
const occurrences = new Map<string, number>();

/** Writes the call down and says whether it is the one at which to die. */
function isMarked(kind: string, what: string): boolean {
  const name = `${kind} ${mask(what.replaceAll(root, '')).slice(0, 160)}`;
  const occurrence = (occurrences.get(name) ?? 0) + 1;
  occurrences.set(name, occurrence);
  const key = `${name} [${occurrence}]`;
  appendFileSync(trace, `${++calls}\t${key}\n`);
  return key === killAt;
}

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  throw new Error('survived SIGKILL');
}

async function boundary<T>(kind: string, what: string, act: () => Promise<T>): Promise<T> {
  const marked = isMarked(kind, what);
  if (marked && killWhen === 'before') die();
  try {
    return await act();
  } finally {
    if (marked && killWhen === 'after') die();
  }
}

type Functions = Record<string, (...args: unknown[]) => Promise<unknown>>;

function countFiles(): void {
  const functions = promises as unknown as Functions;
  const changing = ['appendFile', 'chmod', 'copyFile', 'link', 'lutimes', 'mkdir', 'rename', 'rm', 'rmdir'];
  for (const name of [...changing, 'symlink', 'truncate', 'unlink', 'utimes', 'writeFile']) {
    const original = functions[name];
    if (original === undefined) throw new Error(`node:fs/promises has no ${name}`);
    const isFromTo = ['copyFile', 'link', 'rename', 'symlink'].includes(name);
    functions[name] = (...args) => boundary(name, String(args[isFromTo ? 1 : 0]), () => original.apply(promises, args));
  }
}

const pathOf = new WeakMap<object, string>();

function isForWriting(flags: unknown): boolean {
  if (typeof flags === 'number') return (flags & (constants.O_WRONLY | constants.O_RDWR | constants.O_CREAT)) !== 0;
  return typeof flags === 'string' && !/^rs?$/.test(flags);
}

async function countFileHandles(): Promise<void> {
  const functions = promises as unknown as Functions;
  const open = promises.open;
  const probe = await open('/dev/null', 'r');
  const methods = Object.getPrototypeOf(probe) as Functions;
  await probe.close();
  for (const name of ['appendFile', 'chmod', 'datasync', 'sync', 'truncate', 'utimes', 'write', 'writeFile']) {
    const original = methods[name];
    if (original === undefined) throw new Error(`a FileHandle has no ${name}`);
    methods[name] = function (this: object, ...args) {
      return boundary(`file.${name}`, pathOf.get(this) ?? '?', () => original.apply(this, args));
    };
  }
  functions['open'] = async (...args) => {
    const act = () => open(...(args as Parameters<typeof open>));
    const path = String(args[0]);
    const file = await (isForWriting(args[1]) ? boundary('open', path, act) : act());
    pathOf.set(file, path);
    return file;
  };
}

function countProcesses(): void {
  const { spawn } = childProcess as unknown as { spawn: (...args: unknown[]) => childProcess.ChildProcess };
  (childProcess as { spawn: unknown }).spawn = (...args: unknown[]) => {
    const words = [basename(String(args[0])), ...(Array.isArray(args[1]) ? (args[1] as string[]) : [])];
    const marked = isMarked('spawn', words.join(' '));
    if (marked && killWhen === 'before') die();
    const child = spawn(...args);
    if (marked && killWhen === 'orphan') die();
    // The first listener: nobody else has seen it.
    if (marked && killWhen === 'after') child.once('exit', die);
    return child;
  };
}

function countNetwork(): void {
  const original = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    return boundary('fetch', `${init?.method ?? 'GET'} ${url.pathname}`, () => original(input, init));
  };
  const { end } = ServerResponse.prototype;
  ServerResponse.prototype.end = function (this: ServerResponse, ...args: unknown[]) {
    const marked = isMarked('answer', String(this.statusCode));
    if (marked && killWhen === 'before') die();
    if (marked && killWhen === 'after') this.once('finish', die);
    return (end as (...all: unknown[]) => ServerResponse).apply(this, args);
  } as typeof end;
}

await countFileHandles();
countFiles();
countProcesses();
countNetwork();
syncBuiltinESMExports();
