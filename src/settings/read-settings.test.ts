// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the settings that hold them
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { expectLines, fixture, readText, settingsOf } from './fixtures/read-fixture.ts';
import { knownSettings } from './known-settings.ts';

const shipped = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

const proseWarnings = [
  expect.stringMatching(/^app\.cfg:\d+: \[architecturetargets\] - os = its operating system: is no setting/),
  expect.stringContaining('- cpu_subdir'),
  expect.stringContaining('- slurm_params'),
  expect.stringContaining('- repo_targets'),
  expect.stringContaining('- accel (optional)'),
];

describe('whole files', () => {
  it('of generation 6', () => {
    const result = readText(fixture('generation-6.cfg'));
    expect(result.warnings).toEqual([]);
    const settings = settingsOf(result);
    expect(settings).toMatchObject({
      generation: '6',
      github: {
        appId: 123456,
        appName: 'MY-bot',
        installationId: 12345678,
        privateKeyPath: '/site/key.pem',
        apiUrl: 'https://api.github.com',
        serverUrl: 'https://github.com',
      },
      control: { commandPermission: ['alice', 'bob'], chatLevel: 'chatty' },
      build: {
        jobScript: { path: '/site/scripts/bot-build.slurm' },
        jobsBaseDir: '/site/jobs',
        submit: { environment: {}, program: '/usr/bin/sbatch', arguments: [] },
        slurmParams: ['--hold'],
        jobName: 'prod',
        handover: { kind: 'hold_release' },
        permission: ['alice', 'bob'],
        allowUpdateSubmitOpts: false,
        allowedExports: [],
        cloneVia: 'https',
      },
      deploy: {
        policy: 'once',
        script: { program: '/site/scripts/eessi-upload-to-staging' },
        bucketName: { kind: 'same', value: 'eessi-staging' },
        endpointUrl: 'https://s3.example.org',
        permission: ['alice'],
      },
      nodeTypes: [
        {
          name: 'linux/x86_64/generic',
          os: 'linux',
          cpuSubdir: 'x86_64/generic',
          slurmParams: [],
          repositories: ['eessi-2023.06'],
        },
        {
          name: 'linux/x86_64/amd/zen2',
          os: 'linux',
          cpuSubdir: 'x86_64/amd/zen2',
          slurmParams: ['-p', 'z2'],
          repositories: ['eessi-2023.06', 'eessi.io-2023.06'],
        },
      ],
      cleanUp: { trashBinDir: '/site/trash_bin' },
      eventHandler: {
        logPath: '/site/eessi_bot_event_handler.log',
        logFormat: 'json',
        allowSha1: false,
        recoveryIntervalSeconds: 300,
      },
      jobManager: {
        logFormat: 'json',
        jobIdsDir: '/site/jobs/ids',
        pollIntervalSeconds: 60,
        scontrol: { program: '/usr/bin/scontrol' },
      },
      stateDir: '/site/jobs/.bot',
    });
    expect(Object.entries(settings.build.siteConfig)).toEqual([
      ['build_logs_dir', '/shared/bot/logs'],
      ['container_cachedir', '/shared/bot/containers'],
      ['http_proxy', 'http://u:p%40x@proxy:3128/'],
      ['https_proxy', 'http://proxy:3128/'],
      ['load_modules', 'MODULE1/1.0,MODULE2/2.0'],
      ['local_tmp', '/tmp/$USER/EESSI'],
      ['shared_fs_path', '/shared/bot'],
    ]);
    expect({ ...settings.build.cvmfsCustomizations }).toEqual({
      '/etc/cvmfs/default.local': 'CVMFS_HTTP_PROXY="http://PROXY_DNS_NAME:3128|http://PROXY_IP_ADDRESS:3128"',
    });
    const prefixes = {
      kind: 'by-repository',
      values: { 'eessi.io-2023.06': 'new/${github_repository}/${pull_request_number}' },
    };
    expect(settings.deploy.metadataPrefix).toEqual(prefixes);
    expect(settings.deploy.artefactPrefix).toEqual(prefixes);
    expect(settings.texts.firstComment).toBe(
      'New job on instance `{app_name}` for architecture `{arch_name}`{accelerator_spec} for repository `{repo_id}` in job dir `{symlink}`',
    );
    expect(settings.texts.commandResponse).toBe(
      '\n<details><summary>Updates by the bot instance <code>{app_name}</code></summary>\n\n{comment_response}\n{comment_result}\n</details>',
    );
  });

  it('of generations 7 and 8', () => {
    const result = readText(fixture('generation-7-8.cfg'));
    expect(result.warnings).toEqual([]);
    const settings = settingsOf(result);
    expect(settings).toMatchObject({
      generation: '7-8',
      control: { chatLevel: 'minimal' },
      build: {
        jobScript: { path: 'scripts/bot-build.slurm', repository: 'https://git.example.org/site/scripts.git' },
        slurmParams: ['--hold', '--account=a'],
        jobName: '',
        handover: { kind: 'delayed_begin', delaySeconds: 90 },
        allowUpdateSubmitOpts: true,
        allowedExports: ['SKIP_TESTS=yes', 'SKIP_TESTS=no'],
        siteConfig: { site_config_script: '/shared/bot/site_config.sh' },
      },
      deploy: {
        bucketName: {
          kind: 'by-repository',
          values: { 'eessi.io-2023.06': 'software.eessi.io-2023.06', 'dev.eessi.io': 'dev.eessi.io-staging' },
        },
        signing: {
          'eessi.io-2023.06': {
            script: 'sign_verify_file_ssh.sh',
            key: '/site/signing_key',
            containerRuntime: '/usr/bin/apptainer',
          },
        },
      },
      // Filled in word by word, whatever the generation.
      jobManager: { pollIntervalSeconds: 60, scontrol: { arguments: ['--comment=100%%'] } },
      texts: {
        awaitsRelease: 'job id `{job_id}` will be eligible to start in about {delay_seconds} seconds',
        download: { diff: { failure: 'curl', tip: 'curl tip' } },
      },
    });
  });

  it('of generation 9, with prose before the map', () => {
    const result = readText(fixture('generation-9.cfg'));
    expect(result.warnings).toEqual(proseWarnings);
    expect(settingsOf(result)).toMatchObject({
      generation: '9',
      control: { commandPermission: ['alice', 'Bob'], chatLevel: 'basic' },
      build: {
        submit: { environment: { FOO: '1' }, program: '/usr/bin/sbatch', arguments: [] },
        slurmParams: ['--account=a', '--comment=x y', '--qos=high', '-D', '$HOME', '--x='],
        handover: { kind: 'hold_release' },
        cloneVia: 'ssh',
      },
      deploy: {
        policy: 'all',
        permission: [],
        bucketName: { kind: 'same', value: 'eessi-staging' },
        endpointUrl: '',
        metadataPrefix: { kind: 'same', value: '${github_repository}' },
        artefactPrefix: { kind: 'same', value: '${github_repository}' },
      },
      nodeTypes: [
        { name: 'cpu_zen2', os: 'linux', cpuSubdir: 'x86_64/amd/zen2', slurmParams: [], repositories: ['R1'] },
        { name: 'cpu_zen3', slurmParams: ['-p', 'z2'] },
        { name: 'cpu_zen4', accelerator: 'None' },
        { name: 'gpu_a100', accelerator: 'nvidia/cc80', repositories: ['R1', 'EESSI'] },
      ],
      repositories: {
        dir: '/site/cfg_bundles',
        sections: { R1: { container: '', repoName: 'r.example.org', repoVersion: '', missing: [] } },
      },
      jobManager: { pollIntervalSeconds: 30, scontrol: { arguments: ['--clusters=%(cluster)s'] } },
      texts: {
        firstComment:
          'New job on instance `{app_name}` for repository `{repo_id}`\nBuilding on: `{on_arch}`{on_accelerator}\n' +
          'Building for: `{for_arch}`{for_accelerator}\nJob dir: `{symlink}`',
        awaitsRelease: 'job id `{job_id}` awaits release by job manager',
        download: { diff: { failure: 'diff', tip: 'diff tip' } },
      },
    });
  });

  it('as shipped, once its placeholders are real', () => {
    const text = shipped('app.cfg.example')
      .replaceAll('INSTALLATION_ID', '12345678')
      .replaceAll('APP_ID', '123456')
      .replaceAll(/PATH_TO_\w+/g, '/site');
    const result = readText(text, { reposCfg: shipped('repos.cfg.example') });
    expect(result.warnings).toEqual([]);
    expect(settingsOf(result)).toMatchObject({
      generation: '9',
      build: { permission: ['GH_ACCOUNT_1', 'GH_ACCOUNT_2'] },
    });
  });

  it('as shipped: every setting of generation 9 is explained, and the defaults that it shows are those in force', () => {
    const text = shipped('app.cfg.example');
    const older = ['arch_target_map', 'repo_target_map', 'initial_comment', 'awaits_release'];
    const keys = Object.values(knownSettings)
      .flat()
      .filter((key) => !older.includes(key));
    expect(keys.filter((key) => !new RegExp(`^(# )?${key} =`, 'm').test(text))).toEqual([]);
    const real = text
      .replaceAll('INSTALLATION_ID', '1')
      .replaceAll('APP_ID', '1')
      .replaceAll(/PATH_TO_\w+/g, '/site');
    const uncommented = real
      .replaceAll(/^# (\w+ =.*)$/gm, '$1')
      .replace('JOBS_BASE_DIR/.bot', '/site/.bot')
      .replace(/^cvmfs_customizations.*\n/m, '');
    const [asShipped, explicit] = [real, uncommented].map((one) =>
      settingsOf(readText(one, { reposCfg: shipped('repos.cfg.example') })),
    );
    expect(explicit).toEqual(asShipped);
  });
});

describe('app.cfg with only what has to be there', () => {
  const least = [
    '[github]\napp_id = 1\napp_name = a\ninstallation_id = 2\nprivate_key = k.pem',
    '[buildenv]\nbuild_job_script = s.sh\njobs_base_dir = ~/jobs\nsubmit_command = sbatch',
    '[architecturetargets]\nnode_type_map = {}',
    '[clean_up]\ntrash_bin_dir = ${HOME}/trash',
    '[event_handler]\nlog_path = e.log',
    '[job_manager]\nlog_path = j.log\njob_ids_dir = $HOME/ids\npoll_command = squeue\nscontrol_command = scontrol',
  ].join('\n');

  it('has the defaults of the bot before it', () => {
    const result = readText(least);
    expectLines(result.warnings, [
      /^app\.cfg:6: \[buildenv\] build_permission: is empty: everyone in command_permission may build; list logins/,
      /^app\.cfg: \[bot_control\] command_permission: is empty: nobody can send commands; list the logins that may$/,
    ]);
    expect(settingsOf(result)).toMatchObject({
      github: { privateKeyPath: '/bot/k.pem' },
      control: { commandPermission: [], chatLevel: 'basic' },
      build: {
        jobScript: { path: '/bot/s.sh' },
        jobsBaseDir: '/home/u/jobs',
        slurmParams: [],
        jobName: '',
        handover: { kind: 'hold_release' },
        permission: 'everyone',
        allowUpdateSubmitOpts: false,
        allowedExports: [],
        cloneVia: 'https',
        siteConfig: {},
      },
      deploy: { policy: 'none', permission: [], bucketName: { kind: 'same', value: '' } },
      nodeTypes: [],
      cleanUp: { trashBinDir: '/home/u/trash' },
      jobManager: { jobIdsDir: '/home/u/ids', pollIntervalSeconds: 60 },
      stateDir: '/home/u/jobs/.bot',
      texts: {
        withAccelerator: '&nbsp;and accelerator `{accelerator}`',
        awaitsRelease: 'job id `{job_id}` awaits release by job manager',
        movedJobDirs: 'PR merged! Moved `{job_dirs}` to `{trash_bin_dir}`',
      },
    });
  });

  it('takes the first comment and the chat level of generation 6 for a file of that generation', () => {
    const six = least.replace(
      'node_type_map = {}',
      'arch_target_map = {"linux/a": ""}\n[repo_targets]\nrepo_target_map = {"linux/a": ["EESSI"]}',
    );
    expect(settingsOf(readText(six))).toMatchObject({
      generation: '6',
      control: { chatLevel: 'chatty' },
      texts: { firstComment: expect.stringContaining('for architecture `{arch_name}`{accelerator_spec}') },
    });
  });

  it('reports everything that is missing at once', () => {
    expect(readText('').problems).toEqual(
      [
        [
          'architecturetargets',
          'node_type_map',
          'is missing, and so is arch_target_map; one of the two says where jobs can be built',
        ],
        ['architecturetargets', 'node_type_map'],
        ['job_manager', 'log_path'],
        ['job_manager', 'job_ids_dir'],
        ['job_manager', 'poll_command'],
        ['job_manager', 'scontrol_command'],
        ['buildenv', 'build_job_script'],
        ['buildenv', 'jobs_base_dir'],
        ['buildenv', 'submit_command'],
        ['github', 'app_name'],
        ['github', 'app_id'],
        ['github', 'installation_id'],
        ['github', 'private_key'],
        ['clean_up', 'trash_bin_dir'],
        ['event_handler', 'log_path'],
      ].map(([section, key, why = 'is missing; it has to be set']) => `app.cfg: [${section}] ${key}: ${why}`),
    );
  });
});
