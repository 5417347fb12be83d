import { posix } from 'node:path';
import { expect, it } from 'vitest';
import { legacyPath } from '../jobs/choose-prefixes.ts';
import { parseArtefactName } from './artefact-name.ts';

it.each`
  stem                                                         | path
  ${'eessi-2023.06-software-linux-x86_64-amd-zen2-1700000000'} | ${'2023.06/software/linux/x86_64/amd/zen2/1700000000'}
  ${'eessi--p---software-1'}                                   | ${'p/software/1'}
  ${'eessi_2023.06-init-1'}                                    | ${'2023.06/init/1'}
  ${'eessi.io-2023.06-compat-1'}                               | ${'io/2023.06/compat/1'}
`('$stem lies below $path', ({ stem, path }) => {
  expect(legacyPath(stem)).toBe(path);
});

/** All texts of at most `length` of these characters. */
function textsOf(characters: readonly string[], length: number): string[] {
  if (length === 0) return [''];
  const shorter = textsOf(characters, length - 1);
  return ['', ...characters.flatMap((each) => shorter.map((rest) => each + rest))];
}

it('of every name that is taken, the path is one below the place it is put in', () => {
  const taken = textsOf(['-', '.', '_', 'a', '/', '\\', '\n'], 5)
    .flatMap((text) => [`eessi${text}software-1.tar`, `eessi-software${text}.tar`])
    .map(parseArtefactName)
    .flatMap((name) => (name.kind === 'artefact' ? [legacyPath(name.stem)] : []));
  expect(taken.length).toBeGreaterThan(1000);
  expect(taken.filter((path) => posix.resolve('/bucket', path) !== `/bucket/${path}`)).toEqual([]);
});
