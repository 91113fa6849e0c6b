#!/usr/bin/python3
"""Makes forms that people have filled in, with the truth about every mark on them.

  tools/make_forms.py --out DIR --count N --purpose train|evaluate [--seed N]

Tick boxes (crossed, ticked, slashed, filled, circled, empty), handwriting, signatures and fields for
them, stamps; and what is none of these: typed values, rows of cells, tables, ruled lines, headings in
italics and script. `train` and `evaluate` share no seed, font of print or of hand, way to draw a box,
pen or damage, so that figures of the one say something about forms that nobody has seen. Each form is
NAME.png or NAME.jpg and NAME.json: {"file", "width", "height", "marks": [{"kind", "state", "box", "text"}],
"printed": all words in print}; text is what handwriting says, of a scribble nothing.

Needs Debian's python3-pil, fonts-liberation, fonts-dejavu, fonts-breip, fonts-bwht,
fonts-dancingscript, fonts-dkg-handwriting, fonts-femkeklaver and fonts-kristi.
"""
import argparse
import json
import math
import pathlib
import random
import sys

from PIL import Image, ImageDraw, ImageFont

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from forms.hands import HANDS, INKS, Pen, patchy, stain  # noqa: E402
from samples import wear  # noqa: E402

SIZE = (595, 842)  # points
OVERSAMPLING = 2
_TRUETYPE = "/usr/share/fonts/truetype/"

PRINT = {
    "train": [("liberation/LiberationSans-Regular.ttf", "liberation/LiberationSans-Bold.ttf"),
              ("liberation/LiberationSerif-Regular.ttf", "liberation/LiberationSerif-Italic.ttf"),
              ("liberation/LiberationSansNarrow-Regular.ttf", "liberation/LiberationSansNarrow-Bold.ttf")],
    "evaluate": [("dejavu/DejaVuSans.ttf", "dejavu/DejaVuSans-Bold.ttf"),
                 ("dejavu/DejaVuSerif.ttf", "liberation/LiberationSerif-BoldItalic.ttf"),
                 ("dejavu/DejaVuSansCondensed.ttf", "liberation/LiberationSans-Italic.ttf")],
}
TYPED = {"train": "liberation/LiberationMono-Regular.ttf", "evaluate": "dejavu/DejaVuSansMono.ttf"}
# (shape, width of its line in points, gray)
BOXES = {
    "train": [("square", 0.5, 20), ("square", 1.0, 0), ("square", 0.7, 90), ("round", 0.7, 20)],
    "evaluate": [("square", 0.8, 60), ("square", 1.3, 0), ("soft", 0.8, 20), ("round", 0.9, 0)],
}
SIDES = {"train": (8, 12), "evaluate": (7.5, 13.5)}
STAMPS = {"train": [(30, 50, 150), (170, 30, 40)], "evaluate": [(70, 30, 130), (20, 90, 80), (190, 40, 30)]}
MARKS = {"train": ("cross", "tick", "fill", "circle"),
         "evaluate": ("cross", "tick", "slash", "fill", "circle")}
STATES = {"cross": "crossed", "tick": "ticked", "slash": "ticked", "fill": "filled", "circle": "circled"}

CAPTIONS = ("Surname", "First names", "Address", "Town", "Policy number", "Date of birth", "Telephone",
            "Occupation", "Place of loss", "Name des Versicherten", "Anschrift", "Schadentag",
            "Kontonummer", "Kennzeichen", "Witness", "Bank", "Reference", "Nature of injury")
TYPED_VALUES = ("Quillfeather", "3 Saltbox Lane", "FM-MOT-2048817", "09/11/1984", "07700 900 318",
                "Aldermouth", "Schreinermeister", "HS-AB 4711", "DE02 1203 0000 0000 2020 51")
WRITTEN = ("Imogen Prudence", "12 Orchard Way", "the tap burst at night", "18 March 2024", "0163 296 0871",
           "Barnaby", "Thistlewood", "kitchen and hall", "my neighbour saw it", "Halmstein",
           "Am Marktplatz 7", "gegen sieben Uhr", "linker Kotflügel", "about 450 pounds", "none",
           "Water came through the ceiling", "wurde nicht verletzt", "Copperbridge", "2048817", "AB 12 CD")
QUESTIONS = ("Was anybody injured?", "Is the vehicle roadworthy?", "Weather", "Road surface",
             "War die Polizei da?", "Parts that were damaged", "Gibt es Zeugen?", "Paid by",
             "Do you own the building?", "Art des Schadens")
CHOICES = ("Yes", "No", "Unsure", "Front", "Rear", "Dry", "Wet", "Ja", "Nein", "Own", "Other", "Rain",
           "Water", "Fire", "Sturm", "Cash", "Card")
