#!/bin/bash
# in-unpleasant-environment.sh COMMAND…: runs it as on an account whose .bashrc and .gitconfig are full (test/wild/environments), in a
# foreign locale, with a store and a proxy that lead nowhere, and with a umask that lets nobody else read. The bot works there as anywhere.
set -eu
wild=$(cd "$(dirname "${BASH_SOURCE[0]}")/wild/environments" && pwd)
home=$(mktemp -d "${TMPDIR:-/tmp}/a home with blanks.XXXXXX")
trap 'rm -rf "$home"' EXIT
cp "$wild/account.gitconfig" "$home/.gitconfig"
variables=("HOME=$home" "XDG_CONFIG_HOME=$home/.config")
while IFS= read -r line; do
  # Colours would be in what CI reads.
  case $line in '' | '#'* | FORCE_COLOR=* | CLICOLOR_FORCE=*) ;; *) variables+=("$line") ;; esac
done <"$wild/login-shell.env"
variables+=(AWS_PROFILE=no-such-profile AWS_ENDPOINT_URL=http://127.0.0.1:9 AWS_REGION=eu-west-1)
variables+=(http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9 HTTPS_PROXY=http://127.0.0.1:9)
umask 077
env -u USER -u LOGNAME "${variables[@]}" "$@"
