#!/usr/bin/env bash
# "Builds" what the pull request changed: packs it as an installation of the software layer.
set -euo pipefail
source bot/job-settings.sh

seconds=1
if [[ -f BUILD_SECONDS ]]; then seconds=$(<BUILD_SECONDS); fi

stage=$(mktemp -d "${TMPDIR:-/tmp}/build.XXXXXXXXXX")
trap 'rm -rf "$stage"' EXIT

echo "Building for $software_subdir${accelerator:+ with $accelerator} on $HOSTNAME"
while IFS= read -r -d '' file; do
  echo "== building and installing $file..."
  if grep -qsx '# build takes a minute' "$file"; then
    for second in {1..60}; do
      echo "  >> make: $second of 60 parts are compiled"
      sleep 1
    done
  fi
  if grep -qsx '# build fails' "$file"; then
    echo "FATAL: build of $file failed"
    exit 1
  fi
  mkdir -p "$stage/$installation/software/$(dirname "$file")"
  cp -- "$file" "$stage/$installation/software/$file"
  if [[ $file == *.eb ]]; then
    name=$(basename "$file" .eb)
    mkdir -p "$stage/$installation/modules/all/${name%-*}"
    printf 'help([[%s]])\n' "$name" >"$stage/$installation/modules/all/${name%-*}/${name##*-}.lua"
  fi
done < <(changed_files)
sleep "$seconds"

if [[ ! -d $stage/$installation ]]; then
  echo "FATAL: the pull request changes nothing that could be built"
  exit 1
fi
artefact="$payload-$(date +%s).tar.gz"
tar --create --gzip --file="$artefact" --directory="$stage" "$version"
echo "No missing installations"
echo "$artefact created!"
