"""What people do to a form with a pen: words, signatures, and marks on tick boxes.

A pen draws on a Pillow image in pixels and returns the box of its ink. Strokes are polylines through
points that a hand would not hit twice; everything is drawn from the given generator, so results repeat.
"""
import math

from PIL import Image, ImageChops, ImageDraw, ImageFont

_TRUETYPE, _OPENTYPE = "/usr/share/fonts/truetype/", "/usr/share/fonts/opentype/"

# Debian's fonts made from handwriting. What is tuned is tuned on the first, figures are of the second.
HANDS = {
    "train": [_TRUETYPE + "breip/Breip.ttf", _TRUETYPE + "fifthhorseman/dkg.ttf",
              _OPENTYPE + "bwht/BecauseWeBuild-Regular.otf",
              _OPENTYPE + "bwht/BecauseWeConnect-Regular.otf",
              _OPENTYPE + "bwht/BecauseWeCreate-Regular.otf",
              _OPENTYPE + "dancingscript/DancingScript-Regular.otf"],
    "evaluate": [_TRUETYPE + "femkeklaver/femkeklaver.ttf", _TRUETYPE + "kristi/Kristi.ttf",
                 _TRUETYPE + "fifthhorseman/dkgIt.ttf",
                 _OPENTYPE + "bwht/BecauseWeLearn-Regular.otf",
                 _OPENTYPE + "bwht/BecauseWeMentor-Regular.otf",
                 _OPENTYPE + "bwht/BecauseWeOrganize-Regular.otf"],
}
INKS = {
    "train": [(25, 40, 120), (30, 30, 34), (40, 60, 150)],
    "evaluate": [(18, 28, 90), (20, 20, 20), (60, 80, 170), (88, 88, 92)],
}


