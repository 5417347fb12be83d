#!/bin/bash
# Makes the machine ready for the system tests: says what it installs, and where it may not, what is missing.
#   install-real-parts.sh        what `npm test` needs: Slurm and small programs
#   install-real-parts.sh all    also Slurm's accounting, a browser, an ssh server and systemd's programs, for `npm run test:all`
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
  command -v promtool >/dev/null || promtool=missing
  needs systemd-notify systemd
fi
[ ${#need[@]} -gt 0 ] || [ -n "${promtool:-}" ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "Not installed: ${need[*]} ${promtool:+promtool}. Only root on a Debian machine can install them here: tests that need them are left out."
  exit 0
fi

echo "Installing with apt-get: ${need[*]} ${promtool:+promtool}"
# The packages must not start daemons of their own: the tests start private ones.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy"
  trap 'rm -f "$policy"' EXIT
fi
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
install() { [ ${#need[@]} -eq 0 ] || apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${need[@]}" >>"$log" 2>&1; }
install || { apt-get -o DPkg::Lock::Timeout=300 update >>"$log" 2>&1; install; } || {
  tail -5 "$log"
  echo "apt-get could not install all of them: tests that need what is missing are left out."
}
# One program of Debian's prometheus, without the rest of it: 48 of its 96 MB, no service, no account.
take_promtool() {
  local aside
  aside=$(mktemp -d) || return
  chmod 755 "$aside"
  (cd "$aside" && apt-get download prometheus && dpkg-deb -x prometheus_*.deb . &&
    cp usr/bin/promtool /usr/local/bin/) >>"$log" 2>&1
  local status=$?
  rm -rf "$aside"
  return "$status"
}
[ -z "${promtool:-}" ] || take_promtool ||
  { apt-get -o DPkg::Lock::Timeout=300 update >>"$log" 2>&1; take_promtool; } ||
  echo "apt-get could not fetch promtool: tests that need it are left out."
rm -f "$log"
exit 0
