#!/usr/bin/env bash
# "Tests" what was built: every artefact can be unpacked, and no changed recipe says that its test fails.
set -euo pipefail
shopt -s nullglob
source bot/job-settings.sh

artefacts=("$payload"-*.tar.gz)
if [[ ${#artefacts[@]} -eq 0 ]]; then
  echo '[  FAILED  ] Ran 0/1 test case(s): nothing was built'
  exit 1
fi
for artefact in "${artefacts[@]}"; do tar --list --file="$artefact" >/dev/null; done
while IFS= read -r -d '' file; do
  if grep -qsx '# test fails' "$file"; then
    echo "[  FAILED  ] Ran 1/1 test case(s): $file"
    exit 1
  fi
done < <(changed_files)
echo '[  PASSED  ] Ran 1/1 test case(s)'
