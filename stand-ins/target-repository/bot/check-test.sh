#!/usr/bin/env bash
# Looks at what the tests said and writes _bot_jobID.test for the bot.
set -euo pipefail
source bot/job-settings.sh

status=SUCCESS
details=''
check "job output file <code>$job_output</code>" test -f "$job_output"
# In <code> GitHub takes asterisks for emphasis, between backquotes not.
check 'no message matching `[\s*FAILED\s*].*Ran .* test case`' has_no '\[ *FAILED *\].*Ran .* test case'
check 'found message matching `[\s*PASSED\s*].*Ran .* test case`' grep -q '\[ *PASSED *\].*Ran .* test case' "$job_output"

{
  echo '[TEST]'
  printf 'comment_description = <details>%s<dl>' "$(summary "$status")"
  printf '<dt>_Details_</dt><dd>%s</dd></dl></details>\n' "$details"
  echo "status = $status"
} >"_bot_job$SLURM_JOB_ID.test"
