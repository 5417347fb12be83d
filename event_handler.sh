#!/bin/bash
# Starts the event handler in the current directory, which holds app.cfg; ./event_handler.sh --help tells its options.
exec "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/scripts/run-program.sh" event-handler "$@"
