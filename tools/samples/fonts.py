"""Fonts of the sample documents, and where the ink of each glyph lies.

PDF text is set without kerning, so a glyph's place is the sum of the advances before it, and its
ink is known exactly from the font: that is where the ground truth boxes come from.
"""
import functools

from PIL import ImageFont
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

_LIBERATION = "/usr/share/fonts/truetype/liberation/Liberation"
_DEJAVU = "/usr/share/fonts/truetype/dejavu/DejaVu"

PATHS = {
    "sans": _LIBERATION + "Sans-Regular.ttf",
    "sans-bold": _LIBERATION + "Sans-Bold.ttf",
    "sans-italic": _LIBERATION + "Sans-Italic.ttf",
    "narrow": _LIBERATION + "SansNarrow-Regular.ttf",
    "narrow-bold": _LIBERATION + "SansNarrow-Bold.ttf",
    "serif": _LIBERATION + "Serif-Regular.ttf",
    "serif-bold": _LIBERATION + "Serif-Bold.ttf",
    "serif-italic": _LIBERATION + "Serif-Italic.ttf",
    "mono": _LIBERATION + "Mono-Regular.ttf",
    "mono-bold": _LIBERATION + "Mono-Bold.ttf",
    "book": _DEJAVU + "Serif.ttf",
    "book-bold": _DEJAVU + "Serif-Bold.ttf",
    "condensed": _DEJAVU + "SansCondensed.ttf",
    "condensed-bold": _DEJAVU + "SansCondensed-Bold.ttf",
}

_MEASURE = 1000  # pixels per em at which ink is measured


def register():
    for name, path in PATHS.items():
        pdfmetrics.registerFont(TTFont(name, path))


def width(text, font, size):
    return pdfmetrics.stringWidth(text, font, size)


@functools.lru_cache(maxsize=None)
def _face(font):
    return ImageFont.truetype(PATHS[font], _MEASURE, layout_engine=ImageFont.Layout.BASIC)


@functools.lru_cache(maxsize=None)
def _ink(char, font):
    """Ink of one glyph, in ems, relative to its origin on the baseline; y grows downwards."""
    code = ord(char)
    if code not in pdfmetrics.getFont(font).face.charToGlyph:
        raise ValueError(f"{font} has no glyph for {char!r}")
    box = _face(font).getbbox(char, anchor="ls")
    return tuple(v / _MEASURE for v in box)


def glyph_boxes(word, font, size, x, baseline):
    """Ink boxes of the word's glyphs when it is set at (x, baseline)."""
    boxes = []
    for index, char in enumerate(word):
        origin = x + width(word[:index], font, size)
        left, top, right, bottom = _ink(char, font)
        if right > left and bottom > top:
            boxes.append((origin + left * size, baseline + top * size,
                          origin + right * size, baseline + bottom * size))
    return boxes
