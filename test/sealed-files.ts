import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { placeOfRecord, recordName } from '../src/jobs/job-record.ts';
import { type SealedKind, sealText, withoutSeal } from '../src/outside/files/seal.ts';

// Files as the bot would have written them, with whatever in them. What somebody else wrote is written with writeFile.

/** Writes the record of a job, of whatever shape. */
export async function writeSealedRecord(directory: string, record: object): Promise<void> {
  await writeFile(
    join(directory, recordName),
    sealText('job record', placeOfRecord(directory), JSON.stringify(record)),
  );
}

/** Writes a file of the state directory whose place is its name. */
export async function writeSealed(kind: SealedKind, path: string, value: object): Promise<void> {
  await writeFile(path, sealText(kind, basename(path), JSON.stringify(value)));
}

/** A text of any kind: with a seal where it can have one. */
export function sealIfObject(kind: SealedKind, place: string, text: string): string {
  return /^\s*\{\s*[^\s}].*\}\s*$/s.test(text) ? sealText(kind, place, text) : text;
}

/** The value in a file, whoever sealed it. */
export async function readSealed(path: string) {
  return JSON.parse(withoutSeal(await readFile(path, 'utf8')));
}
