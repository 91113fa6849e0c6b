#!/bin/sh
# A release comes to an empty disk, beside dvc from nginx and one tar: ./dev bench pull [--quick] [--json]
set -eu
cd "$(dirname "$0")/.."
exec python3 bench/pull.py "$@"
