import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { copyClone } from './copy-clone.ts';

const full = "cp: error writing '././a': No space left on device\ncp: error writing '././b': No space left on device";
const noInode = "cp: cannot create directory './a': Disk quota exceeded";
const gone = "cp: cannot stat '/x/.': No such file or directory";

// A program of that name, which says what the real one has said.
it.each`
  what                      | said       | then            | name                       | message
  ${'finds the disk full'}  | ${full}    | ${'exit 1'}     | ${'ProgramHadDiskTrouble'} | ${"cp: error writing '././a': No space left on device"}
  ${'may not make a file'}  | ${noInode} | ${'exit 1'}     | ${'ProgramHadDiskTrouble'} | ${noInode}
  ${'finds nothing'}        | ${gone}    | ${'exit 1'}     | ${'GitFailed'}             | ${gone}
  ${'is killed'}            | ${''}      | ${'kill -9 $$'} | ${'GitFailed'}             | ${'cp was killed by SIGKILL'}
  ${'is killed on the way'} | ${full}    | ${'kill -9 $$'} | ${'ProgramHadDiskTrouble'} | ${"cp: cp was killed by SIGKILL\ncp: error writing '././a': No space left on device"}
`('a cp that $what fails as git does, with its first words', async ({ said, then, name, message }) => {
  const directory = await mkdtemp(join(tmpdir(), 'copy-clone-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const script = `#!/bin/sh\n[ -z "${said}" ] || cat >&2 <<'end'\n${said}\nend\n${then}\n`;
  await writeFile(join(directory, 'cp'), script, { mode: 0o755 });
  const environment = { PATH: `${directory}:${process.env['PATH']}` };
  await expect(copyClone('/x', join(directory, 'to'), environment)).rejects.toMatchObject({ name, message });
});
