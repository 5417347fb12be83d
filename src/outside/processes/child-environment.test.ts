import { describe, expect, it } from 'vitest';
import { forUpload, withoutSecrets } from './child-environment.ts';

const ours = {
  PATH: '/bin',
  HOME: '/home/u',
  LC_ALL: 'C',
  http_proxy: 'http://p',
  SITE: 'x',
  AWSOME: 'y',
  NOT_SET: undefined,
};

describe.each`
  name                                  | children  | upload
  ${'GITHUB_APP_SECRET_TOKEN'}          | ${'none'} | ${'none'}
  ${'GITHUB_APP_SECRET_TOKEN_PREVIOUS'} | ${'none'} | ${'none'}
  ${'GITHUB_TOKEN'}                     | ${'none'} | ${'none'}
  ${'GH_TOKEN'}                         | ${'none'} | ${'none'}
  ${'GITHUB_PAT'}                       | ${'none'} | ${'none'}
  ${'GH_ENTERPRISE_TOKEN'}              | ${'none'} | ${'none'}
  ${'KEY_PASSPHRASE'}                   | ${'none'} | ${'gets'}
  ${'AWS_ACCESS_KEY_ID'}                | ${'none'} | ${'gets'}
  ${'AWS_PROFILE'}                      | ${'none'} | ${'gets'}
  ${'npm_config_registry'}              | ${'none'} | ${'none'}
  ${'npm_lifecycle_event'}              | ${'none'} | ${'none'}
  ${'NODE_OPTIONS'}                     | ${'none'} | ${'none'}
  ${'INIT_CWD'}                         | ${'none'} | ${'none'}
  ${'GITHUB_API_URL'}                   | ${'gets'} | ${'gets'}
  ${'SLURM_CONF'}                       | ${'gets'} | ${'gets'}
`('$name', ({ name, children, upload }) => {
  const environment = { ...ours, [name]: 'secret' };
  it(`children: ${children}`, () => expect(name in withoutSecrets(environment)).toBe(children === 'gets'));
  it(`upload script: ${upload}`, () => expect(name in forUpload(environment)).toBe(upload === 'gets'));
});

it('leaves everything else as it is, and out what is not set', () => {
  const { NOT_SET: _, ...rest } = ours;
  expect(withoutSecrets(ours)).toEqual(rest);
  expect(forUpload(ours)).toEqual(rest);
});
