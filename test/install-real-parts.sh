#!/bin/bash
# Makes the machine ready for the system tests: says what it installs, and where it may not, what is missing.
#   install-real-parts.sh        what `npm test` needs: Slurm and small programs
#   install-real-parts.sh all    also Slurm's accounting, a browser and an ssh server, for `npm run test:all`
# vitest.config.ts looks for what is there then (test/missing-parts.ts), leaves out the tests that cannot run, and says which and why.
set -u
need=()
needs() { command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ] || need+=("$2"); }
needs slurmctld slurmctld
needs slurmd slurmd
needs sbatch slurm-client
needs munged munge
needs ssh-keygen openssh-client
needs python3 python3
needs zstd zstd
needs xz xz-utils
needs sudo sudo
if [ "${1:-}" = all ]; then
  needs slurmdbd slurmdbd
  needs mariadbd mariadb-server
  needs chromium chromium
  needs sshd openssh-server
fi
[ ${#need[@]} -gt 0 ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "Not installed: ${need[*]}. Only root on a Debian machine can install them here: tests that need them are left out."
  exit 0
fi

echo "Installing with apt-get: ${need[*]}"
# The packages must not start daemons of their own: the tests start private ones.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy"
  trap 'rm -f "$policy"' EXIT
fi
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
install() { apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${need[@]}" >>"$log" 2>&1; }
install || { apt-get -o DPkg::Lock::Timeout=300 update >>"$log" 2>&1; install; } || {
  tail -5 "$log"
  echo "apt-get could not install all of them: tests that need what is missing are left out."
}
rm -f "$log"
exit 0
