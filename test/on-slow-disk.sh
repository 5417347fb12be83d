#!/bin/bash
# on-slow-disk.sh COMMAND…: runs it, and the Node programs that it starts, on a disk that takes its time at random (slow-disk.ts).
# Where a test fails here and passes elsewhere, it looked at something before that was there, or counted on an order that nobody promises.
set -eu
delay=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/slow-disk.ts
export NODE_OPTIONS="${NODE_OPTIONS-} --disable-warning=ExperimentalWarning --import=file://$delay"
exec "$@"
