import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Child, environmentsOf, ignoredDefaults, isSecret } from './child-environment.ts';

const children: readonly Child[] = ['git', 'git fetch', 'slurm', 'job', 'upload', 'signing', 'tool'];
const all = children.join(' | ');
const wide = ['git fetch', 'slurm', 'job', 'upload', 'signing'].join(' | ');

describe.each`
  name                                  | gets
  ${'PATH'}                             | ${all}
  ${'LD_LIBRARY_PATH'}                  | ${all}
  ${'TMPDIR'}                           | ${all}
  ${'USER'}                             | ${wide}
  ${'http_proxy'}                       | ${wide}
  ${'HTTPS_PROXY'}                      | ${wide}
  ${'no_proxy'}                         | ${wide}
  ${'SSL_CERT_FILE'}                    | ${wide}
  ${'NODE_EXTRA_CA_CERTS'}              | ${wide}
  ${'GITHUB_API_URL'}                   | ${wide}
  ${'EDITOR'}                           | ${wide}
  ${'AWSOME'}                           | ${wide}
  ${'BASH_FUNC_module%%'}               | ${wide}
  ${'GITHUB_APP_SECRET_TOKEN'}          | ${''}
  ${'GITHUB_APP_SECRET_TOKEN_PREVIOUS'} | ${''}
  ${'SMEE_URL'}                         | ${''}
  ${'GITHUB_TOKEN'}                     | ${''}
  ${'GH_TOKEN'}                         | ${''}
  ${'GITHUB_PAT'}                       | ${''}
  ${'GH_ENTERPRISE_TOKEN'}              | ${''}
  ${'GITLAB_TOKEN'}                     | ${''}
  ${'CI_JOB_TOKEN'}                     | ${''}
  ${'KEY_PASSPHRASE'}                   | ${'upload | signing'}
  ${'RESTIC_PASSWORD'}                  | ${'upload | signing'}
  ${'OPENAI_API_KEY'}                   | ${'upload | signing'}
  ${'AWS_ACCESS_KEY_ID'}                | ${'upload'}
  ${'AWS_PROFILE'}                      | ${'upload'}
  ${'AWS_CA_BUNDLE'}                    | ${'upload'}
  ${'AWS_ENDPOINT_URL_S3'}              | ${'upload'}
  ${'npm_config_registry'}              | ${''}
  ${'npm_lifecycle_event'}              | ${''}
  ${'NODE_OPTIONS'}                     | ${''}
  ${'INIT_CWD'}                         | ${''}
  ${'NOTIFY_SOCKET'}                    | ${''}
  ${'WATCHDOG_USEC'}                    | ${''}
  ${'WATCHDOG_PID'}                     | ${''}
  ${'LISTEN_FDS'}                       | ${''}
  ${'INVOCATION_ID'}                    | ${''}
  ${'JOURNAL_STREAM'}                   | ${''}
  ${'CREDENTIALS_DIRECTORY'}            | ${''}
  ${'XDG_RUNTIME_DIR'}                  | ${wide}
  ${'GIT_SSL_CAINFO'}                   | ${wide}
  ${'GIT_SSL_NO_VERIFY'}                | ${wide}
  ${'GIT_SSH'}                          | ${wide}
  ${'GIT_SSH_COMMAND'}                  | ${wide}
  ${'GIT_PROXY_COMMAND'}                | ${wide}
  ${'GIT_CONFIG_GLOBAL'}                | ${wide}
  ${'GIT_CONFIG_SYSTEM'}                | ${wide}
  ${'GIT_CONFIG_COUNT'}                 | ${wide}
  ${'GIT_CONFIG_KEY_12'}                | ${wide}
  ${'GIT_CONFIG_VALUE_12'}              | ${wide}
  ${'GIT_DIR'}                          | ${'slurm | upload | signing'}
  ${'GIT_WORK_TREE'}                    | ${'slurm | upload | signing'}
  ${'GIT_INDEX_FILE'}                   | ${'slurm | upload | signing'}
  ${'GIT_OBJECT_DIRECTORY'}             | ${'slurm | upload | signing'}
  ${'GIT_CONFIG_PARAMETERS'}            | ${'slurm | upload | signing'}
  ${'GIT_TEMPLATE_DIR'}                 | ${'slurm | upload | signing'}
  ${'GIT_EDITOR'}                       | ${'slurm | job | upload | signing'}
  ${'GIT_PAGER'}                        | ${'slurm | job | upload | signing'}
  ${'GIT_PS1_SHOWDIRTYSTATE'}           | ${'slurm | job | upload | signing'}
  ${'GIT_AUTHOR_NAME'}                  | ${'slurm | job | upload | signing'}
  ${'GIT_TRACE'}                        | ${'slurm | job | upload | signing'}
  ${'GIT_CURL_VERBOSE'}                 | ${'slurm | job | upload | signing'}
  ${'GIT_EXTERNAL_DIFF'}                | ${'slurm | job | upload | signing'}
  ${'GIT_DIFF_OPTS'}                    | ${'slurm | job | upload | signing'}
  ${'SSH_AUTH_SOCK'}                    | ${'git fetch | slurm | upload | signing'}
  ${'SLURM_CONF'}                       | ${wide}
  ${'SLURM_CLUSTERS'}                   | ${wide}
  ${'SLURM_JWT'}                        | ${wide}
  ${'SLURM_JOB_ID'}                     | ${'git fetch | upload | signing'}
  ${'SLURM_TIME_FORMAT'}                | ${'git fetch | upload | signing'}
  ${'SLURM_MEM_PER_CPU'}                | ${'git fetch | upload | signing'}
  ${'SBATCH_WAIT'}                      | ${'git fetch | upload | signing'}
  ${'SBATCH_ARRAY_INX'}                 | ${'git fetch | upload | signing'}
  ${'SQUEUE_FORMAT'}                    | ${'git fetch | upload | signing'}
  ${'SCONTROL_ALL'}                     | ${'git fetch | upload | signing'}
  ${'SACCT_FORMAT'}                     | ${'git fetch | upload | signing'}
`('$name', ({ name, gets }: { name: string; gets: string }) => {
  const environments = environmentsOf({ [name]: '1', NOT_SET: undefined });
  it(`is for: ${gets || 'none'}`, () => {
    expect(children.filter((child) => environments[child][name] === '1').join(' | ')).toBe(gets);
  });
});

