#!/usr/bin/env python3
"""Scores what was read against the ground truth of samples/, one row a document.

  tools/score_samples.py PREDICTIONS [--truth samples/truth] [--json] [--worst CER]

PREDICTIONS is a directory with `<stem>.json` (a document of one page) or `<stem>-pNNNN.json` for
each page, as `glossator ocr FILE... --out DIR --languages eng+deu` writes them:
{"page", "width", "height", "words": [{"text", "bbox": [x0, y0, x1, y1]}]}, boxes in pixels of the
image as stored. A box of a page with other dimensions is scaled to those of the truth.

CER: characters wrong per character of truth. Order-free: each word read is put to the word of the
truth that it covers most, words read where nothing stands count as wrong in full. F1: words found
exactly, without regard to place or order. Exits 1 where a page is missing or, with --worst, where
a document's CER is higher. Python's standard library only.
"""
import argparse
import collections
import json
import pathlib
import re
import sys
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Marks that a reader cannot tell apart, or that two keyboards write differently.
SAME = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "„": '"',
                      "–": "-", "—": "-", "«": '"', "»": '"'})


def plain(text):
    return unicodedata.normalize("NFKC", text).translate(SAME).strip()


def distance(a, b):
    """Levenshtein's, one row at a time."""
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        corner, row[0] = row[0], i
        for j, right in enumerate(b, 1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (left != right))
    return row[-1]


def shared_area(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    return width * height if width > 0 and height > 0 else 0


def direction(words, index):
    """Which way the writing runs at a word of the truth, from its nearest neighbour."""
    def centre(i):
        x0, y0, x1, y1 = words[i]["bbox"]
        return (x0 + x1) / 2, (y0 + y1) / 2
    here = centre(index)
    others = [i for i in (index - 1, index + 1) if 0 <= i < len(words)]
    if not others:
        return 1, 0
    nearest = min(others, key=lambda i: abs(centre(i)[0] - here[0]) + abs(centre(i)[1] - here[1]))
    there = centre(nearest)
    sign = 1 if nearest > index else -1
    return sign * (there[0] - here[0]), sign * (there[1] - here[1])


def aligned(truth, read):
    """Returns (read words grouped by the index of the truth word they cover, those in no place)."""
    groups, strays = collections.defaultdict(list), []
    for word in read:
        areas = [(shared_area(word["bbox"], t["bbox"]), -i) for i, t in enumerate(truth)]
        area, index = max(areas, default=(0, 0))
        if area:
            groups[-index].append(word)
        else:
            strays.append(word)
    for index, words in groups.items():
        dx, dy = direction(truth, index)
        words.sort(key=lambda w: (w["bbox"][0] + w["bbox"][2]) * dx
                   + (w["bbox"][1] + w["bbox"][3]) * dy)
    return groups, strays


def line_runs(truth):
    """Runs of words of the truth in one line, so that a wrong space costs one character."""
    runs = []
    for index, word in enumerate(truth):
        before = truth[index - 1]["bbox"] if index else None
        box = word["bbox"]
        height = max(min(box[3] - box[1], box[2] - box[0]), 1)
        near = before and (min(abs(box[0] - before[2]), abs(box[1] - before[3]),
                               abs(before[1] - box[3])) < 2 * height)
        if near and len(runs[-1]) < 40:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs


def page_errors(truth, read):
    """Returns (wrong characters, characters of truth)."""
    groups, strays = aligned(truth, read)
    wrong = sum(len(w["text"]) + 1 for w in strays)
    total = 0
    for run in line_runs(truth):
        expected = " ".join(truth[i]["text"] for i in run)
        got = " ".join(w["text"] for i in run for w in groups.get(i, ()))
        wrong += distance(expected, got)
        total += len(expected)
    return wrong, total


def word_hits(truth, read):
    """Returns (found exactly, words of truth, words read), of words with a letter or digit."""
    def bag(words):
        return collections.Counter(w["text"] for w in words if re.search(r"\w", w["text"]))
    expected, got = bag(truth), bag(read)
    return (expected & got).total(), expected.total(), got.total()


def cleaned(words, scale=(1, 1)):
    sx, sy = scale
    found = []
    for word in words:
        x0, y0, x1, y1 = word["bbox"]
        if plain(word["text"]):
            found.append({"text": plain(word["text"]),
                          "bbox": [x0 * sx, y0 * sy, x1 * sx, y1 * sy]})
    return found


def read_page(directory, stem, number, pages):
    """What was read on a page, or None."""
    names = [f"{stem}-p{number:04}.json"] + ([f"{stem}.json"] if pages == 1 else [])
    for name in names:
        if (directory / name).exists():
            return json.loads((directory / name).read_text(encoding="utf-8"))
    return None


def score(truth, directory):
    """One document's figures as a dict."""
    stem = pathlib.PurePath(truth["file"]).stem
    wrong = total = hits = expected = got = missing = 0
    for number, page in enumerate(truth["pages"], 1):
        found = read_page(directory, stem, number, len(truth["pages"]))
        missing += found is None
        found = found or {"words": []}
        scale = (page["width"] / found.get("width", page["width"]),
                 page["height"] / found.get("height", page["height"]))
        words, read = cleaned(page["words"]), cleaned(found["words"], scale)
        page_wrong, page_total = page_errors(words, read)
        page_hits, page_expected, page_got = word_hits(words, read)
        wrong, total, hits = wrong + page_wrong, total + page_total, hits + page_hits
        expected, got = expected + page_expected, got + page_got
    return {"file": truth["file"], "kind": truth["kind"], "pages": len(truth["pages"]),
            "missing": missing, "wrong": wrong, "characters": total, "hits": hits,
            "expected": expected, "got": got}


def finish(row):
    """Adds the two quotients."""
    row["cer"] = row["wrong"] / max(row["characters"], 1)
    row["f1"] = 2 * row["hits"] / max(row["expected"] + row["got"], 1)
    return row


def table(rows):
    width = max(len(r["file"]) for r in rows)
    yield f"{'document':{width}}  {'kind':31} pages  words    CER     F1"
    for row in rows:
        note = f"  {row['missing']} page(s) not read" if row["missing"] else ""
        yield (f"{row['file']:{width}}  {row['kind']:31} {row['pages']:5} {row['expected']:6} "
               f"{row['cer']:6.2%} {row['f1']:6.1%}{note}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("predictions", type=pathlib.Path)
    parser.add_argument("--truth", type=pathlib.Path, default=ROOT / "samples" / "truth")
    parser.add_argument("--json", action="store_true", help="one object a line")
    parser.add_argument("--worst", type=float, metavar="CER", help="fail above this, e.g. 0.2")
    arguments = parser.parse_args()
    rows = [finish(score(json.loads(path.read_text(encoding="utf-8")), arguments.predictions))
            for path in sorted(arguments.truth.glob("*.json"))]
    if not rows:
        parser.error(f"no truth in {arguments.truth}")
    sums = {k: sum(r[k] for r in rows) for k in rows[0] if isinstance(rows[0][k], int)}
    rows.append(finish({"file": "all", "kind": "", **sums}))
    print("\n".join(map(json.dumps, rows) if arguments.json else table(rows)))
    too_bad = [r for r in rows if arguments.worst is not None and r["cer"] > arguments.worst]
    return 1 if too_bad or rows[-1]["missing"] else 0


if __name__ == "__main__":
    sys.exit(main())
