#!/usr/bin/env python3
"""Holds the architecture: which module may include which, and who owns which foreign library.

Run without arguments from anywhere; prints each violation as file:line and exits 1 if there is one.
Changing a table below is a change of the architecture and needs a decision record.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# module -> modules whose public headers it may include
MAY_INCLUDE = {
    "base": {"base"},
    "corpus": {"base", "corpus"},
    "storage": {"base", "corpus", "storage"},
    "vcs": {"base", "corpus", "vcs"},
    "ocr": {"base", "corpus", "ocr"},
    "dataset": {"base", "corpus", "dataset"},
    "server/flow": {"base", "corpus", "storage", "vcs", "ocr", "dataset", "server/flow"},
    "server/http": {"base", "corpus", "storage", "vcs", "ocr", "dataset", "server/flow", "server/http"},
    "server/client": {"base", "corpus", "dataset", "server/client"},
    "server/cli": {"base", "corpus", "storage", "vcs", "ocr", "dataset", "server/flow", "server/http",
                   "server/client", "server/cli"},
    "server": {"base", "corpus", "storage", "vcs", "ocr", "dataset", "server/flow", "server/http",
               "server/client", "server/cli", "server"},
}

# header prefix -> the modules that own the library behind it
OWNERS = {
    "openssl/": {"base"},
    "sodium": {"base"},
    "utf8proc": {"base"},
    "curl/": {"base"},
    "sqlite3.h": {"storage"},
    "libpq": {"storage"},
    "git2": {"vcs"},
    "zlib.h": {"vcs"},
    "tesseract/": {"ocr"},
    "leptonica/": {"ocr"},
    "allheaders.h": {"ocr"},
    "opencv2/": {"ocr"},
    "seccomp.h": {"ocr"},
    "tiffio.h": {"ocr"},
    "qpdf/": {"ocr"},
    "libdeflate.h": {"ocr"},
    "archive.h": {"ocr"},
    "archive_entry.h": {"ocr"},
    "linux/landlock.h": {"ocr"},
    "pugixml": {"dataset"},
    "yaml-cpp/": {"dataset"},
    "civetweb.h": {"server/http"},
    "CLI/": {"server/cli"},
}

INCLUDE = re.compile(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]')


def module_of(path):
    parts = path.parts
    if parts[0] == "server" and len(parts) > 2:
        return "/".join(parts[:2])
    return parts[0]


def included_module(header):
    path = pathlib.PurePosixPath(header)
    if len(path.parts) < 2:
        return None
    module = module_of(path)
    return module if module in MAY_INCLUDE else None


def violations(file):
    relative = file.relative_to(ROOT)
    module = module_of(relative)
    is_public_header = file.suffix == ".h" and "detail" not in relative.parts
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        header = match.group(1)
        place = f"{relative}:{number}"
        target = included_module(header)
        if target is not None:
            if target not in MAY_INCLUDE[module]:
                yield f"{place}: {module} must not include {header}"
            if "/detail/" in header and target != module:
                yield f"{place}: {header} is private to {target}"
        for prefix, owners in OWNERS.items():
            if header.startswith(prefix):
                if module not in owners:
                    yield f"{place}: {header} belongs to {', '.join(sorted(owners))}"
                elif is_public_header:
                    yield f"{place}: {header} must not appear in a public header"


def main():
    found = []
    count = 0
    for top in sorted({name.split("/")[0] for name in MAY_INCLUDE}):
        for file in sorted((ROOT / top).rglob("*")):
            if file.suffix in {".h", ".cc"}:
                count += 1
                found.extend(violations(file))
    for line in found:
        print(line)
    print(f"check_layers: {count} files, {len(found)} violations")
    return 1 if found or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
