// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the settings that hold them
import { describe, expect, it } from 'vitest';
import { type Changes, expectLines, fixture, readChanged, readText, settingsOf } from './fixtures/read-fixture.ts';

describe('problems, each with its place and what would be right', () => {
  it.each<{ what: string; changes: Changes; problems: RegExp[] }>([
    { what: 'nothing wrong', changes: {}, problems: [] },
    {
      what: 'two required ones together, local_tmp is none of them',
      changes: { 'github.app_id': undefined, 'buildenv.submit_command': '', 'buildenv.local_tmp': undefined },
      problems: [
        /\[buildenv\] submit_command: is empty; it has to be set$/,
        /^app.cfg:\d+: \[github\] app_id: is missing; it has to be set$/,
      ],
    },
    {
      what: 'both maps',
      changes: { 'architecturetargets.arch_target_map': '{"linux/a": ""}' },
      problems: [/node_type_map .*: stands beside arch_target_map; keep node_type_map, or arch_target_map/],
    },
    {
      what: 'a comma after the last entry, in its line',
      changes: { 'deploycfg.bucket_name': '{\n    "a": "b",\n    "c": "d",\n    }' },
      problems: [
        /\[deploycfg\] bucket_name = .*: is not JSON: it has a comma before `}`; remove the comma after the last entry$/,
      ],
    },
    {
      what: 'a line of a map that is not indented',
      changes: { 'deploycfg.bucket_name': '{\n    "a": "b",\n"c": "d"\n    }' },
      problems: [
        /bucket_name = .*: is not JSON: it has its end where a key .* is expected; line \d+ is not indented, so it does not belong to the value: put blanks before it$/,
      ],
    },
    {
      what: 'a lone percent sign',
      changes: { 'buildenv.http_proxy': 'http://u:p%40x@h/' },
      problems: [/\[buildenv\] http_proxy = http:\/\/u:p%40x@h\/: has a single `%`; write `%%` for a percent sign$/],
    },
    {
      what: 'a placeholder of scontrol_command that nobody fills in',
      changes: { 'job_manager.scontrol_command': 'scontrol --user=%%(user)s' },
      problems: [
        /scontrol_command = .*: has the unknown placeholder `user`; write `%%%%` for a percent sign, or one of %%\(jobid\)s/,
      ],
    },
    {
      what: 'a percent sign of scontrol_command that should be doubled twice',
      changes: { 'job_manager.scontrol_command': 'scontrol 5%%' },
      problems: [/has a single percent sign; write `%%%%`/],
    },
    {
      what: 'a reference of scontrol_command that configparser takes',
      changes: { 'job_manager.scontrol_command': 'scontrol %(jobid)s' },
      problems: [/refers to `%\(jobid\)s`, but there is no key `jobid`.*write `%%\(jobid\)s`/],
    },
    {
      what: 'accounts with and without their number',
      changes: { 'bot_control.command_permission': 'alice Bob:12 my-bot[bot]:7 an_emu' },
      problems: [],
    },
    {
      what: 'an account without the number that its colon promises',
      changes: { 'bot_control.command_permission': 'alice bob:', 'deploycfg.deploy_permission': 'carol:x' },
      problems: [
        /\[bot_control\] command_permission = alice bob:: has `bob:`, which is neither a login nor `login:id` with the number/,
        /\[deploycfg\] deploy_permission = carol:x: has `carol:x`, which is neither/,
      ],
    },
    {
      what: 'limits that are no numbers',
      changes: { 'bot_control.max_waiting_jobs_per_user': 'ten', 'bot_control.max_commands_per_hour_per_user': '-1' },
      problems: [
        /max_waiting_jobs_per_user = ten: has to be a whole number, 999999 at most; 0 sets no limit$/,
        /max_commands_per_hour_per_user = -1: has to be a whole number/,
      ],
    },
    {
      what: 'an interval that is no number',
      changes: { 'event_handler.recovery_interval': '5m' },
      problems: [/recovery_interval = 5m: has to be a whole number of seconds, 86400 at most$/],
    },
    {
      what: 'an interval that turns the comparison off',
      changes: { 'event_handler.recovery_interval': '0' },
      problems: [],
    },
    {
      what: 'a command line for a shell',
      changes: { 'buildenv.submit_command': 'module load slurm; sbatch' },
      problems: [
        /\[buildenv\] submit_command = module load slurm; sbatch: has a `;`, which only a shell could carry out/,
      ],
    },
    {
      what: 'a command without program',
      changes: { 'job_manager.poll_command': 'FOO=1' },
      problems: [/poll_command = FOO=1: names no program/],
    },
    {
      what: 'an unset variable in a path',
      changes: { 'buildenv.jobs_base_dir': '$NOWHERE/jobs' },
      problems: [/jobs_base_dir = \$NOWHERE\/jobs: holds `\$NOWHERE`, but NOWHERE is not set/],
    },
    {
      what: 'no comment of jobs at all',
      changes: { 'bot_control.job_comments': 'false' },
      problems: [/job_comments = false: needs `summary = true`: without either nobody on a pull request would see/],
    },
    {
      what: 'words that are not known, with the nearest',
      changes: {
        'bot_control.chatlevel': 'chaty',
        'deploycfg.upload_policy': 'every',
        'buildenv.clone_git_repo_via': 'rsync',
        'event_handler.log_format': 'jsn',
        'job_manager.log_format': 'plain',
      },
      problems: [
        /chatlevel = chaty: has to be one of incognito, minimal, basic, chatty; did you mean `chatty`\?$/,
        /clone_git_repo_via = rsync: has to be one of https, ssh$/,
        /upload_policy = every: has to be one of all, latest, once, none$/,
        /\[event_handler\] log_format = jsn: has to be one of json, text; did you mean `json`\?$/,
        /\[job_manager\] log_format = plain: has to be one of json, text$/,
      ],
    },
    {
      what: 'a protocol that is not known',
      changes: { 'buildenv.job_handover_protocol': 'hold' },
      problems: [/job_handover_protocol = hold: has to be one of hold_release, delayed_begin$/],
    },
    {
      what: 'numbers that are none',
      changes: {
        'github.app_id': 'abc',
        'job_manager.poll_interval': '1m',
        'job_manager.log_tail_lines': '201',
        'job_manager.status_page': 'status',
        'job_manager.metrics_port': '0',
        'event_handler.metrics_port': '9464 # own',
        'event_handler.metrics_address': 'localhost',
        'buildenv.job_delay_begin_factor': 'two',
        'buildenv.allow_update_submit_opts': 'maybe',
      },
      problems: [
        /app_id = abc: has to be the number/,
        /job_delay_begin_factor = two: has to be a number, 0 or more, such as 2 or 1.5$/,
        /allow_update_submit_opts = maybe: has to be true or false/,
        /poll_interval = 1m: has to be a whole number of seconds/,
        /log_tail_lines = 201: has to be a number of lines, 0 \(none\) to 200/,
        /metrics_address = localhost: has to be an IP address of this machine, as 127\.0\.0\.1/,
        /metrics_port = 9464 # own: has to be a port, 1 to 65535; leave it empty for none; a comment/,
        /metrics_port = 0: has to be a port/,
        /status_page = status: has to end in \.html: what is there is replaced/,
      ],
    },
    {
      what: 'one port for two daemons',
      changes: { 'event_handler.metrics_port': '9464', 'job_manager.metrics_port': '9464' },
      problems: [/\[job_manager\] metrics_port = 9464: is that of \[event_handler\], too; each daemon needs one/],
    },
    {
      what: 'a placeholder of a text that nobody fills in',
      changes: { 'running_job_comments.running_job': 'job {jobid}', 'new_job_comments.awaits_launch': 'a { b' },
      problems: [
        /awaits_launch = a \{ b: has a single `\{`; write `\{\{` for a brace/,
        /running_job = job \{jobid\}: has the unknown placeholder `\{jobid\}`; it may hold \{job_id\}$/,
      ],
    },
    {
      what: 'delay_seconds without delayed_begin',
      changes: { 'submitted_job_comments.jobdir': '{symlink} {delay_seconds}' },
      problems: [/jobdir = .*: has the unknown placeholder `\{delay_seconds\}`/],
    },
    {
      what: 'signing without key, exports without value, customizations that are no texts',
      changes: {
        'deploycfg.signing': '{"R1": {"script": "s.sh"}}',
        'buildenv.allowed_exportvars': '["A=1", "B"]',
        'buildenv.cvmfs_customizations': '["/etc/x"]',
      },
      problems: [
        /signing = .*: "R1": "key" is missing$/,
        /allowed_exportvars = .*: entry 2 has to be a text NAME=value, in one line$/,
        /cvmfs_customizations = .*: has to be a map \{"FILE": "LINE"\}$/,
      ],
    },
    {
      what: 'options for det_submit_opts.py that are none of sbatch',
      changes: { 'buildenv.allowed_det_submit_opts': '["--mail-user=", "-J", "--mail-user=x", "evil.sh", "--", ":"]' },
      problems: [2, 3, 4, 5, 6].map(
        (entry) =>
          new RegExp(`allowed_det_submit_opts = .*: entry ${entry} has to be an option of sbatch, "--mail-user="`),
      ),
    },
    {
      what: 'node types that lack something, all of them',
      changes: {
        'architecturetargets.node_type_map':
          '{"a": {"os": "linux", "repo_targets": ["R1"]}, "b": {"os": "linux", "cpu_subdir": "../x", "slurm_params": "a > b", "repo_targets": "R1"}}',
      },
      problems: [
        /"a": "cpu_subdir" is missing$/,
        /"a": "slurm_params" is missing$/,
        /"b": "cpu_subdir" has to be directories such as x86_64\/amd\/zen2$/,
        /"b": "repo_targets" has to be a list of repository ids$/,
      ],
    },
    {
      what: 'parameters of a node type for a shell',
      changes: {
        'architecturetargets.node_type_map':
          '{"b": {"os": "linux", "cpu_subdir": "x", "slurm_params": "$(hostname)", "repo_targets": ["R1"]}}',
      },
      problems: [/node_type_map = .*: "b": slurm_params has a `\$\(`, which only a shell/],
    },
    {
      what: 'a script that is to be taken from outside its repository',
      changes: { 'buildenv.build_job_script': '../s.sh@git@github.com:o/r.git' },
      problems: [/build_job_script = .*: has before the `@` a path that leads out of the repository/],
    },
    {
      what: 'a quote without partner, a short name of jobs',
      changes: { 'github.app_name': "Bob's", 'buildenv.job_name': 'ab' },
      problems: [/app_name = Bob's: has a `'` without its partner/, /job_name = ab: is too short/],
    },
    {
      what: 'a path of the example',
      changes: {
        'buildenv.jobs_base_dir': 'PATH_TO_JOBS_BASE_DIR',
        'repo_targets.repos_cfg_dir': 'PATH_TO_SHARED_DIRECTORY/cfg_bundles',
        'event_handler.log_path': '/path/to/eessi_bot_event_handler.log',
        'clean_up.trash_bin_dir': 'PATH/TO/TRASH_BIN_DIRECTORY',
        'job_manager.job_ids_dir': '/home/USER/jobs/ids',
      },
      problems: [
        /jobs_base_dir = .*: still holds `PATH_TO_JOBS_BASE_DIR`, as the example does; write what it stands for$/,
        /repos_cfg_dir = .*: still holds `PATH_TO_SHARED_DIRECTORY`, as the example does; write what it stands for in its place$/,
        /log_path = .*: still holds `\/path\/to\/eessi_bot_event_handler.log`/,
        /trash_bin_dir = .*: still holds `PATH\/TO\/TRASH_BIN_DIRECTORY`/,
        /job_ids_dir = .*: still holds `\/home\/USER`/,
      ],
    },
    {
      what: 'a number of the example',
      changes: { 'github.installation_id': 'INSTALLATION_ID' },
      problems: [/installation_id = INSTALLATION_ID: has to be the number that GitHub's pages show, digits alone$/],
    },
    {
      what: 'a quote without partner in a path, and in one of the job',
      changes: { 'clean_up.trash_bin_dir': '/site/"trash', 'buildenv.local_tmp': '"/tmp/x' },
      problems: [
        /trash_bin_dir = .*: has a `"` without its partner; write the path without quotes$/,
        /local_tmp = .*: has a `"` without its partner; write it without quotes$/,
      ],
    },
    {
      what: 'comments behind values that are no texts',
      changes: {
        'job_manager.poll_interval': '60 # seconds',
        'deploycfg.upload_policy': 'once ; or all',
        'buildenv.submit_command': 'sbatch # of Slurm',
        'buildenv.slurm_params': '--account=a # ours',
      },
      problems: [
        /poll_interval = .*: has to be a whole number of seconds; a comment has a line of its own$/,
        /upload_policy = .*: has to be one of all, latest, once, none; a comment has a line of its own$/,
        /submit_command = .*: has a `#` that begins a comment for a shell, and for nobody here; put the comment into/,
        /slurm_params = .*: has a `#` that begins a comment/,
      ],
    },
    {
      what: 'factors that no job can wait for',
      changes: { 'buildenv.job_delay_begin_factor': 'inf' },
      problems: [/job_delay_begin_factor = inf: has to be a number, 0 or more/],
    },
    {
      what: 'a negative factor',
      changes: { 'buildenv.job_delay_begin_factor': '-1' },
      problems: [/job_delay_begin_factor = -1: has to be a number, 0 or more/],
    },
    {
      what: 'a comma in the name of jobs, a quote without partner',
      changes: { 'buildenv.job_name': 'a,b,c' },
      problems: [/job_name = a,b,c: holds a comma or a line end, where squeue begins another name$/],
    },
    {
      what: 'names of directories and jobs with control characters, and with what Slurm expands',
      changes: {
        'buildenv.job_name': 'a\u001bb-c',
        'buildenv.jobs_base_dir': '/jobs/a\u001b[2J',
        'architecturetargets.node_type_map': JSON.stringify({
          'a%%j': { os: 'linux', cpu_subdir: 'x', slurm_params: '', repo_targets: ['R1'] },
          b: {
            os: 'linux',
            cpu_subdir: 'x\n',
            slurm_params: '',
            repo_targets: ['R%%j', 'R\\1', 'R\u0000', 'R\u001b[2J'],
          },
        }),
      },
      problems: [
        /job_name = .*: holds a control character/s,
        /jobs_base_dir = .*: holds a line end or another control character; write the path in one line$/s,
        /"b": "cpu_subdir" has to be directories/,
        ...[1, 2, 3, 4].map(
          (entry) => new RegExp(`"b": "repo_targets": entry ${entry} .*without \`%\`, backslash and control`),
        ),
      ],
    },
    {
      what: 'names of node types with what Slurm expands',
      changes: {
        'architecturetargets.node_type_map': JSON.stringify({
          'a%%j': { os: 'linux', cpu_subdir: 'x', slurm_params: '', repo_targets: ['R1'] },
          'b\n': { os: 'linux', cpu_subdir: 'x', slurm_params: '', repo_targets: ['R1'] },
        }),
      },
      problems: [
        /"a%j" has to be a name without `%`, backslash and control characters$/,
        /"b\\n" has to be a name without `%`, backslash and control characters$/,
      ],
    },
    {
      what: 'an account of jobs that is none',
      changes: { 'buildenv.job_account': 'bot build' },
      problems: [/job_account = bot build: has to be the name of one account of this machine, such as bot-build/],
    },
    {
      what: 'quotes of a word processor in a map, a blank that is none',
      changes: { 'deploycfg.signing': '{“R1”: {}}', 'buildenv.allowed_exportvars': '["A=1",\u00a0"B=1"]' },
      problems: [
        /signing = .*: is not JSON: it has `“R1”` where a key in double quotes is expected$/,
        /allowed_exportvars = .*: is not JSON: it has `\u00a0`, no value that JSON knows/,
      ],
    },
    {
      what: 'a map in the single quotes of Python, as the documentation of EESSI has it',
      changes: { 'deploycfg.bucket_name': "{'R1': 'a'}" },
      problems: [/bucket_name = .*: is not JSON: it has `'R1'` where a key in double quotes is expected$/],
    },
    {
      what: 'a comma after the last entry, as the documentation of EESSI has it',
      changes: {
        'deploycfg.signing': '\n    {\n        "R1": {\n            "script": "s", "key": "k"\n        },\n    }',
      },
      problems: [/signing = .*: is not JSON: it has a comma before `}`; remove the comma after the last entry$/],
    },
    {
      what: 'a platform that is not served, and one that nobody knows',
      changes: { 'github.app_id': undefined, 'git.hosting_platform': 'gitlab' },
      problems: [
        /\[git\] hosting_platform = gitlab: is not served: this version serves GitHub alone; write github here, or go on with the Python bot for GitLab$/,
      ],
    },
    {
      what: 'a platform that nobody knows',
      changes: { 'git.hosting_platform': 'codeberg' },
      problems: [/\[git\] hosting_platform = codeberg: has to be one of github, gitlab/],
    },
    {
      what: 'entries of arguments that nobody could search, or that would allow more than they say',
      changes: {
        'buildenv.allowed_jobargs':
          '[{"key": "(", "value": "a(?!b)"}, {"kay": "A"}, {"key": 1}, {"value": "x{,2}"}, {"value": "((a{50}){50}){50}"}]',
        'buildenv.allowed_submitargs': '[{"key": "--time", "value": "--time=[[:digit:]]"}]',
      },
      problems: [
        /allowed_jobargs = .*: entry 3: "key" has to be a text, a pattern$/,
        /allowed_submitargs = .*: entry 1: "key" is nothing that an entry of allowed_submitargs can have; it is \{"value": "PATTERN"\}$/,
        /allowed_submitargs = .*: entry 1: "value" has `\[:digit:\]`, which is a set to some/,
      ],
    },
    {
      what: 'patterns of arguments that cannot be searched',
      changes: {
        'buildenv.allowed_jobargs':
          '[{"key": "(", "value": "a(?!b)"}, {"kay": "A", "value": "b"}, {"value": "x{,2}"}, {"value": "((a{50}){50}){50}"}]',
      },
      problems: [
        /entry 1: "key" is no regular expression that this bot can search: missing closing \)/,
        /entry 1: "value" is no regular expression that this bot can search: .*; look-around and back-references are not supported$/,
        /entry 2: "kay" is nothing that an entry of allowed_jobargs can have; it is \{"key": "PATTERN", "value": "PATTERN"\}$/,
        /entry 3: "value" has `\{,2\}`, which is a repetition to some/,
        /entry 4: "value" has 127550 steps when its repetitions are written out; 300 are allowed/,
      ],
    },
    {
      what: 'settings of later versions that are no JSON, no number, no command',
      changes: {
        'buildenv.allowed_jobargs': '["A=1"]',
        'buildenv.allowed_submitargs': '{}',
        'buildenv.cancel_command': 'scancel;',
        'buildenv.cancel_permission': 'everyone',
        'github.api_timeout': 'ten',
        'submitted_job_comments.commit_sha': '{sha}',
      },
      problems: [
        /allowed_jobargs = .*: entry 1 has to be an object such as/,
        /allowed_submitargs = .*: has to be a list$/,
        /cancel_command = .*: has a `;`/,
        /cancel_permission = everyone: has to be one of owner, build$/,
        /api_timeout = ten: has to be a whole number of seconds/,
        /commit_sha = .*: has the unknown placeholder `\{sha\}`; it may hold \{commit_sha\}$/,
      ],
    },
    {
      what: 'no upload script, though something is to be uploaded',
      changes: { 'deploycfg.artefact_upload_script': undefined },
      problems: [/\[deploycfg\] artefact_upload_script: is missing; it has to be set$/],
    },
    {
      what: 'a key twice, and a line that is no key',
      changes: { 'clean_up.trash_bin_dir': '/a\ntrash_bin_dir = /b\nnonsense' },
      problems: [
        /\[clean_up\] trash_bin_dir: the key is there already/,
        /\[clean_up\]: `nonsense` has neither `=` nor `:`/,
      ],
    },
  ])('$what', ({ changes, problems }) => {
    expectLines(readChanged(changes).problems, problems);
  });

  it('names the line of a mistake in a map', () => {
    const text = '\n[deploycfg]\nbucket_name = {\n    "a": "b",\n# comment\n    "c": "d",\n    }\n'.replace(
      'a\n',
      '\n',
    );
    expect(readText(text).problems).toContainEqual(expect.stringMatching(/^app\.cfg:7: \[deploycfg\] bucket_name = /));
  });

  it('checks the addresses of GitHub', () => {
    expect(readChanged({}, { environment: { GITHUB_API_URL: 'ghe.example.org' } }).problems).toEqual([
      'environment: GITHUB_API_URL = ghe.example.org: has to be a URL that begins with https:// (or http://); set it, or unset it for github.com',
    ]);
    const enterprise = {
      GITHUB_API_URL: 'https://ghe.example.org/api/v3/',
      GITHUB_SERVER_URL: 'https://ghe.example.org/',
    };
    expect(settingsOf(readChanged({}, { environment: enterprise })).github).toMatchObject({
      apiUrl: 'https://ghe.example.org/api/v3',
      serverUrl: 'https://ghe.example.org',
    });
  });
});

