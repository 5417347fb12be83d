// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the settings that hold them

import { dialects } from '../../../src/settings/dialects.ts';

interface Row {
  /** NAME.cfg is the file, NAME.told.txt what is said of it. */
  readonly name: string;
  readonly what: string;
  /** What matters of it; undefined: it is refused. */
  readonly settings?: object;
}

const prefix = 'new/${github_repository}/${pull_request_number}';

/** Keys and values of the examples of each release, as they were copied (`-as-copied`), or filled in as a site does. */
export const rows: readonly Row[] = [
  { name: '0.6-as-copied', what: 'the example as it is' },
  { name: '0.8-as-copied', what: 'the example as it is, with a signing that is no JSON' },
  { name: '0.9-as-copied', what: 'the example as it is, with prose in a section' },
  {
    name: '0.6',
    what: 'parameters and the name of jobs in quotes',
    settings: {
      dialect: dialects['6'],
      appName: 'hal9000-bot',
      github: { appId: 234567, installationId: 23456789 },
      control: { commandPermission: ['alice', 'bob'], chatLevel: 'chatty' },
      build: {
        jobName: 'prod',
        slurmParams: ['--hold', '--account=eessi', '--get-user-env'],
        permission: ['alice', 'bob'],
        jobsBaseDir: '/home/u/jobs',
        siteConfig: { load_modules: 'apptainer/1.3.4,git', local_tmp: '/tmp/$USER/EESSI' },
      },
      deploy: { policy: 'once', permission: ['alice'], bucketName: { kind: 'same', value: 'eessi-staging' } },
      nodeTypes: [{ name: 'linux/x86_64/amd/zen2', slurmParams: ['--constraint', 'shape=c5a.2xlarge'] }],
    },
  },
  {
    name: '0.7',
    what: 'delayed_begin, artefacts are signed',
    settings: {
      dialect: dialects['7-8'],
      control: { chatLevel: 'basic' },
      build: { handoverProtocol: { kind: 'delayed_begin', delaySeconds: 600 }, jobName: 'prod' },
      deploy: {
        signing: {
          'eessi.io-2023.06-software': {
            script: '/home/bot/eessi-bot-software-layer/scripts/sign_verify_file_ssh.sh',
            key: '/home/bot/keys/hal9000.key',
          },
        },
      },
    },
  },
  {
    name: '0.8',
    what: 'edited on Windows, maps that begin in the next line',
    settings: {
      dialect: dialects['7-8'],
      deploy: {
        bucketName: {
          kind: 'by-repository',
          values: { 'eessi-2021.12': 'eessi-staging', 'nessi.no-2022.11': 'nessi-staging' },
        },
        metadataPrefix: { kind: 'by-repository', values: { 'eessi-2021.12': prefix, 'nessi.no-2022.11': prefix } },
        artefactPrefix: { kind: 'by-repository', values: { 'eessi-2021.12': prefix, 'nessi.no-2022.11': prefix } },
        signing: {},
      },
    },
  },
  {
    name: '0.9',
    what: 'the prose of the example left in',
    settings: {
      dialect: dialects['9'],
      build: { permission: ['alice', 'bob'], cloneVia: 'https', allowedExports: [] },
      nodeTypes: [
        {
          name: 'cpu_zen2',
          slurmParams: ['-p', 'rome', '--nodes', '1', '--ntasks-per-node', '16', '--cpus-per-task', '1'],
        },
        { name: 'cpu_zen4', accelerator: 'None' },
        { name: 'gpu_a100', accelerator: 'nvidia/cc80' },
        { name: 'gpu_h100', accelerator: 'nvidia/cc90' },
      ],
      texts: { download: { diff: { failure: 'Unable to obtain PR diff.' } } },
    },
  },
  { name: '0.10', what: 'no new settings', settings: { dialect: dialects['9'], control: { chatLevel: 'minimal' } } },
  {
    name: '0.11',
    what: 'cancel_command and api_timeout change nothing',
    settings: {
      dialect: dialects['9'],
      texts: { noBuildPermission: 'GH account `{build_labeler}` is not authorized to trigger or cancel build jobs.' },
    },
  },
  {
    name: '0.12',
    what: 'several clusters',
    settings: { dialect: dialects['9'], jobManager: { scontrol: { arguments: ['--clusters=%(cluster)s'] } } },
  },
  {
    name: 'develop',
    what: 'sections of both platforms, for GitHub',
    settings: { dialect: dialects['9'], github: { appId: 234567 }, build: { allowedExports: [] } },
  },
  { name: 'develop-gitlab', what: 'for GitLab, without [github]' },
  { name: 'site-documentation', what: "the snippets of EESSI's page on site builds, half filled in" },
];

/** The repos.cfg that goes with an app.cfg. */
export function repositoryFile(name: string): string {
  if (name === 'site-documentation') return 'repos-documentation.cfg';
  return /^0\.[678]/.test(name) ? 'repos-0.6.cfg' : 'repos-0.9.cfg';
}
