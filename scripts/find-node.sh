# Read by other scripts, not run: which Node may run the bot, and where the packages lie that it runs on.

# The site's NODE_OPTIONS are for what runs, not for this question: one that Node refuses is no old Node.
is_new_enough() {
  local version
  version=$(NODE_OPTIONS='' "$1" --version 2>/dev/null) || return 1
  [[ $version =~ ^v([0-9]+)\.([0-9]+)\. ]] && ((BASH_REMATCH[1] > 22 || (BASH_REMATCH[1] == 22 && BASH_REMATCH[2] >= 18)))
}

# Whether the program in DIRECTORY was put there by npm, as a package: it has no lock file then, and its packages are npm's business.
is_package() { [[ ! -e $1/package-lock.json ]]; }

# Prints the node_modules with the packages of the program in DIRECTORY: its own; of a package that npm has put among them, the one it
# lies in. Its own has then at most what others want in another version.
packages_of() {
  if [[ $1 == */node_modules/* && ! -e $1/node_modules/commander ]]; then printf '%s\n' "${1%/*}"; else printf '%s\n' "$1/node_modules"; fi
}

# Prints the Node that runs the program in DIRECTORY: the machine's own, else the one in @pinned, whose archive npm compares with
# the digest in package-lock.json. Never node_modules/node/bin/node, which an install script would fetch and no digest covers.
find_node() {
  local node
  for node in node "$(packages_of "$1")"/@pinned/node-*/bin/node; do
    is_new_enough "$node" && printf '%s\n' "$node" && return
  done
  return 1
}
