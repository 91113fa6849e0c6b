#!/usr/bin/env python3
"""Thousands of damaged files through `glossator ocr` and through the server.

usage: mutations.py COUNT SEED [FOLDER...]

Half of COUNT goes through the program, half through a server. Seeds are small pages made from the
project's samples in every kind of file that is read, and the files of the FOLDERs that are small
enough. Each is broken in one to four places: bits, numbers, lengths, pieces cut, doubled, moved, or
taken from another seed. Each must be read, or not, with a reason, within its limits; the program must
not crash, no child may stay, and the server must be left as it was found.
"""
import collections
import io
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time
import zipfile

from PIL import Image

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness  # noqa: E402
from foreign_files import process_tree, resident, wait_until_read  # noqa: E402

LARGEST_SEED = 200_000   # bytes; a page must be cheap, since thousands are read
SMALL_SIDE = 420         # pixels of the seeds made here
BATCH = 50
MOST_KEPT = 96 << 20     # bytes: five connections cache 16 MB of the database each, as it grows
SECONDS_A_FILE = 40      # of processor time, all decoders together: above the sandbox's own limits
INTERESTING = (0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff)


def drawn(sample):
    """A sample's first page as a small image."""
    if sample.suffix == ".pdf":
        page = subprocess.run(["pdftoppm", "-r", "60", "-f", "1", "-l", "1", sample],
                              capture_output=True, check=True).stdout
        image = Image.open(io.BytesIO(page))
    else:
        image = Image.open(sample)
    image = image.convert("RGB")
    return image.crop((0, 0, min(SMALL_SIDE, image.width), min(SMALL_SIDE // 2, image.height)))


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def image_seeds(image):
    gray, bilevel = image.convert("L"), image.convert("1")
    yield "png", saved(image, "PNG")
    yield "png", saved(image.convert("P"), "PNG")
    yield "png", saved(gray.convert("I"), "PNG")
    yield "jpg", saved(gray, "JPEG", quality=70)
    yield "jpg", saved(image, "JPEG", quality=70, progressive=True)
    yield "jpg", saved(image.convert("CMYK"), "JPEG")
    yield "webp", saved(image, "WEBP")
    yield "bmp", saved(gray, "BMP")
    yield "gif", saved(image.convert("P"), "GIF", save_all=True, append_images=[gray.convert("P")])
    yield "jp2", saved(gray, "JPEG2000")
    for compression in ("group3", "group4"):
        yield "tif", saved(bilevel, "TIFF", compression=compression, save_all=True,
                           append_images=[bilevel])
    for compression in ("tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"):
        yield "tif", saved(image, "TIFF", compression=compression)
    yield "pdf", saved(image, "PDF", resolution=72, save_all=True, append_images=[gray])


def seeds(folders):
    found = []
    samples = sorted(harness.SAMPLES.iterdir())
    for sample in samples[::4]:
        found += image_seeds(drawn(sample))
    for folder in (harness.SAMPLES, *folders):
        for file in sorted(folder.iterdir()):
            if file.suffix != ".json" and 0 < file.stat().st_size <= LARGEST_SEED:
                found.append((file.suffix[1:], file.read_bytes()))
    return found


def mutate_once(data, chance, others):
    at = chance.randrange(len(data))
    length = min(chance.choice((1, 2, 4, 16, 64, 1024)), len(data) - at)
    how = chance.randrange(8)
    if how == 0:
        data[at] ^= 1 << chance.randrange(8)
    elif how == 1:
        width = chance.choice((1, 2, 4))
        number = chance.choice(INTERESTING) & (1 << 8 * width) - 1
        data[at:at + width] = number.to_bytes(width, chance.choice(("little", "big")))
    elif how == 2:
        data[at:at + length] = chance.randbytes(length)
    elif how == 3:
        del data[at:at + length]
    elif how == 4:
        data[at:at] = data[at:at + length] * chance.choice((1, 2, 50))
    elif how == 5:
        del data[max(at, 8):]
    elif how == 6:
        other = chance.choice(others)[1]
        start = chance.randrange(len(other))
        data[at:at + length] = other[start:start + length]
    else:
        numbers = list(re.finditer(rb"\d+", data[:65536]))
        if numbers:
            number = chance.choice(numbers)
            data[number.start():number.end()] = str(chance.choice(INTERESTING)).encode()
    return data


def mutants(count, seed, folders):
    chance, all_seeds = random.Random(seed), seeds(folders)
    for number in range(count):
        kind, data = chance.choice(all_seeds)
        data = bytearray(data)
        for _ in range(chance.choice((1, 1, 1, 2, 4))):
            data = mutate_once(data, chance, all_seeds) or bytearray(b"\0")
        yield f"{number:05}.{kind}", bytes(data)


def batches(files):
    batch = []
    for file in files:
        batch.append(file)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def children_seconds():
    times = os.times()
    return times.children_user + times.children_system


def shape_of(reason):
    """A reason without its numbers, to count how many kinds there are."""
    return re.sub(r"\d+", "N", reason)


def keep(directory, name, data):
    directory.mkdir(exist_ok=True)
    (directory / name).write_bytes(data)


class Tally:
    def __init__(self, kept):
        self.kept, self.outcomes, self.bad = kept, collections.Counter(), []
        self.slowest = (0, "")

    def wrong(self, name, data, why):
        self.bad.append(f"{name}: {why}")
        keep(self.kept, name, data)
        print(f"!! {name}: {why}", flush=True)

    def show(self, title, seconds):
        total = sum(self.outcomes.values())
        print(f"{title}: {total} files in {seconds:.0f} s, slowest batch file "
              f"{self.slowest[0]:.1f} s ({self.slowest[1]})")
        for outcome, count in self.outcomes.most_common():
            print(f"  {count:6} {outcome}")


def through_program(files, tally):
    for batch in batches(files):
        with tempfile.TemporaryDirectory() as directory:
            root = pathlib.Path(directory)
            for name, data in batch:
                (root / name).write_bytes(data)
            out = root / "out"
            started, used = time.monotonic(), children_seconds()
            ended = subprocess.run(
                [harness.BINARY, "ocr", *[root / name for name, _ in batch], "--out", out,
                 "--profile", "fast", "--workers", "2"], capture_output=True, text=True,
                timeout=BATCH * SECONDS_A_FILE * 10)
            seconds = time.monotonic() - started
            tally.slowest = max(tally.slowest, (seconds / len(batch), batch[0][0]))
            if ended.returncode not in (0, 1):
                for name, data in batch:
                    tally.wrong(name, data, f"its batch ended with {ended.returncode}")
            if children_seconds() - used > SECONDS_A_FILE * len(batch):
                tally.wrong(*batch[0], "its batch took more time than its limits allow")
            reasons = {}
            for line in ended.stderr.splitlines():
                path, _, reason = line.partition(": ")
                reasons.setdefault(pathlib.Path(path).name, reason)
            written = {re.sub(r"(-p\d+)?\.json$", "", p.name) for p in out.iterdir()}
            for name, data in batch:
                if name in reasons:
                    tally.outcomes[shape_of(reasons[name])] += 1
                elif pathlib.Path(name).stem in written:
                    tally.outcomes["read"] += 1
                else:
                    tally.wrong(name, data, "neither read nor refused with a reason")


def upload(project, batch):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as out:
        for name, data in batch:
            out.writestr(name, data)
    kind, body = harness.multipart([("file", "batch.zip", archive.getvalue())])
    reply = project.client.post(f"{project.api}/documents", body, headers={"Content-Type": kind},
                                timeout=600)
    assert reply.status in (200, 201), reply
    return reply.json["items"]


def through_server(server, project, files, tally):
    before, own_before = None, 0
    for batch in batches(files):
        started = time.monotonic()
        by_name = dict(batch)
        for item in upload(project, batch):
            if item["state"] == "refused":
                tally.outcomes[f"refused: {shape_of(item['failure']['reason'])}"] += 1
        for document in wait_until_read(project, len(batch), started + BATCH * SECONDS_A_FILE * 10):
            name = document["file_name"]
            if name not in by_name:
                continue
            if document["state"] != "failed":
                tally.outcomes[document["state"]] += 1
            elif not document["failure"]["reason"] or document["failure"]["code"] == "server_failed":
                tally.wrong(name, by_name[name], json.dumps(document["failure"]))
            else:
                tally.outcomes[shape_of(document["failure"]["reason"])] += 1
        seconds = time.monotonic() - started
        tally.slowest = max(tally.slowest, (seconds / len(batch), batch[0][0]))
        if server.process.poll() is not None:
            raise SystemExit("the server ended: " + server.log.read_text()[-2000:])
        if before is None:  # after the first batch the readers are up
            before, own_before = process_tree(server.process.pid), resident(server.process.pid)
    time.sleep(3)
    after, own_after = process_tree(server.process.pid), resident(server.process.pid)
    print(f"processes {before[0]} -> {after[0]}, resident MB {before[1] >> 20} -> {after[1] >> 20}, "
          f"of the server itself {own_before >> 20} -> {own_after >> 20}")
    if after[0] > before[0]:
        tally.bad.append("processes stay")
    if own_after - own_before > MOST_KEPT:
        tally.bad.append("the server keeps what it no longer needs")


def main():
    count, seed = int(sys.argv[1]), int(sys.argv[2])
    folders = [pathlib.Path(folder) for folder in sys.argv[3:]]
    kept = pathlib.Path(tempfile.gettempdir()) / f"glossator-mutations-{seed}"
    started = time.monotonic()
    program = Tally(kept)
    through_program(mutants(count // 2, seed, folders), program)
    program.show("glossator ocr", time.monotonic() - started)

    server, through = harness.Server(), Tally(kept)
    started = time.monotonic()
    try:
        server.start()
        server.command("project", "create", "acme/claims")
        project = harness.Project(server, server.add_user("ada", "admin"))
        through_server(server, project, mutants(count - count // 2, seed + 1, folders), through)
        through.show("server", time.monotonic() - started)
        server.stop()
    finally:
        server.remove()
    wrong = program.bad + through.bad
    print(f"FAILED: {wrong}, kept in {kept}" if wrong else "PASSED")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
