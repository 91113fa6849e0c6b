#!/usr/bin/env python3
"""What surrounds reading: born-digital PDF files beside OCRmyPDF, the first page of a long document,
two readers beside one, and pages that were read before.

Pages come from the samples. Words of born-digital pages are compared with pdftotext's, one by one and
in its order, before a time counts. Times are wall time unless a row says processor time.
"""
import argparse
import html
import io
import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

from PIL import Image

from figures import ProcessTree, Report, run, seconds_of

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "scenarios"))
import harness  # noqa: E402

ONE_THREAD = {**os.environ, "OMP_THREAD_LIMIT": "1"}


def joined(target, pages):
    run("qpdf", "--empty", "--pages", *pages, "--", target)
    return target


# Of the samples with a text layer: pages that have nothing but text, rules and areas beside it, and
# forms, which have tick boxes and signatures. (The second page of the mail is a scan.)
PLAIN = [("garage-invoice-en.pdf", "1"), ("burglary-mail-en.pdf", "1")]
FORMS = [("motor-claim-form-en.pdf", "1-2"), ("haftpflicht-schadenanzeige-de.pdf", "1"),
         ("versicherungsschein-de.pdf", "1")]


def born_digital(directory, name, sources, count):
    """`count` pages, no two neighbours alike, each with a line that no other has."""
    cycle = itertools.islice(itertools.cycle(sources), count)
    arguments = [part for file, pages in cycle for part in (harness.SAMPLES / file, pages)]
    plain = joined(directory / f"{name}-alike.pdf", arguments)
    total = int(run("qpdf", "--show-npages", plain))
    marked = directory / f"{name}.pdf"
    run("qpdf", plain, marked, "--overlay", numbers(directory, total), "--")
    return marked


