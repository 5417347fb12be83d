import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { filesOfStore } from './files-of-store.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'files-of-store-'));
  for (const name of ['home/.aws', 'bare', 'site']) await mkdir(join(root, name), { recursive: true });
  const profile = `ca_bundle = ${root}/site/profile.pem\nweb_identity_token_file = ${root}/site/token`;
  await writeFile(join(root, 'home/.aws/config'), `[default]\nregion = x\n[profile site]\n${profile}\n`);
  await writeFile(join(root, 'site/config'), `[default]\nca_bundle = ${root}/site/own.pem\n`);
  for (const name of ['profile.pem', 'token', 'own.pem', 'extra.pem', 'credentials'])
    await writeFile(join(root, 'site', name), '');
});
afterAll(() => rm(root, { recursive: true }));

const ofHome = ['home/.aws', 'home/.aws/config', 'site/profile.pem', 'site/token'];

it.each<[string, Record<string, string>, readonly string[]]>([
  ['an account without ~/.aws', { HOME: '/bare' }, []],
  ['~/.aws, and what its profiles name', {}, ofHome],
  ['NODE_EXTRA_CA_CERTS', { NODE_EXTRA_CA_CERTS: '/site/extra.pem' }, [...ofHome, 'site/extra.pem']],
  ['AWS_CA_BUNDLE', { AWS_CA_BUNDLE: '/site/extra.pem' }, [...ofHome, 'site/extra.pem']],
  ['REQUESTS_CA_BUNDLE', { REQUESTS_CA_BUNDLE: '/site/extra.pem' }, [...ofHome, 'site/extra.pem']],
  ['a bundle that is not there', { AWS_CA_BUNDLE: '/site/none.pem' }, ofHome],
  ['a token', { HOME: '/bare', AWS_WEB_IDENTITY_TOKEN_FILE: '/site/token' }, ['site/token']],
  [
    'files in the place of those of ~/.aws',
    { AWS_CONFIG_FILE: '/site/config', AWS_SHARED_CREDENTIALS_FILE: '/site/credentials' },
    ['home/.aws', 'site/config', 'site/credentials', 'site/own.pem'],
  ],
])('%s', async (_what, environment, expected) => {
  const inRoot = Object.entries({ HOME: '/home', ...environment }).map(([name, path]) => [name, `${root}${path}`]);
  const found = await filesOfStore(Object.fromEntries(inRoot), '/bot');
  expect(found.sort()).toEqual(expected.map((name) => join(root, name)).sort());
});

it('takes a relative path from where the bot was started, and ~ for the home', async () => {
  const environment = { HOME: join(root, 'bare'), AWS_CA_BUNDLE: 'own.pem', AWS_CONFIG_FILE: '~/../site/config' };
  expect(await filesOfStore(environment, join(root, 'site'))).toEqual(
    ['site/config', 'site/own.pem'].map((name) => join(root, name)),
  );
});
