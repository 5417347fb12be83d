import { chmod, mkdir, rename, symlink } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runProgram } from '../outside/processes/run-program.ts';
import { makeSite, type Site } from './fixtures/make-site.ts';
import { loadSettings } from './load-settings.ts';
import { lookAtPlaces, watchPlaces } from './look-at-places.ts';

let site: Site;
beforeEach(async () => {
  site = await makeSite();
});
afterEach(() => site.remove());

async function look(jobAccount?: string): Promise<string[]> {
  return await lookAtPlaces(...(await toLookAt(jobAccount)));
}

async function toLookAt(jobAccount?: string): Promise<Parameters<typeof lookAtPlaces>> {
  const setting = jobAccount === undefined ? '' : `job_account = ${jobAccount}\n`;
  const appCfgPath = await site.writeAppCfg('generation-9.cfg', (text) =>
    text.replace('[buildenv]\n', `[buildenv]\n${setting}`),
  );
  const files = { appCfgPath, environment: { HOME: site.dir }, workingDirectory: site.dir };
  const loaded = await loadSettings(appCfgPath, files.environment, site.dir);
  if (loaded.kind !== 'settings') throw new Error(JSON.stringify(loaded.problems));
  return [loaded.settings, files, { runProgram, environment: { PATH: process.env['PATH'] ?? '' } }];
}

const { username } = userInfo();
const ofSite = (warnings: readonly string[]) => warnings.filter((warning) => warning.includes(site.dir));

it('a site with all in one place has one paragraph, and none where it says that it knows', async () => {
  const isParagraph = (warning: string) => warning.startsWith(`jobs run as the account of the daemons (${username})`);
  const [paragraph, ...others] = (await look()).filter(isParagraph);
  expect(others).toEqual([]);
  expect(paragraph).toMatch(/: .*app\.cfg, .*private_key, .*\$HOME.*docs\/two-accounts\.md/);
  expect((await look(username)).filter(isParagraph)).toEqual([]);
});

it('a directory open to all is found through links', async () => {
  expect(ofSite(await look(username))).toEqual([]);
  await mkdir(join(site.dir, 'open'));
  await chmod(join(site.dir, 'open'), 0o777);
  await rename(join(site.dir, 'key.pem'), join(site.dir, 'open/key.pem'));
  await symlink('open/key.pem', join(site.dir, 'key.pem'));
  expect(ofSite(await look(username))).toEqual([
    expect.stringMatching(
      /^any account of this machine can write .*\/open \(mode 0777\), and so change private_key: run chmod o-w /,
    ),
  ]);
});

it('a directory that is opened while the daemon runs is found by the next look, and logged once', async () => {
  const logged: object[] = [];
  const [settings, ...rest] = await toLookAt(username);
  const places = watchPlaces(() => settings, ...rest, { warn: (facts: object) => void logged.push(facts) });
  await places.look();
  expect(ofSite(places.warnings)).toEqual([]);
  const before = logged.length;
  await chmod(site.dir, 0o777);
  await places.look();
  await places.look();
  expect(ofSite(places.warnings)).toEqual([expect.stringMatching(/^any account of this machine can write /)]);
  expect(logged.slice(before)).toEqual([{ warning: ofSite(places.warnings)[0] }]);
  await chmod(site.dir, 0o700);
  await places.look();
  expect(ofSite(places.warnings)).toEqual([]);
});

it('an account that is not there is told', async () => {
  expect(await look('no-such-account')).toEqual([expect.stringMatching(/`id no-such-account` knows no such account/)]);
});
