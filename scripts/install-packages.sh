#!/bin/bash -p
# Makes node_modules what package-lock.json says; where it is that already, npm is not needed and nothing is touched. --look: changes
# nothing, only says what is wrong; --is-complete: says it by the exit status alone.
#
# A daemon may be running on what is installed. So npm installs into .packages/new.*, and only a complete installation takes the place of
# the one before, by a rename; that one is kept in .packages/before and taken back, without npm, when its lock file is back.
# The machine's own Node is enough where it is new enough: then npm fetches no other one, which has 189 MB, unless one was there before.
# A package of npm has its packages from npm; here is nothing to do then.
# Exit status: 0 the packages are there; 1 they could not be had now; 2 something has to be put right first.
# -p here and in the launchers: functions, BASH_ENV and CDPATH of the account do not change what these lines do.
set -u
root=$(readlink -f -- "${BASH_SOURCE[0]}") && root=${root%/scripts/*}
packages=$root/.packages
this="'$root/scripts/install-packages.sh'"

. "$root/scripts/find-node.sh"

say() { printf '%s\n' "$*" >&2; }
fail() {
  local status=$1
  shift
  say "error: $*"
  exit "$status"
}

# Succeeds where what npm left in DIRECTORY/node_modules has every package that package-lock.json wants for running the bot, each of its
# version. Development packages do not count.
holds_wanted() {
  local name
  awk '
    { sub(/\r$/, ""); sub(/,$/, "") }
    /^    "[^"]*": \{$/ { name = $1; gsub(/^"|":$/, "", name); version = integrity = ""; kind = "required" }
    /^      "version": / { version = $2 }
    /^      "integrity": / { integrity = $2 }
    /^      "optional": true$/ && kind != "dev" { kind = "optional" }
    /^      "(dev|devOptional)": true$/ { kind = "dev" }
    /^    \}$/ && name != "" {
      if (NR == FNR) { versions[name] = version; integrities[name] = integrity }
      else if (kind != "dev") {
        if (!(name in versions)) { if (kind == "required") exit 1 }
        else if (versions[name] != version || (integrity != integrities[name] && integrity != "" && integrities[name] != "")) exit 1
        else print name
      }
    }' "$1/node_modules/.package-lock.json" "$root/package-lock.json" >"${2:-/dev/null}"
}

# Succeeds where DIRECTORY/node_modules is a complete installation of what package-lock.json wants.
is_complete() {
  local names name fingerprint
  [[ -s $1/node_modules/.package-lock.json ]] || return 1
  is_noted_complete "$1" && return 0
  names=$(holds_wanted "$1" /dev/stdout) && [[ -n $names ]] || return 1
  while IFS= read -r name; do [[ -e $1/$name/package.json ]] || return 1; done <<<"$names"
  # Noted, so that the next start has less to look at; where it may not be written it is looked at again.
  { take_fingerprint "$1" && printf '%s\n' "$fingerprint" >"$1/node_modules/.is-complete"; } 2>/dev/null
  return 0
}

# Complete, and a Node to run it: that of the machine may be gone since, with a module that is not loaded.
is_ready() { is_complete "$1" && find_node "$1"; }

# Puts DIRECTORY/node_modules in the place of the one in use.
swap_in() {
  local old=$1/old
  if [[ -e $root/node_modules || -L $root/node_modules ]]; then
    # Only what was complete is worth keeping.
    if [[ -s $root/node_modules/.package-lock.json ]]; then
      rm -rf -- "$packages/before" && mkdir -p -- "$packages/before" && old=$packages/before/node_modules
    fi
    mv -- "$root/node_modules" "$old" ||
      fail 2 "'$root/node_modules' cannot be moved. Stop both daemons, then run: cd '$root' && npm ci --omit=dev"
  fi
  mv -- "$1/node_modules" "$root/node_modules" && return
  [[ ! -e $old ]] || mv -- "$old" "$root/node_modules"
  fail 1 "the new packages could not be put in their place; what was installed before is in use."
}

run_npm() {
  local development=--omit=dev optional=--include=optional in_use=${root%/.packages/next}/node_modules
  [[ -e $in_use/vitest ]] && development=--include=dev # what a developer has installed stays
  is_new_enough node && [[ ! -e $in_use/@pinned ]] && optional=--omit=optional
  cp -- "$root/package.json" "$root/package-lock.json" "$1/" || return
  if [[ -e $root/.npmrc ]]; then cp -- "$root/.npmrc" "$1/" || return; fi
  # No package's script runs: what one fetches is in no lock file. Nor does npm speak to the systemd that starts a daemon.
  (cd -- "$1" && unset NOTIFY_SOCKET WATCHDOG_PID WATCHDOG_USEC && PATH=$path npm ci "$development" "$optional" --ignore-scripts --prefix "$1" --global=false \
    --package-lock=true --bin-links=true --no-audit --no-fund </dev/null >&2)
}

install() {
  # npm is a program for Node: where the machine has none, the installed one runs it.
  local version untouched='' path=$PATH pinned ready
  for pinned in "$root"/node_modules/@pinned/node-*/bin; do path+=:$pinned; done
  [[ -e $root/node_modules ]] && untouched=" '$root/node_modules' is as it was; to go back to the version before, see docs/upgrading.md."
  new=$(mktemp -d "$packages/new.XXXXXX") || fail 2 "no directory can be made in '$packages' to install the bot's packages."
  trap 'rm -rf -- "$new"' EXIT # global: it outlives this function
  trap 'exit 1' INT TERM HUP
  # Those that upgrade has installed beside, or of the version before. A link leads to packages that are not this one's to move.
  for ready in "$packages/next" "$packages/before"; do
    if [[ ! -L $ready/node_modules ]] && is_ready "$ready"; then
      mv -- "$ready/node_modules" "$new/node_modules" && swap_in "$new" && say "The packages of this version were there: taken from '$ready'."
      return
    fi
  done
  version=$(PATH=$path npm --version 2>/dev/null) ||
    fail 2 "$why, and there is no npm that runs to install what is missing: install Node.js with npm, or put it into PATH.$untouched"
  ((${version%%.*} >= 7)) || fail 2 "npm 7 or newer is needed to install the bot's packages; this one is $version.$untouched"
  say "Installing the bot's packages (npm ci) …"
  run_npm "$new" || fail 1 "npm could not install the bot's packages; it says why above.$untouched When the reason is gone, run: $this"
  is_complete "$new" || fail 1 "npm ended well, and has not installed all of '$root/package-lock.json'.$untouched"
  # npm leaves out an optional package that it cannot have, or whose digest is wrong, and says nothing.
  find_node "$new" ||
    fail 1 "npm ended well, and has not installed Node: 'node' of PATH is older than 22.18, and for this machine ($HOSTTYPE) npm found no package of it, or one whose digest is not that of '$root/package-lock.json'. Install Node.js and put it into PATH, or see what npm says: cd '$root' && npm ci --omit=dev --include=optional --loglevel=verbose.$untouched"
  swap_in "$new"
}

is_package "$root" && exit 0
if [[ ${1:-} == --look ]]; then
  is_complete "$root" && exit 0
  [[ -e $root/node_modules ]] && say "The packages in '$root/node_modules' are not those of this version; to have them installed, run: $this"
  exit 0
fi
is_ready "$root" && exit 0
[[ ${1:-} != --is-complete ]] || exit 1
why="the bot's packages are not those of '$root/package-lock.json'"
is_complete "$root" && why="Node.js 22.18 or newer is needed; 'node' of PATH is none (is a module not loaded?), and '$root/node_modules' has none"
mkdir -p -- "$packages" 2>/dev/null && [[ -w $packages && -w $root ]] ||
  fail 2 "$why, and '$root' may not be written to by this account. As its owner run: $this"
# Both daemons may be started at once. Where nothing can be locked both install, and the last one's counts.
if exec 9>"$packages/lock" && flock -n 9 2>/dev/null; then
  rm -rf -- "$packages"/new.* # of one that was killed
elif command -v flock >/dev/null; then
  say 'Waiting for another installation of the packages to end …'
  flock 9
  is_ready "$root" && exit 0
fi
install
