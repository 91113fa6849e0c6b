#!/usr/bin/env python3
"""Joins pictures of one size into an animated PNG (APNG), as they are.

    GLOSSATOR_FILM=1 python3 tests/web/keyboard_test.py Keyboard.test_an_invoice_is_labelled_without_a_mouse
    tests/web/film.py docs/labelling.png tests/.artefacts/film-*.png
"""
import pathlib
import struct
import sys
import zlib

SECONDS_EACH, SECONDS_LAST = 0.6, 3


def chunks(data):
    at = 8
    while at < len(data):
        size, = struct.unpack(">I", data[at:at + 4])
        yield data[at + 4:at + 8], data[at + 8:at + 8 + size]
        at += 12 + size


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def joined(pictures):
    first = dict(reversed(list(chunks(pictures[0]))))
    width, height = struct.unpack(">II", first[b"IHDR"][:8])
    out = [b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", first[b"IHDR"]),
           chunk(b"acTL", struct.pack(">II", len(pictures), 0))]
    sequence = 0
    for number, picture in enumerate(pictures):
        seconds = SECONDS_LAST if number == len(pictures) - 1 else SECONDS_EACH
        out.append(chunk(b"fcTL", struct.pack(">IIIIIHHBB", sequence, width, height, 0, 0,
                                              int(seconds * 100), 100, 0, 0)))
        sequence += 1
        for kind, data in chunks(picture):
            if kind == b"IDAT" and number == 0:
                out.append(chunk(b"IDAT", data))
            elif kind == b"IDAT":
                out.append(chunk(b"fdAT", struct.pack(">I", sequence) + data))
                sequence += 1
    return b"".join([*out, chunk(b"IEND", b"")])


if __name__ == "__main__":
    target, *sources = map(pathlib.Path, sys.argv[1:])
    target.write_bytes(joined([source.read_bytes() for source in sources]))
