import { z } from 'zod';
import { list, text, word } from '../../outside/files/shapes.ts';

/** What plans keep of a node type. */
export const nodeTypeShape = z.object({
  name: word,
  os: word,
  cpuSubdir: word,
  accelerator: word.exactOptional(),
  slurmParams: list(word),
  repositories: list(word),
});

/** What to build, and where: one job. It is kept in plans. */
export type BuildTarget = Readonly<z.infer<typeof targetShape>>;
export const targetShape = z.object({
  nodeType: nodeTypeShape,
  repositoryId: word,
  /** A of `for:arch=A` as typed; before generation 9 the architecture without its OS. */
  forArch: word,
  /** B of `accel=B` as typed; before generation 9 the accelerator filter's value. */
  forAccelerator: word.exactOptional(),
  /** The accelerator filter's pattern, for the comment. */
  onAccelerator: word.exactOptional(),
  /** The same for `det_submit_opts`. */
  submitOptsAccelerator: word.exactOptional(),
  /** `NAME=value`, as a shell reads it behind `export`. */
  exports: list(text),
  /** Options for sbatch, one word each. */
  submitArguments: list(word).exactOptional(),
});
