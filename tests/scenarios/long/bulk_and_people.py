#!/usr/bin/env python3
"""A bulk import beside people: a mixed upload of many files is read while somebody opens single
documents one after another; the first page of each must be there within seconds.

usage: bulk_and_people.py FILES PEOPLE [SECONDS]

FILES: how many go in by one zip, made from the samples, each different. PEOPLE: how many single
documents are opened meanwhile, a scan, a photograph and a long PDF in turn, half of them by somebody
in another project. SECONDS: within which the first page is wanted (default 3). The clock runs from the
first byte sent to the words of page 1 received; how many processes wanted the machine's processors
(the load of the last minute) is told beside it, since others may use them too.
"""
import io
import os
import pathlib
import statistics
import subprocess
import sys
import time
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness  # noqa: E402

LONG_PDF_PAGES = 100


def different(name, number):
    """A sample's bytes that no other has: every reader ignores what follows the end."""
    return harness.sample(name) + b"\n" + str(number).encode()


def long_pdf(directory):
    """The pages of a sample many times over, as images: nothing but reading helps."""
    page = directory / "page"
    subprocess.run(["pdftoppm", "-r", "150", "-gray", "-jpeg", "-singlefile",
                    harness.SAMPLES / "garage-invoice-en.pdf", page], check=True)
    out = directory / "long.pdf"
    subprocess.run([harness.BINARY, "ocr", f"{page}.jpg", "--out", directory, "--to", "pdf"],
                   check=True)
    subprocess.run(["qpdf", "--empty", "--pages", *[directory / "page.pdf"] * LONG_PDF_PAGES, "--",
                    out], check=True)
    return out.read_bytes()


def bulk(project, count):
    names = sorted(p.name for p in harness.SAMPLES.iterdir())
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as out:
        for number in range(count):
            name = names[number % len(names)]
            out.writestr(f"{number:04}-{name}", different(name, number))
    kind, body = harness.multipart([("file", "import.zip", archive.getvalue())])
    reply = project.client.post(f"{project.api}/documents", body, headers={"Content-Type": kind},
                                timeout=1200)
    assert reply.status == 201, reply


def waiting(project):
    return len(project.client.get(f"{project.api}/documents?state=queued&limit=500").json["items"])


def seconds_to_first_page(project, name, data):
    """From the first byte sent to the first words."""
    started = time.monotonic()
    kind, body = harness.multipart([("file", name, data)])
    reply = project.client.post(f"{project.api}/documents?wait=1", body,
                                headers={"Content-Type": kind})
    assert reply.status in (200, 201), reply
    page = f"{project.api}/documents/{reply.json['items'][0]['id']}/pages/1/words"
    while True:
        reply = project.client.get(page)
        if reply.status == 200:
            assert reply.json["words"], name
            return time.monotonic() - started
        assert time.monotonic() - started < 120, f"{name}: no page after two minutes"
        time.sleep(0.02)


def main():
    files, people = int(sys.argv[1]), int(sys.argv[2])
    goal = float(sys.argv[3]) if len(sys.argv) > 3 else 3
    server = harness.Server()
    try:
        server.start()
        for name in ("claims", "letters"):
            server.command("project", "create", f"acme/{name}")
        token = server.add_user("ada", "admin", "acme/claims")
        other = server.add_user("bob", "admin", "acme/letters")
        claims = harness.Project(server, token, "acme/claims")
        letters = harness.Project(server, other, "acme/letters")
        pdf = long_pdf(server.directory)
        started = time.monotonic()
        bulk(claims, files)
        print(f"{files} files sent in {time.monotonic() - started:.1f} s", flush=True)
        kinds = {"zahnarzt-rechnung-de.png": None, "kassenbon-de.jpg": None, "long.pdf": pdf}
        took = {name: [] for name in kinds}
        for number in range(people):
            name = list(kinds)[number % len(kinds)]
            data = (kinds[name] or harness.sample(name)) + b"\nopened " + str(number).encode()
            seconds = seconds_to_first_page((claims, letters)[number % 2], name, data)
            took[name].append(seconds)
            print(f"{name:28} {seconds:5.2f} s, {waiting(claims)} or more wait, "
                  f"load {os.getloadavg()[0]:.0f}", flush=True)
            time.sleep(1)
        still = waiting(claims)
        for name, all_seconds in took.items():
            print(f"{name:28} median {statistics.median(all_seconds):.2f} s, "
                  f"worst {max(all_seconds):.2f} s")
        late = sum(s > goal for all_seconds in took.values() for s in all_seconds)
        assert still, "the import ended before the people did: take more files"
        print("PASSED" if not late else f"FAILED: {late} of {people} took more than {goal} s")
        sys.exit(1 if late else 0)
    finally:
        server.remove()


if __name__ == "__main__":
    main()
