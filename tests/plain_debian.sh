#!/usr/bin/env bash
# Shows that a plain Debian 12 needs nothing by hand: installs one with debootstrap, clones this
# checkout's HEAD into it and runs there `./dev demo --once` and `./dev test`. As root; prints times.
#
#   tests/plain_debian.sh [--keep] [--quick] [--only demo|test] [DIRECTORY]
#
# --quick lends this host's compiler cache, so that the times say nothing of building.
# DIRECTORY (default build/plain-debian) takes the system and is removed before, and after unless
# --keep. How this host reaches packages (configuration of apt, pip and npm, certificates, name
# servers, variables for proxies and certificates) is copied into the system at run time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# What is copied if it is there, and the variables that are passed on.
readonly host_files=(
  /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources /etc/apt/apt.conf
  /etc/apt/apt.conf.d /etc/apt/keyrings
  /etc/pip.conf /etc/npmrc /etc/hosts /etc/resolv.conf
  /usr/local/share/ca-certificates /etc/ssl/certs /usr/share/ca-certificates)
readonly host_variables='^(https?_proxy|no_proxy|HTTPS?_PROXY|NO_PROXY|PIP_(INDEX_URL|EXTRA_INDEX_URL|TRUSTED_HOST|CERT|DEFAULT_TIMEOUT)|SSL_CERT_[A-Z]*|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|GIT_SSL_CAINFO|NODE_EXTRA_CA_CERTS)='

keep=0
quick=0
only=''
root="$PWD/build/plain-debian"
while [ $# -gt 0 ]; do
  case "$1" in
    --keep) keep=1 ;;
    --quick) quick=1 ;;
    --only) only="$2"; shift ;;
    -*) echo "usage: tests/plain_debian.sh [--keep] [--quick] [--only demo|test] [DIRECTORY]" >&2; exit 2 ;;
    *) root="$(realpath -m "$1")" ;;
  esac
  shift
done
readonly root keep quick only

die() { printf 'plain_debian: %s\n' "$*" >&2; exit 1; }
[ "$(id -u)" -eq 0 ] || die "only root may make and enter the system"
command -v debootstrap >/dev/null || die "apt-get install debootstrap"
if [ -e "$root" ] && [ ! -e "$root/etc/debian_version" ]; then
  [ -z "$(ls -A "$root")" ] || die "$root is neither empty nor an earlier system: not removed"
fi

# The mounts are this process's own, so that none outlives it, however it ends.
if [ -z "${PLAIN_DEBIAN_OWN_MOUNTS:-}" ]; then
  arguments=("$root")
  [ "$keep" -eq 0 ] || arguments+=(--keep)
  [ "$quick" -eq 0 ] || arguments+=(--quick)
  [ -z "$only" ] || arguments+=(--only "$only")
  PLAIN_DEBIAN_OWN_MOUNTS=1 exec unshare --mount --propagation private \
    "$PWD/tests/plain_debian.sh" "${arguments[@]}"
fi

remove() {
  local point
  for point in root/.cache/ccache dev/pts proc; do
    if mountpoint -q "$root/$point"; then
      umount -l "$root/$point" || die "$root/$point is still mounted: nothing removed"
    fi
  done
  rm -rf --one-file-system "$root"
}
finish() { [ "$keep" -eq 1 ] || remove; }

times=()
timed() {
  local name="$1" start=$SECONDS
  shift
  printf '\n=== %s (%s)\n' "$name" "$(date -u +%H:%M:%S)"
  "$@" || die "$name failed after $((SECONDS - start)) s"
  times+=("$(printf '%-28s %5d s' "$name" $((SECONDS - start)))")
}

# The host's first Debian archive, and the keyring of its packages.
install_system() {
  local mirror
  mirror="$(sed -n -E 's/^(URIs: *|deb (\[[^]]*\] )?)(https?:[^ ]*debian\/?)( .*)?$/\3/p' \
    /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -n 1)"
  debootstrap --variant=minbase bookworm "$root" "${mirror:-http://deb.debian.org/debian}" >"$root.log" ||
    { tail -n 20 "$root.log"; return 1; }
}

copy_host_configuration() {
  local file
  rm -f "$root/etc/apt/sources.list"
  for file in "${host_files[@]}"; do
    [ -e "$file" ] || continue
    mkdir -p "$root$(dirname "$file")"
    rm -rf "${root:?}$file"
    cp -aL "$file" "$root$file"
  done
}

inside() {
  local variables=()
  mapfile -t variables < <(env | grep -E "$host_variables")
  chroot "$root" /usr/bin/env -i HOME=/root TERM=dumb LANG=C.UTF-8 NO_COLOR=1 \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    ${JOBS:+"JOBS=$JOBS"} CCACHE_BASEDIR=/root CCACHE_NOHASHDIR=1 "${variables[@]}" /bin/bash -ec "$1"
}

# git is the one thing that somebody with a clone has already.
clone() {
  inside 'apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
    --no-install-recommends install git ca-certificates >/dev/null'
  git bundle create -q "$root/checkout.bundle" HEAD
  inside 'git clone -q /checkout.bundle /root/glossator && rm /checkout.bundle'
}

remove
trap finish EXIT
mkdir -p "$(dirname "$root")"
timed "debootstrap" install_system
copy_host_configuration
mount -t proc proc "$root/proc"
mount -t devpts -o newinstance,ptmxmode=0666 pts "$root/dev/pts"
if [ "$quick" -eq 1 ]; then
  mkdir -p "$root/root/.cache/ccache"
  mount --bind "${CCACHE_DIR:-$HOME/.cache/ccache}" "$root/root/.cache/ccache"
fi
timed "git clone" clone
[ "$only" = test ] || timed "./dev demo --once" inside 'cd /root/glossator && ./dev demo --once'
[ "$only" = demo ] || timed "./dev test" inside 'cd /root/glossator && ./dev test'

printf '\nOn a plain Debian %s, %s processors:\n' "$(cat "$root/etc/debian_version")" "$(nproc)"
printf '  %s\n' "${times[@]}"
