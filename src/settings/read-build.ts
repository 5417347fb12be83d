import { z } from 'zod';
import { hasPlaceholder } from './doubts-of.ts';
import { readAllowedArguments } from './read-allowed-arguments.ts';
import {
  mapOf,
  type Reading,
  readAccounts,
  readBoolean,
  readChoice,
  readJson,
  readPath,
  readRelativePath,
  readSlurmCommand,
  readText,
  readWords,
  warnOfComment,
} from './reading.ts';
import { type BuildSettings, cancelPermissions, type HandoverProtocol } from './settings.ts';
import { removeQuotes } from './shell-text.ts';

const section = 'buildenv';

/** `[buildenv]`, without its texts. */
export function readBuild(reading: Reading, pollIntervalSeconds: number): BuildSettings {
  const { file } = reading;
  return {
    jobScript: readJobScript(reading),
    jobsBaseDir: readPath(reading, file.getRequired(section, 'jobs_base_dir')),
    submit: readSubmit(reading),
    slurmParams: readWords(reading, file.get(section, 'slurm_params')),
    jobName: readJobName(reading),
    ...readJobAccount(reading),
    handoverProtocol: readHandoverProtocol(reading, pollIntervalSeconds),
    permission: readPermission(reading),
    ...readCancel(reading),
    cancelPermission: readChoice(reading, file.get(section, 'cancel_permission'), cancelPermissions, 'owner'),
    allowUpdateSubmitOpts: readBoolean(reading, file.get(section, 'allow_update_submit_opts')),
    allowedDetSubmitOpts: readSubmitOptions(reading),
    cvmfsCustomizations: readCustomizations(reading),
    allowedExports: readExports(reading),
    allowedJobArguments: readAllowedArguments(reading, 'allowed_jobargs', ['key', 'value']),
    allowedSubmitArguments: readAllowedArguments(reading, 'allowed_submitargs', ['value']),
    cloneVia: readChoice(reading, file.get(section, 'clone_git_repo_via'), ['https', 'ssh'], 'https'),
    siteConfig: readSiteConfig(reading),
  };
}

function readJobScript(reading: Reading): BuildSettings['jobScript'] {
  const setting = reading.file.getRequired(section, 'build_job_script');
  const written = removeQuotes(setting.value);
  const at = reading.dialect.scriptMayBeCloned ? written.indexOf('@') : -1;
  if (at === -1) return { path: readPath(reading, setting) };
  const path = readRelativePath(reading, setting, written.slice(0, at));
  const repository = readRelativePath(reading, setting, written.slice(at + 1), 'behind its `@`');
  if (path === '' || repository === '') {
    reading.file.refuse(setting, 'has to be a path, or PATH@GIT_REPO with something on both sides of the first `@`');
  } else if (path.startsWith('/') || path.split('/').includes('..')) {
    reading.file.refuse(
      setting,
      'has before the `@` a path that leads out of the repository; write it as seen from its top',
    );
  }
  return { path, repository };
}

/** As in the Python bot: a shell got the value in single quotes, so single quotes in it were lost. */
function readJobName(reading: Reading): string {
  const setting = reading.file.get(section, 'job_name');
  if (setting.value === '') return '';
  const name = readText(reading, setting, `'${setting.value}'`);
  if (name.length < 3) {
    reading.file.refuse(setting, 'is too short to tell jobs apart; it needs 3 characters, or none at all');
  }
  if (/[,\r\n]/.test(name))
    reading.file.refuse(setting, 'holds a comma or a line end, where squeue begins another name');
  else if (/\p{Cc}/u.test(name)) reading.file.refuse(setting, 'holds a control character; take it out');
  return name;
}

function readJobAccount(reading: Reading): Pick<BuildSettings, 'jobAccount'> {
  const setting = reading.file.get(section, 'job_account');
  const jobAccount = removeQuotes(setting.value);
  if (jobAccount === '') return {};
  if (!/^[A-Za-z_][\w.@+-]*\$?$/.test(jobAccount))
    reading.file.refuse(
      setting,
      'has to be the name of one account of this machine, such as bot-build, as `id` knows it',
    );
  return { jobAccount };
}

function readSubmit(reading: Reading): BuildSettings['submit'] {
  const setting = reading.file.getRequired(section, 'submit_command');
  const submit = readSlurmCommand(reading, setting);
  if (submit.program.includes('/') && !submit.program.startsWith('/'))
    reading.file.warn(
      setting,
      `names ${submit.program}, which is looked for in each job's directory; write its full path`,
    );
  return submit;
}

