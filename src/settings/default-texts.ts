/** Default texts, by the key of their setting. */
export const defaultTexts = {
  command_response_fmt:
    '<details><summary>Answer of the bot instance <code>{app_name}</code> <em>(click for details)</em></summary>\n\n{comment_response}\n{comment_result}\n</details>',
  no_build_permission_comment:
    'The `bot: build ...` command has been used by user `{build_labeler}`, but this person does not have permission to trigger builds.',
  no_deploy_permission_comment:
    'Label `bot:deploy` has been set by user `{deploy_labeler}`, but this person does not have permission to trigger deployments',
  awaits_release_hold_release_msg: 'job id `{job_id}` awaits release by job manager',
  awaits_release_delayed_begin_msg: 'job id `{job_id}` will be eligible to start in about {delay_seconds} seconds',
  initial_comment:
    'New job on instance `{app_name}` for architecture `{arch_name}`{accelerator_spec} for repository `{repo_id}` in job dir `{symlink}`',
  new_job_instance_repo: 'New job on instance `{app_name}` for repository `{repo_id}`',
  build_on_arch: 'Building on: `{on_arch}`{on_accelerator}',
  build_for_arch: 'Building for: `{for_arch}`{for_accelerator}',
  jobdir: 'Job dir: `{symlink}`',
  with_accelerator: '&nbsp;and accelerator `{accelerator}`',
  awaits_launch: 'job awaits launch by Slurm scheduler{extra_info}',
  running_job: 'job `{job_id}` is running',
  job_result_unknown_fmt:
    '<details><summary>:shrug: UNKNOWN _(click triangle for details)_</summary><ul><li>Job results file `{filename}` does not exist in job directory, or parsing it failed.</li><li>No artefacts were found/reported.</li></ul></details>',
  job_test_unknown_fmt:
    '<details><summary>:shrug: UNKNOWN _(click triangle for details)_</summary><ul><li>Job test file `{filename}` does not exist in job directory, or parsing it failed.</li></ul></details>',
  moved_job_dirs_comment: 'PR merged! Moved `{job_dirs}` to `{trash_bin_dir}`',
  git_clone_failure: 'Unable to clone the target repository.',
  git_clone_tip:
    '_Tip: This could be a connection failure. Try again and if the issue remains check if the address is correct_.',
  git_checkout_failure: 'Unable to checkout to the correct branch.',
  git_checkout_tip: '_Tip: Ensure that the branch name is correct and the target branch is available._',
  curl_failure: 'Unable to download the `.diff` file.',
  curl_tip:
    '_Tip: This could be a connection failure. Try again and if the issue remains check if the address is correct_',
  git_apply_failure: 'Unable to download or merge changes between the source branch and the destination branch.',
  git_apply_tip: '_Tip: This can usually be resolved by syncing your branch and resolving any merge conflicts._',
} as const;

/** no_build_permission_comment since there is a command `cancel`. */
export const noBuildNorCancelPermission =
  'GH account `{build_labeler}` is not authorized to trigger or cancel build jobs.';
