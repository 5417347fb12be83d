import { expect, it } from 'vitest';
import { writeConfig } from './write-config.ts';

it('writes a line per key, nothing quoted, percent signs as they are, an empty line after each section', () => {
  const text = writeConfig([
    { name: 'site_config', values: { http_proxy: 'http://u:p%40x@h/', local_tmp: '/tmp/$USER/a;b#c' } },
    { name: 'repository', values: {} },
    { name: 'architecture', values: { software_subdir: 'x86_64/amd/zen2', os_type: 'linux', accelerator: '' } },
  ]);
  expect(text).toBe(
    '[site_config]\nhttp_proxy = http://u:p%40x@h/\nlocal_tmp = /tmp/$USER/a;b#c\n\n[repository]\n\n' +
      '[architecture]\nsoftware_subdir = x86_64/amd/zen2\nos_type = linux\naccelerator = \n\n',
  );
});

it('keeps a value of several lines in one, so that it can begin neither a key nor a section', () => {
  const values = { load_modules: 'a,\n  b\r\n[repository]\nrepo_id = other' };
  expect(writeConfig([{ name: 'site_config', values }])).toBe(
    '[site_config]\nload_modules = a, b [repository] repo_id = other\n\n',
  );
});

// A regular expression of quadratic time would take many minutes.
it('is not kept busy by a million blanks in the midst of a value', () => {
  const values = { key: `x${' '.repeat(1_000_000)}x${' '.repeat(1_000_000)}\nx` };
  expect(writeConfig([{ name: 'a', values }])).toBe(`[a]\nkey = x${' '.repeat(1_000_000)}x x\n\n`);
});
