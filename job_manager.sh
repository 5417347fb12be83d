#!/bin/bash
# Starts the job manager in the current directory, which holds app.cfg; ./job_manager.sh --help tells its options.
exec "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/scripts/run-program.sh" job-manager "$@"
