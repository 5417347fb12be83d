#!/bin/bash -p
# Starts the event handler in the current directory, which holds app.cfg; ./event_handler.sh --help tells its options.
root=$(readlink -f -- "${BASH_SOURCE[0]}") && root=${root%/*}
. "$root/scripts/run-program.sh" --install event-handler "$@"
