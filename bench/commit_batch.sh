#!/bin/sh
# Saves a second on one branch, durable: ./dev bench commit_batch [SECONDS]
set -eu
cd "$(dirname "$0")/.."
cmake --preset release >/dev/null
cmake --build build/release --target commit_batch_bench
exec build/release/bench/commit_batch_bench build/release "$@"
