#!/usr/bin/python3
"""Makes samples/: invented insurance documents with exact ground truth.

  tools/make_samples.py                 write samples/documents and samples/truth
  tools/make_samples.py --only NAME     one of them
  tools/make_samples.py --out DIR       elsewhere
  tools/make_samples.py --check         compare with what is committed; exit 1 on a difference

Seeded throughout: the same tools give the same bytes. Needs Debian's python3-reportlab,
python3-pil, python3-img2pdf, qpdf, poppler-utils, fonts-liberation and fonts-dejavu.
"""
import argparse
import json
import math
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from samples import accident_statement, claim_forms, files, fonts, invoices, letters  # noqa: E402
from samples import truth, vocabulary, wear  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent / "samples"


class Sample:
    """One file: which sheets, in which language, and how they became a file."""

    def __init__(self, name, language, document_class, kind, sheets, make, **settings):
        self.name, self.language, self.kind = name, language, kind
        self.document_class = document_class
        self.sheets, self.make, self.settings = sheets, make, settings

    def build(self):
        """Returns (bytes of the file, its truth)."""
        sheets = self.sheets()
        data, dpi, seen = self.make(sheets, self.name, **self.settings)
        pages = [truth.page(sheet, mapping, *size) for sheet, (mapping, size) in zip(sheets, seen)]
        about = {"file": self.name, "kind": self.kind, "language": self.language,
                 "class": self.document_class}
        if dpi:
            about["dpi"] = dpi
        return data, {**about, "pages": pages}


# -- how a file comes about: each returns (bytes, dpi or None, [(mapping, (width, height))]) -----


def born_digital(sheets, name, dpi=150):
    """The truth's boxes are in pixels at `dpi`, as pdftoppm renders."""
    seen = [(wear.scale(dpi), tuple(math.ceil(v * dpi / 72) for v in s.size)) for s in sheets]
    return files.pdf_of(sheets, name), dpi, seen


def _rendered(sheets, name, dpi):
    with tempfile.NamedTemporaryFile(suffix=".pdf") as clean:
        clean.write(files.pdf_of(sheets, name))
        clean.flush()
        return [wear.rasterise(clean.name, n + 1, dpi) for n in range(len(sheets))]


def _worn(device, sheets, name, dpi, seed, skews, **more):
    images, seen = [], []
    for number, image in enumerate(_rendered(sheets, name, dpi)):
        worn, mapping = device(image, dpi, seed + number, skews[number], **more)
        images.append(worn)
        seen.append((mapping, worn.size))
    return images, seen


def scanned(sheets, name, dpi, seed, skews, quality=50, **more):
    images, seen = _worn(wear.scan, sheets, name, dpi, seed, skews, **more)
    return files.scanned_pdf(images, dpi, quality), dpi, seen


def scanned_bilevel(sheets, name, dpi, seed, skews, **more):
    images, seen = _worn(wear.fax, sheets, name, dpi, seed, skews, **more)
    return files.scanned_pdf(images, dpi), dpi, seen


def mixed(sheets, name, dpi, seed, skew):
    """The first page with its text layer, the second as a scanner left it."""
    scan, _, seen = scanned_bilevel(sheets[1:], name, dpi, seed, [skew])
    first, _, text_seen = born_digital(sheets[:1], name, dpi)
    return files.joined_pdf([first, scan]), dpi, text_seen + seen


def archive_tiff(sheets, name, dpi, seed, skews, **more):
    images, seen = _worn(wear.fax, sheets, name, dpi, seed, skews, **more)
    return files.tiff_g4(images, dpi), None, seen


def photograph(sheets, name, seed, size, corners, turns=0, orientation=None, dpi=150, quality=58):
    """turns: quarter turns of the stored pixels; orientation: the EXIF value that undoes them."""
    image, mapping = wear.photograph(_rendered(sheets, name, dpi)[0], dpi, seed, size, corners)
    image, mapping = wear.turn(image, mapping, turns)
    return files.jpeg(image, quality, None, orientation), None, [(mapping, image.size)]


def grey_png(sheets, name, dpi, levels=16):
    image = _rendered(sheets, name, dpi)[0].convert("L")
    step = 255 / (levels - 1)
    image = image.point([round(round(v / step) * step) for v in range(256)])
    return files.png(image, dpi), None, [(wear.scale(dpi), image.size)]


def colour_png(sheets, name, dpi):
    image = _rendered(sheets, name, dpi)[0].quantize(48, dither=0)
    return files.png(image), None, [(wear.scale(dpi), image.size)]


