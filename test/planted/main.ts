import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PlantedDefect, plantedDefects } from './planted-defects.ts';

// npm run planted: takes each protection away in a copy of the project, and runs the tests that have to fail then. Words after `--`
// choose among the threats.

const root = join(import.meta.dirname, '../..');
const notCopied = new Set(['node_modules', '.git'].map((name) => join(root, name)));

async function main(words: readonly string[]): Promise<number> {
  const chosen = plantedDefects.filter(({ threat }) => words.every((word) => threat.includes(word)));
  if (chosen.length === 0) {
    const threats = plantedDefects.map(({ threat }) => `  ${threat}`).join('\n');
    console.error(`error: no threat has all of these words: ${words.join(', ')}; there are\n${threats}`);
    return 2;
  }
  const copy = await realpath(await mkdtemp(join(tmpdir(), 'planted-')));
  try {
    await cp(root, copy, { recursive: true, filter: (path) => !notCopied.has(path) });
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
    const missed: string[] = [];
    for (const defect of chosen) {
      const failed = await findIn(copy, defect);
      console.log(failed === undefined ? `NOT FOUND: ${defect.threat}` : `found: ${defect.threat} (${failed})`);
      if (failed === undefined) missed.push(defect.threat);
    }
    console.log(`${chosen.length - missed.length} of ${chosen.length} planted defects found`);
    return missed.length === 0 ? 0 : 1;
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

/** A test that fails with the defect, if there is one; the copy is as before afterwards. */
async function findIn(copy: string, { file, right, wrong, tests }: PlantedDefect): Promise<string | undefined> {
  const path = join(copy, file);
  const text = await readFile(path, 'utf8');
  if (text.split(right).length !== 2) throw new Error(`${file} does not have this text once: ${right}`);
  await writeFile(
    path,
    text.replace(right, () => wrong),
  );
  const vitest = join(copy, 'node_modules/vitest/vitest.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [vitest, 'run', '--bail=1', ...tests], {
    cwd: copy,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  await writeFile(path, text);
  // Status 1 alone may be a test file that could not be read.
  const failed = /^ *FAIL .*> (.*)$/m.exec(stdout + stderr)?.[1];
  if (status !== 0 && failed !== undefined) return failed;
  console.log((stdout + stderr).slice(-2_000));
  return undefined;
}

process.exitCode = await main(process.argv.slice(2));
