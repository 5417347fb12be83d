# Sourced by the scripts beside it: what the bot wrote into cfg/job.cfg, and the names that follow from it.

job_cfg=${JOB_CFG_FILE_OVERRIDE:-cfg/job.cfg}

setting() {
  sed -n "s/^$1 *= *//p" "$job_cfg" | head -n 1
}

version=$(setting repo_version)
version=${version:-2023.06}
os_type=$(setting os_type)
software_subdir=$(setting software_subdir)
accelerator=$(setting accelerator)

installation="$version/software/${os_type:-linux}/$software_subdir${accelerator:+/accel/$accelerator}"
payload="eessi-$version-software-${os_type:-linux}-${software_subdir//\//-}${accelerator:+-${accelerator//\//-}}"
job_output="slurm-$SLURM_JOB_ID.out"

# Names of the files that the pull request adds or changes, each ended by a NUL; those that it deletes are not there any more.
changed_files() {
  local counts_and_name
  git apply --numstat -z ./*.diff | while IFS= read -r -d '' counts_and_name; do
    local name=${counts_and_name#*$'\t'*$'\t'}
    if [[ -f $name ]]; then printf '%s\0' "$name"; fi
  done
}

# summary STATUS: the line that is seen before somebody opens the details.
summary() {
  local mark=':grin:'
  if [[ $1 != SUCCESS ]]; then mark=':cry:'; fi
  printf '<summary>%s %s _(click triangle for details)_</summary>' "$mark" "$1"
}

# check TEXT COMMAND...: adds a marked line to $details; makes $status FAILURE if the command fails.
check() {
  local text=$1
  shift
  if "$@"; then
    details+=":white_check_mark: $text<br/>"
  else
    details+=":x: $text<br/>"
    status=FAILURE
  fi
}

has_no() {
  ! grep -q "$1" "$job_output"
}
