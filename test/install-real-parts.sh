#!/bin/bash
# Makes the machine ready for the system tests: says what it installs, and where it may not, what will be skipped and why.
# vitest.config.ts looks for what is there then (test/missing-parts.ts), leaves out the tests that cannot run, and says which and why.
set -u
need=()
command -v slurmctld >/dev/null || need+=(slurmctld)
command -v slurmd >/dev/null || need+=(slurmd)
command -v sbatch >/dev/null || need+=(slurm-client)
command -v munged >/dev/null || need+=(munge)
command -v slurmdbd >/dev/null || need+=(slurmdbd)
command -v mariadbd >/dev/null || need+=(mariadb-server)
command -v chromium >/dev/null || need+=(chromium)
command -v ssh-keygen >/dev/null || need+=(openssh-client)
[ -x /usr/sbin/sshd ] || need+=(openssh-server)
command -v python3 >/dev/null || need+=(python3)
command -v zstd >/dev/null || need+=(zstd)
command -v xz >/dev/null || need+=(xz-utils)
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
