#!/bin/sh
# The page at 5,000 words and 500 annotations in a headless Chromium: ./dev bench ui [--quick] [--json]
set -eu
cd "$(dirname "$0")/.."
exec python3 bench/ui.py "$@"
