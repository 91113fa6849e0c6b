#!/usr/bin/env bash
# What git's t/lib-httpd.sh takes for Apache: starts and stops conformance_server instead.
#
#   httpd.sh -v
#   httpd.sh -d ROOT ... -c "Listen ADDRESS" -k start|stop
#
# CONFORMANCE_SERVER is the program. A stop returns when it has ended.
set -euo pipefail

root='' address='' action=''
while [ $# -gt 0 ]; do
  case "$1" in
    -v) echo "Server version: Apache/2.4 (stood in for by Glossator)"; exit 0 ;;
    -d) root="$2"; shift ;;
    -c) address="${2#Listen }"; shift ;;
    -k) action="$2"; shift ;;
    -f) shift ;;
    -D*) ;;
    *) echo "httpd: unknown option $1" >&2; exit 2 ;;
  esac
  shift
done

# Waits until a condition holds, at most 20 s.
await() {
  local tries=400
  until "$@"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || return 1
    sleep 0.05
  done
}
is_gone() { ! kill -0 "$1" 2>/dev/null; }

case "$action" in
  start)
    # git's variables belong to the client that the suite drives.
    env -u GIT_DIR -u GIT_TRACE_PACKET "$CONFORMANCE_SERVER" "$root" "$address" \
      </dev/null >>"$root/error.log" 2>&1 &
    await test -s "$root/httpd.pid"
    ;;
  stop)
    [ -s "$root/httpd.pid" ] || exit 0
    pid="$(cat "$root/httpd.pid")"
    kill "$pid" || exit 0
    await is_gone "$pid"
    ;;
  *) echo "httpd: -k start or stop" >&2; exit 2 ;;
esac
