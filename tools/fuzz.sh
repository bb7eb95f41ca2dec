#!/usr/bin/env bash
# Fuzzes every target of tests/fuzz with libFuzzer.
#
#   tools/fuzz.sh [SECONDS]   seconds of CPU over all targets (default 3600)
#
# Resumable: the corpus that grew and the seconds spent are kept in the cache
# folder; a run that was cut goes on where it was, a complete one starts anew.
# A finding is kept beside the corpus, named, and ends with status 1. The last
# lines read "TARGET passed" or "TARGET failed".
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
# shellcheck source=tools/setup/setup.sh
. tools/setup/setup.sh

total=${1:-3600}
state="$PICOST_CACHE/fuzz"
PICOST_OUTPUT_BASE="$state/bazel"

targets=$(CC=/usr/bin/clang bazel_run query 'attr(name, "_fuzzer$", kind(cc_binary, //tests/fuzz/...))' 2>/dev/null)
[ -n "$targets" ] || die "there is no fuzz target under tests/fuzz"
# shellcheck disable=SC2086  # one word a target
CC=/usr/bin/clang bazel_run build --config=fuzz --show_result=0 --ui_event_filters=-info $targets >&2
bin=$(CC=/usr/bin/clang bazel_run info --config=fuzz bazel-bin 2>/dev/null)
share=$((total / $(wc -w <<<"$targets")))

status=0 results=""
for target in $targets; do
  name=${target##*:}
  home="$state/$name"
  mkdir -p "$home/corpus" "$home/findings"
  spent=$(cat "$home/seconds" 2>/dev/null || echo 0)
  [ "$spent" -ge "$share" ] && spent=0
  say "$name: $((share - spent)) s to go, corpus in $home/corpus" >&2
  outcome=passed
  # Slices, so that a run that is cut loses little.
  while [ "$spent" -lt "$share" ]; do
    slice=$((share - spent < 60 ? share - spent : 60))
    if ! "$bin/tests/fuzz/$name" -max_total_time="$slice" -max_len=65536 -timeout=20 -rss_limit_mb=2048 \
      -print_final_stats=0 -verbosity=0 -artifact_prefix="$home/findings/" \
      "$home/corpus" tests/fuzz/corpus/onnx >"$home/log" 2>&1; then
      tail -40 "$home/log" >&2
      say "$name found something: $(ls "$home/findings" | tr '\n' ' ')in $home/findings" >&2
      outcome=failed status=1
      break
    fi
    spent=$((spent + slice))
    echo "$spent" >"$home/seconds"
  done
  results="$results$name $outcome"$'\n'
done
printf '%s' "$results"
exit $status
