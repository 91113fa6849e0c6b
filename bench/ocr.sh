#!/bin/sh
# Reading scans beside tesseract, OCRmyPDF and RapidOCR: ./dev bench ocr [--data DIR] [--quick] [--json]
set -eu
cd "$(dirname "$0")/.."
exec python3 bench/ocr.py "$@"
