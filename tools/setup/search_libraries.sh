#!/usr/bin/env bash
# Installs the search libraries that Debian does not have, each into an environment
# of its own, for the examples of clients/python/README.md and their tests.
#
#   tools/setup/search_libraries.sh [ax|vizier|ray|nni ...]    all four without a name
#
# Only pip and wheels, in the exact versions of search_libraries/*.txt; torch, numpy and
# gRPC are Debian's. Nothing of the system is changed; delete the folder to undo it.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
folder="${PICOST_CACHE:-${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/picost}/search-libraries"
[ $# -gt 0 ] || set -- ax vizier ray nni
for name in "$@"; do
  pins="$here/search_libraries/$name.txt"
  [ -f "$pins" ] || { echo "error: no library $name; there are ax, vizier, ray, nni" >&2; exit 2; }
  /usr/bin/python3 -m venv --system-site-packages "$folder/$name" ||
    { echo "error: python3 cannot make an environment; Debian has python3-venv" >&2; exit 1; }
  "$folder/$name/bin/pip" install --quiet --disable-pip-version-check --no-deps \
    --only-binary :all: -r "$pins"
  touch "$folder/$name/complete"
  echo "$name: $folder/$name"
done
