#!/bin/bash
# Runs one of the bot's programs: run-program.sh NAME ARGUMENT… starts src/NAME/main.ts in the current directory.
# Takes the machine's own Node if it is new enough, else the one that npm installed; installs the packages first where they are missing
# or older than the lock file.
set -u
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
program=$1; shift

installed() { [ -e "$root/node_modules/.package-lock.json" ] && [ ! "$root/package-lock.json" -nt "$root/node_modules/.package-lock.json" ]; }
if ! installed; then
  command -v npm >/dev/null || { echo "The bot's packages are not installed, and there is no npm to do it: install Node.js with npm first." >&2; exit 2; }
  (
    # Both daemons may be started at once.
    if command -v flock >/dev/null; then exec 9>"$root/.installing"; flock 9; fi
    installed && exit 0
    echo "Installing the bot's packages (npm ci) …" >&2
    cd "$root" || exit 1
    omit=--omit=dev
    [ -e node_modules/vitest ] && omit=--include=dev # what a developer has installed stays
    npm ci "$omit" --no-audit --no-fund >&2 && touch node_modules/.package-lock.json
  ) || { echo "npm ci failed: the bot cannot start without its packages." >&2; exit 2; }
fi

new_enough() {
  local version
  version=$("$1" --version 2>/dev/null) || return 1
  [[ $version =~ ^v([0-9]+)\.([0-9]+)\. ]] && ((BASH_REMATCH[1] > 22 || (BASH_REMATCH[1] == 22 && BASH_REMATCH[2] >= 18)))
}
for node in node "$root/node_modules/.bin/node"; do
  if new_enough "$node"; then
    # Node 24 honours HTTPS_PROXY and NO_PROXY only when told to.
    if [ -n "${HTTPS_PROXY:-}${https_proxy:-}" ]; then export NODE_USE_ENV_PROXY=1; fi
    # Writing to the disk safely waits in threads, of which Node has four unless told otherwise; with the cache, TypeScript is stripped
    # once and not at every start; the rest keeps the daemons small. What is exported here is kept from children (child-environment.ts).
    export UV_THREADPOOL_SIZE=${UV_THREADPOOL_SIZE:-16} MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX:-2}
    export NODE_COMPILE_CACHE=${NODE_COMPILE_CACHE:-$root/node_modules/.cache/compiled}
    # What a daemon knows, its secrets too, would lie in a core dump; children inherit this.
    ulimit -c 0
    exec "$node" --optimize-for-size --max-semi-space-size=1 --disable-warning=ExperimentalWarning "$root/src/$program/main.ts" "$@"
  fi
done
echo "Node.js 22.18 or newer is needed: neither the machine's own nor $root/node_modules/.bin/node is." >&2
exit 2
