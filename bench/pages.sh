#!/bin/sh
# What surrounds reading: text layers, many pages, pages seen before: ./dev bench pages [--quick] [--json]
set -eu
cd "$(dirname "$0")/.."
exec python3 bench/pages.py "$@"
