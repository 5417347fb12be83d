import { z } from 'zod';
import { ownText } from '../../messages/markdown.ts';
import { list, text, word } from '../../outside/files/shapes.ts';

// Parts of what plans keep of commands.

export const markdown = text.transform(ownText);

export const nodeType = z.object({
  name: word,
  os: word,
  cpuSubdir: word,
  accelerator: word.exactOptional(),
  slurmParams: list(word),
  repositories: list(word),
});
