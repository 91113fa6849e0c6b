#!/bin/sh
# Git over HTTP beside git http-backend and JGit: ./dev bench git [--quick] [--json]
set -eu
cd "$(dirname "$0")/.."
cmake --build build/release --target make_project_bench http_load_bench >/dev/null
exec python3 bench/git.py "$@"
