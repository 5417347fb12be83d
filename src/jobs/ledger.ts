import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { oneAtATime } from '../daemon/one-at-a-time.ts';
import { appendLineDurably } from '../outside/files/append-line.ts';
import { makeDirectory } from '../outside/files/durable-files.ts';
import { exists } from '../outside/files/exists.ts';
import { parseShape } from '../outside/files/parse-shape.ts';
import { readTextIfThere } from '../outside/files/read-text-if-there.ts';
import { text, timeShape } from '../outside/files/shapes.ts';
import { jobIdShape } from './directories.ts';
import { objectsShape } from './upload-report.ts';

// `ledger.jsonl` in the state directory: a line per artefact of a deployment, append only. Each line has the SHA-256 of the one before, which
// shows later changes.

const entryShape = z.object({
  /** ISO 8601. */
  at: timeShape,
  /** Login of the account that ordered it. */
  by: text,
  /** The delivery that ordered it. */
  delivery: text,
  /** `owner/name` */
  repository: text,
  pullRequest: z.int().min(0),
  job: jobIdShape,
  /** The job was built from it; absent: unknown. */
  commit: text.exactOptional(),
  /** The head when it was ordered, which was approved; absent: unknown. */
  head: text.exactOptional(),
  /** Its base name. */
  artefact: text,
  /** Absent if the file could not be read. */
  sha256: text.exactOptional(),
  size: z.int().min(0).exactOptional(),
  /** The stored objects; absent: the upload script did not report them, or the entry is of an earlier version. */
  objects: objectsShape.exactOptional(),
  outcome: z.enum(['uploaded', 'not uploaded']),
  /** Why it was not uploaded. */
  reason: text.exactOptional(),
  /** The bot refused it: nothing was sent. */
  isRefused: z.literal(true).exactOptional(),
  /** Login of the account that took the label off before the upload began. */
  withdrawnBy: text.exactOptional(),
});
/** The outcome of deploying one artefact. */
export type LedgerEntry = Readonly<z.infer<typeof entryShape>>;

const lineShape = z.object({
  version: z.literal(1),
  /** SHA-256 of the line before, without its line end; zeros in the first line. */
  previous: text,
  ...entryShape.shape,
});
type Line = Readonly<z.infer<typeof lineShape>>;

export interface LedgerReading {
  readonly entries: readonly LedgerEntry[];
  /** The first line that was changed, or follows a changed one. 1-based. */
  readonly brokenLine?: number;
}

/** The ledger, checked against its own hashes. */
export interface LedgerChain extends Pick<LedgerReading, 'entries'> {
  /** Broken lines, each with the reason: the end of a sentence. 1-based. */
  readonly broken: readonly { readonly line: number; readonly why: string }[];
  /** SHA-256 of each line, in order. */
  readonly hashes: readonly string[];
}

export const ledgerPath = (stateDir: string) => join(stateDir, 'ledger.jsonl');
const noLine = '0'.repeat(64);
const inTurn = oneAtATime();

/** All entries, oldest first. A torn last line counts as not written. */
export async function readLedger(stateDir: string): Promise<LedgerReading> {
  const { entries, broken } = followChain(await readText(ledgerPath(stateDir)));
  return { entries, ...(broken[0] !== undefined && { brokenLine: broken[0].line }) };
}

/** The ledger of a state directory, or a copy, with all its faults; undefined if there is none. */
export async function readLedgerChain(path: string): Promise<LedgerChain | undefined> {
  return (await exists(path)) ? followChain(await readText(path)) : undefined;
}

function followChain(ledger: string): LedgerChain {
  const entries: LedgerEntry[] = [];
  const broken: { line: number; why: string }[] = [];
  const hashes: string[] = [];
  for (const [index, text] of splitLines(ledger).lines.entries()) {
    const line = parseShape(text, lineShape);
    const before = hashes.at(-1) ?? noLine;
    if (line === undefined) broken.push({ line: index + 1, why: 'is no entry of a ledger' });
    else if (line.previous !== before) broken.push({ line: index + 1, why: whyNotNext(line.previous, index) });
    if (line !== undefined) entries.push(line);
    hashes.push(sha256(text));
  }
  return { entries, broken, hashes };
}

function whyNotNext(previous: string, index: number): string {
  if (index === 0) return `follows a line that is missing, whose SHA-256 is ${previous}`;
  return `does not follow line ${index}, which was changed, or lines between them were taken out: it follows one whose SHA-256 is ${previous}`;
}

/** Adds an entry; durable when it resolves. Cuts a torn last line off first, and gives it back. */
export async function appendToLedger(stateDir: string, entry: LedgerEntry): Promise<{ readonly torn?: string }> {
  const path = ledgerPath(stateDir);
  return await inTurn(path, async () => {
    await makeDirectory(stateDir, 0o700);
    const { lines, torn } = splitLines(await readText(path));
    if (torn !== '') await cutOff(path, lines);
    const last = lines.at(-1);
    const line: Line = { version: 1, previous: last === undefined ? noLine : sha256(last), ...entry };
    await appendLineDurably(path, JSON.stringify(line), 0o600);
    return torn === '' ? {} : { torn };
  });
}

/** An unreadable ledger stops deployments: taken for empty, all would be uploaded again. */
async function readText(path: string): Promise<string> {
  const text = (await readTextIfThere(path)) ?? '';
  if (text !== '' || !(await exists(path)) || (await stat(path)).isFile()) return text;
  throw new Error(`${path} is no file: put the ledger back from a backup`);
}

/** The whole lines, and the rest: a line without its end, or a last one that is not JSON. */
function splitLines(text: string): { lines: string[]; torn: string } {
  const lines = text.split('\n');
  let torn = lines.pop() ?? '';
  const last = lines.at(-1);
  if (torn === '' && last !== undefined && !isJson(last)) torn = lines.pop() ?? '';
  return { lines, torn };
}

async function cutOff(path: string, lines: readonly string[]): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.truncate(Buffer.byteLength(lines.map((line) => `${line}\n`).join('')));
    await file.sync();
  } finally {
    await file.close();
  }
}

function isJson(text: string): boolean {
  return parseShape(text, z.unknown()) !== undefined;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
