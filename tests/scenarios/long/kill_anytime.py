#!/usr/bin/env python3
"""kill -9 at random moments under mixed uploads, saves and pushes. After each restart everything
that was acknowledged is there; at the end the repository and the release are sound.

usage: kill_anytime.py [--bad-disk] [ROUNDS] [SEED]

With --bad-disk syncs fail in some rounds, and in others the disk is full every now and then.
"""
import argparse
import hashlib
import http.client
import pathlib
import random
import signal
import sys
import threading
import time
import urllib.error

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness  # noqa: E402
from harness import Clone, git, span, tiny_png  # noqa: E402

BROKEN = (urllib.error.URLError, ConnectionError, http.client.HTTPException, TimeoutError, OSError)


class Workers:
    """Threads that work until told to stop, and note only what the server acknowledged."""

    def __init__(self, server, tokens, document, word, directory):
        self.server, self.tokens, self.document, self.word = server, tokens, document, word
        self.directory = directory
        self.uploaded, self.saved, self.pushed, self.committed = {}, set(), set(), set()
        self.clone = self.accepted = None
        self.number, self.clones, self.lock = 0, 0, threading.Lock()

    def run_until(self, stop):
        threads = [threading.Thread(target=self.loop, args=(work, stop), daemon=True)
                   for work in (self.upload, self.save, self.save, self.push)]
        for thread in threads:
            thread.start()
        return threads

    def loop(self, work, stop):
        while not stop.is_set():
            try:
                work()
            except BROKEN:
                time.sleep(0.01)
            except RuntimeError:  # git's client failed with the server
                time.sleep(0.01)

    def upload(self):
        with self.lock:
            self.number += 1
            data = tiny_png(self.number)
        project = harness.Project(self.server, self.tokens["admin"])
        reply = project.upload(f"page-{self.number}.png", data, wait=0)
        if reply.status == 201:
            self.uploaded[reply.json["items"][0]["id"]] = hashlib.sha256(data).hexdigest()

    def save(self):
        project = harness.Project(self.server, self.tokens["scientist"])
        page = project.annotations(self.document)
        if page.status != 200:
            return
        new = span("name", [self.word], "saved")
        reply = project.save(self.document, page.json["annotations"] + [new],
                             page.headers["ETag"])
        if reply.status == 200:
            self.saved.add(new["id"])
        time.sleep(0.02)

    def push(self):
        """One clone for all rounds: cloning anew would soon take longer than a round lasts."""
        project = harness.Project(self.server, self.tokens["scientist"])
        if self.clone is None:
            self.clones += 1
            self.clone = Clone(project, self.directory, f"clone{self.clones}", ["user.name=Sam"])
            self.clone.git("config", "user.email", "sam@acme.example")
            self.accepted = self.head()
        self.clone.git("remote", "set-url", "origin", project.clone_url())
        new = span("date", [self.word], "pushed")
        self.clone.annotate(self.document, new)
        self.clone.commit()
        self.committed.add(new["id"])
        if self.clone.push(check=False).returncode == 0:  # behind by then, and merged
            self.pushed |= self.committed
            self.accepted = self.head()
        else:  # or what gathers would soon take longer to judge than a round lasts
            self.clone.git("reset", "-q", "--hard", self.accepted)
        self.committed.clear()

    def head(self):
        return self.clone.git("rev-parse", "HEAD").stdout.strip()


def check(workers, project):
    """Everything acknowledged is there; returns how much that is."""
    present = {a["id"] for a in project.annotations(workers.document).json["annotations"]}
    lost = (workers.saved | workers.pushed) - present
    assert not lost, f"lost annotations: {sorted(lost)[:5]}"
    known, cursor = {}, ""
    while True:
        page = project.client.get(f"{project.api}/documents?limit=500&cursor={cursor}").json
        known.update({item["id"]: item["sha256"] for item in page["items"]})
        cursor = page["next_cursor"]
        if not cursor:
            break
    for identity, digest in workers.uploaded.items():
        assert known.get(identity) == digest, f"lost document {identity}"
    return len(present), len(workers.uploaded)


