#!/usr/bin/env python3
"""The power is lost at any moment. The server's writes, syncs and renames are recorded under mixed
uploads, saves, pushes and a release; then thousands of disks are rebuilt from the record, with what
was not synced dropped, reordered or torn. On each the server starts, everything that was
acknowledged by then is there, and a new save works.

usage: power_loss.py [STATES] [SEED] [SECONDS]
"""
import bisect
import copy
import dataclasses
import hashlib
import multiprocessing
import os
import pathlib
import random
import shutil
import signal
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "power_loss"))
import harness  # noqa: E402
from crash_disk import Chance, Disk, Image, read_record, write_tree  # noqa: E402
from harness import Clone, Project, git, span, tiny_png  # noqa: E402

PAGES = 8           # so many documents are labelled in turn: one page alone would grow too long
VOLATILE = {"glossator.db-shm"}  # memory that is shared through a file; made anew at each start
FULL_CHECK_EACH = 50
NEWEST = 4
MOST_FAILURES = 5
TUS = {"Tus-Resumable": "1.0.0"}


class Acknowledged:
    """What clients were told, and how long the record was by then."""

    def __init__(self, log):
        self.log, self.lock, self.items = log, threading.Lock(), []

    def note(self, kind, *what):
        with self.lock:
            self.items.append((os.stat(self.log).st_size, kind, *what))

    def count(self, kind):
        return sum(item[1] == kind for item in self.items)