function readCancel(reading: Reading): Pick<BuildSettings, 'cancel'> {
  const setting = reading.file.get(section, 'cancel_command');
  const cancel = readSlurmCommand(reading, setting);
  return cancel.program === '' ? {} : { cancel };
}

function readHandoverProtocol(reading: Reading, pollIntervalSeconds: number): HandoverProtocol {
  const { file } = reading;
  const protocol = file.get(section, 'job_handover_protocol');
  const kind = readChoice(reading, protocol, ['hold_release', 'delayed_begin'], 'hold_release');
  const setting = file.get(section, 'job_delay_begin_factor');
  const factor = setting.value === '' ? 2 : parseFactor(removeQuotes(setting.value));
  if (factor === undefined) file.refuse(setting, 'has to be a number, 0 or more, such as 2 or 1.5');
  if (kind === 'hold_release') return { kind };
  return { kind, delaySeconds: Math.floor((factor ?? 0) * pollIntervalSeconds) };
}

/** As Python's `float`, but neither negative nor infinite. */
function parseFactor(text: string): number | undefined {
  const digits = String.raw`\d+(?:_\d+)*`;
  const isNumber = new RegExp(`^\\+?(?:${digits}\\.?(?:${digits})?|\\.${digits})(?:e[+-]?${digits})?$`, 'i').test(text);
  const factor = Number(text.replaceAll('_', ''));
  return isNumber && factor <= mostTimes ? factor : undefined;
}

/** Times the interval; beyond that a job would begin after years. */
const mostTimes = 100_000;

function readPermission(reading: Reading): BuildSettings['permission'] {
  const setting = reading.file.get(section, 'build_permission');
  const accounts = readAccounts(reading, setting);
  if (accounts.length > 0) return accounts;
  reading.file.warn(setting, 'is empty: everyone in command_permission may build; list logins to restrict it');
  return 'everyone';
}

function readCustomizations(reading: Reading): BuildSettings['cvmfsCustomizations'] {
  const schema = z.record(
    z.string(),
    z.string('has to be a text, the line to add'),
    'has to be a map {"FILE": "LINE"}',
  );
  const json = readJson(reading, reading.file.get(section, 'cvmfs_customizations'), schema);
  return mapOf(json === undefined ? [] : json.keys.map((key) => [key, json.value[key] ?? ''] as const));
}

function readExports(reading: Reading): readonly string[] {
  const expected = 'has to be a text NAME=value, in one line';
  const schema = z.array(z.string(expected).regex(/^[A-Za-z_]\w*=.*$/, expected), 'has to be a list ["NAME=value"]');
  return readJson(reading, reading.file.get(section, 'allowed_exportvars'), schema)?.value ?? [];
}

function readSubmitOptions(reading: Reading): readonly string[] {
  const expected = 'has to be an option of sbatch, "--mail-user=" for one with a value, "--parsable" for one without';
  const schema = z.array(z.string(expected).regex(/^--[a-z][a-z-]+=?$/, expected), 'has to be a list ["--mail-user="]');
  return readJson(reading, reading.file.get(section, 'allowed_det_submit_opts'), schema)?.value ?? [];
}

// In the order of job.cfg. They reach the job as they are, without quotes: their variables are the job's.
const siteKeys = [
  'build_logs_dir',
  'container_cachedir',
  'http_proxy',
  'https_proxy',
  'load_modules',
  'local_tmp',
  'shared_fs_path',
  'site_config_script',
];

const paths = new Set(['build_logs_dir', 'container_cachedir', 'local_tmp', 'shared_fs_path', 'site_config_script']);

function readSiteConfig(reading: Reading): Readonly<Record<string, string>> {
  const values = siteKeys.map((key) => {
    const setting = reading.file.get(section, key);
    warnOfComment(reading, setting);
    const value = removeQuotes(setting.value);
    if (value.startsWith('~'))
      reading.file.warn(setting, 'begins with `~`, which reaches jobs as it is, not as a home; write the full path');
    if (paths.has(key) && key !== 'local_tmp' && value.includes('$'))
      // which is expanded in the job
      reading.file.warn(setting, 'has a `$`, which reaches jobs as it is, not as a variable; write the full path');
    if (paths.has(key) && /^[\w.]/.test(value) && !hasPlaceholder(key, value))
      reading.file.warn(setting, 'is relative to the directory of each job; write the full path');
    if (value.includes('"')) reading.file.refuse(setting, 'has a `"` without its partner; write it without quotes');
    return [key, value] as const;
  });
  return Object.fromEntries(values.filter(([, value]) => value !== ''));
}
