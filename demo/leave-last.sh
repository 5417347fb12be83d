#!/usr/bin/env bash
# leave-last.sh DIRECTORY [keep]: waits until the demo has ended, which ends the input, also by kill -9; then stops the daemons that are left
# and removes the directory, unless it is to be kept.
set -u
cat
cd -- "$1" && [[ -e app.cfg ]] && "${BASH_SOURCE[0]%/*}/../bot.sh" stop --wait 20
cd / && [[ ${2-} == keep ]] && exit
for _ in {1..5}; do
  rm -rf -- "$1" && exit
  sleep 0.2
done