class Workers:
    """Users of all kinds, until told to stop."""

    def __init__(self, server, tokens, documents, acknowledged):
        self.acknowledged, self.documents = acknowledged, documents
        self.admin = Project(server, tokens["admin"])
        self.sam = Project(server, tokens["scientist"])
        self.words = [self.sam.words(document)[0]["id"] for document in documents]
        self.clone = Clone(self.sam, server.directory, "sam")
        self.number = 0

    def run(self, seconds):
        stop = threading.Event()
        failures = []
        threads = [threading.Thread(target=self.loop, args=(work, pause, stop, failures))
                   for work, pause in ((self.save, 0.1), (self.save, 0.15), (self.push, 0.4),
                                       (self.upload, 0.5), (self.upload_in_pieces, 0.7))]
        for thread in threads:
            thread.start()
        time.sleep(seconds / 2)
        self.release()
        time.sleep(seconds / 2)
        stop.set()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]

    @staticmethod
    def loop(work, pause, stop, failures):
        while not stop.is_set() and not failures:
            try:
                work()
            except Exception as failure:  # told by the main thread
                failures.append(failure)
            time.sleep(pause)

    def save(self):
        place = random.randrange(PAGES)
        page = self.sam.annotations(self.documents[place])
        new = span("name", [self.words[place]], "saved")
        reply = self.sam.save(self.documents[place], page.json["annotations"] + [new],
                              page.headers["ETag"])
        assert reply.status == 200, reply
        self.acknowledged.note("annotation", self.documents[place], new["id"])

    def push(self):
        place = random.randrange(PAGES)
        new = span("date", [self.words[place]], "pushed")
        self.clone.git("pull", "-q", "--rebase")
        self.clone.annotate(self.documents[place], new)
        self.clone.commit()
        self.clone.push()
        self.acknowledged.note("annotation", self.documents[place], new["id"])

    def upload(self):
        self.number += 1
        data = tiny_png(self.number)
        reply = self.admin.upload(f"page-{self.number}.png", data, wait=0)
        assert reply.status == 201, reply
        self.acknowledged.note("document", reply.json["items"][0]["id"],
                               hashlib.sha256(data).hexdigest())

    def upload_in_pieces(self):
        """Half a file, which stays open."""
        data = os.urandom(3000)
        client = self.admin.client
        made = client.post(f"{self.admin.api}/uploads", headers={**TUS, "Upload-Length": "6000"})
        assert made.status == 201, made
        path = made.headers["Location"]
        self.acknowledged.note("piece", path, 0)
        sent = client.request("PATCH", path, data, headers={
            **TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"})
        assert sent.status == 204, sent
        self.acknowledged.note("piece", path, len(data))

    def release(self):
        made = self.sam.client.post(f"{self.sam.api}/releases", {"name": "claims"}, timeout=600)
        assert made.status == 201, made
        self.acknowledged.note("release", "claims", made.json["version"])


@dataclasses.dataclass
class Run:
    """What was recorded: all that is needed to take the power away at any of its moments."""
    image: Image              # of the data directory before
    operations: list
    acknowledged: list        # (position in operations, kind, what ...)
    tokens: dict
    data: pathlib.Path

    def expected(self, position):
        """What clients had been told by then, by kind."""
        told = {kind: [] for kind in ("annotation", "document", "piece", "release")}
        for at, kind, *what in self.acknowledged:
            if at <= position:
                told[kind].append(what)
        return told


def record(directory, seconds):
    """Works on a recorded server until it has stopped."""
    server = harness.Server(directory).start()
    try:
        server.command("project", "create", "acme/claims")
        tokens = {"admin": server.add_user("ada", "admin"),
                  "scientist": server.add_user("sam", "scientist")}
        admin = Project(server, tokens["admin"])
        documents = [admin.ready(f"estimate-{number}.png", harness.sample("glazing-estimate-en.png")
                                 + bytes(number))["id"] for number in range(PAGES)]
        assert server.stop() == 0
        image, log = Image(server.data), directory / "io.log"
        server.watch_disk(log=log)
        server.start()
        acknowledged = Acknowledged(log)
        Workers(server, tokens, documents, acknowledged).run(seconds)
        assert server.stop() == 0
    except BaseException:
        print(server.log.read_text()[-3000:], file=sys.stderr)
        raise
    finally:
        server.stop(signal.SIGKILL)
    operations = read_record(log)
    ends = [operation.end for operation in operations]
    return Run(image, operations, [(bisect.bisect_right(ends, size), *rest)
                                   for size, *rest in acknowledged.items], tokens, server.data)


def check_record(run):
    """Nothing was missed: the record to its end makes the directory as it is."""
    disk = Disk(copy.deepcopy(run.image), run.operations, run.data)
    disk.advance(len(run.operations))
    rebuilt = disk.crash(Chance(0, "all"))
    real = {str(path.relative_to(run.data)): None if path.is_dir() else path.read_bytes()
            for path in run.data.rglob("*")}
    different = [name for name in sorted(rebuilt.keys() | real.keys())
                 if rebuilt.get(name, 0) != real.get(name, 0) and name not in VOLATILE]
    assert not different, f"the record misses changes of {different[:5]}"


def choose_positions(run, states, chance):
    """Half anywhere, half where it hurts most: right after something was acknowledged."""
    marks = [position for position, *_ in run.acknowledged]
    return sorted(chance.choice(marks) if chance.random() < 0.5
                  else chance.randrange(len(run.operations) + 1) for _ in range(states))


class Judge:
    """Starts the server on a rebuilt disk and asks for everything that was acknowledged."""

    def __init__(self, tokens, directory):
        self.tokens, self.directory = tokens, directory

    def check(self, tree, expected, thorough):
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        write_tree(tree, self.directory / "data")
        server = harness.Server(self.directory)
        try:
            server.start()
            self.ask(server, expected, None if thorough else NEWEST)
            if thorough:
                assert server.stop() == 0
                for repository in (server.data / "repos").glob("*/*.git"):
                    git("fsck", "--strict", "--full", cwd=repository)
                server.command("verify")
        except Exception as failure:
            raise AssertionError(str(failure)) from failure
        finally:
            server.stop(signal.SIGKILL)

    def ask(self, server, expected, newest):
        """All labels and documents; of bytes and uploads only so many of the newest, if a number."""
        sam, admin = Project(server, self.tokens["scientist"]), Project(server, self.tokens["admin"])
        pages = {}
        for document, annotation in expected["annotation"]:
            if document not in pages:
                pages[document] = sam.annotations(document)
            known = {a["id"] for a in pages[document].json["annotations"]}
            assert annotation in known, f"lost annotation {annotation}"
        listed = {item["id"]: item["sha256"] for item in
                  admin.client.get(f"{admin.api}/documents?limit=500").json["items"]}
        for document, digest in expected["document"]:
            assert listed.get(document) == digest, f"lost document {document}"
        for document, digest in newest_of(expected["document"], newest):
            original = admin.client.get(f"{admin.api}/documents/{document}/source")
            assert hashlib.sha256(original.body).hexdigest() == digest, f"lost bytes of {document}"
        for path, offset in newest_of(list(dict(expected["piece"]).items()), newest):
            reply = admin.client.request("HEAD", path, headers=TUS)
            assert reply.status == 200, f"lost upload {path}: {reply}"
            assert int(reply.headers["Upload-Offset"]) >= offset, f"lost a piece of {path}"
        for name, version in expected["release"]:
            manifest = sam.client.get(f"{sam.api}/releases/{name}/{version}")
            assert manifest.status == 200, f"lost release {name} {version}: {manifest}"
        document, page = next(iter(pages.items()), (None, None))
        if document:
            word = sam.words(document)[0]["id"]
            saved = sam.save(document, page.json["annotations"] + [span("name", [word], "after")],
                             page.headers["ETag"])
            assert saved.status == 200, f"no save after the crash: {saved}"


class Share:
    """Every step-th of the disks, judged by a process of its own."""

    def __init__(self, run, positions, seed, workspace):
        self.run, self.positions, self.seed, self.workspace = run, positions, seed, workspace

    def judge(self, first, step):
        """Returns how many disks differed from all others, and a sentence for each that failed."""
        disk = Disk(self.run.image, self.run.operations, self.run.data)
        judge = Judge(self.run.tokens, self.workspace / f"judge{first}")
        distinct, failures = set(), []
        for count, number in enumerate(range(first, len(self.positions), step), 1):
            disk.advance(self.positions[number])
            chance = Chance(self.seed * 1000003 + number)
            tree = disk.crash(chance)
            distinct.add(digest_of(tree))
            try:
                judge.check(tree, self.run.expected(disk.position), count % FULL_CHECK_EACH == 0)
            except AssertionError as failure:
                failures.append(f"disk {number}, after operation {disk.position}, mode {chance.mode}: "
                                f"{failure}")
                print(f"  FAILED {failures[-1]}", flush=True)
                write_tree(tree, self.workspace / f"failed-{number}")
                shutil.copy(judge.directory / "server.log", self.workspace / f"failed-{number}.log")
                if len(failures) == MOST_FAILURES:
                    break
            if first == 0 and count % 250 == 0:
                print(f"  {number + 1:6} of {len(self.positions)} disks", flush=True)
        return distinct, failures


def newest_of(items, count):
    return items if count is None else items[-count:]


def digest_of(tree):
    digest = hashlib.sha256()
    for name, content in sorted(tree.items()):
        if name not in VOLATILE:
            digest.update(f"{name}\0{-1 if content is None else len(content)}\0".encode())
            digest.update(content or b"")
    return digest.digest()


def main():
    states = int(sys.argv[1]) if len(sys.argv) > 1 else 10000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
    seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 75
    random.seed(seed)
    memory = pathlib.Path("/dev/shm")
    workspace = pathlib.Path(tempfile.mkdtemp(prefix="glossator-power-loss-",
                                              dir=memory if os.access(memory, os.W_OK) else None))
    started = time.monotonic()
    run = record(workspace / "recorded", seconds)
    check_record(run)
    print(f"seed {seed}: {len(run.operations)} operations, "
          f"{sum(o.kind == 'E' for o in run.operations)} of them syncs; acknowledged: "
          + ", ".join(f"{len(items)} {kind}s"
                      for kind, items in run.expected(len(run.operations)).items()), flush=True)
    share = Share(run, choose_positions(run, states, random.Random(seed)), seed, workspace)
    jobs = 2 * (os.cpu_count() or 1)  # much of the time is a server's start
    with multiprocessing.get_context("fork").Pool(jobs) as pool:  # each has the image for itself
        results = pool.starmap(share.judge, [(first, jobs) for first in range(jobs)], chunksize=1)
    failed = sum(len(failures) for _, failures in results)
    if failed:
        sys.exit(f"FAILED on {failed} disks; they are kept in {workspace}")
    shutil.rmtree(workspace)
    distinct = len(set().union(*(disks for disks, _ in results)))
    print(f"PASSED: {states} disks, {distinct} of them distinct, in {time.monotonic() - started:.0f} s; "
          "nothing acknowledged was lost")


if __name__ == "__main__":
    main()
