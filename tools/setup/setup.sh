# shellcheck shell=bash
# What run.sh and test.sh share: Debian packages, Bazel's environment, messages.
# Sourced with the workspace root as the working directory.

say() { printf '%s\n' "$*"; }
step() { printf '\n==> %s\n' "$*"; }
die() {
  printf 'error: %s\n' "$1" >&2
  [ -n "${2:-}" ] && printf '       %s\n' "$2" >&2
  exit 1
}

# Bazel's results live outside the tree, so that a new clone starts warm. HOME
# may be unset in a minimal environment.
PICOST_CACHE="${PICOST_CACHE:-${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/picost}"

# packages_wanted [test]: names from packages.txt, with the test ones if asked.
packages_wanted() {
  sed -e 's/#.*//' tools/setup/packages.txt | while read -r first second; do
    case "$first" in
      "") ;;
      test) [ "${1:-}" = test ] && echo "$second" ;;
      *) echo "$first" ;;
    esac
  done
}

packages_missing() {
  local name
  for name in $(packages_wanted "${1:-}"); do
    dpkg-query -W -f='${db:Status-Status}\n' "$name" 2>/dev/null | grep -qx installed || echo "$name"
  done
}

# install_packages [test]: installs what is missing, saying what and as whom.
install_packages() {
  command -v dpkg-query >/dev/null || die "this is not a Debian system: dpkg-query is missing" \
    "picost is built from Debian 12 packages; tools/setup/packages.txt lists them."
  local missing sudo=""
  missing=$(packages_missing "${1:-}" | tr '\n' ' ')
  if [ -z "${missing// /}" ]; then
    say "All Debian packages are installed."
    return
  fi
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || die "packages are missing and neither root nor sudo is at hand: $missing" \
      "Install them as root, then run this again."
    sudo="sudo"
  fi
  say "Installing with ${sudo:+sudo }apt-get: $missing"
  local log
  log=$(mktemp)
  # shellcheck disable=SC2086  # one word a package
  { $sudo apt-get -o DPkg::Lock::Timeout=300 -q update &&
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -q -y \
      install --no-install-recommends $missing; } 2>&1 </dev/null | tee "$log" |
    awk '/^Get:/ { got++ } /^Unpacking/ { unpacked++ } /^Setting up/ { done++ }
         /^(Get:|Unpacking|Setting up)/ {
           printf "\r  %d fetched, %d unpacked, %d set up", got, unpacked, done; fflush() }
         END { print "" }' || true
  if [ -n "$(packages_missing "${1:-}")" ]; then
    tail -20 "$log" >&2
    rm -f "$log"
    die "apt-get could not install: $(packages_missing "${1:-}" | tr '\n' ' ')" \
      "Mend what apt-get says above, then run this again."
  fi
  rm -f "$log"
}

# bazel_run COMMAND ARGS...: Bazel with a clean environment. Nothing of the
# caller's compiler flags, Java or Python shims reaches the build. With
# PICOST_OUTPUT_BASE set, results go there and the bazel-* links stay as they are.
bazel_run() {
  local startup=() links=()
  if [ -n "${PICOST_OUTPUT_BASE:-}" ]; then
    startup=(--output_base="$PICOST_OUTPUT_BASE")
    [ "$1" = query ] || links=(--symlink_prefix=/)  # query makes no links
  fi
  mkdir -p "$PICOST_CACHE"
  env -i PATH=/usr/bin:/bin:/usr/sbin:/sbin HOME="${HOME:-/var/tmp}" USER="${USER:-$(id -un)}" \
    TERM="${TERM:-dumb}" LANG=C.UTF-8 ${CC:+CC="$CC"} \
    JAVA_HOME=/usr/lib/jvm/java-17-openjdk-"$(dpkg --print-architecture)" \
    bazel ${startup[@]+"${startup[@]}"} "$1" --disk_cache="$PICOST_CACHE/disk" \
    ${links[@]+"${links[@]}"} "${@:2}"
}

# Every package of the project. Not "//...": that would also walk into bazel-*
# links that another output base left in the tree.
bazel_packages() {
  local folder
  for folder in */; do
    [ -L "${folder%/}" ] || [ -z "$(find "$folder" -name BUILD -print -quit)" ] ||
      printf '//%s... ' "$folder"
  done
}
