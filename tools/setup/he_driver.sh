#!/usr/bin/env bash
# Prepares the driver he: a Python environment of its own with TenSEAL's wheel.
#
#   tools/setup/he_driver.sh
#
# Only pip and wheels are used; nothing is compiled, nothing of the system is
# changed. Without it `picost_calibrate` measures garbling, OT and share openings.
set -euo pipefail
folder="${PICOST_CACHE:-${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/picost}/he-driver"
version=0.3.18
python="${PYTHON:-/usr/bin/python3}"
"$python" -m venv "$folder" ||
  { echo "error: $python cannot make an environment; Debian has python3-venv" >&2; exit 1; }
"$folder/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: "tenseal==$version"
"$folder/bin/python3" -c 'import tenseal.sealapi; import tenseal; print("TenSEAL", tenseal.__version__)'
