# Read by other scripts, not run: which Node may run the bot.

# The site's NODE_OPTIONS are for what runs, not for this question: one that Node refuses is no old Node.
is_new_enough() {
  local version
  version=$(NODE_OPTIONS='' "$1" --version 2>/dev/null) || return 1
  [[ $version =~ ^v([0-9]+)\.([0-9]+)\. ]] && ((BASH_REMATCH[1] > 22 || (BASH_REMATCH[1] == 22 && BASH_REMATCH[2] >= 18)))
}

# Prints the Node that runs what is installed in DIRECTORY: the machine's own, else the one in @pinned, whose archive npm compares with
# the digest in package-lock.json. Never node_modules/node/bin/node, which an install script would fetch and no digest covers.
find_node() {
  local node
  for node in node "$1"/node_modules/@pinned/node-*/bin/node; do
    is_new_enough "$node" && printf '%s\n' "$node" && return
  done
  return 1
}
