import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Settings } from '../../settings/settings.ts';
import { imageOf, isDirectoryOf, readRepositoryId } from './job-config.ts';

const section = { container: 'docker://of-the-site', repoName: 'r', repoVersion: '1', missing: [] };
const repositories = { sections: { R1: section } } as unknown as Settings['repositories'];

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'job-config-'));
  await mkdir(join(directory, 'cfg'));
});
afterEach(() => rm(directory, { recursive: true }));

it.each`
  what                         | repositoryId     | container
  ${'an id of repos.cfg'}      | ${'R1'}          | ${'docker://of-the-site'}
  ${'an id that is not there'} | ${'R2'}          | ${''}
  ${'what every object has'}   | ${'constructor'} | ${''}
`('$what: the image is the site’s, whatever the job wrote', async ({ repositoryId, container }) => {
  const text = `[site_config]\ncontainer_cachedir = /evil\n[repository]\nrepo_id = ${repositoryId}\ncontainer = docker://evil\n`;
  await writeFile(join(directory, 'cfg/job.cfg'), text);
  const read = await readRepositoryId(directory);
  expect(read).toBe(repositoryId);
  expect(imageOf(read ?? '', repositories)).toBe(container);
});

it.each`
  directory                                    | repositoryId | isOf
  ${'/jobs/run_000/x86_64/amd/zen2/R1'}        | ${'R1'}      | ${true}
  ${'/jobs/run_000/x86_64/amd/zen2/R1@node 1'} | ${'R1'}      | ${true}
  ${'/jobs/run_000/linux_x86_64/R1@a@b'}       | ${'R1@a'}    | ${true}
  ${'/jobs/run_000/x86_64/org/R1'}             | ${'org/R1'}  | ${true}
  ${'/jobs/run_000/x86_64/amd/zen2/R1'}        | ${'R2'}      | ${false}
  ${'/jobs/run_000/x86_64/amd/zen2/xR1'}       | ${'R1'}      | ${false}
  ${'/jobs/run_000/x86_64/R2/R1'}              | ${'R2'}      | ${false}
  ${'/jobs@R2/run_000/R1'}                     | ${'R2'}      | ${false}
  ${'/jobs/run_000/R1'}                        | ${'../R1'}   | ${false}
`('whether $directory was made for $repositoryId: $isOf', ({ directory: of, repositoryId, isOf }) => {
  expect(isDirectoryOf(of, repositoryId)).toBe(isOf);
});
