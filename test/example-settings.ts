import { dialects } from '../src/settings/dialects.ts';
import type { NodeType, Settings } from '../src/settings/settings.ts';
import type { Template } from '../src/settings/template.ts';

// A site with the node types that the tests speak of, nothing read from files.

const template = (text: string): Template => text as Template;

const nodeTypes: readonly NodeType[] = [
  { name: 'cpu_zen2', os: 'linux', cpuSubdir: 'x86_64/amd/zen2', slurmParams: [], repositories: ['R1'] },
  { name: 'cpu_zen3', os: 'linux', cpuSubdir: 'x86_64/amd/zen3', slurmParams: [], repositories: ['R1'] },
  {
    name: 'cpu_zen4',
    os: 'linux',
    cpuSubdir: 'x86_64/amd/zen4',
    accelerator: 'None',
    slurmParams: [],
    repositories: ['R1'],
  },
  {
    name: 'gpu_a100',
    os: 'linux',
    cpuSubdir: 'x86_64/amd/zen3',
    accelerator: 'nvidia/cc80',
    slurmParams: [],
    repositories: ['R1'],
  },
];

const architectures: readonly NodeType[] = [
  { name: 'linux/x86_64/generic', os: 'linux', cpuSubdir: 'x86_64/generic', slurmParams: [], repositories: ['R1'] },
  {
    name: 'linux/x86_64/amd/zen2',
    os: 'linux',
    cpuSubdir: 'x86_64/amd/zen2',
    slurmParams: ['-p', 'z2'],
    repositories: ['R1'],
  },
];

const lines9 = [
  'New job on instance `{app_name}` for repository `{repo_id}`',
  'Building on: `{on_arch}`{on_accelerator}',
  'Building for: `{for_arch}`{for_accelerator}',
  'Job dir: `{symlink}`',
].join('\n');

const line6 =
  'New job on instance `{app_name}` for architecture `{arch_name}`{accelerator_spec} for repository `{repo_id}` in job dir `{symlink}`';

const texts: Settings['texts'] = {
  commandResponse: template(
    '<details><summary>Updates by the bot instance <code>{app_name}</code> <em>(click for details)</em></summary>\n\n{comment_response}\n{comment_result}\n</details>',
  ),
  noBuildPermission: template(
    'The `bot: build ...` command has been used by user `{build_labeler}`, but this person does not have permission to trigger builds.',
  ),
  noDeployPermission: template(
    'Label `bot:deploy` has been set by user `{deploy_labeler}`, but this person does not have permission to trigger deployments',
  ),
  firstComment: template(lines9),
  withAccelerator: template('&nbsp;and accelerator `{accelerator}`'),
  awaitsRelease: template('job id `{job_id}` awaits release by job manager'),
  awaitsLaunch: template('job awaits launch by Slurm scheduler{extra_info}'),
  runningJob: template('job `{job_id}` is running'),
  jobResultUnknown: template('<details><summary>:shrug: UNKNOWN</summary>No `{filename}`.</details>'),
  jobTestUnknown: template('<details><summary>:shrug: UNKNOWN</summary>No `{filename}`.</details>'),
  movedJobDirs: template('PR merged! Moved `{job_dirs}` to `{trash_bin_dir}`'),
  download: {
    clone: { failure: 'Unable to clone the target repository.', tip: '_Tip: This could be a connection failure._' },
    checkout: { failure: 'Unable to checkout to the correct branch.', tip: '_Tip: Ensure that the branch exists._' },
    diff: { failure: 'Unable to download the `.diff` file.', tip: '_Tip: This could be a connection failure._' },
    apply: { failure: 'Unable to merge changes.', tip: '_Tip: Resolve any merge conflicts._' },
  },
};

const settings9: Settings = {
  dialect: dialects['9'],
  appName: 'bot-a',
  github: {
    appId: 1,
    installationId: 2,
    privateKeyPath: '/key.pem',
    apiUrl: 'https://api.github.com',
    serverUrl: 'https://github.com',
  },
  control: {
    commandPermission: ['alice', 'bob'],
    allowedApps: [],
    chatLevel: 'basic',
    summary: false,
    jobComments: true,
    checkRuns: false,
    commitStatus: false,
    limits: {
      waitingJobsPerUser: 0,
      waitingJobsPerPullRequest: 0,
      commandsPerHourPerUser: 0,
      commandsPerHourPerPullRequest: 0,
    },
  },
  build: {
    jobScript: { path: '/bot/scripts/bot-build.slurm' },
    jobsBaseDir: '/jobs',
    submit: { environment: {}, program: 'sbatch', arguments: [] },
    slurmParams: [],
    jobName: '',
    cancelPermission: 'owner',
    handoverProtocol: { kind: 'hold_release' },
    permission: ['alice'],
    allowUpdateSubmitOpts: false,
    allowedDetSubmitOpts: [],
    cvmfsCustomizations: {},
    allowedJobArguments: [],
    allowedSubmitArguments: [],
    allowedExports: ['SKIP_TESTS=yes'],
    cloneVia: 'https',
    siteConfig: {},
  },
  deploy: {
    policy: 'none',
    staleArtefacts: 'upload',
    attestation: false,
    bucketName: { kind: 'same', value: 'staging' },
    metadataPrefix: { kind: 'same', value: '' },
    artefactPrefix: { kind: 'same', value: '' },
    endpointUrl: '',
    permission: [],
    signing: {},
  },
  nodeTypes,
  repositories: {
    sections: { R1: { container: 'docker://debian', repoName: 'r.io', repoVersion: '1', missing: [] } },
  },
  cleanUp: { trashBinDir: '/trash' },
  eventHandler: {
    logPath: '/log/event_handler.log',
    logFormat: 'json',
    allowSha1: false,
    recoveryIntervalSeconds: 300,
  },
  jobManager: {
    logPath: '/log/job_manager.log',
    jobIdsDir: '/jobs/ids',
    poll: { environment: {}, program: 'squeue', arguments: [] },
    logFormat: 'json',
    pollIntervalSeconds: 60,
    scontrol: { environment: {}, program: 'scontrol', arguments: [] },
    logTailLines: 20,
  },
  stateDir: '/jobs/.bot',
  texts,
};

/** Generation 9: four node types, `alice` may build, `bob` may only send commands. */
export function exampleSettings(overrides: Partial<Settings> = {}): Settings {
  return { ...settings9, ...overrides };
}

/** The same site with `arch_target_map`, as generation 6 has it. */
export function exampleSettings6(overrides: Partial<Settings> = {}): Settings {
  const awaitsLaunch = template('job awaits launch by Slurm scheduler');
  return {
    ...settings9,
    dialect: dialects['6'],
    nodeTypes: architectures,
    texts: {
      ...texts,
      firstComment: template(line6),
      withAccelerator: template(' and accelerator `{accelerator}`'),
      awaitsLaunch,
    },
    ...overrides,
  };
}
