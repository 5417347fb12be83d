import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readUploadReport, type StoredObject } from '../../jobs/upload-report.ts';
import { makeDirectory } from '../../outside/files/durable-files.ts';

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
