"""How far confidences can be believed: of the words at each confidence, how many are right.

    bins = reliability(pages, readings)     # of bench/ocr.py
    path.write_text(plot(bins))             # SVG

A word is right if a word of the truth lies at its place (more than half of the smaller box is shared)
and has the same text; where the truth is of lines, if the line at its place holds the text. Boxes and
text only: no word is judged by its order.
"""
import unicodedata

BINS = 10
SAME = {"‘": "'", "’": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "ſ": "s"}


class Bin:
    def __init__(self):
        self.words, self.right, self.confidence = 0, 0, 0.0

    def add(self, confidence, right):
        self.words += 1
        self.right += right
        self.confidence += confidence

    @property
    def share(self):
        return self.right / self.words if self.words else None

    @property
    def mean(self):
        return self.confidence / self.words if self.words else None


def normal(text, fold):
    text = unicodedata.normalize("NFKC", "".join(SAME.get(c, c) for c in text or "")).strip()
    return text.casefold() if fold else text


def area(box):
    return max(0, box[2] - box[0]) * max(0, box[3] - box[1])


def shared(a, b):
    return area([max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])])


def is_right(word, truth, lines, fold):
    text, box = normal(word["text"], fold), word["bbox"]
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    for other in truth:
        at = other["bbox"]
        if lines:
            inside = at[0] - 2 <= middle[0] <= at[2] + 2 and at[1] - 2 <= middle[1] <= at[3] + 2
            if inside and text in normal(other["text"], fold).split():
                return True
        elif 2 * shared(box, at) > min(area(box), area(at)) and text == normal(other["text"], fold):
            return True
    return False


def reliability(pages, readings):
    bins = [Bin() for _ in range(BINS)]
    for page in pages:
        truth = page.about.get("words") or page.about.get("lines")
        if not truth:
            continue
        lines, fold = not page.about.get("words"), bool(page.about.get("fold_case"))
        for word in readings.get(page)["words"]:
            if any(c.isalnum() for c in word["text"]):
                confidence = word["confidence"] / 1000
                bins[min(int(confidence * BINS), BINS - 1)].add(
                    confidence, is_right(word, truth, lines, fold))
    return bins


def error(bins):
    """Mean difference between confidence and truth, over words."""
    total = sum(b.words for b in bins)
    return sum(abs(b.right - b.confidence) for b in bins if b.words) / max(total, 1)


def plot(bins):
    size, margin = 320, 44
    def x(v): return margin + v * size
    def y(v): return margin + (1 - v) * size
    most = max(b.words for b in bins) or 1
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{size + 2 * margin}" '
           f'height="{size + 2 * margin}" font-family="sans-serif" font-size="11">',
           f'<rect x="0" y="0" width="{size + 2 * margin}" height="{size + 2 * margin}" fill="#fff"/>']
    for i, b in enumerate(bins):
        height = .25 * b.words / most
        out.append(f'<rect x="{x(i / BINS) + 1:.1f}" y="{y(height):.1f}" width="{size / BINS - 2:.1f}" '
                   f'height="{height * size:.1f}" fill="#d8dee6"/>')
    out.append(f'<rect x="{x(0)}" y="{y(1)}" width="{size}" height="{size}" fill="none" stroke="#667"/>')
    out.append(f'<path d="M{x(0)} {y(0)}L{x(1)} {y(1)}" stroke="#99a" stroke-dasharray="4 4"/>')
    points = [(b.mean, b.share) for b in bins if b.words >= 10]
    out.append('<path fill="none" stroke="#0a5ab4" stroke-width="2" d="M' +
               "L".join(f"{x(m):.1f} {y(s):.1f}" for m, s in points) + '"/>')
    out += [f'<circle cx="{x(m):.1f}" cy="{y(s):.1f}" r="3" fill="#0a5ab4"/>' for m, s in points]
    for tick in (0, .5, 1):
        out.append(f'<text x="{x(tick)}" y="{y(0) + 16}" text-anchor="middle">{tick}</text>')
        out.append(f'<text x="{x(0) - 8}" y="{y(tick) + 4}" text-anchor="end">{tick}</text>')
    out.append(f'<text x="{x(.5)}" y="{y(0) + 34}" text-anchor="middle">confidence of a word</text>')
    out.append(f'<text x="{x(0)}" y="{y(1) - 10}">share of words that are right; '
               'bars: how many words</text></svg>')
    return "\n".join(out) + "\n"
