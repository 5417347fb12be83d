import { expect, it } from 'vitest';
import { mayBuild, mayCommand, mayDeploy } from './permissions.ts';
import type { Settings } from './settings/settings.ts';

const list = (logins: readonly string[]) =>
  ({
    control: { commandPermission: logins },
    build: { permission: logins },
    deploy: { permission: logins },
  }) as Pick<Settings, 'control' | 'build' | 'deploy'> as Settings;

it.each`
  login      | listed              | allowed
  ${'alice'} | ${['alice', 'bob']} | ${true}
  ${'ALICE'} | ${['Alice']}        | ${true}
  ${'ali'}   | ${['alice']}        | ${false}
  ${'alice'} | ${[]}               | ${false}
`('$login, with $listed listed: $allowed', ({ login, listed, allowed }) => {
  const settings = list(listed);
  expect([mayCommand, mayBuild, mayDeploy].map((may) => may(login, settings))).toEqual([allowed, allowed, allowed]);
});

it('may build: everyone, where the site says so', () => {
  expect(mayBuild('carol', { build: { permission: 'everyone' } } as Settings)).toBe(true);
});
