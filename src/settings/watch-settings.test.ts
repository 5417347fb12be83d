import { copyFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeProblem } from './describe-problem.ts';
import { makeSite, type Site } from './fixtures/make-site.ts';
import { loadSettings } from './load-settings.ts';
import type { SettingsReading } from './settings.ts';
import { SettingsFile } from './watch-settings.ts';

let site: Site;
beforeEach(async () => {
  site = await makeSite();
});
afterEach(() => site.remove());

async function watch(): Promise<{ file: SettingsFile; told: SettingsReading[]; path: string }> {
  const path = await site.writeAppCfg('generation-9.cfg');
  const environment = { HOME: site.dir };
  const reading = await loadSettings(path, environment, site.dir);
  if (reading.kind !== 'settings') throw new Error(reading.problems.map(describeProblem).join('\n'));
  const told: SettingsReading[] = [];
  const file = new SettingsFile(reading, {
    appCfgPath: path,
    environment,
    workingDirectory: site.dir,
    onChange: (one) => told.push(one),
  });
  return { file, told, path };
}

const setInterval = (seconds: string) => (text: string) =>
  text.replace('poll_interval = 30', `poll_interval = ${seconds}`);
const intervalOf = async (file: SettingsFile) => (await file.current()).jobManager.pollIntervalSeconds;

it('gives the same settings, and tells nothing, while nothing changes', async () => {
  const { file, told, path } = await watch();
  const first = await file.current();
  expect(await file.current()).toBe(first);
  await utimes(path, new Date(), new Date());
  expect(await file.current()).toEqual(first);
  expect(told).toEqual([]);
});

it('takes an edit up, tells it once, and keeps up with repos.cfg too', async () => {
  const { file, told } = await watch();
  await site.writeAppCfg('generation-9.cfg', setInterval('45'));
  expect(await Promise.all([intervalOf(file), intervalOf(file)])).toEqual([45, 45]);
  expect(await intervalOf(file)).toBe(45);
  expect(told.map(({ kind }) => kind)).toEqual(['settings']);
  await writeFile(join(site.dir, 'cfg_bundles/repos.cfg'), '[R1]\ncontainer = c\nrepo_name = r\nrepo_version = 1\n');
  expect((await file.current()).repositories.sections['R1']).toMatchObject({ container: 'c' });
  expect(told).toHaveLength(2);
});

it('finds an edit that was made between loading and the first look', async () => {
  const { file } = await watch();
  await site.writeAppCfg('generation-9.cfg', setInterval('31'));
  expect(await intervalOf(file)).toBe(31);
});

it('keeps the last good settings while the file is broken, tells that once, and takes the mended file', async () => {
  const { file, told } = await watch();
  const good = await file.current();
  await site.writeAppCfg('generation-9.cfg', (text) => text.replace('"nvidia/cc80"', '"nvidia/cc80'));
  expect(await file.current()).toBe(good);
  expect(await file.current()).toBe(good);
  expect(file.problems.map(describeProblem)).toEqual([expect.stringContaining('node_type_map')]);
  expect(told.map(({ kind }) => kind)).toEqual(['problems']);
  await site.writeAppCfg('generation-9.cfg', setInterval('50'));
  expect(await intervalOf(file)).toBe(50);
  expect(file.problems).toEqual([]);
  expect(told.map(({ kind }) => kind)).toEqual(['problems', 'settings']);
});

it('survives a moment without file, as some editors make one', async () => {
  const { file, told, path } = await watch();
  const good = await file.current();
  await copyFile(path, `${path}.new`);
  await rm(path);
  expect(await file.current()).toBe(good);
  await rename(`${path}.new`, path);
  expect(await file.current()).toEqual(good);
  expect(told.map(({ kind }) => kind)).toEqual(['problems', 'settings']);
});

it('keeps the last good settings while the file server cannot tell of the file', async () => {
  const { file, path } = await watch();
  const good = await file.current();
  await rename(path, `${path}.away`);
  await symlink(path, path); // stat answers ELOOP, which is as good as EIO
  expect(await file.current()).toBe(good);
  expect(file.problems.map(describeProblem)).toEqual([expect.stringMatching(/app\.cfg: cannot be read \(.*ELOOP/)]);
  await rename(`${path}.away`, path);
  expect(await file.current()).toEqual(good);
  expect(file.problems).toEqual([]);
});

it('stays in the directories in which it has begun, and says that others take a restart', async () => {
  const { file } = await watch();
  const good = await file.current();
  await site.writeAppCfg('generation-9.cfg', (text) =>
    setInterval('45')(text).replace(/^jobs_base_dir = .*/m, `jobs_base_dir = ${site.dir}`),
  );
  expect(await file.current()).toBe(good);
  const sentence = new RegExp(
    `jobs_base_dir = ${site.dir}: another directory than ${good.build.jobsBaseDir} is used after a restart only`,
  );
  expect(file.problems.map(describeProblem)).toContainEqual(expect.stringMatching(sentence));
  await site.writeAppCfg('generation-9.cfg', setInterval('45'));
  expect(await intervalOf(file)).toBe(45);
});
