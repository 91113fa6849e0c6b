#!/bin/sh
# Releases, and how fast they leave, beside Label Studio: ./dev bench export [--quick] [--json]
set -eu
cd "$(dirname "$0")/.."
cmake --build build/release --target make_project_bench >/dev/null
exec python3 bench/export.py "$@"
