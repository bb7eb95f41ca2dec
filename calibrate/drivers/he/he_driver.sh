#!/bin/sh
# Runs the driver he with the Python that tools/setup/he_driver.sh prepared.
folder="${PICOST_CACHE:-${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/picost}/he-driver"
here=$(dirname "$(readlink -f "$0")")
python="$folder/bin/python3"
[ -x "$python" ] || python=/usr/bin/python3
exec "$python" "$here/he_driver.py" "$@"
