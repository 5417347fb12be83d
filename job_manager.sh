#!/bin/bash -p
# Starts the job manager in the current directory, which holds app.cfg; ./job_manager.sh --help tells its options.
scripts=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/scripts
"$scripts/install-packages.sh" || exit
exec "$scripts/run-program.sh" job-manager "$@"
