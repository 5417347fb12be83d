import { describe, expect, it } from 'vitest';
import { readChanged, settingsOf } from './fixtures/read-fixture.ts';

describe('texts', () => {
  it('takes awaits_release where awaits_release_hold_release_msg is absent', () => {
    const changes = {
      'submitted_job_comments.awaits_release_hold_release_msg': undefined,
      'submitted_job_comments.awaits_release': 'waits {job_id}',
    };
    expect(settingsOf(readChanged(changes)).texts.awaitsRelease).toBe('waits {job_id}');
  });

  it('keeps an empty text empty: only an absent one has a default', () => {
    expect(settingsOf(readChanged({ 'running_job_comments.running_job': '' })).texts.runningJob).toBe('');
    expect(settingsOf(readChanged({ 'running_job_comments.running_job': undefined })).texts.runningJob).toBe(
      'job `{job_id}` is running',
    );
  });

  it.each`
    value                           | commitSha
    ${undefined}                    | ${undefined}
    ${''}                           | ${''}
    ${'Commit SHA: `{commit_sha}`'} | ${'Commit SHA: `{commit_sha}`'}
  `('commit_sha is $value', ({ value, commitSha }) => {
    expect(settingsOf(readChanged({ 'submitted_job_comments.commit_sha': value })).texts.commitSha).toBe(commitSha);
  });

  it.each`
    cancelCommand         | text
    ${undefined}          | ${/^The `bot: build \.\.\.` command has been used by user/}
    ${'/usr/bin/scancel'} | ${/^GH account `\{build_labeler\}` is not authorized to trigger or cancel build jobs\.$/}
  `('an absent no_build_permission_comment, where cancel_command is $cancelCommand', ({ cancelCommand, text }) => {
    const changes = {
      'buildenv.no_build_permission_comment': undefined,
      'buildenv.cancel_command': cancelCommand,
    };
    expect(settingsOf(readChanged(changes)).texts.noBuildPermission).toMatch(text);
  });

  it('takes curl_… where pr_diff_… is absent', () => {
    const changes = { 'download_pr_comments.pr_diff_failure': undefined };
    expect(settingsOf(readChanged(changes)).texts.download.diff).toEqual({ failure: 'curl', tip: 'diff tip' });
  });
});