def numbers(directory, count):
    """A PDF of so many A4 pages that say which they are at their foot."""
    objects = ["<</Type/Catalog/Pages 2 0 R>>",
               "<</Type/Pages/Count %d/Kids[%s]>>" % (count, " ".join(f"{4 + 2 * n} 0 R" for n in range(count))),
               "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    for number in range(count):
        content = f"BT /F1 9 Tf 290 20 Td (Sheet {number + 1}) Tj ET"
        objects.append(f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {5 + 2 * number} 0 R"
                       "/Resources<</Font<</F1 3 0 R>>>>>>")
        objects.append(f"<</Length {len(content)}>>stream\n{content}\nendstream")
    out, places = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{text}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    out += (f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n{table}trailer\n"
            f"<</Root 1 0 R/Size {len(places) + 1}>>\nstartxref\n{len(out)}\n%%EOF\n").encode()
    target = directory / f"numbers-{count}.pdf"
    target.write_bytes(out)
    return target


def scanned(directory, count):
    """`count` scans in one PDF, all different: each with a speck of its own."""
    names = ["garage-invoice-en.pdf", "klempner-rechnung-de.pdf", "acknowledgement-letter-en.pdf"]
    drawn = []
    for name in names:
        page = run("pdftoppm", "-r", "150", "-gray", "-f", "1", "-l", "1", harness.SAMPLES / name)
        drawn.append(Image.open(io.BytesIO(page)))
    pages = []
    for number in range(count):
        page = drawn[number % len(drawn)].copy()
        page.putpixel((3 + number % 200, 3 + number // 200), 0)
        pages.append(page)
    target = directory / f"scan-{count}.pdf"
    pages[0].save(target, save_all=True, append_images=pages[1:], resolution=150)
    return target


def read(pdf, out, workers):
    shutil.rmtree(out, ignore_errors=True)
    return seconds_of(lambda: run(harness.BINARY, "ocr", pdf, "--out", out, "--languages", "eng+deu",
                                  "--workers", workers))


def pages_as_pdftotext(pdf, out):
    """How many pages have the words that pdftotext finds, in its order, by their layer alone."""
    found = [re.findall(r"<word [^>]*>(.*)</word>", page)
             for page in run("pdftotext", "-cropbox", "-bbox", pdf, "-").decode().split("<page ")[1:]]
    same = 0
    for number, words in enumerate(found, 1):
        page = json.loads((out / f"{pdf.stem}-p{number:04}.json").read_text())
        same += (page["text_origin"] == "text-layer"
                 and [w["text"] for w in page["words"]] == [html.unescape(w) for w in words])
    return same, len(found)


def by_hand(pdf, pages, directory):
    """What a script makes of the same: words with boxes by pdftotext, images by two of pdftoppm."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()
    half = (pages + 1) // 2
    drawing = [subprocess.Popen(["pdftoppm", "-cropbox", "-r", "200", "-png", "-f", str(first), "-l",
                                 str(last), pdf, directory / "page"])
               for first, last in ((1, half), (half + 1, pages))]
    run("pdftotext", "-cropbox", "-bbox", pdf, directory / "words.html")
    assert [process.wait() for process in drawing] == [0, 0]


def ocrmypdf_pages(report, pdf, pages, directory, rounds):
    """It makes neither boxes nor images: where every page has text it copies the file."""
    if not shutil.which("ocrmypdf"):
        report.skip("ocrmypdf", "apt-get install ocrmypdf")
        return {}
    return {"ocrmypdf --skip-text": [
        pages / seconds_of(lambda: run("ocrmypdf", "--skip-text", "--jobs", "2", "-l", "eng+deu",
                                       pdf, directory / "peer.pdf", env=ONE_THREAD))
        for _ in range(rounds)]}


def bench_born_digital(report, directory, count, rounds):
    for kind, sources, about in (("plain", PLAIN, "text, rules and areas"),
                                 ("forms", FORMS, "forms: marks are looked for")):
        pdf = born_digital(directory, kind, sources, count if kind == "plain" else count // 2)
        read(pdf, directory / "out", 2)
        same, pages = pages_as_pdftotext(pdf, directory / "out")
        report.note(f"born-digital, {about}: {same} of {pages} pages have pdftotext's words in its order")
        ours = [pages / read(pdf, directory / "out", 2) for _ in range(rounds)]
        peers = ocrmypdf_pages(report, pdf, pages, directory, rounds)
        report.more(f"born-digital pages ({about}), words with boxes, 2 workers", "pages/s", ours, peers, {})
        if kind == "plain":
            report.at_least("the same against the goal", "pages/s", ours, 200)


def bench_born_digital_stored(report, directory, project, count, rounds):
    """Through the server: from the first byte sent until words and images are in git and the store."""
    work = "born-digital pages (text, rules and areas), stored with boxes and images by the server"
    ours, theirs = [], []
    for number in range(rounds):
        pdf = born_digital(directory, f"stored-{number}", PLAIN[number % 2:] + PLAIN[:number % 2], count)
        data = pdf.read_bytes()
        ours.append(count / seconds_of(lambda: project.ready(pdf.name, data)))
        theirs.append(count / seconds_of(lambda: by_hand(pdf, count, directory / "by-hand")))
    report.more(work, "pages/s", ours, {"pdftotext -bbox and pdftoppm -png": theirs}, {})
    report.at_least("the same against the goal", "pages/s", ours, 200)


def bench_two_workers(report, directory, count, rounds):
    pdf = scanned(directory, count)
    one, two = [], []
    for _ in range(rounds):
        one.append(read(pdf, directory / "out", 1))
        two.append(read(pdf, directory / "out", 2))
    report.less(f"{count} scanned pages of one document, 2 workers", "s", two, {"1 worker": one},
                {"1 worker": 1.9})


def first_page(project, name, data):
    """Seconds from the first byte sent to the words of page 1."""
    started = time.monotonic()
    kind, body = harness.multipart([("file", name, data)])
    reply = project.client.post(f"{project.api}/documents", body, headers={"Content-Type": kind})
    path = f"{project.api}/documents/{reply.json['items'][0]['id']}"
    while project.client.get(f"{path}/pages/1/words").status != 200:
        time.sleep(0.01)
    return time.monotonic() - started


def bench_first_page(report, project, directory):
    data = scanned(directory, 100).read_bytes()
    seconds = first_page(project, "long.pdf", data)
    report.at_most("first page of a 100-page scan, idle server", "s", [seconds], 3)


def page_with_a_speck(number):
    """A sample's page as no other, as PNG."""
    page = Image.open(harness.SAMPLES / "zahnarzt-rechnung-de.png").convert("L")
    page.putpixel((2, 2 + number), 0)
    out = io.BytesIO()
    page.save(out, "PNG")
    return out.getvalue()


def bench_seen_before(report, server, project, rounds):
    """Processor seconds of the whole tree for pages that differ in bytes, not in pixels."""
    tree = ProcessTree()
    tree.join(server.process)
    try:
        project.ready("warm.png", harness.sample("glazing-estimate-en.png"))  # a reader is up

        def cost(name, content):
            before = tree.seconds()
            project.ready(name, content)
            return tree.seconds() - before

        first, again = [], []
        for number in range(rounds):
            page = page_with_a_speck(number)
            first.append(cost(f"first-{number}.png", page))
            again.append(cost(f"again-{number}.png", page + b"another file"))
        report.less("a page seen before, server and readers", "CPU s", again, {"first time": first},
                    {"first time": 100})
    finally:
        tree.remove()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer pages, one round")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rounds = 1 if options.quick else 5
    report = Report("pages")
    directory = pathlib.Path(tempfile.mkdtemp(prefix="glossator-bench-", dir=ROOT / "build"))
    server = harness.Server(directory / "server")
    try:
        bench_born_digital(report, directory, 50 if options.quick else 300, rounds)
        bench_two_workers(report, directory, 24 if options.quick else 40, rounds)
        server.start()
        server.command("project", "create", "acme/claims", "--name", "Claims")
        project = harness.Project(server, server.add_user("ada", "admin"))
        bench_born_digital_stored(report, directory, project, 50 if options.quick else 300, rounds)
        bench_seen_before(report, server, project, max(rounds, 3))
        bench_first_page(report, project, directory)
    finally:
        server.remove()
        shutil.rmtree(directory, ignore_errors=True)
    report.print(options.json)


if __name__ == "__main__":
    main()
