# shellcheck shell=bash
# What search and run_all share: the Python package, built once per state of its sources, and one
# thread per process. Sourced; sets PYTHONPATH.
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
root=$(cd "$here/../.." && pwd)
[ -x "$root/.picost/picostd" ] || [ -n "${PICOST_DAEMON:-}" ] || [[ " $* " == *" --server"* ]] ||
  [[ " $* " == *" -h"* || " $* " == *" --help"* || " $* " == *" --report"* ]] ||
  { echo "error: no daemon is built; run ./run.sh once, or pass --server=HOST:PORT" >&2; exit 1; }
state=$(cd "$root" && find clients/python/picost clients/python/setup.py proto/picost -type f \
  -not -name '*.pyc' -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16)
site="$root/.picost/python/$state"
if [ ! -d "$site" ]; then
  mkdir -p "$root/.picost/python"
  built=$(mktemp -d)
  (cd "$root" && /usr/bin/python3 -m pip wheel --quiet --disable-pip-version-check \
    --no-build-isolation --no-deps -w "$built" clients/python >&2)
  /usr/bin/python3 -m zipfile -e "$built"/picost-*.whl "$site.new"
  mv "$site.new" "$site"
  rm -rf "$root/clients/python/build" "$root"/clients/python/*.egg-info
  rm -rf "$built"
fi
export PYTHONPATH="$site:$here" OMP_NUM_THREADS=1
cd "$root" || exit 1
