import { describe, expect, it } from 'vitest';
import { expectLines, readChanged, settingsOf } from './fixtures/read-fixture.ts';

describe('repos.cfg', () => {
  it.each([
    [
      'a section that would be taken for a setting',
      '[repos_cfg_dir]\n',
      /\[repos_cfg_dir\]: cannot be the name of a repository/,
    ],
    [
      'a lone percent sign',
      '[R1]\ncontainer = 5%\nrepo_name =\nrepo_version =\n',
      /repos\.cfg:2: \[R1\] container = 5%: has a single `%`/,
    ],
    [
      'a map that is no JSON',
      "[R1]\nconfig_map = {'a': 1}\n",
      /config_map = .*: is not JSON: it has .* where a key in double quotes is expected/,
    ],
    ['a section twice', '[R1]\n[R1]\n', /repos\.cfg:2: \[R1\]: the section \[R1\] is there already/],
    [
      'no file where there should be one',
      null,
      /repos_cfg_dir = \/site\/cfg_bundles: \/site\/cfg_bundles\/repos\.cfg cannot be read/,
    ],
  ])('%s is a problem', (_what, reposCfg, problem) => {
    expectLines(readChanged({}, { reposCfg }).problems, [problem]);
  });

  it('says which keys of a section are missing, and goes on', () => {
    const result = readChanged({}, { reposCfg: '[R1]\nrepo_name = r\n' });
    expect(settingsOf(result).repositories.sections['R1']).toEqual({
      container: '',
      repoName: 'r',
      repoVersion: '',
      missing: ['container', 'repo_version'],
    });
    expect(result.warnings).toContainEqual(
      expect.stringMatching(/\[R1\] container: is missing: nothing is built for R1/),
    );
  });

  it('may be absent where repos_cfg_dir is empty: then only EESSI is built', () => {
    const result = readChanged({ 'repo_targets.repos_cfg_dir': '' }, { reposCfg: null });
    expect({ ...settingsOf(result).repositories.sections }).toEqual({});
    expect(settingsOf(result).repositories.dir).toBeUndefined();
    expect(result.warnings).toContainEqual(
      expect.stringMatching(/repos_cfg_dir: is empty, and \/bot\/repos\.cfg cannot be read: nothing is built for R1$/),
    );
  });
});
