#!/usr/bin/env python3
"""What surrounds reading: born-digital PDF files beside OCRmyPDF, the first page of a long document,
two readers beside one, and pages that were read before.

Pages come from the samples. Text of born-digital pages is compared with pdftotext's, word by word,
before a time counts. Times are wall time unless a row says processor time.
"""
import argparse
import io
import itertools
import os
import pathlib
import shutil
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


def born_digital(directory, count):
    """`count` pages with sound text, no two neighbours alike."""
    sources = [p for p in sorted(harness.SAMPLES.glob("*.pdf")) if pdf_words(p)]
    return joined(directory / "digital.pdf", list(itertools.islice(itertools.cycle(sources), count)))


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


def pdf_words(pdf):
    return run("pdftotext", "-cropbox", pdf, "-").decode().split()


def read(pdf, out, workers, kinds=("json",)):
    shutil.rmtree(out, ignore_errors=True)
    wanted = [argument for kind in kinds for argument in ("--to", kind)]
    return seconds_of(lambda: run(harness.BINARY, "ocr", pdf, "--out", out, "--languages", "eng+deu",
                                  "--workers", workers, *wanted))


def bench_born_digital(report, directory, count, rounds):
    pdf = born_digital(directory, count)
    pages = int(run("qpdf", "--show-npages", pdf))
    read(pdf, directory / "out", 2, ["text"])
    ours_text = (directory / "out" / "digital.txt").read_text().split()
    theirs_text = pdf_words(pdf)
    same = sorted(ours_text) == sorted(theirs_text)
    report.note(f"born-digital: {pages} pages, words as pdftotext has them: "
                f"{'all' if same else 'NOT ALL'}")
    ours = [pages / read(pdf, directory / "out", 2) for _ in range(rounds)]
    peers = {}
    if shutil.which("ocrmypdf"):
        peers["ocrmypdf --skip-text"] = [
            pages / seconds_of(lambda: run("ocrmypdf", "--skip-text", "--jobs", "2", "-l", "eng+deu",
                                           pdf, directory / "peer.pdf", env=ONE_THREAD))
            for _ in range(rounds)]
    else:
        report.skip("ocrmypdf", "apt-get install ocrmypdf")
    report.more("born-digital pages with boxes and images, 2 workers", "pages/s", ours, peers, {})
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
        bench_two_workers(report, directory, 12 if options.quick else 40, rounds)
        server.start()
        server.command("project", "create", "acme/claims", "--name", "Claims")
        project = harness.Project(server, server.add_user("ada", "admin"))
        bench_seen_before(report, server, project, max(rounds, 3))
        bench_first_page(report, project, directory)
    finally:
        server.remove()
        shutil.rmtree(directory, ignore_errors=True)
    report.print(options.json)


if __name__ == "__main__":
    main()
