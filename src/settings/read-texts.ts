import { defaultTexts, noBuildNorCancelPermission } from './default-texts.ts';
import { type Reading, readTemplate } from './reading.ts';
import type { Texts } from './settings.ts';
import type { Template } from './template.ts';

type TextKey = keyof typeof defaultTexts;

/** All texts, of every section; `delayed`: the handover protocol is delayed_begin. */
export function readTexts(reading: Reading, delayed: boolean): Texts {
  const read = (section: string, key: TextKey, ...names: string[]) =>
    readTemplate(reading, reading.file.get(section, key), names, defaultTexts[key]);
  return {
    commandResponse: read('bot_control', 'command_response_fmt', 'app_name', 'comment_response', 'comment_result'),
    noBuildPermission: readNoBuildPermission(reading),
    noDeployPermission: read('deploycfg', 'no_deploy_permission_comment', 'deploy_labeler'),
    firstComment: readFirstComment(reading, delayed),
    ...readCommitSha(reading),
    withAccelerator: read('submitted_job_comments', 'with_accelerator', 'accelerator'),
    awaitsRelease: readAwaitsRelease(reading, delayed),
    awaitsLaunch: read('new_job_comments', 'awaits_launch', ...reading.dialect.awaitsLaunch),
    runningJob: read('running_job_comments', 'running_job', 'job_id'),
    jobResultUnknown: read('finished_job_comments', 'job_result_unknown_fmt', 'filename'),
    jobTestUnknown: read('finished_job_comments', 'job_test_unknown_fmt', 'filename'),
    movedJobDirs: read('clean_up', 'moved_job_dirs_comment', 'job_dirs', 'trash_bin_dir'),
    download: readDownloadTexts(reading),
  };
}

/** A file of 0.11 or later, which has `cancel_command`, means the text of then. */
function readNoBuildPermission(reading: Reading): Template {
  const [section, key] = ['buildenv', 'no_build_permission_comment'] as const;
  const whenAbsent = reading.file.has(section, 'cancel_command') ? noBuildNorCancelPermission : defaultTexts[key];
  return readTemplate(reading, reading.file.get(section, key), ['build_labeler'], whenAbsent);
}

function readCommitSha(reading: Reading): Pick<Texts, 'commitSha'> {
  const [section, key] = ['submitted_job_comments', 'commit_sha'];
  if (!reading.file.has(section, key)) return {};
  return { commitSha: readTemplate(reading, reading.file.get(section, key), ['commit_sha'], '') };
}

function namesOfFirstComment({ dialect }: Reading, delayed: boolean): readonly string[] {
  const own = dialect.firstComment.placeholders;
  return ['app_name', 'repo_id', 'symlink', 'job_id', ...own, ...(delayed ? ['delay_seconds'] : [])];
}

function readFirstComment(reading: Reading, delayed: boolean): Template {
  const names = namesOfFirstComment(reading, delayed);
  const lines = reading.dialect.firstComment.lines.map((key) =>
    readTemplate(reading, reading.file.get('submitted_job_comments', key), names, defaultTexts[key]),
  );
  return lines.join('\n') as Template;
}

/** The text for the handover protocol in force; the other one is checked too, for the day it is in force. */
function readAwaitsRelease(reading: Reading, delayed: boolean): Template {
  const section = 'submitted_job_comments';
  const read = (key: string, whenAbsent: string, forDelayed: boolean) =>
    readTemplate(reading, reading.file.get(section, key), namesOfFirstComment(reading, forDelayed), whenAbsent);
  const onceOnly = read('awaits_release', defaultTexts.awaits_release_hold_release_msg, false);
  const held = read('awaits_release_hold_release_msg', onceOnly, false);
  const begun = read('awaits_release_delayed_begin_msg', defaultTexts.awaits_release_delayed_begin_msg, true);
  return delayed ? begun : held;
}

function readDownloadTexts({ file }: Reading): Texts['download'] {
  const read = (keys: readonly string[], whenAbsent: string) => {
    const key = keys.find((one) => file.has('download_pr_comments', one));
    return key === undefined ? whenAbsent : file.getText('download_pr_comments', key).value;
  };
  const step = (name: 'git_clone' | 'git_checkout' | 'curl' | 'git_apply', newerName: string = name) => ({
    failure: read([`${newerName}_failure`, `${name}_failure`], defaultTexts[`${name}_failure`]),
    tip: read([`${newerName}_tip`, `${name}_tip`], defaultTexts[`${name}_tip`]),
  });
  return {
    clone: step('git_clone'),
    checkout: step('git_checkout'),
    diff: step('curl', 'pr_diff'),
    apply: step('git_apply'),
  };
}
