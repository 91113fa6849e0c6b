#!/bin/sh
# A release with its snapshot, and the next one, beside dvc add and push: ./dev bench snapshot [--quick] [--json]
set -eu
cd "$(dirname "$0")/.."
cmake --build build/release --target make_project_bench >/dev/null
exec python3 bench/snapshot.py "$@"
