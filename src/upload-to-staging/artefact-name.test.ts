import { posix } from 'node:path';
import { expect, it } from 'vitest';
import { legacyPath } from '../jobs/choose-prefixes.ts';
import { parseArtefactName } from './artefact-name.ts';

it.each`
  fileName                           | stem                        | compression
  ${'eessi-2023.06-software.tar.gz'} | ${'eessi-2023.06-software'} | ${'gzip'}
  ${'eessi-p-init-1.tar.zst'}        | ${'eessi-p-init-1'}         | ${'zstd'}
  ${'eessi-p-compat-1.tar.xz'}       | ${'eessi-p-compat-1'}       | ${'xz'}
  ${'eessi-p-software-1.tar'}        | ${'eessi-p-software-1'}     | ${'none'}
  ${'eessi.io-software-1.tar.gz'}    | ${'eessi.io-software-1'}    | ${'gzip'}
`('$fileName is a $compression archive', ({ fileName, stem, compression }) => {
  expect(parseArtefactName(fileName)).toEqual({ kind: 'artefact', stem, compression });
});

it.each`
  fileName                       | why
  ${'other-p-software-1.tar.gz'} | ${"'other-p-software-1.tar.gz' is not uploaded: the name of an artefact begins with 'eessi'."}
  ${'eessi-p-1.tar.gz'}          | ${"'eessi-p-1.tar.gz' is not uploaded: the name of an artefact holds 'compat', 'init' or 'software'."}
  ${'eessi-p-software-1.zip'}    | ${"'eessi-p-software-1.zip' is not uploaded: the name of an artefact ends in one of .tar.gz, .tar.zst, .tar.xz, .tar."}
  ${'eessi-p-software-1tar'}     | ${"'eessi-p-software-1tar' is not uploaded: the name of an artefact ends in one of .tar.gz, .tar.zst, .tar.xz, .tar."}
`('$fileName is refused', ({ fileName, why }) => {
  expect(parseArtefactName(fileName)).toEqual({ kind: 'refused', why });
});

const leadsElsewhere = "between the dashes of an artefact's name there is something, and neither '.' nor '..'";
const oddCharacters = 'the name of an artefact holds no control characters, slashes or backslashes';

it.each<[string, string, string?]>([
  ['eessi-..-..-other_bucket-software-1.tar.gz', leadsElsewhere],
  ['eessi-2023.06-software-..-1.tar', leadsElsewhere],
  ['eessi-.-software-1.tar', leadsElsewhere],
  ['eessi_..-software-1.tar', leadsElsewhere],
  ['eessi-software-...tar', leadsElsewhere],
  ['eessi-software-.tar', leadsElsewhere],
  ['eessi.-software-1.tar', leadsElsewhere],
  ['eessi-a/../../software-1.tar', oddCharacters],
  ['eessi-a\\..\\software-1.tar', oddCharacters],
  ['eessi-a\nb-software-1.tar', oddCharacters, 'eessi-a?b-software-1.tar'],
  ['eessi-\u001b[2J-software-1.tar', oddCharacters, 'eessi-?[2J-software-1.tar'],
  ['eessi-\u0085-software-1.tar', oddCharacters, 'eessi-?-software-1.tar'],
])('a name that leads elsewhere or shows as another is refused: %j', (fileName, why, shown = fileName) => {
  expect(parseArtefactName(fileName)).toEqual({ kind: 'refused', why: `'${shown}' is not uploaded: ${why}.` });
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
