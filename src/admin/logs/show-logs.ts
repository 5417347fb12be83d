import { type FileHandle, open } from 'node:fs/promises';
import { pause } from '../../daemon/pause.ts';
import { complain, say } from '../../daemon/terminal.ts';
import { hasCode } from '../../outside/files/has-code.ts';
import { readInto } from '../../outside/files/read-bytes.ts';
import { type LogLine, mergeLogs, readLog } from './merge-logs.ts';

/** More than a screen of the longest lines. */
const tailBytes = 4_000_000;
const lookAgainMilliseconds = 500;

interface Log {
  readonly daemon: string;
  readonly path: string;
}

/** Prints the last lines of the logs, merged, then what is added to them until `follow` is aborted; the exit status. */
export async function showLogs(logs: readonly Log[], lines: number, follow?: AbortSignal): Promise<number> {
  const tails = await Promise.all(logs.map((log) => readTail(log)));
  const there = tails.flatMap((tail) => tail ?? []);
  for (const [index, { path }] of logs.entries()) if (tails[index] === undefined) complain(`There is no ${path} yet.`);
  print(mergeLogs(there.map((tail) => tail.lines)).slice(-lines));
  if (follow === undefined) return there.length === 0 ? 1 : 0;
  const ends = new Map(logs.map((log, index) => [log, tails[index]?.end ?? { ino: 0, position: 0 }]));
  while (!follow.aborted) {
    await pause(lookAgainMilliseconds, follow);
    print(mergeLogs(await Promise.all(logs.map((log) => readMore(log, ends)))));
  }
  return 0;
}

const print = (lines: readonly LogLine[]) => {
  if (lines.length > 0) say(lines.map(({ daemon, text }) => `${daemon.padEnd(13)} ${text}`));
};

interface End {
  /** The file's inode: a rotated log has another one. */
  readonly ino: number;
  readonly position: number;
}

async function readTail({ daemon, path }: Log): Promise<{ lines: LogLine[]; end: End } | undefined> {
  return await withFile(path, async (file) => {
    const { size, ino } = await file.stat();
    const start = Math.max(0, size - tailBytes);
    const text = await textOf(file, start, size);
    const whole = start === 0 ? text : text.slice(text.indexOf('\n') + 1);
    const complete = whole.slice(0, whole.lastIndexOf('\n') + 1);
    const position = size - Buffer.byteLength(whole.slice(complete.length));
    return { lines: readLog(daemon, complete), end: { ino, position } };
  });
}

async function readMore(log: Log, ends: Map<Log, End>): Promise<LogLine[]> {
  const before = ends.get(log) ?? { ino: 0, position: 0 };
  const more = await withFile(log.path, async (file) => {
    const { size, ino } = await file.stat();
    const start = ino === before.ino && size >= before.position ? before.position : 0;
    const text = await textOf(file, start, size);
    const complete = text.slice(0, text.lastIndexOf('\n') + 1);
    ends.set(log, { ino, position: start + Buffer.byteLength(complete) });
    return readLog(log.daemon, complete);
  });
  return more ?? [];
}

async function textOf(file: FileHandle, start: number, end: number): Promise<string> {
  return (await readInto(Buffer.alloc(Math.max(0, end - start)), file, start)).toString('utf8');
}

async function withFile<T>(path: string, act: (file: FileHandle) => Promise<T>): Promise<T | undefined> {
  let file: FileHandle;
  try {
    file = await open(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  try {
    return await act(file);
  } finally {
    await file.close();
  }
}
