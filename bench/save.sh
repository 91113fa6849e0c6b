#!/bin/sh
# Durable saves beside Label Studio, and as projects grow: ./dev bench save [--quick] [--million] [--json]
set -eu
cd "$(dirname "$0")/.."
cmake --build build/release --target make_project_bench http_load_bench >/dev/null
exec python3 bench/save.py "$@"
