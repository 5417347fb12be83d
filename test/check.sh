#!/bin/bash
# npm run check: types, lint, format, import rules, unused code, table tests. The checks that need no tests run side by side.
# npm run check -- --without-tests leaves the tests out, for CI, which runs them anyway.
set -u
case "${1:-}" in
  '' | --without-tests) ;;
  *) echo "error: unknown option $1; there is --without-tests" >&2; exit 2 ;;
esac
cd "$(dirname "${BASH_SOURCE[0]}")/.."
fails=0
run() {
  local output
  output=$("$@" 2>&1) && { echo "passed: $*"; return 0; }
  printf '%s\nFAILED: %s\n' "$output" "$*"
  return 1
}
run eslint . &
eslint=$!
run tsc || fails=1
run biome ci --error-on-warnings . || fails=1
run depcruise --no-progress src stand-ins demo docs bench test || fails=1
run knip --no-progress || fails=1
wait "$eslint" || fails=1
[ "${1:-}" = --without-tests ] || vitest run --project tables || fails=1
exit "$fails"
