#!/bin/bash -p
# Starts the event handler in the current directory, which holds app.cfg; ./event_handler.sh --help tells its options.
scripts=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/scripts
"$scripts/install-packages.sh" || exit
exec "$scripts/run-program.sh" event-handler "$@"
