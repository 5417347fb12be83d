import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Settings } from '../../settings/settings.ts';
import { readJobConfig } from './job-config.ts';

const section = { container: 'docker://of-the-site', repoName: 'r', repoVersion: '1', missing: [] };
const settings = {
  repositories: { sections: { R1: section } },
  build: { siteConfig: { container_cachedir: '/cache' } },
} as unknown as Pick<Settings, 'build' | 'repositories'>;

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
  expect(await readJobConfig(directory, settings)).toEqual({ repositoryId, container, containerCacheDir: '/cache' });
});
