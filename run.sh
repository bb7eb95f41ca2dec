#!/usr/bin/env bash
# From an empty clone to the cost of private inference of a ResNet-18.
#
#   ./run.sh         install what is missing, build, start the daemon, show estimates
#   ./run.sh --stop  end the daemon
#   ./run.sh --help
#
# Needs Debian 12, and root or sudo for packages that are missing. The daemon
# listens on loopback only; what it keeps is in .picost/ (delete it to forget).
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
# shellcheck source=tools/setup/setup.sh
. tools/setup/setup.sh

STATE=.picost
PID_FILE=$STATE/picostd.pid
PORT_FILE=$STATE/picostd.port
ADMIN_PORT_FILE=$STATE/picostd.admin_port
LOG=$STATE/picostd.log

usage() { sed -n '2,9s/^# \{0,1\}//p' "$0"; }

# The daemon's process id, if the file's process still is a picostd.
daemon_pid() {
  local pid
  pid=$(cat "$PID_FILE" 2>/dev/null) || return 1
  [ -n "$pid" ] && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = picostd ] && echo "$pid"
}

stop_daemon() {
  local pid
  if ! pid=$(daemon_pid); then
    say "No daemon is running."
    rm -f "$PID_FILE" "$PORT_FILE" "$ADMIN_PORT_FILE"
    return
  fi
  kill -TERM "$pid"
  for _ in $(seq 100); do
    [ -d "/proc/$pid" ] || break
    sleep 0.1
  done
  [ -d "/proc/$pid" ] && die "the daemon (process $pid) did not end within 10 s" "Look into $LOG."
  rm -f "$PID_FILE" "$PORT_FILE" "$ADMIN_PORT_FILE"
  say "The daemon (process $pid) has ended."
}

# Leaves a daemon of the present build running and its address in ADDRESS.
start_daemon() {
  local pid
  if pid=$(daemon_pid); then
    if [ "$(readlink -f "/proc/$pid/exe")" -ef "$BIN/service/picostd" ] && [ -s "$PORT_FILE" ] && [ -s "$ADMIN_PORT_FILE" ] &&
      ! [ "$BIN/service/picostd" -nt "$PID_FILE" ]; then
      ADDRESS=127.0.0.1:$(cat "$PORT_FILE")
      say "Already running: process $pid on $ADDRESS."
      return
    fi
    say "A daemon of another build is running; replacing it."
    stop_daemon
  fi
  rm -f "$PORT_FILE" "$ADMIN_PORT_FILE"
  nohup "$BIN/service/picostd" --listen=127.0.0.1:0 --port_file="$PORT_FILE" --data_dir="$PWD/data" \
    --calibration_dir="$PWD/$STATE/calibration" \
    --admin_listen=127.0.0.1:0 --admin_port_file="$ADMIN_PORT_FILE" --metric_studies=demo \
    --store="sqlite:$PWD/$STATE/store.db" >"$LOG" 2>&1 </dev/null &
  pid=$!
  echo "$pid" >"$PID_FILE"
  for _ in $(seq 300); do
    [ -s "$PORT_FILE" ] && break
    [ -d "/proc/$pid" ] || { tail -20 "$LOG" >&2; die "the daemon ended at its start" "Its log is above."; }
    sleep 0.1
  done
  [ -s "$PORT_FILE" ] || die "the daemon did not listen within 30 s" "Look into $LOG."
  ADDRESS=127.0.0.1:$(cat "$PORT_FILE")
  say "Started: process $pid on $ADDRESS, log in $LOG."
}

case "${1:-}" in
  "") ;;
  --stop) stop_daemon; exit 0 ;;
  -h | --help) usage; exit 0 ;;
  *) usage >&2; echo "unknown argument: $1" >&2; exit 2 ;;
esac

step "1/6 Debian packages"
install_packages

step "2/6 Build (the first takes some minutes on two cores; later ones seconds)"
bazel_run build --config=opt --show_result=0 --ui_event_filters=-info //service:picostd \
  //clients/cli:picost //calibrate:picost_calibrate //tools/demo:demo_study
BIN=$(bazel_run info --config=opt bazel-bin 2>/dev/null)
mkdir -p "$STATE"
ln -sfn "$BIN/clients/cli/picost" "$STATE/picost"
ln -sfn "$BIN/service/picostd" "$STATE/picostd"
PICOST="$STATE/picost"

step "3/6 Daemon"
start_daemon

step "4/6 Sample models"
dynamic=data/models/resnet18_224_dyn.onnx
"$PICOST" models register $(ls data/models/*.onnx | grep -vx "$dynamic") --server="$ADDRESS"
# Its batch size, height and width are symbols that the caller binds.
"$PICOST" models register "$dynamic" --dim N=1 --dim H=224 --dim W=224 --server="$ADDRESS"

step "5/6 What private inference of the CIFAR ResNet-18 costs"
for deployment in lan wan; do
  for protocol in cheetah delphi; do
    echo
    "$PICOST" estimate resnet18_cifar --protocol="$protocol" --deployment="$deployment" \
      --server="$ADDRESS"
  done
done

step "6/6 A study: an edit search on the same network (importance kept stands for accuracy)"
"$BIN/tools/demo/demo_study" --server="$ADDRESS"
"$PICOST" study show demo --server="$ADDRESS"

cat <<TXT

The daemon keeps running on $ADDRESS; ./run.sh --stop ends it. Its page, with the demo
study (nothing was trained: the axis is importance kept, by a rule that the demo states):

  http://127.0.0.1:$(cat "$ADMIN_PORT_FILE")/#study=studies%2Fdemo

Try next:

  $PICOST inspect data/models/resnet18_224.onnx
  $PICOST estimate vgg16_cifar --protocol=cheetah,delphi --deployment=wan --server=$ADDRESS
  $PICOST deployments --server=$ADDRESS

This machine's own figures, in under two minutes; the daemon reads them by itself:

  $PICOST calibrate run --quick --name=mine --out=$STATE/calibration
  $PICOST estimate resnet18_cifar --protocol=delphi,minionn --deployment=mine --server=$ADDRESS
TXT
