#!/bin/bash -p
# The one program for admins: run it where app.cfg lies. --help lists its commands. Only upgrade installs.
root=$(readlink -f -- "${BASH_SOURCE[0]}") && root=${root%/*}
. "$root/scripts/run-program.sh" --look admin "$@"