SAMPLES = [
    Sample("motor-claim-form-en.pdf", "en", "claim_form", "born-digital PDF",
           claim_forms.motor_claim_en, born_digital),
    Sample("haftpflicht-schadenanzeige-de.pdf", "de", "claim_form", "born-digital PDF",
           lambda: [claim_forms.liability_claim_de()], born_digital),
    Sample("versicherungsschein-de.pdf", "de", "policy", "born-digital PDF",
           letters.policy_schedule_de, born_digital),
    Sample("garage-invoice-en.pdf", "en", "invoice", "born-digital PDF",
           invoices.garage_invoice_en, born_digital),
    Sample("klempner-rechnung-de.pdf", "de", "invoice", "scanned PDF, grey",
           invoices.plumber_invoice_de, scanned, dpi=160, seed=101, skews=[1.1], noise=12),
    Sample("acknowledgement-letter-en.pdf", "en", "letter", "scanned PDF, bilevel",
           letters.acknowledgement_en, scanned_bilevel, dpi=200, seed=201, skews=[-0.7]),
    Sample("burglary-mail-en.pdf", "en", "letter", "PDF, text layer and scan",
           letters.burglary_mail_en, mixed, dpi=200, seed=901, skew=0.6),
    Sample("accident-statement-en.pdf", "en", "accident_statement", "scanned PDF, grey",
           accident_statement.mill_road_en, scanned, dpi=180, seed=301, skews=[-0.6], noise=9),
    Sample("unfallbericht-de.jpg", "de", "accident_statement", "photograph",
           accident_statement.marktplatz_de, photograph, seed=401, size=(1500, 2060), dpi=170,
           corners=[(0.052, 0.038), (0.951, 0.029), (0.972, 0.968), (0.028, 0.974)], quality=50),
    Sample("water-claim-form-en.tif", "en", "claim_form", "multi-page G4 TIFF",
           claim_forms.water_claim_en, archive_tiff, dpi=200, seed=501, skews=[0.4, -0.5]),
    Sample("brief-mit-aufstellung-de.tif", "de", "letter", "multi-page G4 TIFF",
           letters.customer_letter_de, archive_tiff, dpi=200, seed=601, skews=[-0.4, 0.9, 0.3]),
    Sample("locksmith-invoice-en.jpg", "en", "invoice", "photograph, EXIF orientation 6",
           invoices.locksmith_invoice_en, photograph, seed=701, size=(1300, 1780),
           corners=[(0.09, 0.05), (0.93, 0.065), (0.965, 0.955), (0.05, 0.94)], turns=1,
           orientation=6),
    Sample("kassenbon-de.jpg", "de", "receipt", "photograph on its side",
           invoices.receipt_de, photograph, seed=801, size=(760, 1320), dpi=200,
           corners=[(0.12, 0.06), (0.89, 0.045), (0.92, 0.95), (0.1, 0.955)], turns=3),
    Sample("zahnarzt-rechnung-de.png", "de", "invoice", "PNG, grey",
           invoices.medical_bill_de, grey_png, dpi=150),
    Sample("glazing-estimate-en.png", "en", "estimate", "PNG, colours, low resolution",
           invoices.estimate_en, colour_png, dpi=120),
]


def write(sample, out):
    data, facts = sample.build()
    (out / "documents").mkdir(parents=True, exist_ok=True)
    (out / "truth").mkdir(parents=True, exist_ok=True)
    (out / "documents" / sample.name).write_bytes(data)
    text = truth.dump(facts)
    (out / "truth" / f"{sample.name}.json").write_text(text, encoding="utf-8")
    print(f"{sample.name:36} {len(data) / 1024:7.1f} KiB {len(facts['pages'])} page(s) "
          f"{sum(len(p['words']) for p in facts['pages']):5} words", flush=True)


def differences(sample, out):
    for part in (f"documents/{sample.name}", f"truth/{sample.name}.json"):
        if not (ROOT / part).exists() or (ROOT / part).read_bytes() != (out / part).read_bytes():
            yield part


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=pathlib.Path, default=ROOT)
    parser.add_argument("--only", metavar="NAME")
    parser.add_argument("--check", action="store_true", help="compare with what is committed")
    arguments = parser.parse_args()
    fonts.register()
    chosen = [s for s in SAMPLES if arguments.only in (None, s.name)]
    if not chosen:
        parser.error(f"no sample is called {arguments.only}")
    with tempfile.TemporaryDirectory() as scratch:
        out = pathlib.Path(scratch) if arguments.check else arguments.out
        changed = []
        for sample in chosen:
            write(sample, out)
            if arguments.check:
                changed += differences(sample, out)
        if not arguments.check and not arguments.only:
            schema = json.dumps(vocabulary.schema(), ensure_ascii=False, indent=2)
            (out / "schema.json").write_text(schema + "\n", encoding="utf-8")
    for part in changed:
        print(f"differs from samples/{part}")
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main())
