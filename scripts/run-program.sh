#!/bin/bash -p
# Runs one of the bot's programs: run-program.sh NAME ARGUMENT… starts src/NAME/main.ts in the current directory.
# Takes the Node that find-node.sh finds. Installs nothing, but where --install stands before NAME: install-packages.sh does. --look has it
# say what is wrong with the packages.
# A launcher sources this, which saves starting another bash, and has set `root`.
set -u
((${#BASH_SOURCE[@]} > 1)) || { root=$(readlink -f -- "${BASH_SOURCE[0]}") && root=${root%/scripts/*}; }

refuse() {
  printf 'error: %s\n' "$*" >&2
  exit 2
}

. "$root/scripts/find-node.sh"
node=''
case $1 in
  --install)
    shift
    is_package "$root" || { is_noted_complete "$root" && find_node "$root"; } || "$root/scripts/install-packages.sh" || exit
    ;;
  --look)
    shift
    is_package "$root" || is_noted_complete "$root" || "$root/scripts/install-packages.sh" --look
    ;;
esac
program=$1
shift

find_packages "$root"
if is_package "$root"; then
  mend='npm install --global --ignore-scripts FILE, with the archive that npm pack has made'
  [[ -e $packages/commander ]] || refuse "the bot's packages are not installed; have npm install it: $mend"
else
  mend="'$root/scripts/install-packages.sh'"
  [[ -e $packages/.package-lock.json ]] || refuse "the bot's packages are not installed; run: $mend"
fi
[[ -n $node ]] || find_node "$root" ||
  refuse "Node.js 22.18 or newer is needed: 'node' of PATH is none, and in '$packages/@pinned' is none that runs on this machine. Put the directory of one into PATH, by module load for instance. Or have npm install one, which it can on x86_64 and aarch64 unless its setting omit leaves out optional packages; with npm in PATH run: $mend"
if [[ -n ${NODE_OPTIONS:-} ]]; then
  words=$("$node" --eval '' 2>&1 >/dev/null) || refuse "Node does not start with NODE_OPTIONS='$NODE_OPTIONS': $words. Mend or unset it."
fi
# Node honours HTTPS_PROXY and NO_PROXY (22.21, 24.5) only when told to.
if [[ -n ${HTTPS_PROXY:-}${https_proxy:-} ]]; then export NODE_USE_ENV_PROXY=1; fi
# Writing to the disk safely waits in threads, of which Node has four unless told otherwise; with the cache, TypeScript is stripped
# once and not at every start. What is exported here is kept from children (child-environment.ts).
export UV_THREADPOOL_SIZE=${UV_THREADPOOL_SIZE:-16} MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX:-2}
export NODE_COMPILE_CACHE=${NODE_COMPILE_CACHE:-$packages/.cache/compiled}
# Exported by an account that traces its shells, it would carry the -p of this one to the jobs.
export -n SHELLOPTS
# What a daemon knows, its secrets too, would lie in a core dump; children inherit this.
ulimit -c 0
# V8 begins to look for garbage at 24 MB, lets what lives grow by a fifth before it looks again, and gives memory back within seconds:
# as small as by --optimize-for-size, which pauses ten times as often. bench/README.md has both beside each other. An upload of 500 MB
# takes 198 MB with a young generation of 2 MB, and 154 with 1. --expose-gc: daemons collect while they are idle (collect-when-idle.ts).
young=2
[[ $program != upload-to-staging ]] || young=1
small=(--max-semi-space-size=$young --initial-old-space-size=24 --heap-growing-percent=20)
small+=(--gc-memory-reducer-start-delay-ms=1000 --memory-reducer-gc-count=4 --expose-gc)
options=("${small[@]}" --disable-warning=ExperimentalWarning)
[[ $root != */node_modules/* ]] || options+=(--require "$root/scripts/strip-types.js")
exec "$node" "${options[@]}" "$root/src/$program/main.ts" "$@"