PROSE = ("Please answer every question and return the form within 14 days of the accident. We need your "
         "answers to settle the claim; wrong answers may cost you the cover of your policy. Bitte füllen "
         "Sie das Formular vollständig aus und senden Sie es mit allen Belegen an uns zurück.").split()
SIGNED = ("Signature", "Signature of the claimant", "Unterschrift", "Unterschrift des Versicherten",
          "Signed")
STAMPED = (("RECEIVED", "12 MAR 2024"), ("EINGEGANGEN", "07. Juni 2023"), ("PAID", "NO 4471"),
           ("Fernleigh Mutual", "CLAIMS DEPT"), ("BEZAHLT", "Kasse 2"))


class Form:
    """A sheet that is drawn from top to bottom. Lengths are points; truth is kept in points."""

    def __init__(self, rng, purpose, dpi):
        self.rng, self.purpose = rng, purpose
        self.scale = OVERSAMPLING * dpi / 72
        self.image = Image.new("RGB", tuple(round(v * self.scale) for v in SIZE), (255, 255, 255))
        self.draw = ImageDraw.Draw(self.image)
        self.marks, self.printed = [], set()
        self.regular, self.strong = rng.choice(PRINT[purpose])
        self.hand = rng.choice(HANDS[purpose])
        low, high = (0.9, 1.6) if purpose == "train" else (0.7, 1.9)
        self.pen = Pen(self.image, rng, rng.choice(INKS[purpose]), rng.uniform(low, high) * self.scale)

    # -- printing --------------------------------------------------------------------------------

    def face(self, name, size):
        return ImageFont.truetype(_TRUETYPE + name, round(size * self.scale))

    def text(self, x, y, text, size=9, font=None, color=(15, 15, 18)):
        """Baseline at y; returns where it ends."""
        self.printed.update(text.split())
        face = self.face(font or self.regular, size)
        self.draw.text((x * self.scale, y * self.scale), text, color, face, anchor="ls")
        return x + face.getlength(text) / self.scale

    def rule(self, x0, y, x1, width=0.5, gray=70):
        self.draw.line([v * self.scale for v in (x0, y, x1, y)], fill=(gray,) * 3,
                       width=max(1, round(width * self.scale)))

    def frame(self, x0, y0, x1, y1, width=0.5, gray=70, shape="square"):
        box = [v * self.scale for v in (x0, y0, x1, y1)]
        line = max(1, round(width * self.scale))
        if shape == "round":
            self.draw.ellipse(box, outline=(gray,) * 3, width=line)
        elif shape == "soft":
            self.draw.rounded_rectangle(box, (x1 - x0) * 0.2 * self.scale, None, (gray,) * 3, line)
        else:
            self.draw.rectangle(box, outline=(gray,) * 3, width=line)

    # -- marks -----------------------------------------------------------------------------------

    def mark(self, kind, state, pixels, text=""):
        self.marks.append({"kind": kind, "state": state, "box": [v / self.scale for v in pixels], "text": text})

    def tick_box(self, x, y, side, style, how):
        """Its corner at x, y; how: a way to mark it, or None."""
        self.frame(x, y, x + side, y + side, style[1], style[2], style[0])
        box = [v * self.scale for v in (x, y, x + side, y + side)]
        if how:
            getattr(self.pen, how)(box[0], box[1], side * self.scale)
        self.mark("tick_box", STATES[how] if how else "empty", box)

    def handwriting(self, x, y, width):
        size, text = self.rng.uniform(13, 19) * self.scale, ""
        if self.rng.random() < 0.25:
            box = self.pen.scribble(x * self.scale, y * self.scale, width * self.scale * 0.8, size * 0.7)
        else:
            text = self.rng.choice(WRITTEN)
            face = ImageFont.truetype(self.hand, round(size))
            size *= min(1, width * self.scale / max(1, face.getlength(text) * 1.15))
            box = self.pen.write(x * self.scale, y * self.scale, text, self.hand, size)
        self.mark("handwriting", "", box, text)

    def stamp(self, x, y):
        """Its centre at x, y."""
        color, rows = self.rng.choice(STAMPS[self.purpose]), self.rng.choice(STAMPED)
        ink = self._round_stamp(rows) if self.rng.random() < 0.45 else self._square_stamp(rows)
        ink = patchy(ink.rotate(self.rng.uniform(-25, 25), Image.Resampling.BICUBIC, expand=True),
                     self.rng, self.rng.uniform(0.2, 0.6))
        place = (round(x * self.scale - ink.width / 2), round(y * self.scale - ink.height / 2))
        self.mark("stamp", "", stain(self.image, ink, place, color))

    def _square_stamp(self, rows):
        width, height = round(self.rng.uniform(95, 135) * self.scale), round(46 * self.scale)
        ink = Image.new("L", (width, height), 0)
        draw = ImageDraw.Draw(ink)
        line = round(1.6 * self.scale)
        draw.rectangle((2, 2, width - 3, height - 3), outline=255, width=line)
        for number, row in enumerate(rows):
            draw.text((width / 2, height * (0.32 + 0.38 * number)), row, 255,
                      self.face("liberation/LiberationSans-Bold.ttf", 13 - 2 * number), anchor="mm")
        return ink

    def _round_stamp(self, rows):
        side = round(self.rng.uniform(72, 92) * self.scale)
        ink = Image.new("L", (side, side), 0)
        draw = ImageDraw.Draw(ink)
        line = round(1.5 * self.scale)
        draw.ellipse((1, 1, side - 2, side - 2), outline=255, width=line)
        draw.ellipse((side * 0.16, side * 0.16, side * 0.84, side * 0.84), outline=255, width=line // 2)
        for number, row in enumerate(rows):
            draw.text((side / 2, side * (0.43 + 0.15 * number)), row, 255,
                      self.face("liberation/LiberationSans-Bold.ttf", 7), anchor="mm")
        return ink

    # -- parts of a form; each returns the y below it --------------------------------------------

    def heading(self, y):
        self.text(50, y + 14, self.rng.choice(("Claim form", "Schadenanzeige", "Statement of loss",
                                               "Unfallmeldung")), self.rng.uniform(15, 22), self.strong)
        if self.rng.random() < 0.5:
            x = self.rng.uniform(440, 500)
            self.draw.ellipse([v * self.scale for v in (x, y - 8, x + 30, y + 22)],
                              fill=(40, 90, 60))
        return y + 30

    def paragraph(self, y):
        x, start = 50, self.rng.randrange(len(PROSE))
        for number in range(self.rng.randrange(12, 40)):
            word = PROSE[(start + number) % len(PROSE)]
            if x > 490:
                x, y = 50, y + 12
            x = self.text(x, y + 9, word, 8.5) + 3
        return y + 20

    def fields(self, y):
        """A row of framed or ruled fields, typed, written or empty."""
        framed, x = self.rng.random() < 0.6, 50
        height = self.rng.uniform(28, 36)
        for width in self.rng.choice(((240, 240), (160, 150, 170), (490,), (300, 180))):
            if framed:
                self.frame(x, y, x + width, y + height)
            else:
                self.rule(x, y + height - 3, x + width)
            self.text(x + 3, y + 8, self.rng.choice(CAPTIONS), 6.8, color=(60, 60, 64))
            how = self.rng.random()
            if how < 0.55:
                self.handwriting(x + 6, y + height - 6, width - 12)
            elif how < 0.85:
                self.text(x + 5, y + height - 6, self.rng.choice(TYPED_VALUES), 9.5, TYPED[self.purpose])
            x += width + 5
        return y + height + 7

    def cells(self, y):
        """A row of cells, a letter in each: no tick boxes."""
        x, side = 150, self.rng.uniform(12, 15)
        self.text(50, y + 11, self.rng.choice(("Postcode", "Kundennummer", "IBAN")), 8.5)
        filled = self.rng.random() < 0.6
        for _ in range(self.rng.randrange(5, 12)):
            self.frame(x, y, x + side, y + side)
            if filled:
                self.text(x + side * 0.25, y + side * 0.78, str(self.rng.randrange(10)), 9,
                          TYPED[self.purpose])
            x += side
        return y + side + 10

    def ticks(self, y):
        style = self.rng.choice(BOXES[self.purpose])
        side, size = self.rng.uniform(*SIDES[self.purpose]), self.rng.uniform(8, 9.5)
        gap = self.rng.uniform(16, 22)
        self.text(50, y + 10, self.rng.choice(QUESTIONS), size)
        x, top = 220, y
        for _ in range(self.rng.randrange(2, 9)):
            if x > 480:
                x, y = 220, y + gap + side
            how = self.rng.choice(MARKS[self.purpose]) if self.rng.random() < 0.45 else None
            self.tick_box(x, y + 11 - side, side, style, how)
            x = self.text(x + side + 5, y + 10, self.rng.choice(CHOICES), size) + 26
        return max(y, top) + gap + 8

    def table(self, y):
        columns, height = (170, 70, 90, 90), 15
        for row in range(self.rng.randrange(3, 6)):
            x = 50
            for column, width in enumerate(columns):
                self.frame(x, y, x + width, y + height, 0.4)
                text = (self.rng.choice(TYPED_VALUES)[:16] if column == 0
                        else f"{self.rng.randrange(1, 900)}.{self.rng.randrange(100):02}")
                self.text(x + 4, y + 11, text, 8.5)
                x += width
            y += height
        return y + 12

    def remarks(self, y):
        """Ruled lines with writing on some of them."""
        self.text(50, y + 9, "Describe in your own words what happened", 8.5)
        y += 28
        for line in range(self.rng.randrange(2, 5)):
            if line < 2 or self.rng.random() < 0.5:
                self.handwriting(54, y - 3, self.rng.uniform(220, 440))
            self.rule(50, y, 540, 0.4, 110)
            y += 24
        return y

    def signature(self, y):
        signed, x = self.rng.random() < 0.65, self.rng.choice((50, 300))
        width, height = 200, 36
        self.rule(x, y + height, x + width)
        self.text(x, y + height + 9, self.rng.choice(SIGNED), 7.5)
        area = [v * self.scale for v in (x, y, x + width, y + height)]
        if signed:
            area = self.pen.sign((x + 15) * self.scale, (y + height - 6) * self.scale,
                                 self.rng.uniform(90, 150) * self.scale,
                                 self.rng.uniform(20, 30) * self.scale)
        self.mark("signature", "present" if signed else "absent", area)
        return y + height + 22

    def fill(self):
        y = self.heading(40)
        parts = [self.paragraph, self.fields, self.fields, self.ticks, self.ticks, self.cells, self.table,
                 self.remarks, self.fields, self.ticks, self.fields, self.paragraph]
        self.rng.shuffle(parts)
        for part in parts:
            if y > 680:
                break
            y = part(y)
        y = self.signature(y)
        if self.rng.random() < 0.5:
            self.stamp(self.rng.uniform(380, 470), min(y + 20, 770))
        return self.image.resize(tuple(v // OVERSAMPLING for v in self.image.size), Image.Resampling.BOX)


def _coloured_scan(image, dpi, seed, skew):
    rng = random.Random(seed)
    turned = image.rotate(-skew, Image.Resampling.BICUBIC, fillcolor=(255, 255, 255))
    tint = tuple(rng.randrange(238, 253) for _ in range(3))
    paper = Image.new("RGB", image.size, tint)
    from PIL import ImageChops, ImageFilter
    worn = ImageChops.multiply(turned, paper).filter(ImageFilter.GaussianBlur(rng.uniform(0.4, 0.8)))
    return wear._with_grain(worn, rng, rng.uniform(6, 14)), wear._rotation(dpi, skew, image.size)


def worn(image, dpi, rng, purpose):
    """What a scanner, a fax or a telephone makes of it: (image, mapping, "png" or "jpg")."""
    seed, skew = rng.randrange(1 << 30), rng.uniform(-1.6, 1.6)
    how = rng.choice(("clean", "scan", "scan", "colour", "colour", "fax", "photograph"))
    if how == "scan":
        low, high = (8, 20) if purpose == "train" else (4, 28)
        return *wear.scan(image, dpi, seed, skew, rng.uniform(low, high)), "jpg"
    if how == "colour":
        return *_coloured_scan(image, dpi, seed, skew), "jpg"
    if how == "fax":
        return *wear.fax(image, dpi, seed, skew / 2, 175 if purpose == "train" else 188), "png"
    if how == "photograph":
        shake = 0.03 if purpose == "train" else 0.04
        corners = [(abs(x - rng.uniform(0.01, shake)), abs(y - rng.uniform(0.01, shake)))
                   for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))]
        return *wear.photograph(image, dpi, seed, image.size, corners), "jpg"
    return image, wear.scale(dpi), "png"


def _in_pixels(box, mapping):
    x0, y0, x1, y1 = box
    corners = [mapping(x, y) for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))]
    xs, ys = zip(*corners)
    return [math.floor(min(xs)), math.floor(min(ys)), math.ceil(max(xs)), math.ceil(max(ys))]


def make(out, number, purpose, seed):
    rng = random.Random(f"{purpose} {seed} {number}")
    dpi = rng.choice((150, 200, 200, 300) if purpose == "train" else (140, 180, 200, 250, 300))
    form = Form(rng, purpose, dpi)
    image, mapping, kind = worn(form.fill(), dpi, rng, purpose)
    name = f"{purpose}-{number:04}"
    image.save(out / f"{name}.{kind}", dpi=(dpi, dpi), quality=rng.randrange(55, 90))
    marks = [{**mark, "box": _in_pixels(mark["box"], mapping)} for mark in form.marks]
    truth = {"file": f"{name}.{kind}", "width": image.width, "height": image.height, "marks": marks,
             "printed": sorted(form.printed)}
    (out / f"{name}.json").write_text(json.dumps(truth) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--purpose", choices=("train", "evaluate"), default="train")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for number in range(arguments.count):
        make(arguments.out, number, arguments.purpose, arguments.seed)


if __name__ == "__main__":
    main()
