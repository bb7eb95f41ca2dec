#!/usr/bin/env bash
# Installs what is missing, then runs every test.
#
#   ./test.sh          all tests with gcc; those that read a stranger's bytes also
#                      with clang under asan and ubsan
#   ./test.sh --quick  the gcc lane alone
#   ./test.sh --long   all tests under clang with asan and ubsan, and the long ones:
#                      fuzzing for an hour, soak, many kills
#   ./test.sh --help
#
# The last line reads "N passed, N failed, N skipped" and counts test cases;
# skipped ones are named, with the reason, above it. Exit status 0 if none failed.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
# shellcheck source=tools/setup/setup.sh
. tools/setup/setup.sh

quick=false long=false
for argument in "$@"; do
  case "$argument" in
    --quick) quick=true ;;
    --long) long=true ;;
    -h | --help) sed -n '2,13s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) sed -n '2,13s/^# \{0,1\}//p' "$0" >&2; echo "unknown argument: $argument" >&2; exit 2 ;;
  esac
done

step "Debian packages"
install_packages test

events=$(mktemp -d)
trap 'rm -rf "$events"' EXIT
lanes=()
status=0

# lane NAME BAZEL_ARGS...: tests in one configuration.
lane() {
  local name=$1
  shift
  lanes+=("$name=$events/$name.json")
  step "Tests: $name"
  local args=(--build_event_json_file="$events/$name.json" --show_result=0 --keep_going
    --ui_event_filters=-info
    --test_env=PICOST_SEARCH_LIBRARIES="$PICOST_CACHE/search-libraries")
  $long && args+=(--test_env=PICOST_LONG=1 --test_timeout=5400)
  bazel_run test "${args[@]}" "$@" || status=1
}

# The second compiler has an output base of its own, so that neither lane throws
# away the other's results; both share the disk cache.
sanitizer_lane() {
  local PICOST_OUTPUT_BASE CC=/usr/bin/clang
  PICOST_OUTPUT_BASE="$PICOST_CACHE/lanes/$(printf '%s' "$PWD" | sha1sum | cut -c1-12)"
  lane clang-asan-ubsan --config=clang --config=asan --config=ubsan "$@"
}

# shellcheck disable=SC2046  # one word a package
lane gcc $(bazel_packages)
if $long; then
  # shellcheck disable=SC2046
  sanitizer_lane $(bazel_packages)
elif ! $quick; then
  sanitizer_lane //estimator/base/... //estimator/graph/... //tests/fuzz/...
fi
cases=()
if $long; then
  step "Fuzzing"
  while read -r name outcome; do
    cases+=("--case=$name=$outcome")
  done < <(tools/fuzz.sh || echo "tools/fuzz.sh failed")
fi

step "Summary"
/usr/bin/python3 tools/count_tests.py "${lanes[@]}" ${cases[@]+"${cases[@]}"} || status=1
exit $status
