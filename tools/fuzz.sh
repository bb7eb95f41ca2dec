#!/usr/bin/env bash
# Fuzzes every target of tests/fuzz with libFuzzer.
#
#   tools/fuzz.sh [SECONDS]   seconds of CPU over all targets (default 3600)
#   tools/fuzz.sh --merge     brings what the corpus grew by into tests/fuzz/corpus,
#                             minimised: no two inputs reach the same code
#
# Resumable: the corpus that grew and the CPU seconds spent are kept in the cache
# folder; a run that was cut goes on where it was, a complete one starts anew.
# A finding is kept beside the corpus, named, and ends with status 1. The last
# lines read "TARGET passed" or "TARGET failed".
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
# shellcheck source=tools/setup/setup.sh
. tools/setup/setup.sh

state="$PICOST_CACHE/fuzz"
PICOST_OUTPUT_BASE="$state/bazel"

targets=$(CC=/usr/bin/clang bazel_run query 'attr(name, "_fuzzer$", kind(cc_binary, //tests/fuzz/...))' 2>/dev/null)
[ -n "$targets" ] || die "there is no fuzz target under tests/fuzz"
# shellcheck disable=SC2086  # one word a target
CC=/usr/bin/clang bazel_run build --config=fuzz --show_result=0 --ui_event_filters=-info $targets >&2
bin=$(CC=/usr/bin/clang bazel_run info --config=fuzz bazel-bin 2>/dev/null)/tests/fuzz
# The binaries of this moment: a build meanwhile does not change them.
mkdir -p "$state/bin"
for target in $targets; do
  cp -f "$bin/${target##*:}" "$state/bin/"
done
bin="$state/bin"

# The committed corpus of a target: its own, or the ONNX files.
seeds_of() {
  local own="tests/fuzz/corpus/${1%_fuzzer}"
  if [ -d "$own" ]; then echo "$own"; else echo tests/fuzz/corpus/onnx; fi
}

if [ "${1:-}" = --merge ]; then
  for folder in tests/fuzz/corpus/*/; do
    folder=${folder%/}
    fresh=$(mktemp -d)
    for target in $targets; do
      name=${target##*:}
      [ "$(seeds_of "$name")" = "$folder" ] || continue
      mkdir -p "$state/$name/corpus"
      "$bin/$name" -merge=1 -use_counters=0 -max_len=20000 "$fresh" "$folder" "$state/$name/corpus" >"$state/$name/merge_log" 2>&1 ||
        die "$name could not merge" "See $state/$name/merge_log"
    done
    rm -f "$folder"/*
    cp "$fresh"/* "$folder/"
    rm -rf "$fresh"
    say "$folder: $(find "$folder" -type f | wc -l) files, $(du -sb "$folder" | cut -f1) bytes"
  done
  exit 0
fi

total=${1:-3600}
share=$((total / $(wc -w <<<"$targets")))

# Runs a command; its CPU seconds (user and system), rounded, go to $cpu.
cpu=0
with_cpu() {
  local status=0 log="$1" times
  shift
  times=$({ TIMEFORMAT='%U %S'; time "$@" >"$log" 2>&1; } 2>&1) || status=$?
  cpu=$(awk '{ printf "%d", $1 + $2 + 0.5 }' <<<"$times")
  return "$status"
}

# fuzz_slice NAME: up to a minute of it; says where it ends early.
fuzz_slice() {
  local name="$1" home="$state/$1" spent slice
  spent=$(cat "$home/seconds")
  slice=$((share - spent < 60 ? share - spent : 60))
  if ! with_cpu "$home/log" "$bin/$name" -max_total_time="$slice" -max_len=65536 -timeout=20 \
    -rss_limit_mb=2048 -print_final_stats=0 -verbosity=0 -artifact_prefix="$home/findings/" \
    "$home/corpus" "$(seeds_of "$name")"; then
    tail -40 "$home/log" >&2
    say "$name found something: $(ls "$home/findings" | tr '\n' ' ')in $home/findings" >&2
    return 1
  fi
  echo $((spent + (cpu > 0 ? cpu : 1))) >"$home/seconds"
}

declare -A outcome=()
for target in $targets; do
  name=${target##*:}
  mkdir -p "$state/$name/corpus" "$state/$name/findings"
  [ -s "$state/$name/seconds" ] || echo 0 >"$state/$name/seconds"
  spent=$(cat "$state/$name/seconds")
  [ "$spent" -lt "$share" ] || [ "$share" -eq 0 ] || echo 0 >"$state/$name/seconds"
  outcome[$name]=running
done
# In turns and in slices, so that a run that is cut loses little of any target.
going=yes
while [ -n "$going" ]; do
  going=""
  for name in "${!outcome[@]}"; do
    [ "${outcome[$name]}" = running ] || continue
    if [ "$(cat "$state/$name/seconds")" -ge "$share" ]; then
      outcome[$name]=passed
    elif fuzz_slice "$name"; then
      going=yes
    else
      outcome[$name]=failed
    fi
  done
done
status=0
for name in "${!outcome[@]}"; do
  say "$name: $(cat "$state/$name/seconds") s of CPU" >&2
  say "$name ${outcome[$name]}"
  [ "${outcome[$name]}" = passed ] || status=1
done
exit $status