it('git goes by the configuration of the bot alone, but where it talks to a server by that of the account', () => {
  const { git, 'git fetch': fetch } = environmentsOf({ HOME: '/home/u', XDG_CONFIG_HOME: '/home/u/.config' });
  expect(git['HOME']).toMatch(/scripts\/git-home$/);
  expect(git['XDG_CONFIG_HOME']).toBe(git['HOME']);
  expect(git).toMatchObject({ GIT_CONFIG_NOSYSTEM: '1', GIT_ATTR_NOSYSTEM: '1' });
  expect(fetch).toMatchObject({ HOME: '/home/u', XDG_CONFIG_HOME: '/home/u/.config', GIT_TERMINAL_PROMPT: '0' });
});

it('what git and Slurm print is English, and jobs keep the locale of the account', () => {
  const environments = environmentsOf({ LC_ALL: 'de_DE.UTF-8', LANGUAGE: 'de' });
  for (const child of ['git', 'git fetch', 'slurm'] as const) {
    expect(environments[child]).toMatchObject({ LC_ALL: 'C.UTF-8' });
    expect(environments[child]).not.toHaveProperty('LANGUAGE');
  }
  expect(environments.job).toEqual({ LC_ALL: 'de_DE.UTF-8', LANGUAGE: 'de' });
});

it('GIT_EXEC_PATH counts where there is a git', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'child-environment-'));
  await mkdir(join(directory, 'right'));
  await writeFile(join(directory, 'right/git'), '');
  const seen = (GIT_EXEC_PATH: string) => environmentsOf({ GIT_EXEC_PATH }).git['GIT_EXEC_PATH'];
  expect([seen(join(directory, 'right')), seen(join(directory, 'wrong'))]).toEqual([
    join(directory, 'right'),
    undefined,
  ]);
  await rm(directory, { recursive: true });
});

it('leaves everything else of the account to jobs and to the upload script as it is', () => {
  const account = { PATH: '/bin', HOME: '/home/u', LC_ALL: 'C', SITE: 'x', MODULEPATH: '/m' };
  const { job, upload, signing } = environmentsOf({ ...account, NOT_SET: undefined });
  expect([job, upload, signing]).toEqual([account, account, account]);
});

it.each`
  name                   | secret
  ${'GH_TOKEN'}          | ${true}
  ${'GITHUB_TOKEN'}      | ${true}
  ${'SMEE_URL'}          | ${true}
  ${'AWS_PROFILE'}       | ${true}
  ${'KEY_PASSPHRASE'}    | ${true}
  ${'HF_TOKEN'}          | ${true}
  ${'PGPASSWORD'}        | ${true}
  ${'MY_PAT'}            | ${true}
  ${'PATH'}              | ${false}
  ${'GITHUB_API_URL'}    | ${false}
  ${'XDG_SESSION_ID'}    | ${false}
  ${'TOKENIZERS_PARALL'} | ${false}
  ${'KEYBOARD'}          | ${false}
`('$name is a secret: $secret', ({ name, secret }) => expect(isSecret(name)).toBe(secret));

it('names what an admin has set for Slurm and the bot does not go by', () => {
  const environment = { SBATCH_ACCOUNT: 'p', SQUEUE_FORMAT: '%i', SLURM_CONF: '/c', SLURM_JOB_ID: '1', PATH: '/bin' };
  expect(ignoredDefaults(environment)).toEqual(['SBATCH_ACCOUNT', 'SQUEUE_FORMAT']);
});
