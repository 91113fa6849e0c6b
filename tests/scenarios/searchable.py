#!/usr/bin/env python3
"""What was read leaves: each sample as a searchable PDF with words at their places, judged by poppler
and by pdf.js, and as hOCR, ALTO and plain text; from the server, and from `glossator ocr`."""
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

import harness

HERE = pathlib.Path(__file__).resolve().parent
NODE_MODULES = os.environ.get("GLOSSATOR_PDFJS", "")
REASON = "SKIPPED: no pdf.js: GLOSSATOR_PDFJS names no node_modules (./dev test fetches it)"
HAS_PDFJS = bool(NODE_MODULES) and (pathlib.Path(NODE_MODULES) / "pdfjs-dist").exists()
TOLERANCE = 2.5  # points; boxes of a text layer are fitted to the ink, the file's own are not
ALTO = "{http://www.loc.gov/standards/alto/ns-v4#}"
XHTML = "{http://www.w3.org/1999/xhtml}"

if not HAS_PDFJS:
    print(REASON, file=sys.stderr)


def poppler_words(pdf):
    """[(page width, page height, [(text, x0, y0, x1, y1)])], in points."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(pdf)
        file.flush()
        text = subprocess.run(["pdftotext", "-cropbox", "-bbox", file.name, "-"], check=True,
                              capture_output=True, text=True).stdout
    text = re.sub(r"<meta[^>]*>|<title>.*?</title>", "", text)
    pages = []
    for page in xml.etree.ElementTree.fromstring(text).iter(XHTML + "page"):
        words = [(w.text, *(float(w.get(k)) for k in ("xMin", "yMin", "xMax", "yMax")))
                 for w in page.iter(XHTML + "word")]
        pages.append((float(page.get("width")), float(page.get("height")), words))
    return pages


def pdfjs_items(pdf):
    """[(page width, page height, [(text, x, baseline)])], in points."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(pdf)
        file.flush()
        out = subprocess.run(["node", HERE.parent / "peers/pdfjs/words.mjs", NODE_MODULES, file.name],
                             check=True, capture_output=True, timeout=120).stdout
    return [(page["width"], page["height"], [(i["text"], i["x"], i["y"]) for i in page["items"]])
            for page in json.loads(out)]


def near(word, x, y):
    return (word[1] - TOLERANCE <= x <= word[3] + TOLERANCE and
            word[2] - TOLERANCE <= y <= word[4] + TOLERANCE)


