import { rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { parseShape } from '../outside/files/parse-shape.ts';
import { readUntrusted } from '../outside/files/read-untrusted.ts';
import { list, word } from '../outside/files/shapes.ts';

/** An object that an upload has stored. */
const objectShape = z.object({
  bucket: word,
  key: word,
  /** In a bucket with versions. */
  versionId: word.exactOptional(),
});
export const objectsShape = list(objectShape);
export type StoredObject = Readonly<z.infer<typeof objectShape>>;

const shape = z.object({ version: z.literal(1), objects: objectsShape });

const longestReportBytes = 64 * 1024;

/** What the upload program leaves for the job manager: where an artefact, and what belongs to it, was stored. Never half of it. */
export async function writeUploadReport(path: string, objects: readonly StoredObject[]): Promise<void> {
  await writeFile(`${path}.new`, `${JSON.stringify({ version: 1, objects }, null, 2)}\n`);
  await rename(`${path}.new`, path);
}

/** How far the upload of an artefact has come. */
const progressShape = z.object({ version: z.literal(1), sentBytes: z.int().min(0), sizeBytes: z.int().min(0) });
export type UploadProgress = Readonly<z.infer<typeof progressShape>>;

/** Beside the report. */
const progressPath = (report: string) => `${report}.progress`;

/** Says how far it is, as often as the caller likes: nothing depends on it. */
export async function writeUploadProgress(report: string, sentBytes: number, sizeBytes: number): Promise<void> {
  const path = progressPath(report);
  await writeFile(`${path}.new`, `${JSON.stringify({ version: 1, sentBytes, sizeBytes })}\n`);
  await rename(`${path}.new`, path);
}

/** Undefined: nothing is told, or not yet. */
export async function readUploadProgress(report: string): Promise<UploadProgress | undefined> {
  const file = await readUntrusted(progressPath(report), longestReportBytes);
  return file.kind === 'text' ? parseShape(file.text, progressShape) : undefined;
}

/** Undefined: a site's own script tells nothing, or something else. */
export async function readUploadReport(path: string): Promise<readonly StoredObject[] | undefined> {
  const file = await readUntrusted(path, longestReportBytes);
  return file.kind === 'text' ? parseShape(file.text, shape)?.objects : undefined;
}
