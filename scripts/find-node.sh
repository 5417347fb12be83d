# Read by other scripts, not run: which Node may run the bot, where the packages lie that it runs on, and whether they are all there.
# What is found is left in a variable: a subshell to print it would be a process more at every start.

# The site's NODE_OPTIONS are for what runs, not for this question: one that Node refuses is no old Node.
is_new_enough() {
  local version
  version=$(NODE_OPTIONS='' exec "$1" --version 2>/dev/null) || return 1
  [[ $version =~ ^v([0-9]+)\.([0-9]+)\. ]] && ((BASH_REMATCH[1] > 22 || (BASH_REMATCH[1] == 22 && BASH_REMATCH[2] >= 18)))
}

# Whether the program in DIRECTORY was put there by npm, as a package: it has no lock file then, and its packages are npm's business.
is_package() { [[ ! -e $1/package-lock.json ]]; }

# Sets `packages` to the node_modules with the packages of the program in DIRECTORY: its own; of a package that npm has put among them,
# the one it lies in. Its own has then at most what others want in another version.
find_packages() {
  packages=$1/node_modules
  if [[ $1 == */node_modules/* && ! -e $packages/commander ]]; then packages=${1%/*}; fi
}

# Sets `node` to the Node that runs the program in DIRECTORY: the machine's own, else the one in @pinned, whose archive npm compares with
# the digest in package-lock.json. Never node_modules/node/bin/node, which an install script would fetch and no digest covers.
find_node() {
  local packages
  find_packages "$1"
  for node in node "$packages"/@pinned/node-*/bin/node; do
    is_new_enough "$node" && return
  done
  node=''
  return 1
}

# Sets `fingerprint` to what both lock files say, in short: the one that is wanted and the one that npm leaves behind in DIRECTORY when an
# installation is complete.
take_fingerprint() {
  local sums digest='\\?([0-9a-f]{64}) [^'$'\n'']*'
  sums=$(sha256sum -- "$root/package-lock.json" "$1/node_modules/.package-lock.json") || return
  [[ $sums =~ ^$digest$'\n'$digest$ ]] && fingerprint="${BASH_REMATCH[1]} ${BASH_REMATCH[2]}"
}

# Succeeds where it was noted that DIRECTORY/node_modules is a complete installation of what package-lock.json wants.
is_noted_complete() {
  local noted='' fingerprint
  [[ -s $1/node_modules/.package-lock.json && -f $1/node_modules/.is-complete ]] || return 1
  read -r noted <"$1/node_modules/.is-complete"
  take_fingerprint "$1" && [[ $noted == "$fingerprint" ]]
}
