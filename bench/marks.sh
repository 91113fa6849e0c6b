#!/bin/sh
# Marks on forms: ./dev bench marks [--quick] [--json] [--train]
set -eu
cd "$(dirname "$0")/.."
exec python3 bench/marks.py "$@"
