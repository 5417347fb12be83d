import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../../outside/files/durable-files.ts';
import { parseShape } from '../../outside/files/parse-shape.ts';
import { readTextIfThere } from '../../outside/files/read-text-if-there.ts';

// `uploaded-before.json` in the state directory has the uploads from before there was a ledger, imported from all `uploaded.txt` files. As
// jobs can write those, they are read once, at the first start.

const noted = z.object({
  pullRequest: z.int(),
  /** `owner/name`; absent where the job's directory is gone. */
  repository: z.string().optional(),
  job: z.string(),
  /** Its base name. */
  artefact: z.string(),
});
/** An artefact that an `uploaded.txt` named. */
export type UploadNoted = Readonly<z.infer<typeof noted>>;

const shape = z.object({ version: z.literal(1), uploads: z.array(noted) });

export const uploadsBeforePath = (stateDir: string) => join(stateDir, 'uploaded-before.json');

/** The imported uploads; undefined: not imported yet. Throws if the file is damaged. */
export async function readUploadsBefore(stateDir: string): Promise<readonly UploadNoted[] | undefined> {
  const path = uploadsBeforePath(stateDir);
  const text = await readTextIfThere(path);
  if (text === undefined) return undefined;
  const parsed = parseShape(text, shape);
  if (parsed !== undefined) return parsed.uploads;
  throw new Error(
    `${path} is damaged: put it back from a backup, or remove it to have each uploaded.txt below jobs_base_dir read again`,
  );
}

/** Keeps the imported uploads. Throws without a state directory: it may not be mounted. */
export async function writeUploadsBefore(stateDir: string, uploads: readonly UploadNoted[]): Promise<void> {
  await writeDurably(uploadsBeforePath(stateDir), `${JSON.stringify({ version: 1, uploads })}\n`);
}
