#!/usr/bin/env python3
"""Labels the sample documents in a clone of a project, as an annotator's script would.

  tools/label_samples.py CLONE [--author NAME] [--only FILE] [--limit N]

For each document of the clone whose file name is one of samples/truth, the labels of the ground
truth are carried over to the words that were read: pages/NNNN.annotations.jsonl gets spans and tick
boxes, annotations.jsonl the class of the document. Pages that have annotations already are left
alone. Prints one line a document; commit and push are the caller's.

The same clone and --author give the same ids, so that a second run changes nothing. The project
needs samples/schema.json. Python's standard library only.
"""
import argparse
import hashlib
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's, of a ULID
ESCAPES = {"\\t": "\t", "\\n": "\n", "\\r": "\r", "\\\\": "\\"}


def annotation_id(*parts):
    """A ULID made from what the annotation is, in place of the clock and chance."""
    number = int.from_bytes(hashlib.sha256("/".join(map(str, parts)).encode()).digest()[:16], "big")
    text = ""
    for _ in range(26):
        text, number = DIGITS[number % 32] + text, number // 32
    return text


def unescaped(text):
    out, at = "", 0
    while at < len(text):
        pair = text[at:at + 2]
        out, at = out + ESCAPES.get(pair, text[at]), at + (2 if pair in ESCAPES else 1)
    return out


def read_words(path):
    words = []
    for line in path.read_text(encoding="utf-8").split("\n")[1:]:
        if line:
            number, _, _, x0, y0, x1, y1, _, text = line.split("\t")
            words.append({"id": int(number), "text": unescaped(text),
                          "bbox": [int(x0), int(y0), int(x1), int(y1)]})
    return words


def onto_page(truth, page, turns):
    """A function from a box of the truth to one of the canonical image: turned, then scaled."""
    width, height = truth["width"], truth["height"]
    turned = (height, width) if turns % 2 else (width, height)
    sx, sy = page["width"] / turned[0], page["height"] / turned[1]

    def move(box):
        x0, y0, x1, y1 = box
        w, h = width, height
        for _ in range(turns):  # clockwise
            x0, y0, x1, y1 = h - y1, x0, h - y0, x1
            w, h = h, w
        return [max(0, round(x0 * sx)), max(0, round(y0 * sy)),
                min(page["width"], round(x1 * sx)), min(page["height"], round(y1 * sy))]
    return move


def best_move(truth, page, words):
    """Of the four ways that a page may have been turned, the one that puts most words in place."""
    texts = {w["id"]: w["text"] for w in words}

    def in_place(turns):
        move = onto_page(truth, page, turns)
        return sum(w["text"] in (texts[i] for i in covered([move(w["bbox"])], words))
                   for w in truth["words"][::4])  # enough to tell, and four times as fast
    return onto_page(truth, page, max(range(4), key=in_place))


def covered(boxes, words):
    """Ids of the words whose centre lies in one of the boxes, in reading order."""
    def centre_in(word, box):
        x = (word["bbox"][0] + word["bbox"][2]) / 2
        y = (word["bbox"][1] + word["bbox"][3]) / 2
        return box[0] - 2 <= x < box[2] + 2 and box[1] - 2 <= y < box[3] + 2
    return [w["id"] for w in words if any(centre_in(w, b) for b in boxes)]


def annotations_of(truth, page, words, key):
    """The truth's labels of one page as annotations; what was not read is left out."""
    move, found = best_move(truth, page, words), []
    for label in truth["labels"]:
        annotation = {"id": annotation_id(*key, label["field"], label.get("row", ""), len(found))}
        if label["label"] == "checkbox":
            box = move(label["box"])
            attributes = {"checked": label["checked"], "field": label["field"]}
            found.append({**annotation, "type": "box", "label": "checkbox", "box": box,
                          "attributes": attributes})
            continue
        ids = covered([move(truth["words"][i]["bbox"]) for i in label["words"]], words)
        if ids:
            found.append({**annotation, "type": "span", "label": label["label"], "words": ids,
                          "attributes": {"field": label["field"]}})
    return found


def write_lines(path, annotations):
    lines = [json.dumps(a, ensure_ascii=False, separators=(",", ":"))
             for a in sorted(annotations, key=lambda a: a["id"])]
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")


def label_document(directory, document, truth, author):
    """Returns how many annotations were written."""
    written = 0
    for number, (page, true_page) in enumerate(zip(document["pages"], truth["pages"]), 1):
        words = directory / "pages" / f"{number:04}.words.tsv"
        target = directory / "pages" / f"{number:04}.annotations.jsonl"
        if target.exists() or not words.exists():
            continue
        found = annotations_of(true_page, page, read_words(words),
                               (directory.name, number, author))
        write_lines(target, found)
        written += len(found)
    target = directory / "annotations.jsonl"
    if not target.exists():
        write_lines(target, [{"id": annotation_id(directory.name, "class", author),
                              "type": "class", "label": truth["class"]}])
        written += 1
    return written


def truths():
    found = {}
    for path in (ROOT / "samples" / "truth").glob("*.json"):
        truth = json.loads(path.read_text(encoding="utf-8"))
        found[truth["file"]] = truth
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("clone", type=pathlib.Path)
    parser.add_argument("--author", default="", help="part of the ids, so that two do not collide")
    parser.add_argument("--only", metavar="FILE", help="one document, by its file name")
    parser.add_argument("--limit", type=int, help="at most so many documents")
    arguments = parser.parse_args()
    known, done = truths(), 0
    for path in sorted((arguments.clone / "documents").rglob("document.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        names = [s.get("file_name", "") for s in document["sources"]]
        name = next((n for n in names if n in known and arguments.only in (None, n)), None)
        if name is None or done == arguments.limit:
            continue
        count = label_document(path.parent, document, known[name], arguments.author)
        print(f"{name}: {count} annotations")
        done += 1
    if not done:
        print("no sample document in this clone", file=sys.stderr)
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(main())
