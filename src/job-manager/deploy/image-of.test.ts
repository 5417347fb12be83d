import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Settings } from '../../settings/settings.ts';
import { findRepositoryId } from '../records/of-another-bot/find-repository-id.ts';
import { imageOf } from './image-of.ts';

const section = { container: 'docker://of-the-site', repoName: 'r', repoVersion: '1', missing: [] };
const repositories = { sections: { R1: section } } as unknown as Settings['repositories'];

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'image-of-'));
});
afterEach(() => rm(root, { recursive: true }));

it.each`
  what                         | repositoryId     | container
  ${'an id of repos.cfg'}      | ${'R1'}          | ${'docker://of-the-site'}
  ${'an id that is not there'} | ${'R2'}          | ${''}
  ${'what every object has'}   | ${'constructor'} | ${''}
`('$what: the image is the site’s, whatever the job wrote', async ({ repositoryId, container }) => {
  const text = `[site_config]\ncontainer_cachedir = /evil\n[repository]\nrepo_id = ${repositoryId}\ncontainer = docker://evil\n`;
  const directory = join(root, repositoryId);
  await mkdir(join(directory, 'cfg'), { recursive: true });
  await writeFile(join(directory, 'cfg/job.cfg'), text);
  const read = await findRepositoryId(directory, undefined);
  expect(read).toEqual({ repositoryId });
  expect(imageOf(read.repositoryId ?? '', repositories)).toBe(container);
});