class Pen:
    """A pen in somebody's hand. width: pixels of its line."""

    def __init__(self, image, rng, color, width):
        self.image, self.rng, self.color, self.width = image, rng, color, width
        self.draw = ImageDraw.Draw(image)

    def stroke(self, points, width=None):
        """A smooth line through the points; returns the box of its ink."""
        width = max(1, round(width or self.width))
        path = _smooth(points)
        self.draw.line(path, fill=self.color, width=width, joint="curve")
        for x, y in (path[0], path[-1]):
            self.draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2),
                              fill=self.color)
        xs, ys = zip(*path)
        return (min(xs) - width / 2, min(ys) - width / 2, max(xs) + width / 2, max(ys) + width / 2)

    def shaken(self, points, by):
        return [(x + self.rng.uniform(-by, by), y + self.rng.uniform(-by, by)) for x, y in points]

    # -- marks on a tick box; x, y: its corner, side: its length ---------------------------------

    def cross(self, x, y, side):
        over = self.rng.uniform(-0.12, 0.35) * side
        return _union([self.stroke(self.shaken([(x - over, y - over),
                                                (x + side / 2, y + side / 2),
                                                (x + side + over, y + side + over)], side * 0.07)),
                       self.stroke(self.shaken([(x + side + over, y - over),
                                                (x + side / 2, y + side / 2),
                                                (x - over, y + side + over)], side * 0.07))])

    def tick(self, x, y, side):
        rise = self.rng.uniform(0.1, 0.8) * side
        return self.stroke(self.shaken([(x + side * 0.08, y + side * 0.5),
                                        (x + side * 0.38, y + side * 0.88),
                                        (x + side * 0.75, y + side * 0.3),
                                        (x + side + rise * 0.5, y - rise)], side * 0.06))

    def slash(self, x, y, side):
        over = self.rng.uniform(0, 0.3) * side
        return self.stroke(self.shaken([(x - over, y + side + over), (x + side / 2, y + side / 2),
                                        (x + side + over, y - over)], side * 0.08))

    def fill(self, x, y, side):
        rows = self.rng.randrange(5, 9)
        points = []
        for row in range(rows + 1):
            at = y + side * (0.12 + 0.76 * row / rows)
            points.append((x + side * (0.12 if row % 2 else 0.88), at))
        return self.stroke(self.shaken(points, side * 0.06), self.width * 1.3)

    def circle(self, x, y, side):
        """A loop around it that does not quite close."""
        cx, cy = x + side / 2, y + side / 2
        rx, ry = side * self.rng.uniform(0.95, 1.3), side * self.rng.uniform(0.9, 1.2)
        start, turns = self.rng.uniform(0, 2 * math.pi), self.rng.uniform(0.97, 1.12)
        points = []
        for step in range(25):
            angle = start + 2 * math.pi * turns * step / 24
            grow = 1 + 0.08 * step / 24
            points.append((cx + rx * grow * math.cos(angle), cy + ry * grow * math.sin(angle)))
        return self.stroke(self.shaken(points, side * 0.02))

    # -- writing ---------------------------------------------------------------------------------

    def write(self, x, y, text, font, size):
        """One line with its baseline near y, in a font made from handwriting; word by word, none
        quite straight. size: pixels."""
        face = ImageFont.truetype(font, round(size))
        space = face.getlength("n") * self.rng.uniform(0.5, 0.9)
        slope, boxes = self.rng.uniform(-0.02, 0.02), []
        for word in text.split():
            boxes.append(self._word(x, y + self.rng.uniform(-0.05, 0.05) * size, word, face))
            step = face.getlength(word) + space
            x, y = x + step, y + slope * step
        return _union(boxes)

    def _word(self, x, y, word, face):
        margin = face.size
        ink = Image.new("L", (round(face.getlength(word)) + 2 * margin, 3 * margin), 0)
        thicker = max(0, round((self.width - face.size / 14) / 2))
        ImageDraw.Draw(ink).text((margin, 2 * margin), word, 255, face, anchor="ls",
                                 stroke_width=min(thicker, 2))
        ink = ink.rotate(self.rng.uniform(-2.5, 2.5), Image.Resampling.BICUBIC)
        place = (round(x) - margin, round(y) - 2 * margin)
        return stain(self.image, ink, place, self.color)

    def scribble(self, x, y, width, size):
        """Joined writing that no font has: arches, loops and tails, one word after another."""
        boxes, end = [], x + width
        while x < end - size:
            letters = self.rng.randrange(3, 9)
            points, at = [], x
            slant = self.rng.uniform(0.05, 0.35)
            for _ in range(letters):
                advance = size * self.rng.uniform(0.32, 0.55)
                high = self.rng.choice((0.5, 0.5, 0.55, 0.6, 1.0, 1.1)) * size
                low = self.rng.choice((0, 0, 0, 0, -0.4)) * size
                shape = [(0.0, 0.05), (0.35, 0.9), (0.5, 1.0), (0.62, 0.8), (0.5, 0.1), (0.75, 0.0)]
                points += [(at + advance * u + slant * high * v, y - high * v)
                           for u, v in shape]
                if low:
                    points += [(at + advance * 0.7, y - low), (at + advance * 0.4, y - low * 0.8)]
                at += advance
                if at > end:
                    break
            boxes.append(self.stroke(self.shaken(points, size * 0.035)))
            x = at + size * self.rng.uniform(0.4, 0.8)
        return _union(boxes)

    def sign(self, x, y, width, height):
        """A signature: a large first letter, then loops that flatten out, at times a flourish."""
        steps = self.rng.randrange(7, 13)
        points = [(x + width * 0.02, y), (x + width * 0.07, y - height * 0.9),
                  (x + width * 0.13, y - height * self.rng.uniform(0.7, 1)),
                  (x + width * 0.08, y - height * 0.1), (x + width * 0.15, y + height * 0.05)]
        for step in range(steps):
            at = x + width * (0.18 + 0.78 * step / steps)
            flat = 1 - 0.6 * step / steps
            up = height * flat * self.rng.uniform(0.2, 0.75)
            points += [(at + width * 0.02, y - up), (at + width * 0.035, y - up * 0.8),
                       (at + width * 0.015, y + height * self.rng.uniform(-0.02, 0.12))]
        boxes = [self.stroke(self.shaken(points, height * 0.03))]
        if self.rng.random() < 0.4:
            boxes.append(self.stroke(self.shaken([(x + width * 0.95, y), (x + width * 0.4, y + height * 0.2),
                                                  (x + width * 0.1, y + height * 0.12)], height * 0.04)))
        return _union(boxes)


def stain(image, ink, place, color):
    """Paints `color` where `ink` (gray) is light; returns the box of what was painted."""
    box = ink.point([255 if v > 60 else 0 for v in range(256)]).getbbox()
    image.paste(Image.new("RGB", ink.size, color), place, ink)
    if box is None:
        return (place[0], place[1], place[0], place[1])
    return (place[0] + box[0], place[1] + box[1], place[0] + box[2], place[1] + box[3])


def patchy(ink, rng, strength):
    """Ink of a stamp that was not pressed evenly."""
    noise = Image.frombytes("L", (24, 24), rng.randbytes(576)).resize(ink.size, Image.Resampling.BICUBIC)
    return ImageChops.multiply(ink, noise.point([min(255, int(255 - strength * (255 - v)))
                                                 for v in range(256)]))


def _union(boxes):
    xs0, ys0, xs1, ys1 = zip(*boxes)
    return (min(xs0), min(ys0), max(xs1), max(ys1))


def _smooth(points, steps=6):
    """Catmull-Rom through the points."""
    out = []
    padded = [points[0], *points, points[-1]]
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:]):
        for step in range(steps):
            t = step / steps
            out.append(tuple(
                0.5 * (2 * b[i] + (c[i] - a[i]) * t + (2 * a[i] - 5 * b[i] + 4 * c[i] - d[i]) * t * t
                       + (3 * b[i] - a[i] - 3 * c[i] + d[i]) * t ** 3) for i in range(2)))
    out.append(points[-1])
    return out
