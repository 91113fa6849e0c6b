"""Writers of the file formats, each the same bytes every time."""
import contextlib
import io
import pathlib
import subprocess
import tempfile

import img2pdf
from PIL import Image
from reportlab.pdfgen import canvas as pdf_canvas


def pdf_of(sheets, title):
    """A born-digital PDF with a text layer."""
    buffer = io.BytesIO()
    canvas = pdf_canvas.Canvas(buffer, pagesize=sheets[0].size, invariant=1, pageCompression=1)
    canvas.setTitle(title)
    canvas.setAuthor("Glossator sample generator")
    for sheet in sheets:
        sheet.draw(canvas)
    canvas.save()
    return buffer.getvalue()


def jpeg(image, quality=60, dpi=None, orientation=None):
    buffer = io.BytesIO()
    extra = {}
    if orientation:
        exif = Image.Exif()
        exif[0x0112] = orientation
        exif[0x010F] = "Sample"
        exif[0x0110] = "Desk camera"
        extra["exif"] = exif.tobytes()
    if dpi:
        extra["dpi"] = (dpi, dpi)
    image.save(buffer, "JPEG", quality=quality, optimize=True, **extra)
    return buffer.getvalue()


def png(image, dpi=None):
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True, **({"dpi": (dpi, dpi)} if dpi else {}))
    return buffer.getvalue()


def tiff_g4(images, dpi):
    buffer = io.BytesIO()
    images[0].save(buffer, "TIFF", compression="group4", save_all=True,
                   append_images=images[1:], dpi=(dpi, dpi))
    return buffer.getvalue()


def scanned_pdf(images, dpi, quality=60):
    """One picture a page: JPEG for grey images, G4 for bilevel ones; no text layer."""
    parts = []
    for image in images:
        parts.append(tiff_g4([image], dpi) if image.mode == "1" else jpeg(image, quality, dpi))
    with contextlib.redirect_stdout(io.StringIO()):  # img2pdf prints a note about strips
        return img2pdf.convert(parts, layout_fun=img2pdf.get_fixed_dpi_layout_fun((dpi, dpi)),
                               nodate=True, producer="Desk scanner")


def joined_pdf(parts):
    """The pages of several PDFs in one."""
    with tempfile.TemporaryDirectory() as scratch:
        names = []
        for number, part in enumerate(parts):
            names.append(pathlib.Path(scratch) / f"{number}.pdf")
            names[-1].write_bytes(part)
        out = pathlib.Path(scratch) / "joined.pdf"
        subprocess.run(["qpdf", "--deterministic-id", "--empty", "--pages", *names, "--", out],
                       check=True)
        return out.read_bytes()
