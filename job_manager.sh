#!/bin/bash -p
# Starts the job manager in the current directory, which holds app.cfg; ./job_manager.sh --help tells its options.
root=$(readlink -f -- "${BASH_SOURCE[0]}") && root=${root%/*}
. "$root/scripts/run-program.sh" --install job-manager "$@"
