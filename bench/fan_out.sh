#!/bin/sh
# Compressed bytes of one save by the fan-out of documents/: ./dev bench fan_out [DOCUMENTS]
set -eu
cd "$(dirname "$0")/.."
cmake --preset release >/dev/null
cmake --build build/release --target fan_out_bench
exec build/release/bench/fan_out_bench "$@"
