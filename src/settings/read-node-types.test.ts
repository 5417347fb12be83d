import { expect, it } from 'vitest';
import { expectLines, fixture, readText, settingsOf } from './fixtures/read-fixture.ts';

const withMaps = (architectures: string, repositories: string) =>
  readText(
    fixture('generation-6.cfg')
      .replace(/^arch_target_map = .*\n(?:[ \t].*\n)*/m, `arch_target_map = ${architectures}\n`)
      .replace(/^repo_target_map = .*\n(?:[ \t].*\n)*/m, `repo_target_map = ${repositories}\n`),
  );

it('before generation 9 builds for architectures with repositories; others are skipped, the name is split at its first /', () => {
  const result = withMaps('{"linux/a/b": "-p x", "linux/c": ""}', '{"linux/a/b": ["EESSI"]}');
  expect(settingsOf(result).nodeTypes).toEqual([
    { name: 'linux/a/b', os: 'linux', cpuSubdir: 'a/b', slurmParams: ['-p', 'x'], repositories: ['EESSI'] },
  ]);
});

it('warns of repositories for an architecture that is none, with the nearest name', () => {
  const result = withMaps('{"linux/x86_64/amd/zen2": ""}', '{"linux/x86_64/amd/zen3": ["EESSI"]}');
  expect(settingsOf(result).nodeTypes).toEqual([]);
  expectLines(result.warnings, [/"linux\/x86_64\/amd\/zen3" is not in arch_target_map: .*"linux\/x86_64\/amd\/zen2"/]);
});

it('refuses an architecture without OS, and one that leads out of its directory', () => {
  expectLines(withMaps('{"zen2": "", "linux/../x": ""}', '{}').problems, [
    /"zen2" has to be OS\/SUBDIR/,
    /"linux\/\.\.\/x" has to be OS\/SUBDIR/,
  ]);
});
