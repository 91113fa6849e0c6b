#!/bin/sh
# WebDataset shards of page images to one client, beside nginx: ./dev bench shards [--quick] [--json]
set -eu
cd "$(dirname "$0")/.."
exec python3 bench/shards.py "$@"
