"""What scanners, fax machines and telephones do to a clean page.

Each function returns (image, mapping); mapping takes a point of the sheet, in points, to a pixel
of the image as it is stored. Noise is drawn from a seeded generator, so results repeat.
"""
import io
import math
import random
import subprocess

from PIL import Image, ImageChops, ImageFilter


def rasterise(pdf, page, dpi):
    """One page of a PDF as an RGB image."""
    out = subprocess.run(
        ["pdftoppm", "-r", str(dpi), "-f", str(page), "-l", str(page), "-png", pdf],
        check=True, capture_output=True).stdout
    return Image.open(io.BytesIO(out)).convert("RGB")


def scale(dpi):
    return lambda x, y: (x * dpi / 72, y * dpi / 72)


# -- geometry ------------------------------------------------------------------------------------


def _solve(rows):
    """Gauss-Jordan on an augmented matrix."""
    size = len(rows)
    for column in range(size):
        pivot = max(range(column, size), key=lambda r: abs(rows[r][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        head = rows[column][column]
        rows[column] = [v / head for v in rows[column]]
        for other in range(size):
            if other != column and rows[other][column]:
                factor = rows[other][column]
                rows[other] = [a - factor * b for a, b in zip(rows[other], rows[column])]
    return [row[-1] for row in rows]


def homography(source, target):
    """The eight numbers of the projection that takes four source points to four target points."""
    rows = []
    for (x, y), (u, v) in zip(source, target):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    return _solve(rows)


def project(h, x, y):
    w = h[6] * x + h[7] * y + 1
    return (h[0] * x + h[1] * y + h[2]) / w, (h[3] * x + h[4] * y + h[5]) / w


def _corners(width, height):
    return [(0, 0), (width, 0), (width, height), (0, height)]


# -- surfaces ------------------------------------------------------------------------------------


def _grain(rng, size, strength, softness=0.6):
    """Grey noise around 128."""
    noise = Image.frombytes("L", size, rng.randbytes(size[0] * size[1]))
    noise = noise.point([int(128 + (v - 128) * strength / 128) for v in range(256)])
    return noise.filter(ImageFilter.GaussianBlur(softness))


def _clouds(rng, size, low, high, cells=5):
    """Slow changes of brightness between low and high."""
    small = Image.frombytes("L", (cells, cells), rng.randbytes(cells * cells))
    small = small.point([int(low + (high - low) * v / 255) for v in range(256)])
    return small.resize(size, Image.Resampling.BICUBIC)


def _tinted(grey, color):
    return Image.merge("RGB", [grey.point([v * c // 255 for v in range(256)]) for c in color])


def _with_grain(image, rng, strength):
    grain = _grain(rng, image.size, strength)
    if image.mode == "RGB":
        grain = Image.merge("RGB", [grain] * 3)
    return ImageChops.add(image, grain, 1, -128)


def _specks(image, rng, count, value):
    pixels = image.load()
    for _ in range(count):
        x, y = rng.randrange(image.width - 2), rng.randrange(image.height - 2)
        for dx in range(rng.choice((1, 1, 2))):
            for dy in range(rng.choice((1, 1, 2))):
                pixels[x + dx, y + dy] = value


# -- devices -------------------------------------------------------------------------------------


def scan(image, dpi, seed, skew=0.8, noise=16):
    """A grey flat-bed scan: a little crooked, paper not quite white, dust."""
    rng = random.Random(seed)
    grey = image.convert("L")
    turned = grey.rotate(-skew, Image.Resampling.BICUBIC, fillcolor=255)
    paper = _clouds(rng, grey.size, 228, 250)
    worn = ImageChops.multiply(turned, paper).filter(ImageFilter.GaussianBlur(0.55))
    worn = _with_grain(worn, rng, noise)
    _specks(worn, rng, grey.width * grey.height // 60000, 70)
    return worn, _rotation(dpi, skew, grey.size)


def _rotation(dpi, degrees, size):
    """Pillow turns about the image's centre."""
    angle = math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    cx, cy = size[0] / 2, size[1] / 2

    def mapping(x, y):
        px, py = x * dpi / 72 - cx, y * dpi / 72 - cy
        return cx + px * cos - py * sin, cy + px * sin + py * cos
    return mapping


def fax(image, dpi, seed, skew=0.5, threshold=182):
    """A bilevel scan as archives keep it: ragged edges, specks."""
    rng = random.Random(seed)
    grey = image.convert("L").rotate(-skew, Image.Resampling.BICUBIC, fillcolor=255)
    grey = _with_grain(grey.filter(ImageFilter.GaussianBlur(0.5)), rng, 55)
    bilevel = grey.point([255 if v > threshold else 0 for v in range(256)], mode="1")
    _specks(bilevel, rng, grey.width * grey.height // 25000, 0)
    return bilevel, _rotation(dpi, skew, grey.size)


def photograph(image, dpi, seed, size, corners, grain=14, desk=(96, 74, 56)):
    """A sheet on a desk, seen by a telephone: perspective, shadow, soft focus, sensor noise.

    size: of the photograph, pixels; corners: where the sheet's corners (clockwise from the top
    left) lie in it, as fractions.
    """
    rng = random.Random(seed)
    target = [(x * size[0], y * size[1]) for x, y in corners]
    source = _corners(*image.size)
    forward = homography(source, target)
    back = homography(target, source)
    seen = image.transform(size, Image.Transform.PERSPECTIVE, back, Image.Resampling.BICUBIC)
    mask = Image.new("L", image.size, 255).transform(
        size, Image.Transform.PERSPECTIVE, back, Image.Resampling.BICUBIC)
    wood = _tinted(_clouds(rng, size, 190, 255, 9), desk)
    shadow = mask.filter(ImageFilter.GaussianBlur(14)).point([v * 2 // 5 for v in range(256)])
    wood = Image.composite(Image.new("RGB", size, (28, 22, 18)), wood, shadow)
    photo = Image.composite(seen, wood, mask)
    photo = ImageChops.multiply(photo, _tinted(_clouds(rng, size, 172, 255, 3), (252, 246, 234)))
    photo = _with_grain(photo.filter(ImageFilter.GaussianBlur(0.6)), rng, grain)

    def mapping(x, y):
        return project(forward, x * dpi / 72, y * dpi / 72)
    return photo, mapping


def turn(image, mapping, quarter_turns):
    """The stored pixels turned counter-clockwise by quarter turns, as a camera held sideways."""
    width, height = image.size
    for _ in range(quarter_turns % 4):
        image = image.transpose(Image.Transpose.ROTATE_90)
        mapping = _turned(mapping, width)
        width, height = height, width
    return image, mapping


def _turned(mapping, width):
    def turned(x, y):
        px, py = mapping(x, y)
        return py, width - px
    return turned
