#!/bin/sh
# Splits of many documents, and the search for near duplicates of one more: ./dev bench splits [--quick]
set -eu
cd "$(dirname "$0")/.."
cmake --preset release >/dev/null
cmake --build build/release --target splits_bench
exec build/release/bench/splits_bench "$@"
