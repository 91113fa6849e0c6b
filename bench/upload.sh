#!/bin/sh
# Uploads beside nginx's PUT, large and small: ./dev bench upload [--quick] [--json]
set -eu
cd "$(dirname "$0")/.."
exec python3 bench/upload.py "$@"
