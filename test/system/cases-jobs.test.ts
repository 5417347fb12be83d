import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type CasesOptions, type CasesSite, jobIdsIn, makeCasesSite } from './cases-site.ts';
import { ScriptedSlurm } from './scripted-slurm.ts';

// What a job is submitted with, on a Slurm whose programs keep how they were called.

let directory: string;
let slurm: ScriptedSlurm;
let story: CasesSite;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cases-jobs-'));
  slurm = await ScriptedSlurm.make(directory);
});
afterEach(async () => {
  await story?.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

async function begin(options: Partial<CasesOptions> = {}): Promise<void> {
  story = await makeCasesSite({
    ...options,
    slurm: slurm.environment,
    settings: { 'buildenv.slurm_params': '', 'buildenv.job_name': '', 'buildenv.local_tmp': '', ...options.settings },
  });
  await story.site.startEventHandler();
  await story.openPullRequest();
}

const zen2 = 'bot: build for:arch=x86_64/amd/zen2';
const script = () => join(import.meta.dirname, '../../scripts/bot-build.slurm');
const lastWords = async () =>
  (await slurm.calls('sbatch')).at(-1)?.map((word) => (word === script() ? 'SCRIPT' : word));
const fileOf = async (id: string, path: string) => readFile(join((await story.jobs())[id] ?? '', path), 'utf8');

it('a job of generation 9: its directory, its comment, its files, what sbatch is given', async () => {
  await begin({
    settings: {
      'buildenv.http_proxy': 'http://u:p%%40x@h/',
      'buildenv.load_modules': 'A/1,B/2',
      'buildenv.cvmfs_customizations': '{"/etc/cvmfs/default.local": "A=\\"b\\""}',
    },
    environment: {
      GITHUB_TOKEN: 'ghp_secret',
      KEY_PASSPHRASE: 'secret',
      AWS_SESSION_TOKEN: 'secret',
      SITE_VARIABLE: 'reaches jobs',
    },
  });
  const { comments, reactions, delivery } = await story.comment(
    'bot: build for:arch=x86_64/amd/zen3,accel=nvidia/cc80',
  );
  expect([reactions, comments.length]).toEqual([['eyes', 'rocket'], 1]);
  const [comment] = comments;
  const job = (await story.jobs())['11'] ?? '';
  const pullRequestDir = job.split('/event_')[0];
  expect(pullRequestDir).toMatch(new RegExp(`^${story.directory}/jobs/\\d{4}\\.\\d\\d/pr_${story.number}$`));
  expect(job).toBe(`${pullRequestDir}/event_${delivery.guid}/run_000/x86_64/amd/zen3/nvidia/cc80/R1`);
  expect(comment?.body.split('\n').slice(0, 4)).toEqual([
    'New job on instance `bot-a` for repository `R1`',
    'Building on: `amd-zen3`&nbsp;and accelerator `nvidia/cc80`',
    'Building for: `x86_64/amd/zen3`&nbsp;and accelerator `nvidia/cc80`',
    `Job dir: \`${pullRequestDir}/11\``,
  ]);
  expect(comment?.body.split('\n').slice(4)).toEqual([
    '|date|job status|comment|',
    '|----------|----------|------------------------|',
    expect.stringMatching(
      /^\|[A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d UTC \d{4}\|submitted\|job id `11` awaits release by job manager, builds commit `[0-9a-f]{7}`\|$/,
    ),
  ]);
  expect(await fileOf('11', 'cfg/job.cfg')).toBe(
    [
      '[site_config]',
      'http_proxy = http://u:p%40x@h/',
      'load_modules = A/1,B/2',
      '',
      '[repository]',
      `repos_cfg_dir = ${job}/cfg`,
      'repo_id = R1',
      'container = docker://ghcr.io/eessi/build-node:debian11',
      'repo_name = software.eessi.io',
      'repo_version = 2023.06',
      '',
      '[architecture]',
      'node_type = gpu_a100',
      'software_subdir = x86_64/amd/zen3',
      'os_type = linux',
      'accelerator = nvidia/cc80',
      '',
      '',
    ].join('\n'),
  );
  expect(await fileOf('11', 'cfg/repos.cfg')).toContain('[R1]');
  expect(await fileOf('11', 'default.local')).toBe('A="b"\n');
  expect(await fileOf('11', '_bot_job11.metadata')).toBe(
    `[PR]\nrepo = EESSI/software-layer\npr_number = ${story.number}\npr_comment_id = ${comment?.id}\njob_owner = alice\n\n`,
  );
  expect(await fileOf('11', `${story.number}.diff`)).toContain('zlib-1.3.1.eb');
  expect(await slurm.directoryOf('sbatch')).toBe(job);
  expect(await lastWords()).toEqual(['--hold', '--time=24:00:00', 'SCRIPT']);
  const environment = await slurm.environmentOf('sbatch');
  expect(environment).toContain('SITE_VARIABLE=reaches jobs');
  expect(environment.filter((entry) => /secret|SECRET_TOKEN|stand-in/.test(entry))).toEqual([]);
});

it('what an editor leaves in repos_cfg_dir keeps nobody from building', async () => {
  await begin();
  const bundles = join(story.directory, 'cfg_bundles');
  await symlink('user@login1.4711:1700000000', join(bundles, '.#repos.cfg'));
  await symlink('.', join(bundles, 'again'));
  const { comments } = await story.comment(zen2);
  expect(comments).toHaveLength(1);
  expect(await fileOf('11', 'cfg/repos.cfg')).toContain('[R1]');
});

it('a job of generation 6: its directory, its comment, its files', async () => {
  await begin({ generation: '6', settings: { 'buildenv.load_modules': 'A/1' } });
  expect((await story.comment('bot: build accel:nvidia/cc80')).comments.map(({ body }) => body)).toEqual([
    expect.stringContaining('no jobs were submitted'),
  ]);
  const { comments, reactions } = await story.comment('bot: build arch:zen2 accel:nvidia=cc80');
  const [jobComment] = comments.filter(({ body }) => body.startsWith('New job'));
  expect(reactions).toEqual(['eyes', 'rocket']);
  const job = (await story.jobs())['11'] ?? '';
  expect(job).toMatch(/\/event_[^/]+\/run_000\/linux_x86_64_amd_zen2\/R1$/);
  expect(jobComment?.body.split('\n')[0]).toMatch(
    /^New job on instance `bot-a` for architecture `x86_64-amd-zen2`&nbsp;and accelerator `nvidia\/cc80` for repository `R1` in job dir `.*\/11`$/,
  );
  expect(await fileOf('11', 'cfg/job.cfg')).toContain(
    '[architecture]\nsoftware_subdir = x86_64/amd/zen2\nos_type = linux\naccelerator = nvidia/cc80\n\n',
  );
});

it('the build commands of a comment have runs of their own', async () => {
  await begin();
  const { delivery } = await story.comment(`${zen2}\nbot: help\n${zen2}`);
  expect(Object.values(await story.jobs()).map((path) => path.split('/').slice(-6, -1).join('/'))).toEqual(
    ['run_000', 'run_001'].map((run) => `event_${delivery.guid}/${run}/x86_64/amd/zen2`),
  );
});

it('before generation 9 det_submit_opts sees the whole name of the architecture', async () => {
  await begin({ generation: '7-8', settings: { 'buildenv.allow_update_submit_opts': 'true' } });
  const text = 'def det_submit_opts(job):\n  return f"-p \'{job.accelerator} {job.arch_target}\'"\n';
  await story.github.push('EESSI/software-layer', 'main', [{ message: 'x', files: { 'det_submit_opts.py': text } }]);
  await story.comment('bot: build arch:zen2 accel:nvidia=cc80');
  expect((await lastWords())?.slice(2, -1)).toEqual(['-p', 'nvidia/cc80 linux/x86_64/amd/zen2']);
});

it('GitHub loses an answer and fails: the job has one comment all the same', async () => {
  await begin();
  story.github.failNext({ operationId: 'issues/create-comment', times: 1, fault: 'cut-after-applying' });
  story.github.failNext({ operationId: 'reactions/create-for-issue-comment', times: 1, fault: { status: 502 } });
  const { comments, reactions } = await story.comment(zen2);
  expect([jobIdsIn(comments), reactions]).toEqual([['11'], ['eyes', 'rocket']]);
  expect(comments).toHaveLength(1);
  expect(await slurm.calls('sbatch')).toHaveLength(1);
});

it('a pull request that does not fit its base any more is told, with what git said and the texts of the site', async () => {
  await begin({
    settings: {
      'download_pr_comments.git_apply_failure': 'Unable to apply.',
      'download_pr_comments.git_apply_tip': '_Tip: merge main._',
    },
  });
  const files = { 'easystacks/eessi-2023.06.yml': 'something else\n' };
  await story.github.push('EESSI/software-layer', 'main', [{ message: 'Move on', files }]);
  const { comments } = await story.comment(zen2);
  expect(comments.map(({ body }) => body)).toEqual([
    expect.stringMatching(/^```.*eessi-2023\.06\.yml.*```\nUnable to apply\.\n_Tip: merge main\._$/s),
  ]);
  expect(await slurm.calls('sbatch')).toEqual([]);
});

it('delayed_begin: no --hold of the site, a later start, and the job name; a time limit of the target counts', async () => {
  await begin({
    settings: {
      'buildenv.slurm_params': '"--hold"',
      'buildenv.job_handover_protocol': 'delayed_begin',
      'buildenv.job_delay_begin_factor': '1.5',
      'buildenv.job_name': 'prod',
      'job_manager.poll_interval': '60',
      'architecturetargets.node_type_map':
        '{"a": {"os": "linux", "cpu_subdir": "x86_64/a", "slurm_params": "-p x", "repo_targets": ["R1"]}, "b": {"os": "linux", "cpu_subdir": "x86_64/b", "slurm_params": "-t 1:00:00", "repo_targets": ["R1"]}}',
    },
  });
  const { comments } = await story.comment('bot: build for:arch=x86_64/a\nbot: build for:arch=x86_64/b');
  expect((await slurm.calls('sbatch')).map((words) => words.slice(0, -1))).toEqual([
    ['--begin=now+90', '--time=24:00:00', '-p', 'x', '--job-name=prod'],
    ['--begin=now+90', '-t', '1:00:00', '--job-name=prod'],
  ]);
  expect(comments.map(({ body }) => body.split('|').at(-2))).toEqual([
    expect.stringMatching(/^job id `11` will be eligible to start in about 90 seconds, builds commit `[0-9a-f]{7}`$/),
    expect.stringMatching(/^job id `12` will be eligible to start in about 90 seconds, builds commit `[0-9a-f]{7}`$/),
  ]);
});

it('commands and parameters are words as a shell makes them, without a shell', async () => {
  await begin({
    settings: {
      'buildenv.submit_command': 'FOO=1 sbatch',
      'buildenv.slurm_params':
        '--account=a --comment="x y" --qos=$QOS -D \'$HOME\' $NONE --x=$GITHUB_TOKEN "--hold --account=a"',
      'github.app_name': "'MY-bot'",
    },
    environment: { QOS: 'high', GITHUB_TOKEN: 'ghp_secret' },
  });
  const { comments } = await story.comment(`${zen2} inst:^MY-bot$`);
  expect(await lastWords()).toEqual([
    '--account=a',
    '--comment=x y',
    '--qos=high',
    '-D',
    '$HOME',
    '--x=',
    '--hold --account=a',
    '--hold',
    '--time=24:00:00',
    'SCRIPT',
  ]);
  expect(await slurm.environmentOf('sbatch')).toContain('FOO=1');
  expect(comments[0]?.body).toMatch(/^New job on instance `MY-bot` for/);
});

it('two node types that share a directory: the second has one of its own', async () => {
  const type = '{"os": "linux", "cpu_subdir": "x86_64/amd/zen2", "slurm_params": "", "repo_targets": ["R1"]}';
  await begin({ settings: { 'architecturetargets.node_type_map': `{"a": ${type}, "b": ${type}}` } });
  await story.comment(zen2);
  expect(Object.values(await story.jobs()).map((path) => path.split('/run_000/')[1])).toEqual([
    'x86_64/amd/zen2/R1',
    'x86_64/amd/zen2/R1@b',
  ]);
});

it('on: and for: apart: the job runs on one and is built for another', async () => {
  await begin({ settings: { 'buildenv.allow_update_submit_opts': 'true' } });
  const module = `import os
def det_submit_opts(job):
  print('noise')
  secrets = [name for name in os.environ if 'SECRET' in name]
  here = job.working_dir == os.getcwd()
  return f"-p '{job.accelerator} {job.arch_target} {job.repo_id} [{job.slurm_opts}] {job.pr_id} {job.year_month} {here} {secrets}'"
`;
  const files = { 'det_submit_opts.py': module };
  await story.github.push('EESSI/software-layer', 'main', [{ message: 'Determine the options', files }]);
  const { comments } = await story.comment('bot: build on:arch=zen2 for:arch=x86_64/amd/zen2,accel=nvidia/cc80');
  expect(comments[0]?.body.split('\n').slice(1, 3)).toEqual([
    'Building on: `amd-zen2`',
    'Building for: `x86_64/amd/zen2`&nbsp;and accelerator `nvidia/cc80`',
  ]);
  expect(await fileOf('11', 'cfg/job.cfg')).toContain('node_type = cpu_zen2\n');
  expect(await fileOf('11', 'cfg/job.cfg')).toContain('accelerator = nvidia/cc80\n');
  const month = (await story.jobs())['11']?.split('/pr_')[0]?.split('/').at(-1);
  expect((await lastWords())?.slice(0, -1)).toEqual([
    '--hold',
    '--time=24:00:00',
    '-p',
    `None x86_64/amd/zen2 R1 [] pr_${story.number} ${month} True []`,
  ]);
});

it('a det_submit_opts.py that fails, or answers something else, refuses its target and says so', async () => {
  await begin({ settings: { 'buildenv.allow_update_submit_opts': 'true' } });
  const answers = [
    'raise ValueError("no such node")',
    'return ["-p", "x"]',
    'return "--x; reboot"',
    'return "--wrap=id"',
  ];
  for (const [index, answer] of answers.entries()) {
    const text = `def det_submit_opts(job):\n  ${answer}\n`;
    const files = { 'det_submit_opts.py': text };
    await story.github.push('EESSI/software-layer', 'main', [{ message: `Answer ${index}`, files }]);
    const { comments } = await story.comment(zen2);
    expect(comments.map(({ body }) => body)).toEqual([
      expect.stringMatching(
        [
          /ValueError: no such node/,
          /must return a text of sbatch parameters/,
          /only a shell could carry out/,
          /--wrap=id, which is the site's to decide; leave it out/,
        ][index] ?? /x/,
      ),
    ]);
  }
  expect(await slurm.calls('sbatch')).toEqual([]);
});

it('a target that sbatch refuses stops no other: its reason is told once', async () => {
  await begin();
  await slurm.script(
    'sbatch',
    'if [ $number = 11 ]; then echo "sbatch: error: invalid partition specified: nope" >&2; exit 1; fi; echo "Submitted batch job 77 on cluster c2"',
  );
  const { comments, reactions } = await story.comment('bot: build for:arch=x86_64/amd/zen2+x86_64/amd/zen3');
  expect([jobIdsIn(comments), reactions]).toEqual([['77'], ['eyes', 'confused', 'rocket']]);
  expect(Object.keys(await story.jobs())).toEqual(['77']);
  const [response] = comments.filter(({ body }) => !body.startsWith('New job'));
  expect(response?.body).not.toContain('<details>');
  expect(response?.body).toContain('invalid partition specified: nope');
  expect(response?.body).toContain('`cpu_zen2`');
  expect(response?.body).toContain('submitted job `77`, for details & status see ');
});

it('an exported variable reaches cfg/export_vars.sh, one that is not allowed refuses the job', async () => {
  await begin({ settings: { 'buildenv.allowed_exportvars': '["SKIP_TESTS=yes"]' } });
  await story.comment(`${zen2} export:SKIP_TESTS=yes`);
  expect(await fileOf('11', 'cfg/export_vars.sh')).toBe('export SKIP_TESTS=yes\n');
  const { comments, reactions } = await story.comment(`${zen2} export:SKIP_TESTS=no`);
  expect(reactions).toEqual(['eyes', 'confused']);
  expect(comments.map(({ body }) => body)).toEqual([expect.stringContaining('cannot be exported')]);
  expect(Object.keys(await story.jobs())).toEqual(['11']);
});

it('what a command gives to its job: variables as a shell takes them, options between the name and the script', async () => {
  await begin({
    settings: {
      'buildenv.job_name': 'prod',
      'buildenv.allow_update_submit_opts': 'true',
      'buildenv.allowed_jobargs':
        '[{"key": "^EB_ARGS$", "value": "^--(from-pr [0-9]+|prefix=[$/A-Za-z]+)$"}, {"key": "^SKIP_"}]',
      'buildenv.allowed_submitargs': '[{"value": "^--time[= ][0-9:]+$"}, {"value": ".*"}]',
    },
  });
  const module = 'def det_submit_opts(job):\n  return f"--comment=\'{job.owner}: {job.submit_opts}\'"\n';
  const files = { 'det_submit_opts.py': module };
  await story.github.push('EESSI/software-layer', 'main', [{ message: 'Determine the options', files }]);
  await story.comment(
    `${zen2} jobargs:EB_ARGS="--from-pr 345 --prefix=/tmp/$WHO" exp:SKIP_X= submitargs:'--time 1:00:00' sub:--mem=2G`,
  );
  expect(await fileOf('11', 'cfg/export_vars.sh')).toBe(
    'export EB_ARGS="--from-pr 345 --prefix=/tmp/$WHO"\nexport SKIP_X=\n',
  );
  const source = `. cfg/export_vars.sh; printf "%s|" "$EB_ARGS" "$(printenv SKIP_X || echo unset)"`;
  const shell = spawnSync('bash', ['-c', source], { cwd: (await story.jobs())['11'], env: { WHO: 'me' } });
  expect(String(shell.stdout)).toBe('--from-pr 345 --prefix=/tmp/me||');
  expect(await lastWords()).toEqual([
    '--hold',
    '--time=24:00:00',
    '--comment=alice: --time=1:00:00 --mem=2G',
    '--job-name=prod',
    '--time=1:00:00',
    '--mem=2G',
    '--',
    'SCRIPT',
  ]);

  const refusals = [
    ['sub:--outp=/etc/x', /`submitargs:--outp=\/etc\/x`: `--output` is this bot's to set: .* Leave it out\./],
    ['jobargs:EB_ARGS="--from-pr 345 --force"', /`--force` is not allowed; this bot allows what matches `\^EB_ARGS\$=/],
    ['jobargs:SKIP_X=$(id)', /`\$\(id\)` holds other characters than/],
    ['jobargs:A="b', /has a `"` without its partner/],
  ] as const;
  for (const [argument, answer] of refusals) {
    const { comments, reactions } = await story.comment(`${zen2} ${argument}`);
    expect(reactions).toEqual(['eyes', 'confused']);
    expect(comments.map(({ body }) => body)).toEqual([expect.stringMatching(answer)]);
  }
  expect(Object.keys(await story.jobs())).toEqual(['11']);
});

it('a pull request with a cfg/ of its own keeps it; files of the bot replace its own, links are not followed', async () => {
  await begin();
  await story.openPullRequest([
    {
      message: 'Bring a cfg',
      files: async (workTree) => {
        await mkdir(join(workTree, 'cfg'));
        await writeFile(join(workTree, 'cfg/own.txt'), 'mine\n');
        await writeFile(join(workTree, 'cfg/job.cfg'), '[site_config]\nlocal_tmp = /evil\n');
        await symlink(join(directory, 'outside'), join(workTree, 'cfg/repos.cfg'));
      },
    },
  ]);
  await story.comment(zen2);
  expect(await fileOf('11', 'cfg/own.txt')).toBe('mine\n');
  expect(await fileOf('11', 'cfg/job.cfg')).not.toContain('/evil');
  expect(await fileOf('11', 'cfg/repos.cfg')).toContain('[R1]');
  await expect(stat(join(directory, 'outside'))).rejects.toThrow('ENOENT');
});

it('a job script of a git repository is cloned into each job', async () => {
  await begin({ settings: { 'buildenv.build_job_script': `scripts/job.slurm@${directory}/site-scripts.git` } });
  await story.github.createRepository({ name: 'O/site-scripts', files: { 'scripts/job.slurm': '#!/bin/sh\n' } });
  await rename(join(story.directory, 'github/O/site-scripts.git'), join(directory, 'site-scripts.git'));
  await story.comment(zen2);
  const job = (await story.jobs())['11'];
  expect((await slurm.calls('sbatch')).at(-1)?.at(-1)).toBe(`${job}/site-scripts/scripts/job.slurm`);
  expect(await fileOf('11', 'site-scripts/scripts/job.slurm')).toBe('#!/bin/sh\n');
});
