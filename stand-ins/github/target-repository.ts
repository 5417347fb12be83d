import { chmod, cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Commit, Files } from './github-stand-in.ts';

/** Writes the files of a repository like EESSI/software-layer, whose `bot/` scripts make real artefacts of what a pull request changes. */
export async function writeTargetRepository(
  directory: string,
  options: { readonly buildSeconds?: number } = {},
): Promise<void> {
  await cp(join(import.meta.dirname, '../target-repository'), directory, { recursive: true });
  if (options.buildSeconds !== undefined)
    await writeFile(join(directory, 'BUILD_SECONDS'), `${options.buildSeconds}\n`);
}

const made = new Map<number, Files>();

/** Its files, whose jobs take so long: the same object each time. */
export function targetRepository(buildSeconds: number): Files {
  const known = made.get(buildSeconds);
  if (known !== undefined) return known;
  const files = (workTree: string) => writeTargetRepository(workTree, { buildSeconds });
  made.set(buildSeconds, files);
  return files;
}

const oldRecipe = 'easyconfigs/z/zlib/zlib-1.2.13.eb';
const newRecipe = 'easyconfigs/z/zlib/zlib-1.3.1.eb';

/** Commits of a pull request to it, with everything that a diff can hold. */
export const pullRequestCommits: readonly Commit[] = [
  {
    message: 'Update zlib to 1.3.1',
    files: async (workTree) => {
      await rename(join(workTree, oldRecipe), join(workTree, newRecipe));
      await edit(join(workTree, newRecipe), "'1.2.13'", "'1.3.1'");
      await edit(join(workTree, 'easystacks/eessi-2023.06.yml'), '1.2.13', '1.3.1');
    },
  },
  {
    message: 'Add the test data of zlib',
    files: { 'easyconfigs/z/zlib/zlib-1.3.1-test-data.bin': everyByte(16) },
  },
  {
    message: 'Make the list of recipes executable',
    files: (workTree) => chmod(join(workTree, 'scripts/list-recipes.sh'), 0o755),
  },
  {
    message: 'Explain, in files with names that need care',
    files: async (workTree) => {
      await put(join(workTree, 'docs/how to build.md'), '# How to build\r\nwith line ends of Windows\r\n');
      await put(join(workTree, 'docs/Überblick größerer Pakete.md'), '# Überblick\nund am Ende keine Zeilenschaltung');
    },
  },
  {
    message: 'Remove the easystack of the pilot',
    files: (workTree) => rm(join(workTree, 'easystacks/eessi-2021.12.yml')),
  },
];

/** All 256 bytes, several times. */
function everyByte(times: number): Uint8Array {
  return Uint8Array.from({ length: 256 * times }, (_, index) => index % 256);
}

async function edit(file: string, from: string, to: string): Promise<void> {
  await writeFile(file, (await readFile(file, 'utf8')).replace(from, to));
}

async function put(file: string, content: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}
