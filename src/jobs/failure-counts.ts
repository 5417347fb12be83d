import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../outside/files/durable-files.ts';
import { parseShape } from '../outside/files/parse-shape.ts';
import { readTextIfThere } from '../outside/files/read-text-if-there.ts';

const failureCountsPath = (stateDir: string) => join(stateDir, 'failing-jobs.json');

const fileSchema = z.object({
  version: z.literal(1),
  intervals: z.record(z.string().max(5_000), z.number().int().min(1).max(1_000)),
});

/** `ID DIRECTORY` -> intervals in a row in which a job failed by its own fault. Empty if the file is damaged: counting begins anew. */
export async function readFailureCounts(stateDir: string): Promise<ReadonlyMap<string, number>> {
  const text = await readTextIfThere(failureCountsPath(stateDir));
  return new Map(Object.entries(parseShape(text ?? '', fileSchema)?.intervals ?? {}));
}

/** Keeps the numbers for the next start. */
export async function writeFailureCounts(stateDir: string, counts: ReadonlyMap<string, number>): Promise<void> {
  const intervals = Object.fromEntries(counts);
  await writeDurably(failureCountsPath(stateDir), `${JSON.stringify({ version: 1, intervals }, null, 2)}\n`);
}
