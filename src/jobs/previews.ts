import { join } from 'node:path';
import { z } from 'zod';
import { makeDirectory, removeDurably, writeDurably } from '../outside/files/durable-files.ts';
import { openShape } from '../outside/files/open-shape.ts';
import { readTextIfThere } from '../outside/files/read-text-if-there.ts';
import { sealJson } from '../outside/files/seal.ts';
import { list, timeShape, word } from '../outside/files/shapes.ts';
import type { OfPullRequest } from '../outside/forge/forge.ts';
import { jobIdShape } from './directories.ts';
import { Unusable } from './judge-error.ts';
import { placeOfPullRequest } from './known-head.ts';

/** The kind of an order to show what the label would deploy. */
export const previewKind = 'preview';

export const artefactShape = z.object({
  job: jobIdShape,
  artefact: word,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  size: z.int().nonnegative(),
  /** Of the file, when it was read: while it is the same, so is the digest. */
  version: word,
  /** ISO 8601 */
  shownAt: timeShape,
});
/** An artefact that `bot: explain deploy` has shown as one that would be uploaded. */
export type ShownArtefact = Readonly<z.infer<typeof artefactShape>>;

const shape = z.object({
  version: z.literal(1),
  artefacts: list(artefactShape),
  /** When all that would be uploaded was shown last; absent: with filters only. */
  wholeAt: timeShape.exactOptional(),
});
/** What `bot: explain deploy` has shown on a pull request: the next deployment uploads that. The job manager's alone. */
export type Preview = Readonly<Pick<z.infer<typeof shape>, 'artefacts' | 'wholeAt'>>;

export const previewsDir = (stateDir: string) => join(stateDir, 'previews');

function pathOf(stateDir: string, of: OfPullRequest): string {
  return join(previewsDir(stateDir), `${placeOfPullRequest(of)}.json`);
}

/** What was shown; undefined: nothing that counts. Throws {@link Unusable}: what was shown is not known, so nothing may pass for it. */
export async function readPreview(stateDir: string, of: OfPullRequest): Promise<Preview | undefined> {
  const path = pathOf(stateDir, of);
  const text = await readTextIfThere(path);
  if (text === undefined) return undefined;
  const { value, why } = openShape('preview', placeOfPullRequest(of), text, shape);
  if (value !== undefined) return value;
  throw new Unusable(`${path} ${why}: remove it, and type bot: explain deploy again on the pull request`);
}

/** On the disk when it resolves. */
export async function writePreview(stateDir: string, of: OfPullRequest, preview: Preview): Promise<void> {
  const path = pathOf(stateDir, of);
  await makeDirectory(join(path, '..'), 0o700);
  await writeDurably(path, sealJson('preview', placeOfPullRequest(of), { version: 1, ...preview }));
}

/** A deployment has gone by it, or the pull request is closed. */
export async function forgetPreview(stateDir: string, of: OfPullRequest): Promise<void> {
  await removeDurably(pathOf(stateDir, of));
}
