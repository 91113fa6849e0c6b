"""The ground truth of a file: what stands where, in pixels of the stored image."""
import json
import math

from . import vocabulary


def _bounds(points):
    xs, ys = zip(*points)
    return [min(xs), min(ys), max(xs), max(ys)]


def _pixels(box, mapping):
    x0, y0, x1, y1 = box
    return _bounds([mapping(*p) for p in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))])


def _outward(boxes):
    """The smallest box of whole pixels around the boxes, right and bottom exclusive."""
    return [math.floor(min(b[0] for b in boxes)), math.floor(min(b[1] for b in boxes)),
            math.ceil(max(b[2] for b in boxes)), math.ceil(max(b[3] for b in boxes))]


def page(sheet, mapping, width, height):
    words = [{"text": w.text, "bbox": _outward([_pixels(b, mapping) for b in w.boxes])}
             for w in sheet.words]
    labels = []
    for label in sheet.labels:
        field, rest = label["label"], {k: v for k, v in label.items() if k != "label"}
        entry = {"label": vocabulary.label_of(field, "checked" in label), "field": field, **rest}
        if "box" in entry:
            entry["box"] = _outward([_pixels(entry["box"], mapping)])
        labels.append(entry)
    return {"width": width, "height": height, "text": sheet.plain_text(), "words": words,
            "labels": labels}


def dump(truth):
    """JSON with one word and one label a line, so that a change shows as a line."""
    def compact(value):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def page_text(page):
        head = ",".join(f"{compact(k)}:{compact(page[k])}" for k in ("width", "height", "text"))
        lists = ",\n".join(f"{compact(k)}:[\n" + ",\n".join(map(compact, page[k])) + "\n]"
                           for k in ("words", "labels"))
        return "{" + head + ",\n" + lists + "}"
    head = ",".join(f"{compact(k)}:{compact(v)}" for k, v in truth.items() if k != "pages")
    return ("{" + head + ",\n\"pages\":[\n" + ",\n".join(map(page_text, truth["pages"]))
            + "\n]}\n")
