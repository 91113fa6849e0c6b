"""Other OCR programs, as bench/ocr.py wants them: read(file, language, work, environment) gives
{"words": [{"text", "bbox"}], "text"}, boxes in pixels of the stored image, unless `straightens` says that
the page is moved below its words.
"""
import csv
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import xml.etree.ElementTree as xml


def output_of(*arguments, **more):
    return subprocess.run([str(a) for a in arguments], check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, **more).stdout.decode("utf-8", "replace")


class Tesseract:
    name = "tesseract"
    straightens = False

    def missing(self):
        return None if shutil.which("tesseract") else "tesseract-ocr is not installed"

    def version(self):
        return output_of("tesseract", "--version").split()[1]

    def read(self, file, language, work, environment):
        table = output_of("tesseract", file, "-", "-l", language, "--psm", "3", "tsv", env=environment)
        rows = csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE)
        words, lines = [], {}
        for row in rows:
            if row["level"] != "5" or not row["text"].strip():
                continue
            x, y, w, h = (int(row[k]) for k in ("left", "top", "width", "height"))
            words.append({"text": row["text"], "bbox": [x, y, x + w, y + h]})
            line = (row["block_num"], row["par_num"], row["line_num"])
            lines.setdefault(line, []).append(row["text"])
        return {"words": words, "text": "\n".join(" ".join(line) for line in lines.values())}


class OcrMyPdf:
    """Its words are taken back from the PDF that it makes: boxes of a font, of the page as it lies."""

    def __init__(self, name, *flags):
        self.name, self.flags = name, flags
        self.straightens = "--deskew" in flags

    def missing(self):
        lacking = [p for p in self.programs() if not shutil.which(p)]
        return f"{' and '.join(lacking)}: not installed" if lacking else None

    def programs(self):
        return ["ocrmypdf", "unpaper"] if "--clean" in self.flags else ["ocrmypdf"]

    def version(self):
        return output_of("ocrmypdf", "--version").strip()

    def read(self, file, language, work, environment):
        result = work / "out.pdf"
        done = subprocess.run(["ocrmypdf", "--jobs", "1", "--image-dpi", "200", "--language", language,
                               "--quiet", *self.flags, str(file), str(result)], env=environment,
                              stderr=subprocess.DEVNULL)
        if done.returncode != 0 or not result.exists():
            return {"words": [], "text": ""}
        boxes = xml.fromstring(re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "",
                                      output_of("pdftotext", "-bbox", result, "-")))
        page = next(e for e in boxes.iter() if e.tag.endswith("page"))
        width = self.width_of(file)
        scale = width / float(page.get("width"))
        words = [{"text": e.text or "",
                  "bbox": [round(float(e.get(k)) * scale) for k in ("xMin", "yMin", "xMax", "yMax")]}
                 for e in page.iter() if e.tag.endswith("word")]
        return {"words": words, "text": output_of("pdftotext", result, "-")}

    @staticmethod
    def width_of(file):
        """Pixels; tesseract's own libraries bring no tool that tells, poppler's pdfimages does not
        know images, but img2pdf is one of OCRmyPDF's parts."""
        return int(output_of("/usr/bin/python3", "-c",
                             "import sys, PIL.Image; print(PIL.Image.open(sys.argv[1]).width)", file))


RAPID = """
import json, resource, sys
from rapidocr_onnxruntime import RapidOCR
engine = RapidOCR(intra_op_num_threads=1, inter_op_num_threads=1)
for line in sys.stdin:
    before = resource.getrusage(resource.RUSAGE_SELF)
    found, _ = engine(line.strip(), return_word_box=False)
    after = resource.getrusage(resource.RUSAGE_SELF)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    lines = [[text, [min(p[0] for p in box), min(p[1] for p in box), max(p[0] for p in box),
                     max(p[1] for p in box)]] for box, text, _ in found or []]
    print(json.dumps({"lines": lines, "cpu_s": spent}), flush=True)
"""


class RapidOcr:
    """Kept running; gives lines, whose boxes are shared out among their words by letters."""

    name = "RapidOCR"
    straightens = False

    def __init__(self):
        directory = os.environ.get("GLOSSATOR_VENV_RAPIDOCR", "")
        self.python = pathlib.Path(directory) / "bin" / "python" if directory else None
        self.process = None

    def missing(self):
        return None if self.python and self.python.exists() else "its Python environment is missing"

    def version(self):
        return output_of(self.python, "-c", "from importlib.metadata import version as v;"
                         "print(v('rapidocr-onnxruntime'))").strip()

    def read(self, file, language, work, environment):
        if self.process is None:
            self.process = subprocess.Popen([self.python, "-c", RAPID], stdin=subprocess.PIPE,
                                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                            text=True, env=environment)
        self.process.stdin.write(f"{file}\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        words = [w for text, box in answer["lines"] for w in self.shared(text, box)]
        return {"words": words, "cpu_s": answer["cpu_s"],
                "text": "\n".join(text for text, _ in answer["lines"])}

    @staticmethod
    def shared(text, box):
        each = (box[2] - box[0]) / max(len(text), 1)
        for match in re.finditer(r"\S+", text):
            yield {"text": match.group(), "bbox": [round(box[0] + match.start() * each), round(box[1]),
                                                   round(box[0] + match.end() * each), round(box[3])]}


# As paperless-ngx, which many run OCRmyPDF through, asks for it.
CAREFUL = ("--deskew", "--clean", "--rotate-pages", "--skip-text", "--output-type", "pdfa")

ALL = [Tesseract(), OcrMyPdf("OCRmyPDF"), OcrMyPdf("OCRmyPDF, careful", *CAREFUL), RapidOcr()]
