#!/bin/bash -p
# The one program for admins: run it where app.cfg lies. --help lists its commands. Only upgrade installs.
scripts=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/scripts
"$scripts/install-packages.sh" --look
exec "$scripts/run-program.sh" admin "$@"
