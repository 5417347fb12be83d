#!/usr/bin/env bash
# Looks at what the build left and writes _bot_jobID.result for the bot.
set -euo pipefail
shopt -s nullglob
source bot/job-settings.sh

status=SUCCESS
details=''
artefacts=("$payload"-*.tar.gz)

check "job output file <code>$job_output</code>" test -f "$job_output"
check 'no message matching <code>FATAL: </code>' has_no 'FATAL: '
check 'no message matching <code>ERROR: </code>' has_no 'ERROR: '
check 'found message(s) matching <code>No missing installations</code>' grep -q 'No missing installations' "$job_output"
check 'found message matching <code>.tar.* created!</code>' grep -q 'tar.* created!' "$job_output"

artefact_details=''
for artefact in "${artefacts[@]}"; do
  entries=$(tar --list --file="$artefact" | wc -l)
  modules=$(tar --list --file="$artefact" | sed -n 's|.*/modules/all/\(.*\.lua\)$|\1<br/>|p' | tr -d '\n')
  artefact_details+="<details><summary><code>$artefact</code></summary>"
  artefact_details+="size: $(stat --format=%s "$artefact") bytes<br/>entries: $entries<br/>"
  artefact_details+="modules under <code>$installation/modules/all</code><br/>${modules:-no module files in tarball<br/>}</details>"
done

{
  echo '[RESULT]'
  printf 'comment_description = <details>%s<dl>' "$(summary "$status")"
  printf '<dt>_Details_</dt><dd>%s</dd>' "$details"
  printf '<dt>_Artefacts_</dt><dd>%s</dd></dl></details>\n' "${artefact_details:-No artefacts were created or found.}"
  echo "status = $status"
  echo 'artefacts = '
  printf '    %s\n' "${artefacts[@]}"
} >"_bot_job$SLURM_JOB_ID.result"
