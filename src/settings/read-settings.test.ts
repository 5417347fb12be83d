// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the settings that hold them

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dialects } from './dialects.ts';
import { fillInExample } from './fixtures/fill-in-example.ts';
import { type Changes, expectLines, fixture, readChanged, readText, settingsOf } from './fixtures/read-fixture.ts';
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
      dialect: dialects['6'],
      appName: 'hal9000-bot',
      github: {
        appId: 234567,
        installationId: 23456789,
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
        handoverProtocol: { kind: 'hold_release' },
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
        logTailLines: 20,
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
      '/etc/cvmfs/default.local': 'CVMFS_HTTP_PROXY="http://proxy.example.org:3128|http://192.0.2.1:3128"',
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
    expectLines(result.warnings, [/poll_interval = 0: is no time between two looks at the queue: it counts as 60/]);
    const settings = settingsOf(result);
    expect(settings).toMatchObject({
      dialect: dialects['7-8'],
      control: { chatLevel: 'minimal' },
      build: {
        jobScript: { path: 'scripts/bot-build.slurm', repository: 'https://git.example.org/site/scripts.git' },
        slurmParams: ['--hold', '--account=a'],
        jobName: '',
        handoverProtocol: { kind: 'delayed_begin', delaySeconds: 90 },
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
      dialect: dialects['9'],
      control: { commandPermission: ['alice', 'Bob'], chatLevel: 'basic' },
      build: {
        submit: { environment: { FOO: '1' }, program: '/usr/bin/sbatch', arguments: [] },
        slurmParams: ['--account=a', '--comment=x y', '--qos=high', '-D', '$HOME', '--x='],
        handoverProtocol: { kind: 'hold_release' },
        cloneVia: 'ssh',
      },
      deploy: {
        policy: 'all',
        permission: ['carol'],
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
    const text = fillInExample(shipped('app.cfg.example'));
    const result = readText(text, { reposCfg: shipped('repos.cfg.example') });
    expect(result.warnings).toEqual([]);
    expect(settingsOf(result)).toMatchObject({
      dialect: dialects['9'],
      build: { permission: ['octocat1', 'octocat2'] },
    });
  });

  it('as shipped: every setting of generation 9 is explained, and the defaults that it shows are those in force', () => {
    const text = shipped('app.cfg.example');
    const older = ['arch_target_map', 'repo_target_map', 'initial_comment', 'awaits_release'];
    const newer = ['api_timeout'];
    const notServed = ['hosting_platform', 'bot_name', 'instance_url'];
    const keys = Object.values(knownSettings)
      .flat()
      .filter((key) => ![...older, ...newer, ...notServed].includes(key));
    expect(keys.filter((key) => !new RegExp(`^(# )?${key} =`, 'm').test(text))).toEqual([]);
    const real = fillInExample(text);
    const uncommented = real
      .replaceAll(/^# (\w+ =.*)$/gm, '$1')
      .replace(/^(cvmfs_customizations|commit_sha).*\n/gm, '');
    const [asShipped, explicit] = [real, uncommented].map((one) =>
      settingsOf(readText(one, { reposCfg: shipped('repos.cfg.example') })),
    );
    expect(explicit).toEqual(asShipped);
  });
});

const asRead: { what: string; changes: Changes; settings: object }[] = [
  {
    what: 'texts or maps that begin in the next line',
    changes: {
      'deploycfg.bucket_name': '\n    {\n    "R1": "b1"\n    }',
      'deploycfg.metadata_prefix': '\n  {"R1": "m"}',
      'deploycfg.artefact_prefix': '\n\ta',
      'deploycfg.upload_policy': '\n    once',
      'deploycfg.endpoint_url': '\n    https://s3.example.org',
    },
    settings: {
      deploy: {
        bucketName: { kind: 'by-repository', values: { R1: 'b1' } },
        metadataPrefix: { kind: 'by-repository', values: { R1: 'm' } },
        artefactPrefix: { kind: 'same', value: 'a' },
        policy: 'once',
        endpointUrl: 'https://s3.example.org',
      },
    },
  },
  {
    what: 'every other setting that begins in the next line',
    changes: {
      'github.app_id': '\n  234567',
      'github.app_name': '\n  hal',
      'bot_control.command_permission': '\n  alice\n  bob',
      'bot_control.chatlevel': '\n  chatty',
      'buildenv.jobs_base_dir': '\n  $HOME/jobs',
      'buildenv.local_tmp': '\n  /tmp/x',
      'buildenv.job_name': '\n  prod',
      'buildenv.slurm_params': '\n  --account=a\n  --qos=b',
      'job_manager.poll_interval': '\n  30',
      'submitted_job_comments.jobdir': '\n  Job dir: `{symlink}`',
    },
    settings: {
      appName: 'hal',
      github: { appId: 234567 },
      control: { commandPermission: ['alice', 'bob'], chatLevel: 'chatty' },
      build: {
        jobsBaseDir: '/home/u/jobs',
        jobName: 'prod',
        slurmParams: ['--account=a', '--qos=b'],
        siteConfig: expect.objectContaining({ local_tmp: '/tmp/x' }),
      },
      jobManager: { pollIntervalSeconds: 30 },
      texts: { firstComment: expect.stringMatching(/\nJob dir: `\{symlink\}`$/) },
    },
  },
  {
    what: 'paths in quotes',
    changes: {
      'github.private_key': "'/site/key.pem'",
      'buildenv.jobs_base_dir': '"$HOME/jobs"',
      'buildenv.build_job_script': '"scripts/s.sh@https://git.example.org/o/r.git"',
      'buildenv.local_tmp': '"/tmp/$USER/EESSI"',
      'buildenv.http_proxy': '"http://proxy:3128/"',
      'clean_up.trash_bin_dir': '"/site"/trash',
      'deploycfg.signing': '{"R1": {"script": "\'s.sh\'", "key": "\\"/site/k\\""}}',
    },
    settings: {
      github: { privateKeyPath: '/site/key.pem' },
      build: {
        jobsBaseDir: '/home/u/jobs',
        jobScript: { path: 'scripts/s.sh', repository: 'https://git.example.org/o/r.git' },
        siteConfig: expect.objectContaining({ local_tmp: '/tmp/$USER/EESSI', http_proxy: 'http://proxy:3128/' }),
      },
      cleanUp: { trashBinDir: '/site/trash' },
      deploy: { signing: { R1: { script: 's.sh', key: '/site/k' } } },
    },
  },
  {
    what: 'words and numbers in quotes',
    changes: {
      'github.app_id': '"234567"',
      'bot_control.chatlevel': "'chatty'",
      'deploycfg.upload_policy': '"latest"',
      'buildenv.allow_update_submit_opts': '"true"',
      'job_manager.poll_interval': '"30"',
    },
    settings: {
      github: { appId: 234567 },
      control: { chatLevel: 'chatty' },
      deploy: { policy: 'latest' },
      build: { allowUpdateSubmitOpts: true },
      jobManager: { pollIntervalSeconds: 30 },
    },
  },
  {
    what: 'parameters in quotes as a whole',
    changes: { 'buildenv.slurm_params': `"--hold --account=a --comment='x y'"` },
    settings: { build: { slurmParams: ['--hold', '--account=a', '--comment=x y'] } },
  },
  {
    what: 'a word of parameters in quotes',
    changes: { 'buildenv.slurm_params': `"--hold" --comment="x y"` },
    settings: { build: { slurmParams: ['--hold', '--comment=x y'] } },
  },
  {
    what: 'one word in quotes with a blank in it, beside another',
    changes: { 'buildenv.slurm_params': `"--comment=x y" "--wckey=z"` },
    settings: { build: { slurmParams: ['--comment=x y', '--wckey=z'] } },
  },
  {
    what: 'the account that jobs run as',
    changes: { 'buildenv.job_account': '"bot-build"' },
    settings: { build: { jobAccount: 'bot-build' } },
  },
  ...(
    [
      ['EESSI bot', 'EESSI bot'],
      ["'prod'", 'prod'],
      ["'EESSI bot'", 'EESSI bot'],
      ['"prod"', '"prod"'],
      ['$USER-x', '$USER-x'],
    ] as const
  ).map(([written, jobName]) => ({
    what: `the name of jobs ${written}, as a shell left it`,
    changes: { 'buildenv.job_name': written },
    settings: { build: { jobName } },
  })),
  ...(
    [
      ['1e1', 300],
      ['0', 0],
      ['0.0', 0],
      ['.5', 15],
      ['1_0', 300],
      ['1.', 30],
      ['+2', 60],
      ['15e-1', 45],
    ] as const
  ).map(([written, delaySeconds]) => ({
    what: `the factor ${written} of 30 s, as Python reads it`,
    changes: {
      'buildenv.job_handover_protocol': 'delayed_begin',
      'buildenv.job_delay_begin_factor': written,
      'job_manager.poll_interval': '30',
    },
    settings: { build: { handoverProtocol: { kind: 'delayed_begin', delaySeconds } } },
  })),
  {
    what: 'a comment behind a path of the job: job.cfg has it, as that of the Python bot',
    changes: { 'buildenv.local_tmp': '/scratch # x' },
    settings: { build: { siteConfig: expect.objectContaining({ local_tmp: '/scratch # x' }) } },
  },
  {
    what: 'nobody may deploy: the upload script of the example may stay',
    changes: { 'deploycfg.deploy_permission': '', 'deploycfg.artefact_upload_script': 'PATH_TO_EESSI_BOT/scripts/x' },
    settings: { deploy: { policy: 'all', permission: [] } },
  },
];

describe('as people write it', () => {
  it.each(asRead)('$what', ({ changes, settings }) => {
    expect(settingsOf(readChanged(changes))).toMatchObject(settings);
  });

  it.each([
    ['a byte order mark', (text: string) => `\ufeff${text}`],
    ['lines that end as on Windows', (text: string) => text.replaceAll('\n', '\r\n')],
    ['lines that end as on an old Mac', (text: string) => text.replaceAll('\n', '\r')],
    [
      'tabs and blanks that are none round keys and values',
      (text: string) => text.replaceAll(/^(\w+) = (.*)$/gm, '$1\t=\u00a0$2\u3000'),
    ],
    ['capital letters in keys', (text: string) => text.replaceAll(/^\w+(?= = )/gm, (key) => key.toUpperCase())],
  ])('%s', (_what, edit) => {
    const text = fixture('generation-9.cfg');
    const [plain, edited] = [readText(text), readText(edit(text), { reposCfg: edit(fixture('repos.cfg')) })];
    expect(edited).toEqual(plain);
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
      /node_type_map = \{\}: is empty: nothing can be built; add an entry for each kind of node/,
      /^app\.cfg:6: \[buildenv\] build_permission: is empty: everyone in command_permission may build; list logins/,
      /^app\.cfg: \[deploycfg\] upload_policy: is missing: nothing is deployed; write none if that is meant, or all/,
      ...['private_key', 'build_job_script', 'event_handler\\] log_path', 'job_manager\\] log_path'].map(
        (key) =>
          new RegExp(`${key} = .*: is relative to the directory in which the bot is started, now /bot; write the`),
      ),
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
        handoverProtocol: { kind: 'hold_release' },
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
      dialect: dialects['6'],
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
