import { chmod, copyFile, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeProblem } from './describe-problem.ts';
import { makeSite, type Site } from './fixtures/make-site.ts';
import { loadSettings } from './load-settings.ts';
import type { Settings } from './settings.ts';
import { SettingsFile, type WatchedReading } from './watch-settings.ts';

let site: Site;
beforeEach(async () => {
  site = await makeSite();
});
afterEach(() => site.remove());

async function watch(
  edit?: (text: string) => string,
): Promise<{ file: SettingsFile; told: WatchedReading[]; path: string }> {
  const path = await site.writeAppCfg('generation-9.cfg', edit);
  const environment = { HOME: site.dir };
  const reading = await loadSettings(path, environment, site.dir);
  if (reading.kind !== 'settings') throw new Error(reading.problems.map(describeProblem).join('\n'));
  const told: WatchedReading[] = [];
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

it('takes an edit up once a file that it names is put right, though the edit is not touched again', async () => {
  const { file, told } = await watch();
  const good = await file.current();
  const key = join(site.dir, 'new-key.pem');
  await site.writeAppCfg('generation-9.cfg', (text) =>
    setInterval('45')(text).replace(/^private_key = .*/m, `private_key = ${key}`),
  );
  expect(await file.current()).toBe(good);
  expect(await file.current()).toBe(good);
  expect(told.map(({ kind }) => kind)).toEqual(['problems']);
  await copyFile(good.github.privateKeyPath, key);
  await chmod(key, 0o600);
  expect(await intervalOf(file)).toBe(45);
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

describe('what starts programs stays as it was at the start', () => {
  const absent: Record<string, string> = {
    signing: 'deploycfg',
    allow_update_submit_opts: 'buildenv',
    cancel_command: 'buildenv',
  };
  const setTo = (key: string, value: string) => (text: string) =>
    absent[key] === undefined
      ? text.replace(new RegExp(`^${key} *=.*(\\n[ \\t].*)*`, 'm'), `${key} = ${value}`)
      : text.replace(`[${absent[key]}]`, `[${absent[key]}]\n${key} = ${value}`);
  const signing = (change = {}) =>
    JSON.stringify({
      'eessi.io-2023.06': { script: '/opt/sign', key: '/opt/key', container_runtime: 'apptainer', ...change },
    });

  it.each<[key: string, value: string, of: (settings: Settings) => unknown]>([
    ['submit_command', '/home/bot/evil', ({ build }) => build.submit],
    ['submit_command', 'X=1 /usr/bin/sbatch', ({ build }) => build.submit],
    ['poll_command', '/home/bot/evil', ({ jobManager }) => jobManager.poll],
    ['poll_command', '/usr/bin/squeue --conf=/home/bot/evil', ({ jobManager }) => jobManager.poll],
    ['scontrol_command', '/home/bot/evil', ({ jobManager }) => jobManager.scontrol],
    ['cancel_command', '/home/bot/evil', ({ build }) => build.cancel],
    ['artefact_upload_script', 'SITE/scripts/evil', ({ deploy }) => deploy.script],
    ['signing', signing(), ({ deploy }) => deploy.signing],
    ['allow_update_submit_opts', 'true', ({ build }) => build.allowUpdateSubmitOpts],
  ])('%s = %s', async (key, value, of) => {
    await copyFile(join(site.dir, 'scripts/eessi-upload-to-staging'), join(site.dir, 'scripts/evil'));
    await chmod(join(site.dir, 'scripts/evil'), 0o755);
    const { file, told } = await watch();
    const started = of(await file.current());
    const edit = (text: string) => setInterval('45')(setTo(key, value.replace('SITE', site.dir))(text));
    await site.writeAppCfg('generation-9.cfg', edit);
    const settings = await file.current();
    expect(of(settings)).toEqual(started);
    expect(settings.jobManager.pollIntervalSeconds).toBe(45); // all else counts
    expect(file.problems).toEqual([]);
    expect(file.awaitingRestart.map(describeProblem)).toEqual([
      expect.stringMatching(
        new RegExp(`app\\.cfg: \\[\\w+\\] ${key}: was edited, and starts programs: .*restart the daemon`),
      ),
    ]);
    expect(told).toHaveLength(1);
    expect(told[0]?.awaitingRestart).toHaveLength(1);
    await site.writeAppCfg('generation-9.cfg', setInterval('45'));
    await file.current();
    expect(file.awaitingRestart).toEqual([]);
    expect(told).toHaveLength(2);
  });

  it('the image in which an upload runs', async () => {
    const { file } = await watch(setTo('signing', signing()));
    const reposCfg = join(site.dir, 'cfg_bundles/repos.cfg');
    const before = (await file.current()).repositories.sections['eessi.io-2023.06']?.container;
    await writeFile(
      reposCfg,
      (await readFile(reposCfg, 'utf8')).replaceAll(/^container *=.*/gm, 'container = /home/bot/evil.sif'),
    );
    const { sections } = (await file.current()).repositories;
    expect(sections['eessi.io-2023.06']?.container).toBe(before);
    expect(file.awaitingRestart.map(describeProblem)).toEqual([
      expect.stringMatching(/repos\.cfg: container: was edited/),
    ]);
  });

  it('taking det_submit_opts.py off, or what is signed, counts at once', async () => {
    const { file } = await watch((text) =>
      setTo('signing', signing())(setTo('allow_update_submit_opts', 'true')(text)),
    );
    expect((await file.current()).build.allowUpdateSubmitOpts).toBe(true);
    await site.writeAppCfg('generation-9.cfg', (text) =>
      setTo('signing', '{}')(setTo('allow_update_submit_opts', 'false')(text)),
    );
    const { build, deploy } = await file.current();
    expect([build.allowUpdateSubmitOpts, deploy.signing]).toEqual([false, {}]);
    expect(file.awaitingRestart).toEqual([]);
  });

  it('an edit that is not valid takes nothing away of what awaits a restart', async () => {
    const { file } = await watch();
    await site.writeAppCfg('generation-9.cfg', setTo('poll_command', '/home/bot/evil'));
    await file.current();
    await site.writeAppCfg('generation-9.cfg', setTo('poll_interval', 'often'));
    await file.current();
    expect(file.problems).toHaveLength(1);
    expect(file.awaitingRestart).toHaveLength(1);
  });
});

it('reads again, file by file unchanged, what could not be checked for a moment', async () => {
  const { file, told } = await watch();
  const good = await file.current();
  const doubtful = join(site.dir, '~');
  await symlink(doubtful, doubtful); // stat answers ELOOP, which is as good as EIO
  await site.writeAppCfg('generation-9.cfg', (text) =>
    setInterval('45')(text).replace(/^trash_bin_dir = .*/m, 'trash_bin_dir = ~/trash'),
  );
  expect(await file.current()).toBe(good);
  expect(await file.current()).toBe(good);
  expect(file.problems.map(describeProblem)).toEqual([
    expect.stringMatching(/could not be checked \(ELOOP.*tried again/),
  ]);
  expect(told).toHaveLength(1);
  await rm(doubtful);
  expect(await intervalOf(file)).toBe(45);
  expect(file.problems).toEqual([]);
});
