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
  login           | id           | listed                    | allowed
  ${'alice'}      | ${7}         | ${['alice', 'bob']}       | ${true}
  ${'ALICE'}      | ${7}         | ${['Alice']}              | ${true}
  ${'ali'}        | ${7}         | ${['alice']}              | ${false}
  ${'alice'}      | ${7}         | ${[]}                     | ${false}
  ${'alice'}      | ${7}         | ${['alice:7']}            | ${true}
  ${'ALICE'}      | ${7}         | ${['Alice:7']}            | ${true}
  ${'alice'}      | ${8}         | ${['alice:7']}            | ${false}
  ${'alice'}      | ${undefined} | ${['alice:7']}            | ${false}
  ${'alice-new'}  | ${7}         | ${['alice:7']}            | ${false}
  ${'alice'}      | ${8}         | ${['alice:7', 'alice:8']} | ${true}
  ${'alice'}      | ${70}        | ${['alice:7']}            | ${false}
  ${'a-bot[bot]'} | ${9}         | ${['a-bot[bot]:9']}       | ${true}
`('$login with the id $id, where $listed are listed: $allowed', ({ login, id, listed, allowed }) => {
  const settings = list(listed);
  const account = { login, ...(id !== undefined && { id }) };
  expect([mayCommand, mayBuild, mayDeploy].map((may) => may(account, settings))).toEqual([allowed, allowed, allowed]);
});

it('may build: everyone, where the site says so', () => {
  expect(mayBuild({ login: 'carol' }, { build: { permission: 'everyone' } } as Settings)).toBe(true);
});
