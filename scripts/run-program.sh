#!/bin/bash -p
# Runs one of the bot's programs: run-program.sh NAME ARGUMENT… starts src/NAME/main.ts in the current directory.
# Takes the machine's own Node if it is new enough, else the one that npm installed. Installs nothing: install-packages.sh does.
set -u
root=$(readlink -f -- "${BASH_SOURCE[0]}") && root=${root%/scripts/*}
program=$1
shift

refuse() {
  printf 'error: %s\n' "$*" >&2
  exit 2
}

[[ -e $root/node_modules/.package-lock.json ]] || refuse "the bot's packages are not installed; run: '$root/scripts/install-packages.sh'"

# The site's NODE_OPTIONS are for what runs, not for this question: one that Node refuses is no old Node.
new_enough() {
  local version
  version=$(NODE_OPTIONS='' "$1" --version 2>/dev/null) || return 1
  [[ $version =~ ^v([0-9]+)\.([0-9]+)\. ]] && ((BASH_REMATCH[1] > 22 || (BASH_REMATCH[1] == 22 && BASH_REMATCH[2] >= 18)))
}
for node in node "$root/node_modules/node/bin/node"; do
  new_enough "$node" || continue
  if [[ -n ${NODE_OPTIONS:-} ]]; then
    words=$("$node" --eval '' 2>&1 >/dev/null) || refuse "Node does not start with NODE_OPTIONS='$NODE_OPTIONS': $words. Mend or unset it."
  fi
  # Node 24 honours HTTPS_PROXY and NO_PROXY only when told to.
  if [[ -n ${HTTPS_PROXY:-}${https_proxy:-} ]]; then export NODE_USE_ENV_PROXY=1; fi
  # Writing to the disk safely waits in threads, of which Node has four unless told otherwise; with the cache, TypeScript is stripped
  # once and not at every start; the rest keeps the daemons small. What is exported here is kept from children (child-environment.ts).
  export UV_THREADPOOL_SIZE=${UV_THREADPOOL_SIZE:-16} MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX:-2}
  export NODE_COMPILE_CACHE=${NODE_COMPILE_CACHE:-$root/node_modules/.cache/compiled}
  # Exported by an account that traces its shells, it would carry the -p of this one to the jobs.
  export -n SHELLOPTS
  # What a daemon knows, its secrets too, would lie in a core dump; children inherit this.
  ulimit -c 0
  exec "$node" --optimize-for-size --max-semi-space-size=1 --disable-warning=ExperimentalWarning "$root/src/$program/main.ts" "$@"
done
refuse "Node.js 22.18 or newer is needed: neither 'node' of PATH is one, nor '$root/node_modules/node/bin/node', which npm installs unless its setting ignore-scripts forbids it."
