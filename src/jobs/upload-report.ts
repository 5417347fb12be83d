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

/** Undefined: a site's own script tells nothing, or something else. */
export async function readUploadReport(path: string): Promise<readonly StoredObject[] | undefined> {
  const file = await readUntrusted(path, longestReportBytes);
  return file.kind === 'text' ? parseShape(file.text, shape)?.objects : undefined;
}
