import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { makeDirectory } from '../outside/files/durable-files.ts';
import { parseShape } from '../outside/files/parse-shape.ts';
import { readUntrusted } from '../outside/files/read-untrusted.ts';
import { list, word } from '../outside/files/shapes.ts';

/** An object that an upload has stored. */
const objectShape = z.object({
  bucket: word,
  key: word,
  /** Present in a bucket with versions. */
  versionId: word.exactOptional(),
});
export const objectsShape = list(objectShape);
export type StoredObject = Readonly<z.infer<typeof objectShape>>;

const shape = z.object({ version: z.literal(1), objects: objectsShape });

const longestReportBytes = 64 * 1024;

/** Writes, atomically, where the upload program stored an artefact and its other files, for the job manager. */
export async function writeUploadReport(path: string, objects: readonly StoredObject[]): Promise<void> {
  await writeFile(`${path}.new`, `${JSON.stringify({ version: 1, objects }, null, 2)}\n`);
  await rename(`${path}.new`, path);
}

/** The progress of an upload. */
const progressShape = z.object({ version: z.literal(1), sentBytes: z.int().min(0), sizeBytes: z.int().min(0) });
export type UploadProgress = Readonly<z.infer<typeof progressShape>>;

/** Beside the report. */
const progressPath = (report: string) => `${report}.progress`;

/** Writes the progress of an upload. It is only shown. */
export async function writeUploadProgress(report: string, sentBytes: number, sizeBytes: number): Promise<void> {
  const path = progressPath(report);
  await writeFile(`${path}.new`, `${JSON.stringify({ version: 1, sentBytes, sizeBytes })}\n`);
  await rename(`${path}.new`, path);
}

/** Undefined: no progress was written, or not yet. */
export async function readUploadProgress(report: string): Promise<UploadProgress | undefined> {
  const file = await readUntrusted(progressPath(report), longestReportBytes);
  return file.kind === 'text' ? parseShape(file.text, progressShape) : undefined;
}

/** Undefined: a site's own script wrote none, or something else. */
export async function readUploadReport(path: string): Promise<readonly StoredObject[] | undefined> {
  const file = await readUntrusted(path, longestReportBytes);
  return file.kind === 'text' ? parseShape(file.text, shape)?.objects : undefined;
}

/** Where an upload may report what it has stored: in a directory of its own, the only one of state_dir that its container sees. */
export const reportOfUpload = (stateDir: string, upload: string) => join(stateDir, 'uploads', upload, 'report.json');

/** Makes the directory, and removes the report of an upload that was killed. */
export async function prepareReport(path: string): Promise<void> {
  await rm(dirname(path), { recursive: true, force: true });
  await makeDirectory(dirname(path), 0o700);
}

/** The report of the upload; undefined: a site's own script wrote none. */
export async function readAndRemoveReport(path: string): Promise<readonly StoredObject[] | undefined> {
  const objects = await readUploadReport(path);
  await rm(dirname(path), { recursive: true, force: true });
  return objects;
}
