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
import { placeOfPullRequest } from './known-pull-request.ts';

/** The kind of an order to show what the label would deploy. */
export const previewKind = 'preview';

export const artefactShape = z.object({
  job: jobIdShape,
  artefact: word,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  size: z.int().nonnegative(),
  /** The version of the file when it was read: the same version has the same digest. */
  version: word,
  /** ISO 8601 */
  shownAt: timeShape,
  /** A later look did not show it as one to be uploaded: its digest binds, but it is not among what that look showed. */
  isOvertaken: z.literal(true).exactOptional(),
});
/** An artefact that a preview showed as one to be uploaded. */
export type ShownArtefact = Readonly<z.infer<typeof artefactShape>>;

const shape = z.object({
  version: z.literal(1),
  artefacts: list(artefactShape),
  /** When the last preview without filters was shown; absent: there was none, or a deployment came after it. */
  wholeAt: timeShape.exactOptional(),
});
/** The preview of a pull request, shown by `bot: explain deploy`: with `wholeAt` the next deployment uploads nothing else. Only the job manager uses it. */
export type Preview = Readonly<Pick<z.infer<typeof shape>, 'artefacts' | 'wholeAt'>>;

export const previewsDir = (stateDir: string) => join(stateDir, 'previews');

function pathOf(stateDir: string, of: OfPullRequest): string {
  return join(previewsDir(stateDir), `${placeOfPullRequest(of)}.json`);
}

/** The preview; undefined: none that counts. Throws {@link Unusable} if it cannot be read: then nothing may be deployed. */
export async function readPreview(stateDir: string, of: OfPullRequest): Promise<Preview | undefined> {
  const path = pathOf(stateDir, of);
  const text = await readTextIfThere(path);
  if (text === undefined) return undefined;
  const { value, why } = openShape('preview', placeOfPullRequest(of), text, shape);
  if (value !== undefined) return value;
  throw new Unusable(`${path} ${why}: remove it, and type bot: explain deploy again on the pull request`);
}

/** Resolves when the preview is on disk. */
export async function writePreview(stateDir: string, of: OfPullRequest, preview: Preview): Promise<void> {
  const path = pathOf(stateDir, of);
  await makeDirectory(join(path, '..'), 0o700);
  await writeDurably(path, sealJson('preview', placeOfPullRequest(of), { version: 1, ...preview }));
}

/** Removes the preview: it binds nothing any more, or the pull request is closed. */
export async function forgetPreview(stateDir: string, of: OfPullRequest): Promise<void> {
  await removeDurably(pathOf(stateDir, of));
}