class Searchable(harness.Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.documents = {}
        for path in sorted(harness.SAMPLES.iterdir()):
            cls.documents[path.name] = cls.admin.ready(path.name, path.read_bytes())

    def download(self, document, what):
        reply = self.project.client.get(f"{self.project.api}/documents/{document['id']}/{what}")
        self.assertEqual(reply.status, 200, reply)
        return reply

    def searchable(self, document):
        return self.download(document, "searchable.pdf").body

    def pages_of(self, document):
        """[(width, height, words)] as the server tells them, in pixels."""
        about = self.project.client.get(f"{self.project.api}/documents/{document['id']}").json
        return [(page["width"], page["height"], self.project.words(document["id"], number))
                for number, page in enumerate(about["page_list"], 1)]

    @staticmethod
    def in_points(page, width, height):
        """[(text, x0, y0, x1, y1)] of a page as the server tells it."""
        sx, sy = width / page[0], height / page[1]
        return [(w["text"], w["box"][0] * sx, w["box"][1] * sy, w["box"][2] * sx, w["box"][3] * sy)
                for w in page[2]]

    def assert_found(self, name, number, ours, found):
        """Nearly every word is there, and lies where the server says."""
        by_text = collections.defaultdict(list)
        for word in found:
            by_text[word[0]].append(word)
        right = sum(any(near(word, (w[1] + w[3]) / 2, (w[2] + w[4]) / 2)
                        for w in by_text[word[0]]) for word in ours)
        self.assertGreaterEqual(right, 0.98 * len(ours), f"{name}, page {number}")

    def test_poppler_finds_the_words_at_their_places(self):
        for name, document in self.documents.items():
            pages = self.pages_of(document)
            found = poppler_words(self.searchable(document))
            self.assertEqual(len(found), len(pages), name)
            for number, (page, (width, height, words)) in enumerate(zip(pages, found), 1):
                self.assertTrue(page[2], f"{name}, page {number}: no words")
                self.assert_found(name, number, self.in_points(page, width, height), words)

    @unittest.skipUnless(HAS_PDFJS, REASON)
    def test_pdfjs_finds_the_words_at_their_places(self):
        for name, document in self.documents.items():
            pages = self.pages_of(document)
            found = pdfjs_items(self.searchable(document))
            self.assertEqual(len(found), len(pages), name)
            for number, (page, (width, height, items)) in enumerate(zip(pages, found), 1):
                ours = self.in_points(page, width, height)
                told = collections.Counter(" ".join(i[0] for i in items).split())
                there = sum((told & collections.Counter(w[0] for w in ours)).values())
                self.assertGreaterEqual(there, 0.95 * len(ours), f"{name}, page {number}")
                placed = sum(any(w[0] == text.split()[0] and near(w, x + 1, y - 1) for w in ours)
                             for text, x, y in items)
                self.assertGreaterEqual(placed, 0.95 * len(items), f"{name}, page {number}")

    def test_an_upright_scan_is_unchanged(self):
        scan = subprocess.run(["pdftoppm", "-r", "100", "-jpeg", "-singlefile",
                               harness.SAMPLES / "garage-invoice-en.pdf"],
                              capture_output=True, check=True).stdout
        document = self.admin.ready("scan.jpg", scan)
        self.assertTrue(scan in self.searchable(document))

    def test_the_pages_look_as_before(self):
        def drawn(pdf):
            return subprocess.run(["pdftoppm", "-r", "50", "-"], input=pdf, capture_output=True,
                                  check=True).stdout
        for name in ("garage-invoice-en.pdf", "motor-claim-form-en.pdf"):
            self.assertEqual(drawn(self.searchable(self.documents[name])),
                             drawn(harness.sample(name)), name)

    def test_the_same_revision_gives_the_same_bytes(self):
        for name in ("garage-invoice-en.pdf", "water-claim-form-en.tif"):
            document = self.documents[name]
            self.assertEqual(self.searchable(document), self.searchable(document))

    def test_qpdf_finds_nothing_wrong(self):
        for name, document in self.documents.items():
            with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
                file.write(self.searchable(document))
                file.flush()
                checked = subprocess.run(["qpdf", "--check", file.name], capture_output=True)
            self.assertEqual(checked.returncode, 0, f"{name}: {checked.stdout}{checked.stderr}")

    def test_hocr_alto_and_text_hold_the_same_words(self):
        document = self.documents["garage-invoice-en.pdf"]
        words = [w["text"] for page in self.pages_of(document) for w in page[2]]
        hocr = self.download(document, "text?format=hocr")
        root = xml.etree.ElementTree.fromstring(re.sub(rb"<!DOCTYPE[^>]*>", b"", hocr.body))
        self.assertEqual([e.text for e in root.iter(XHTML + "span")
                          if e.get("class") == "ocrx_word"], words)
        alto = xml.etree.ElementTree.fromstring(self.download(document, "text?format=alto").body)
        self.assertEqual([e.get("CONTENT") for e in alto.iter(ALTO + "String")], words)
        text = self.download(document, "text")
        self.assertEqual(text.body.decode().split(), words)
        self.assertIn("garage-invoice-en.txt", text.headers["Content-Disposition"])

    def test_an_unknown_format_is_refused(self):
        document = self.documents["garage-invoice-en.pdf"]
        reply = self.project.client.get(
            f"{self.project.api}/documents/{document['id']}/text?format=docx")
        self.assertEqual(reply.status, 400, reply)

    def test_an_encrypted_pdf_becomes_one_of_its_page_images(self):
        encrypted = subprocess.run(
            ["qpdf", "--encrypt", "", "owner", "256", "--",
             str(harness.SAMPLES / "acknowledgement-letter-en.pdf"), "-"],
            capture_output=True, check=True).stdout
        document = self.admin.ready("locked.pdf", encrypted)
        (page,), ((width, height, words),) = (self.pages_of(document),
                                              poppler_words(self.searchable(document)))
        self.assert_found("locked.pdf", 1, self.in_points(page, width, height), words)

    def test_the_command_writes_them_too(self):
        with tempfile.TemporaryDirectory() as directory:
            out = pathlib.Path(directory)
            arguments = ["--to", "pdf", "--to", "hocr", "--to", "alto", "--to", "text"]
            subprocess.run([harness.BINARY, "ocr", harness.SAMPLES / "garage-invoice-en.pdf",
                            harness.SAMPLES / "kassenbon-de.jpg", "--languages", "eng+deu",
                            "--out", out, *arguments], check=True)
            self.assertEqual(sorted(p.name for p in out.iterdir()),
                             [f"{stem}.{kind}" for stem in ("garage-invoice-en", "kassenbon-de")
                              for kind in ("alto.xml", "hocr", "pdf", "txt")])
            for stem in ("garage-invoice-en", "kassenbon-de"):
                text = (out / f"{stem}.txt").read_text().split()
                found = poppler_words((out / f"{stem}.pdf").read_bytes())
                self.assertEqual(sorted(w[0] for page in found for w in page[2]), sorted(text))

    def test_the_command_overwrites_no_source(self):
        with tempfile.TemporaryDirectory() as directory:
            scan = pathlib.Path(directory) / "scan.pdf"
            scan.write_bytes(harness.sample("garage-invoice-en.pdf"))
            ended = subprocess.run([harness.BINARY, "ocr", scan, "--out", directory, "--to", "pdf"],
                                   capture_output=True, text=True)
            self.assertEqual(ended.returncode, 1)
            self.assertIn("overwrite", ended.stderr)
            self.assertEqual(scan.read_bytes(), harness.sample("garage-invoice-en.pdf"))


if __name__ == "__main__":
    harness.main()