describe('warnings', () => {
  it.each<{ what: string; changes: Changes; warnings: RegExp[] }>([
    {
      what: 'an unknown key, with the nearest name',
      changes: { 'job_manager.pol_interval': '5' },
      warnings: [/\[job_manager\] pol_interval = 5: is no setting that the bot knows; did you mean `poll_interval`\?$/],
    },
    {
      what: 'a key in the wrong section',
      changes: { 'job_manager.jobs_base_dir': '/x' },
      warnings: [/\[job_manager\] jobs_base_dir = \/x: is no setting of this section; it belongs to \[buildenv\]$/],
    },
    {
      what: 'maps and texts of older generations',
      changes: { 'repo_targets.repo_target_map': '{}', 'submitted_job_comments.initial_comment': 'x' },
      warnings: [
        /repo_target_map = .*: is not used beside node_type_map/,
        /initial_comment = x: is not used beside node_type_map/,
      ],
    },
    {
      what: 'an indented key is part of the value above it',
      changes: { 'deploycfg.upload_policy': undefined, 'deploycfg.bucket_name': 'b\n\tupload_policy = all' },
      warnings: [
        /^app\.cfg:\d+: \[deploycfg\] bucket_name: has the line `upload_policy = all` in its value, since that line is indented; remove the blanks before it if it is a setting of its own$/,
        /upload_policy: is missing: nothing is deployed/,
      ],
    },
    {
      what: 'so is an indented section, and a key behind a list of accounts',
      changes: { 'bot_control.command_permission': 'alice\n  [buildenv]\n  JOB_NAME = prod\n  # job_name = no' },
      warnings: [
        /command_permission: has the line `\[buildenv\]` in its value, .* if it begins a section$/,
        /command_permission: has the line `JOB_NAME = prod` in its value/,
        /has `\[buildenv\]`, which no account of GitHub is called/,
        /has `=`, which no account/,
      ],
    },
    {
      what: 'what the examples hold in place of a value',
      changes: {
        'github.app_id': '123456',
        'github.installation_id': '12345678',
        'github.app_name': "'MY-bot'",
        'buildenv.job_name': 'JOB_NAME',
        'buildenv.build_permission': 'GH_ACCOUNT_1 GH_ACCOUNT_2',
        'buildenv.http_proxy': 'http://PROXY_DNS:3128/',
        'buildenv.shared_fs_path': 'PATH_TO_SHARED_DIRECTORY',
        'buildenv.site_config_script': '/path/to/script/if/any',
        'buildenv.load_modules': 'MODULE1/VERSION1,MODULE2/VERSION2',
        'deploycfg.endpoint_url': 'URL_TO_S3_SERVER',
        'deploycfg.bucket_name': '{"R1": "<name_of_s3_bucket>"}',
      },
      warnings: [
        /app_id = 123456: still holds `123456`, as the example does; write what it stands for$/,
        /installation_id = 12345678: still holds `12345678`/,
        /app_name = 'MY-bot': still holds `MY-bot`/,
        /job_name = JOB_NAME: still holds `JOB_NAME`/,
        /build_permission = .*: still holds `GH_ACCOUNT_1`, `GH_ACCOUNT_2`/,
        /http_proxy = .*: still holds `PROXY_DNS`/,
        /shared_fs_path = .*: still holds `PATH_TO_SHARED_DIRECTORY`/,
        /site_config_script = .*: still holds `\/path\/to\/script\/if\/any`/,
        /load_modules = .*: still holds `MODULE1\/VERSION1`, `MODULE2\/VERSION2`/,
        /endpoint_url = .*: still holds `URL_TO_S3_SERVER`/,
        /bucket_name = .*: still holds `<name_of_s3_bucket>`/,
      ],
    },
    {
      what: 'nothing of the account that stands for nobody',
      changes: { 'buildenv.build_permission': '-NOT_ALLOWED_GH_ACCOUNT_NAME-' },
      warnings: [],
    },
    {
      what: 'nothing of variables and words that look like a placeholder',
      changes: { 'buildenv.local_tmp': '$PATH_TO_TMP/x', 'buildenv.jobs_base_dir': '/data/my-jobs/b' },
      warnings: [],
    },
    {
      what: 'parameters in quotes as a whole',
      changes: {
        'buildenv.slurm_params': '"--hold --account=a"',
        'architecturetargets.node_type_map':
          '{"b": {"os": "linux", "cpu_subdir": "x", "slurm_params": "\'-p z2 -N 1\'", "repo_targets": ["R1"]}}',
      },
      warnings: [
        /slurm_params = .*: is in quotes as a whole: they are dropped, else all of it would be one word; remove them$/,
        /node_type_map = .*: "b": slurm_params is in quotes as a whole/,
      ],
    },
    {
      what: 'a home in what only jobs read',
      changes: {
        'buildenv.shared_fs_path': '~/shared',
        'buildenv.local_tmp': '"~/tmp"',
        'buildenv.jobs_base_dir': '~/j',
      },
      warnings: [
        /local_tmp = .*: begins with `~`, which reaches jobs as it is/,
        /shared_fs_path = ~\/shared: begins with `~`, which reaches jobs as it is, not as a home; write the full path$/,
      ],
    },
    {
      what: 'variables in what only jobs read',
      changes: { 'buildenv.shared_fs_path': '$HOME/shared', 'buildenv.container_cachedir': '${HOME}/cache' },
      warnings: [
        /container_cachedir = .*: has a `\$`, which reaches jobs as it is, not as a variable; write the full path$/,
        /shared_fs_path = \$HOME\/shared: has a `\$`/,
      ],
    },
    {
      what: 'a name with a blank',
      changes: { 'github.app_name': 'my bot' },
      warnings: [/app_name = my bot: has a blank, so that no filter/],
    },
    ...(
      [
        ['/site/jobs', /trash_bin_dir = .*: is jobs_base_dir: what is thrown away/],
        ['/site', /trash_bin_dir = .*: has jobs_base_dir \(\/site\/jobs\) in it: whoever empties it/],
        ['/site/jobs/.bot/trash', /trash_bin_dir = .*: is in state_dir \(\/site\/jobs\/\.bot\)/],
      ] as const
    ).map(([directory, warning]) => ({
      what: `a trash bin in ${directory}`,
      changes: {
        'clean_up.trash_bin_dir': directory,
        'buildenv.jobs_base_dir': '/site/jobs',
        'bot_control.state_dir': undefined,
      },
      warnings: [warning],
    })),
    {
      what: 'maps of other repositories than those that are built for',
      changes: {
        'deploycfg.bucket_name': '{"R1": "a", "ESSI": "b"}',
        'deploycfg.signing': '{"R9": {"script": "sign.sh", "key": "/k"}}',
      },
      warnings: [
        /bucket_name = .*: has "ESSI", for which no node type builds; did you mean "EESSI"\?$/,
        /bucket_name = .*: has nothing for "EESSI", for which a node type builds: none of its artefacts is uploaded$/,
        /signing = .*: has "R9", for which no node type builds/,
      ],
    },
    {
      what: 'prefixes with a variable that nobody fills in',
      changes: {
        'deploycfg.artefact_prefix': 'new/${github_repo}',
        'deploycfg.metadata_prefix': 'new/${github_repository}',
      },
      warnings: [/artefact_prefix = .*: has `\$\{github_repo\}`, which the upload script does not know/],
    },
    {
      what: 'an attestation that nobody signs',
      changes: { 'deploycfg.attestation': 'true', 'deploycfg.signing': undefined },
      warnings: [/attestation = true: has nothing signed, since signing is empty/],
    },
    {
      what: 'comments behind texts, paths and lists',
      changes: {
        'buildenv.local_tmp': '/scratch # x',
        'clean_up.trash_bin_dir': '/site/trash ; old',
        'github.app_name': 'bot #1',
        'bot_control.command_permission': 'alice # the maintainers',
      },
      warnings: [
        /app_name = bot #1: has a blank/,
        /local_tmp = .*: has `# x` as a part of its value; a comment has a line of its own$/,
        /trash_bin_dir = .*: has `; old` as a part of its value/,
        /command_permission = .*: has `# the maintainers` as a part of its value/,
        /has `#`, which no account of GitHub is called/,
      ],
    },
    {
      what: 'characters that a word processor puts in',
      changes: {
        'buildenv.slurm_params': '--account=a\u00a0–partition=x',
        'github.app_name': '“hal”',
        'buildenv.load_modules': 'a/1\u200b,b/2',
        'running_job_comments.running_job': '“{job_id}” – runs',
      },
      warnings: [
        /slurm_params = .*: holds an invisible character \(U\+00A0\), which nothing here takes for a blank; type it anew$/,
        /slurm_params = .*: holds `–` \(U\+2013\), which nothing here takes for a `-`; type it anew$/,
        /app_name = .*: holds `“` \(U\+201C\), which nothing here takes for a quote; type it anew$/,
        /app_name = .*: holds `”` \(U\+201D\)/,
        /load_modules = .*: holds an invisible character \(U\+200B\)/,
      ],
    },
    {
      what: 'bytes that are not UTF-8',
      changes: { 'clean_up.moved_job_dirs_comment': 'J\ufffdrg: {job_dirs}' },
      warnings: [/moved_job_dirs_comment = .*: holds bytes that are not UTF-8; save the file as UTF-8$/],
    },
    {
      what: 'nothing of the settings of later versions',
      changes: {
        'git.hosting_platform': 'github',
        'github.api_timeout': '10',
        'gitlab.instance_url': 'https://gitlab.com',
        'gitlab.bot_name': 'bot',
        'gitlab.api_timeout': '10',
        'buildenv.cancel_command': '/usr/bin/scancel',
        'buildenv.allowed_jobargs': '[{"key": "SKIP_.*", "value": "yes|no"}]',
        'buildenv.allowed_submitargs': '[{"value": "--time=.*"}]',
        'submitted_job_comments.commit_sha': 'Commit SHA: `{commit_sha}`',
      },
      warnings: [],
    },
    {
      what: 'an entry of arguments that allows whatever is typed',
      changes: { 'buildenv.allowed_jobargs': '[{"key": "^A$"}]', 'buildenv.allowed_submitargs': '[{"value": ".*"}]' },
      warnings: [
        /allowed_jobargs = .*: entry 1 allows any value: whoever may build chooses it/,
        /allowed_submitargs = .*: entry 1 allows any value/,
      ],
    },
    {
      what: 'everyone may build',
      changes: { 'buildenv.build_permission': '' },
      warnings: [/build_permission: is empty: everyone in command_permission may build/],
    },
    {
      what: 'logins that are separated by commas',
      changes: { 'bot_control.command_permission': 'alice, bob' },
      warnings: [/command_permission = alice, bob: has `alice,`, which no account of GitHub is called; separate/],
    },
    {
      what: 'one prefix alone',
      changes: { 'deploycfg.metadata_prefix': '' },
      warnings: [/\[deploycfg\] metadata_prefix: is empty, but artefact_prefix is not: artefact_prefix serves both/],
    },
    {
      what: 'one prefix alone in a map; an id that is in one map only is another matter',
      changes: {
        'deploycfg.metadata_prefix': '{"R1": "x", "R2": "y"}',
        'deploycfg.artefact_prefix': '{"R1": ""}',
      },
      warnings: [/artefact_prefix = .*: is empty for R1, but metadata_prefix is not/],
    },
    {
      what: 'deployments that nobody may ask for, or that lead to no bucket',
      changes: {
        'deploycfg.deploy_permission': '',
        'deploycfg.endpoint_url': 's3.example.org',
        'deploycfg.bucket_name': '{"R1": "eessi", "EESSI": "s3://eessi/new"}',
      },
      warnings: [
        /deploy_permission: is empty: nobody can deploy; list the logins that may$/,
        /endpoint_url = s3\.example\.org: is no address that uploads could reach; let it begin with https:/,
        /bucket_name = .*: has `s3:\/\/eessi\/new`, which no bucket is called; write its name alone/,
      ],
    },
    {
      what: 'nothing of them where nothing is deployed',
      changes: { 'deploycfg.upload_policy': 'none', 'deploycfg.endpoint_url': 's3', 'deploycfg.deploy_permission': '' },
      warnings: [],
    },
    {
      what: 'an empty policy',
      changes: { 'deploycfg.upload_policy': '' },
      warnings: [/upload_policy: is empty: nothing is deployed; write none if that is meant, or all, latest, once$/],
    },
    {
      what: 'paths that lead elsewhere from another directory, of the bot and of jobs',
      changes: {
        'buildenv.jobs_base_dir': 'jobs',
        'clean_up.trash_bin_dir': '../trash',
        'buildenv.submit_command': './sbatch',
        'buildenv.container_cachedir': 'cache',
        'buildenv.local_tmp': '$TMPDIR/x',
      },
      warnings: [
        /jobs_base_dir = jobs: is relative to the directory in which the bot is started, now \/bot; write the full path$/,
        /trash_bin_dir = .*: is relative to the directory in which/,
        /submit_command = \.\/sbatch: names \.\/sbatch, which is looked for in each job's directory; write its full path$/,
        /container_cachedir = cache: is relative to the directory of each job; write the full path$/,
      ],
    },
    ...['0', '-5'].map((seconds) => ({
      what: `an interval of ${seconds} s`,
      changes: { 'job_manager.poll_interval': seconds },
      warnings: [
        /poll_interval = .*: is no time between two looks at the queue: it counts as 60; write that, or more$/,
      ],
    })),
    {
      what: 'one log for both daemons',
      changes: { 'event_handler.log_path': '/site/x.log', 'job_manager.log_path': '/site/x.log' },
      warnings: [/\[job_manager\] log_path = .*: is that of \[event_handler\], too; write one of its own/],
    },
    {
      what: 'repositories without section, with the nearest name, or with too little in it',
      changes: {
        'architecturetargets.node_type_map':
          '{"b": {"os": "linux", "cpu_subdir": "x", "slurm_params": "", "repo_targets": ["R2", "EESSI", "EESSI-pilot"]}}',
      },
      warnings: [/^\/site\/cfg_bundles\/repos\.cfg: has no section \[R2\]: nothing is built for it/],
    },
    {
      what: 'a node type without repositories, one with an unknown key',
      changes: {
        'architecturetargets.node_type_map':
          '{"a": {}, "b": {"os": "linux", "cpu_subdir": "x", "slurm_params": "", "repo_targets": ["R1"], "acel": "y"}}',
      },
      warnings: [
        /"a" has no repo_targets: nothing is built there/,
        /"b" has "acel", which is not known; did you mean "accel"\?/,
      ],
    },
    {
      what: 'a key of a map twice',
      changes: { 'deploycfg.bucket_name': '{"R1": "a", "R1": "b", "EESSI": "c"}' },
      warnings: [/has the key "R1" twice; the last one counts/],
    },
  ])('$what', ({ changes, warnings }) => {
    const result = readChanged(changes);
    expect(result.problems).toEqual([]);
    const others = result.warnings.filter((text) => !text.includes('[architecturetargets] - '));
    expectLines(others, warnings);
  });

  it('warns of an unknown section, with the nearest name', () => {
    expect(readText(`${fixture('generation-9.cfg')}\n[cleanup]\n`).warnings).toContainEqual(
      expect.stringMatching(
        /^app\.cfg:\d+: \[cleanup\]: is no section that the bot knows; did you mean \[clean_up\]\?$/,
      ),
    );
  });
});
