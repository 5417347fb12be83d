import { basename } from 'node:path';
import { z } from 'zod';
import { isJobId } from '../../jobs/directories.ts';
import { text, word } from '../../outside/files/shapes.ts';

export const plannedArtefactShape = z.object({
  id: word.refine(isJobId, 'is no job id'),
  directory: word,
  pullRequestDir: word,
  commentId: z.number(),
  artefact: word.refine((name) => basename(name) === name, 'has to be a name'),
  refused: text.exactOptional(),
  /** For what the file is: told as a failed transfer, as by the Python bot. */
  isUnusable: z.literal(true).exactOptional(),
  /** The commit it was built from. */
  commit: word.exactOptional(),
  /** The repository id it was built for; absent if not known. */
  repositoryId: word.exactOptional(),
  /** The SHA-256 in the preview: nothing else is uploaded. */
  shown: word.exactOptional(),
});

/** A decision, kept in the order's file: a restart does not change it. */
export type PlannedArtefact = z.infer<typeof plannedArtefactShape>;
