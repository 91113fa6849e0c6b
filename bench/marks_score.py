"""How well marks on forms were seen: tick boxes, handwriting, signatures, stamps, and words that were
read from handwriting. Standard Python only.

    counts = Counts()
    counts.add(truth, reading)     # both as parsed JSON; tools/make_forms.py, glossator ocr
    print(counts.table())

Tick boxes are matched one to one where they overlap by half (IoU). "tick F1" takes a box as found if it is
there and told rightly whether it is marked. Areas of handwriting, signatures included, are compared by
area: recall is the part of the true area that is covered, precision the part of the covered area that is
true, with a margin of a few pixels around true boxes. A word that was read from handwriting is right if it
is one of those written there, whatever its capitals and punctuation; one of those printed on the form, over
which a hand or a signature went, is not counted.
"""
import collections

MARGIN = 0.004  # of the page's width: pens have no sharp edge


def area(box):
    return max(0, box[2] - box[0]) * max(0, box[3] - box[1])


def common(a, b):
    return [max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])]


def overlap(a, b):
    inner = area(common(a, b))
    return inner / (area(a) + area(b) - inner) if inner else 0


def union_area(boxes):
    """Of boxes that may overlap: swept by their left and right edges."""
    total, edges = 0, sorted({x for b in boxes for x in (b[0], b[2])})
    for left, right in zip(edges, edges[1:]):
        spans = sorted((b[1], b[3]) for b in boxes if b[0] <= left and b[2] >= right and b[3] > b[1])
        end = None
        for top, bottom in spans:
            start = top if end is None else max(top, end)
            total += max(0, bottom - start) * (right - left)
            end = bottom if end is None else max(end, bottom)
    return total


def covered(boxes, by):
    """How much of the boxes' area lies in the others."""
    return union_area([c for a in boxes for b in by if area(c := common(a, b))])


def grown(box, by):
    return [box[0] - by, box[1] - by, box[2] + by, box[3] + by]


def marked(state):
    return state != "empty"


def plain(word):
    return "".join(c for c in word.casefold() if c.isalnum())


def f1(hits, wanted, found):
    return 2 * hits / (wanted + found) if wanted + found else 1.0


class Counts:
    def __init__(self):
        self.n = collections.Counter()
        self.confusions = collections.Counter()
        self.trust = collections.defaultdict(lambda: [0, 0])  # kind, tenth: [seen, right]

    def add(self, truth, reading, name=""):
        found, wanted = reading["marks"], truth["marks"]
        self._ticks(wanted, found)
        self._writing(truth, wanted, found, reading["words"])
        self._one_kind("stamp", wanted, found, lambda a, b: True)
        self._one_kind("signature", wanted, found, lambda a, b: a["state"] == b["state"], 0.2)

    def _pairs(self, kind, wanted, found, least):
        rest = [m for m in found if m["kind"] == kind]
        for mark in (m for m in wanted if m["kind"] == kind):
            best = max(rest, key=lambda m: overlap(m["box"], mark["box"]), default=None)
            if best and overlap(best["box"], mark["box"]) >= least:
                rest.remove(best)
                yield mark, best
            else:
                yield mark, None
        for mark in rest:
            yield None, mark

    def _ticks(self, wanted, found):
        for mark, seen in self._pairs("tick_box", wanted, found, 0.5):
            right = bool(mark and seen and marked(mark["state"]) == marked(seen["state"]))
            self.n["ticks wanted"] += mark is not None
            self.n["ticks found"] += seen is not None
            self.n["ticks there"] += bool(mark and seen)
            self.n["ticks right"] += right
            self.n["states right"] += bool(mark and seen and mark["state"] == seen["state"])
            self.n["marked wanted"] += bool(mark and marked(mark["state"]))
            self.n["marked found"] += bool(seen and marked(seen["state"]))
            self.n["marked right"] += bool(right and marked(mark["state"]))
            self.confusions[mark["state"] if mark else "nothing",
                            seen["state"] if seen else "nothing"] += 1
            self._trust("tick_box", seen, right)

    def _writing(self, truth, wanted, found, words):
        def boxes(marks):
            return [m["box"] for m in marks if m["kind"] == "handwriting" or
                    m["kind"] == "signature" and m["state"] == "present"]
        margin = MARGIN * truth["width"]
        real, ours = boxes(wanted), boxes(found)
        generous = [grown(b, margin) for b in real]
        self.n["writing area"] += union_area(real)
        self.n["writing covered"] += covered(real, ours)
        self.n["our area"] += union_area(ours)
        self.n["our area right"] += covered(ours, generous)
        for mark in found:
            if mark["kind"] == "handwriting":
                self._trust("handwriting", mark, covered([mark["box"]], generous) > area(mark["box"]) / 2)
        written = [m for m in wanted if m["kind"] in ("handwriting", "signature") and m["state"] != "absent"]
        printed = {plain(w) for w in truth.get("printed", [])}
        for word in words:
            under = [m for m in written if 2 * area(common(word["bbox"], m["box"])) > area(word["bbox"])]
            if under and plain(word["text"]):
                self._word(word, {plain(w) for m in under for w in m.get("text", "").split()}, printed)

    def _word(self, word, written, printed):
        right = plain(word["text"]) in written
        if not right and plain(word["text"]) in printed:
            return
        sure = word["confidence"] >= 900
        self.n["words of writing"] += 1
        self.n["words of writing at .9"] += sure
        self.n["words of writing at .9 right"] += sure and right
        self.n["thousandths that words of writing say"] += word["confidence"]
        self.n["words of writing right"] += right

    def _one_kind(self, kind, wanted, found, same, least=0.5):
        for mark, seen in self._pairs(kind, wanted, found, least):
            right = bool(mark and seen and same(mark, seen))
            self.n[kind + " wanted"] += mark is not None
            self.n[kind + " found"] += seen is not None
            self.n[kind + " right"] += right
            self._trust(kind, seen, right)

    def _trust(self, kind, seen, right):
        if seen:
            cell = self.trust[kind, min(9, seen["confidence"] // 100)]
            cell[0] += 1
            cell[1] += right

    def figures(self):
        n = self.n
        return {
            "tick F1": f1(n["ticks right"], n["ticks wanted"], n["ticks found"]),
            "tick boxes found F1": f1(n["ticks there"], n["ticks wanted"], n["ticks found"]),
            "marked boxes F1": f1(n["marked right"], n["marked wanted"], n["marked found"]),
            "states right of those found": n["states right"] / max(1, n["ticks there"]),
            "handwriting area recall": n["writing covered"] / max(1, n["writing area"]),
            "handwriting area precision": n["our area right"] / max(1, n["our area"]),
            "signature F1": f1(n["signature right"], n["signature wanted"], n["signature found"]),
            "stamp F1": f1(n["stamp right"], n["stamp wanted"], n["stamp found"]),
            "words of handwriting at .9 and more": n["words of writing at .9"] /
                                                   max(1, n["words of writing"]),
            "of these, right": n["words of writing at .9 right"] / max(1, n["words of writing at .9"]),
            "words of handwriting that are right": n["words of writing right"] /
                                                   max(1, n["words of writing"]),
            "their mean confidence": n["thousandths that words of writing say"] / 1000 /
                                     max(1, n["words of writing"]),
        }

    def reliability(self):
        """[(kind, mean confidence of the tenth, marks, share that are right)]"""
        return [(kind, tenth / 10 + 0.05, seen, right / seen)
                for (kind, tenth), (seen, right) in sorted(self.trust.items())]