def check_at_rest(server, workers):
    """The stopped server's files, with stock git and plain hashing."""
    repository = server.repository()
    git("fsck", "--strict", "--full", cwd=repository)
    blobs = server.data / "orgs" / "acme" / "files" / "md5"
    digests = set()
    for path in blobs.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            name = path.parent.name + path.name.removesuffix(".dir")
            assert hashlib.md5(content).hexdigest() == name, f"{path} is not what its name says"
            digests.add(hashlib.sha256(content).hexdigest())
    missing = set(workers.uploaded.values()) - digests
    assert not missing, f"{len(missing)} uploads have no bytes"
    print(server.command("verify").stdout.strip())


FAULTS = ("0 0", "0 0", "20 0", "0 5")  # as tests/power_loss/io_recorder.cc reads them


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("rounds", nargs="?", type=int, default=200)
    parser.add_argument("seed", nargs="?", type=int, default=int(time.time()))
    parser.add_argument("--bad-disk", action="store_true")
    return parser.parse_args()


def read_all(admin):
    """Waits until no document waits; says how many are in which state."""
    deadline = time.monotonic() + 1200  # a job that failed is tried again ever later
    while True:
        states = admin.client.get(admin.api).json["documents"]
        if not any(states.get(state) for state in ("queued", "processing")):
            return states
        assert time.monotonic() < deadline, f"documents still wait: {states}"
        time.sleep(0.5)


def retry_failed(admin):
    for item in admin.client.get(f"{admin.api}/documents?state=failed&limit=500").json["items"]:
        assert item["failure"]["code"] == "server_failed", item
        reply = admin.client.post(f"{admin.api}/documents/{item['id']}/retry", {})
        assert reply.status == 202, reply


def main():
    asked = parse_arguments()
    rounds, chance = asked.rounds, random.Random(asked.seed)
    print(f"{rounds} kills, seed {asked.seed}{', on a bad disk' if asked.bad_disk else ''}")
    server = harness.Server()
    faults = server.directory / "faults"
    if asked.bad_disk:
        server.watch_disk(faults=faults)
    try:
        server.start()
        server.command("project", "create", "acme/claims")
        tokens = {"admin": server.add_user("ada", "admin"),
                  "scientist": server.add_user("sam", "scientist")}
        document = harness.Project(server, tokens["admin"]).ready(
            "estimate.png", harness.sample("glazing-estimate-en.png"))["id"]
        project = harness.Project(server, tokens["scientist"])
        word = project.words(document)[0]["id"]
        workers = Workers(server, tokens, document, word, server.directory)
        started = time.monotonic()
        for number in range(1, rounds + 1):
            stop = threading.Event()
            threads = workers.run_until(stop)
            time.sleep(chance.uniform(0.02, 1.0))
            faults.write_text(chance.choice(FAULTS))
            time.sleep(chance.uniform(0.0, 1.0))
            server.stop(signal.SIGKILL)
            faults.write_text("0 0")
            stop.set()
            server.start()
            for thread in threads:
                thread.join(timeout=60)
            found = check(workers, harness.Project(server, tokens["admin"]))
            if number % 10 == 0 or number == rounds:
                print(f"  {number:4} kills: {len(workers.saved)} saves, {len(workers.pushed)} pushes, "
                      f"{found[1]} uploads acknowledged, none lost", flush=True)
        admin = harness.Project(server, tokens["admin"])
        states = read_all(admin)
        if asked.bad_disk:  # gives up after some attempts; what was sent is there, and can be tried again
            retry_failed(admin)
            states = read_all(admin)
        assert not states.get("failed"), f"documents failed: {states}"
        project = harness.Project(server, tokens["scientist"])  # at today's address
        release = project.client.post(f"{project.api}/releases", {"name": "claims"}, timeout=600)
        assert release.status == 201, release
        assert server.stop() == 0
        check_at_rest(server, workers)
        print(f"PASSED: {rounds} kills in {time.monotonic() - started:.0f} s, "
              f"{len(workers.saved) + len(workers.pushed) + len(workers.uploaded)} "
              "acknowledged changes, none lost")
    except BaseException:
        print(server.log.read_text()[-3000:], file=sys.stderr)
        raise
    finally:
        server.remove()


if __name__ == "__main__":
    main()
