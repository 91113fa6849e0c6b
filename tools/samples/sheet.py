"""A sheet of paper that remembers what was written on it.

    sheet = Sheet()
    key = sheet.text(50, 80, "Policy number", size=7)
    sheet.label("policy_number", sheet.text(50, 92, "FM-204-118", font="mono"), key=key)

Lengths are points (1/72 inch) from the top left corner. Drawing in reading order gives the truth
its reading order. `draw` replays the sheet on a reportlab canvas.
"""
import random

from . import fonts

A4 = (595.28, 841.89)
BLACK = (0.08, 0.08, 0.1)
INK = (0.07, 0.13, 0.42)      # what a person filled in
GREY = (0.36, 0.37, 0.4)


class Word:
    def __init__(self, text, boxes, line):
        self.text = text
        self.boxes = boxes  # glyph ink, points
        self.line = line


class Sheet:
    def __init__(self, size=A4):
        self.size = size
        self.words = []
        self.labels = []
        self._operations = []
        self._lines = 0

    # -- writing ---------------------------------------------------------------------------------

    def text(self, x, y, text, font="sans", size=9, color=BLACK, align="left", same_line=False):
        """Sets one line with its baseline at y; returns the indices of its words."""
        span = fonts.width(text, font, size)
        x -= {"left": 0, "right": span, "centre": span / 2}[align]
        self._operations.append(("text", x, y, text, font, size, color))
        if not same_line or not self._lines:
            self._lines += 1
        return self._remember(text, font, size, x, y)

    def _remember(self, text, font, size, x, y):
        indices, start = [], 0
        for word in text.split(" "):
            if word:
                at = x + fonts.width(text[:start], font, size)
                boxes = fonts.glyph_boxes(word, font, size, at, y)
                indices.append(len(self.words))
                self.words.append(Word(word, boxes, self._lines))
            start += len(word) + 1
        return indices

    def lines(self, x, y, rows, leading=12, **style):
        """Sets rows below each other; returns (all word indices, y of the next row)."""
        indices = []
        for row in rows:
            indices += self.text(x, y, row, **style)
            y += leading
        return indices, y

    def paragraph(self, x, y, width, text, leading=13, font="sans", size=9.5, **style):
        """Breaks the text into lines of at most `width`; returns (word indices, next y)."""
        rows, row = [], ""
        for word in text.split():
            longer = f"{row} {word}".strip()
            if row and fonts.width(longer, font, size) > width:
                rows.append(row)
                row = word
            else:
                row = longer
        return self.lines(x, y, rows + [row], leading, font=font, size=size, **style)

    def label(self, name, words, key=None, **more):
        entry = {"label": name, "words": words}
        if key:
            entry["key"] = key
        entry.update(more)
        self.labels.append(entry)
        return words

    # -- drawing ---------------------------------------------------------------------------------

    def rule(self, x0, y0, x1, y1, width=0.6, color=BLACK):
        self._operations.append(("rule", x0, y0, x1, y1, width, color))

    def box(self, x0, y0, x1, y1, width=0.6, color=BLACK, fill=None):
        self._operations.append(("box", x0, y0, x1, y1, width, color, fill))

    def disc(self, x, y, radius, fill):
        self._operations.append(("disc", x, y, radius, fill))

    def scrawl(self, x, y, width, height, seed, color=INK):
        """A signature: loops that no reader should take for letters."""
        rng = random.Random(seed)
        steps = 7
        points = [(x, y)]
        for step in range(1, steps * 3 + 1):
            points.append((x + width * step / (steps * 3) + rng.uniform(-0.05, 0.05) * width,
                           y + rng.uniform(-1, 0.5) * height * (1 - step / (steps * 4))))
        self._operations.append(("curve", points, 1.1, color))

    # -- parts of forms --------------------------------------------------------------------------

    def field(self, x, y, width, caption, value, label=None, height=25, font="mono", size=9.5):
        """A framed field: small caption above, value typed below."""
        self.box(x, y, x + width, y + height, 0.5, GREY)
        key = self.text(x + 3, y + 8, caption, size=6.5, color=GREY)
        if not value:
            return []
        words = self.text(x + 4, y + height - 5, value, font=font, size=size, color=INK)
        if label:
            self.label(label, words, key=key)
        return words

    def tick(self, x, y, caption, checked, label=None, size=8.5, font="sans", side=8):
        """A tick box with its caption to the right; y is the caption's baseline."""
        top = y - side + 1
        self.box(x, top, x + side, top + side, 0.7)
        if checked:
            self.cross(x, top, side)
        words = self.text(x + side + 4, y, caption, font=font, size=size)
        if label:
            self.label(label, words, checked=checked, box=(x, top, x + side, top + side))
        return words

    def cross(self, x, top, side):
        for slope in ((0, 1), (1, 0)):
            self.rule(x - 0.5, top - 0.5 + slope[0] * (side + 1), x + side + 0.8,
                      top - 0.5 + slope[1] * (side + 1), 1.3, INK)

    def table(self, x, y, columns, header, rows, font="sans", size=8.5, leading=15,
              on_cell=None):
        """columns: [(width, align)]; on_cell(row, column, words); returns the y below."""
        total = sum(width for width, _ in columns)
        self.box(x, y, x + total, y + leading, 0.5, GREY, (0.9, 0.91, 0.93))
        bold = font + "-bold" if font + "-bold" in fonts.PATHS else font
        self._row(x, y + leading - 4.5, columns, header, bold, size)
        y += leading
        for number, row in enumerate(rows):
            cells = self._row(x, y + leading - 4.5, columns, row, font, size)
            if on_cell:
                for column, words in enumerate(cells):
                    on_cell(number, column, words)
            y += leading
            self.rule(x, y, x + total, y, 0.35, GREY)
        return y

    def _row(self, x, baseline, columns, cells, font, size):
        found = []
        for index, ((width, align), cell) in enumerate(zip(columns, cells)):
            at = {"left": x + 3, "right": x + width - 3, "centre": x + width / 2}[align]
            found.append(self.text(at, baseline, cell, font=font, size=size, align=align,
                                   same_line=index > 0) if cell else [])
            x += width
        return found

    # -- output ----------------------------------------------------------------------------------

    def plain_text(self):
        rows = {}
        for word in self.words:
            rows.setdefault(word.line, []).append(word.text)
        return "\n".join(" ".join(rows[line]) for line in sorted(rows))

    def draw(self, canvas):
        height = self.size[1]
        canvas.setPageSize(self.size)
        for kind, *rest in self._operations:
            getattr(self, "_draw_" + kind)(canvas, height, *rest)
        canvas.showPage()

    @staticmethod
    def _draw_text(canvas, height, x, y, text, font, size, color):
        canvas.setFillColorRGB(*color)
        canvas.setFont(font, size)
        canvas.drawString(x, height - y, text)

    @staticmethod
    def _draw_rule(canvas, height, x0, y0, x1, y1, width, color):
        canvas.setStrokeColorRGB(*color)
        canvas.setLineWidth(width)
        canvas.line(x0, height - y0, x1, height - y1)

    @staticmethod
    def _draw_box(canvas, height, x0, y0, x1, y1, width, color, fill):
        canvas.setStrokeColorRGB(*color)
        canvas.setLineWidth(width)
        if fill:
            canvas.setFillColorRGB(*fill)
        canvas.rect(x0, height - y1, x1 - x0, y1 - y0, stroke=1 if width else 0,
                    fill=1 if fill else 0)

    @staticmethod
    def _draw_disc(canvas, height, x, y, radius, fill):
        canvas.setFillColorRGB(*fill)
        canvas.circle(x, height - y, radius, stroke=0, fill=1)

    @staticmethod
    def _draw_curve(canvas, height, points, width, color):
        canvas.setStrokeColorRGB(*color)
        canvas.setLineWidth(width)
        path = canvas.beginPath()
        path.moveTo(points[0][0], height - points[0][1])
        for index in range(1, len(points) - 2, 3):
            flat = [v for px, py in points[index:index + 3] for v in (px, height - py)]
            path.curveTo(*flat)
        canvas.drawPath(path)
