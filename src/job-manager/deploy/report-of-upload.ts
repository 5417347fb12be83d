import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readUploadReport, type StoredObject } from '../../jobs/upload-report.ts';
import { makeDirectory } from '../../outside/files/durable-files.ts';

/** Where an upload may tell what it has stored: in a directory of its own, of which a container that it runs in sees no more. */
export const reportOfUpload = (stateDir: string, upload: string) => join(stateDir, 'uploads', upload, 'report.json');

/** Makes room for it. What an upload has left there that was killed does not count. */
export async function expectReport(path: string): Promise<void> {
  await rm(dirname(path), { recursive: true, force: true });
  await makeDirectory(dirname(path), 0o700);
}

/** What the upload has told; undefined: a site's own script tells nothing. */
export async function takeReport(path: string): Promise<readonly StoredObject[] | undefined> {
  const objects = await readUploadReport(path);
  await rm(dirname(path), { recursive: true, force: true });
  return objects;
}
