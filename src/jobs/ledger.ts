import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { oneAtATime } from '../daemon/one-at-a-time.ts';
import { appendLineDurably, exists, makeDirectory, readTextIfThere } from '../outside/files/durable-files.ts';
import { parseShape } from '../outside/files/parse-shape.ts';
import { text, timeShape } from '../outside/files/shapes.ts';
import type { JobId } from '../outside/slurm/slurm.ts';
import { isJobId } from './directories.ts';

// `ledger.jsonl` in the state directory: one line per artefact of a deployment, only ever added to. Each line holds the SHA-256 of
// the line before, so that a line that was changed or taken out later can be told.

/** What became of one artefact that was ordered to be deployed. */
export interface LedgerEntry {
  /** ISO 8601. */
  readonly at: string;
  /** Login of who ordered it. */
  readonly by: string;
  /** The delivery that ordered it. */
  readonly delivery: string;
  /** `owner/name` */
  readonly repository: string;
  readonly pullRequest: number;
  readonly job: JobId;
  /** That the job was built from; absent where nobody noted it. */
  readonly commit?: string;
  /** The head of the pull request when it was ordered, which is what was approved; absent where nobody knows. */
  readonly head?: string;
  /** Its base name. */
  readonly artefact: string;
  /** Absent where the file could not be read. */
  readonly sha256?: string;
  readonly size?: number;
  readonly outcome: 'uploaded' | 'not uploaded';
  /** Why it was not uploaded. */
  readonly reason?: string;
}

export interface LedgerReading {
  readonly entries: readonly LedgerEntry[];
  /** The first line that is not what was written: changed, or its predecessor is. 1-based. */
  readonly brokenLine?: number;
}

interface Line extends LedgerEntry {
  readonly version: 1;
  /** SHA-256 of the line before, without its line end; zeros in the first line. */
  readonly previous: string;
}

const ledgerPath = (stateDir: string) => join(stateDir, 'ledger.jsonl');
const noLine = '0'.repeat(64);
const inTurn = oneAtATime();

/** All entries, oldest first. A torn last line is as good as not written. */
export async function readLedger(stateDir: string): Promise<LedgerReading> {
  const { lines } = splitLines(await readText(ledgerPath(stateDir)));
  const entries: LedgerEntry[] = [];
  let previous = noLine;
  let brokenLine: number | undefined;
  for (const [index, text] of lines.entries()) {
    const line = parseLine(text);
    if (line?.previous !== previous) brokenLine ??= index + 1;
    if (line !== undefined) entries.push(line);
    previous = sha256(text);
  }
  return { entries, ...(brokenLine !== undefined && { brokenLine }) };
}

/** Adds an entry; it is on the disk when this resolves. Gives back what a power cut had left of a last line, which is cut off first. */
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

/** What was uploaded would be uploaded again where the ledger cannot be read: that stops deployments, and is no empty ledger. */
async function readText(path: string): Promise<string> {
  const text = (await readTextIfThere(path)) ?? '';
  if (text !== '' || !(await exists(path)) || (await stat(path)).isFile()) return text;
  throw new Error(`${path} is no file: put the ledger back from a backup`);
}

/** The whole lines, and what stands behind them: a line without its end, or a last one that is no JSON. */
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

const lineShape = z.object({
  version: z.literal(1),
  previous: text,
  at: timeShape,
  by: text,
  delivery: text,
  repository: text,
  pullRequest: z.int().min(0),
  job: z.string().max(20).refine(isJobId),
  commit: text.exactOptional(),
  head: text.exactOptional(),
  artefact: text,
  sha256: text.exactOptional(),
  size: z.int().min(0).exactOptional(),
  outcome: z.enum(['uploaded', 'not uploaded']),
  reason: text.exactOptional(),
});

/** Undefined where it makes no sense: the callers pass it over, and say so. */
const parseLine = (text: string): Line | undefined => parseShape(text, lineShape);

function isJson(text: string): boolean {
  return parseShape(text, z.unknown()) !== undefined;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
