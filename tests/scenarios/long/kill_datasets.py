#!/usr/bin/env python3
"""kill -9 at random moments under releases, exports, imports and scrubs, and under gc between two
runs of the server. After each restart every release that git, dvc or the API shows is whole and the
same everywhere, what was acknowledged is there, a release's exports have the bytes they had, and a page
has all of an import or nothing of it; a scrub that came to its end found nothing.

usage: kill_datasets.py [ROUNDS] [SEED]
"""
import argparse
import hashlib
import http.client
import json
import pathlib
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.error

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness  # noqa: E402
from harness import git, sample, tiny_png  # noqa: E402

BROKEN = (urllib.error.URLError, ConnectionError, http.client.HTTPException, TimeoutError, OSError,
          ValueError)
FORMATS = ("jsonl", "coco", "bio", "webdataset", "page")
BATCH = 5  # annotations of one import


class Work:
    """Four threads until told to stop; what the server acknowledged is noted."""

    def __init__(self, server, token, document, words):
        self.server, self.token, self.document, self.words = server, token, document, words
        self.released, self.imported, self.exports = {}, set(), {}
        self.number = 0
        self.scrubbing = None  # its process
        self.wrong = []
        self.done = {"release": 0, "export": 0, "import": 0, "scrub": 0, "gc": 0}

    def project(self):
        return harness.Project(self.server, self.token)

    def run(self, stop):
        threads = [threading.Thread(target=self.loop, args=(name, work, stop), daemon=True)
                   for name, work in (("release", self.release), ("export", self.export),
                                      ("import", self.import_labels), ("scrub", self.scrub))]
        for thread in threads:
            thread.start()
        return threads

    def loop(self, name, work, stop):
        while not stop.is_set():
            try:
                self.done[name] += work()
            except BROKEN:
                time.sleep(0.01)
            except AssertionError as error:
                self.wrong.append(f"{name}: {error}")
                return

    def release(self):
        project = self.project()
        reply = project.client.post(f"{project.api}/releases", {"name": "claims"})
        if reply.status != 201:
            return False
        self.released[reply.json["version"]] = reply.json["manifest_sha256"]
        return True

    def export(self):
        if not self.released:
            time.sleep(0.05)
            return False
        project = self.project()
        version, name = random.choice(sorted(self.released)), random.choice(FORMATS)
        reply = project.client.get(f"{project.api}/releases/claims/{version}/exports/{name}")
        if reply.status != 200:
            return False
        digest = hashlib.sha256(reply.body).hexdigest()
        known = self.exports.setdefault((version, name), digest)
        assert known == digest, f"{name} of {version} has other bytes than before"
        return True

    def import_labels(self):
        self.number += 1
        batch = f"batch {self.number}"
        line = {"document": self.document, "page": 1, "annotations": [
            {"id": f"{batch}/{n}", "type": "span", "label": "total", "text": batch,
             "words": [self.words[n]]} for n in range(BATCH)]}
        project = self.project()
        reply = project.client.post(f"{project.api}/imports/jsonl", json.dumps(line).encode())
        if reply.status == 200 and not reply.json["problems"]:
            assert reply.json["added"] in (0, BATCH), reply.json
            self.imported.add(batch)
            return True
        return False

    def scrub(self):
        self.scrubbing = self.verb("scrub", "--json")
        report = self.scrubbing.communicate()[0]
        if self.scrubbing.returncode < 0:
            return False  # killed
        assert self.scrubbing.returncode == 0, f"scrub found what is whole to be damaged: {report}"
        return True

    def gc(self):
        """Without any grace, so that all that may go goes; killed at any moment, or not at all."""
        collecting = self.verb("gc", "--grace-days", "0")
        try:
            collecting.wait(timeout=random.uniform(0, 1))
        except subprocess.TimeoutExpired:
            collecting.kill()
        collecting.wait()
        assert collecting.returncode in (0, -signal.SIGKILL), collecting.returncode
        self.done["gc"] += collecting.returncode == 0

    def verb(self, *arguments):
        return subprocess.Popen([harness.BINARY, *arguments, "--data", self.server.data],
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def kill(self):
        """The server and the scrub beside it, at once."""
        self.server.process.kill()
        if self.scrubbing:
            self.scrubbing.kill()
        self.server.stop(signal.SIGKILL)


def tags_of(repository):
    lines = git("for-each-ref", "--format=%(refname:strip=4)", "refs/tags/datasets/",
                cwd=repository).stdout.split()
    return {line.removeprefix("v") for line in lines}


def check(work, server):
    project = work.project()
    listed = {r["version"]: r for r in
              project.client.get(f"{project.api}/releases").json["items"]}
    data = server.repository().parent / "claims.data.git"
    shown = tags_of(server.repository())
    assert set(listed) == shown == tags_of(data), (sorted(listed), sorted(shown))
    for version, manifest in work.released.items():
        assert listed[version]["manifest_sha256"] == manifest, f"{version} has changed"
    if listed:
        tip = git("rev-parse", "main", cwd=data).stdout.strip()
        assert tip in {r["data_commit"] for r in listed.values()}, "main shows what is no release"
        newest = max(listed, key=lambda v: [int(n) for n in v.split(".")])
        verified = project.client.get(f"{project.api}/releases/claims/{newest}/verify").json
        assert verified["clean"], verified
    here = project.annotations(work.document).json["annotations"]
    counts = {}
    for annotation in here:
        counts[annotation["text"]] = counts.get(annotation["text"], 0) + 1
    assert all(count == BATCH for count in counts.values()), counts
    assert work.imported <= set(counts), "an acknowledged import is lost"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("rounds", nargs="?", type=int, default=40)
    parser.add_argument("seed", nargs="?", type=int, default=1)
    arguments = parser.parse_args()
    random.seed(arguments.seed)
    server = harness.Server().start()
    try:
        server.command("project", "create", "acme/claims")
        token = server.add_user("ada", "admin")
        scientist = server.add_user("sam", "scientist")
        project = harness.Project(server, token)
        for number in range(1, 30):
            project.ready(f"page-{number}.png", tiny_png(number))
        document = project.ready("estimate.png", sample("glazing-estimate-en.png"))["id"]
        work = Work(server, scientist, document, [w["id"] for w in project.words(document)])
        for number in range(arguments.rounds):
            stop = threading.Event()
            threads = work.run(stop)
            time.sleep(random.uniform(0.05, 5))
            stop.set()
            work.kill()
            for thread in threads:
                thread.join()
            assert not work.wrong, work.wrong
            work.gc()
            server.start()
            check(work, server)
            print(f"round {number + 1}: {len(work.released)} releases, {len(work.imported)} imports, "
                  f"{len(work.exports)} exports known", flush=True)
        for (version, name), digest in work.exports.items():
            body = work.project().client.get(
                f"{work.project().api}/releases/claims/{version}/exports/{name}").body
            assert hashlib.sha256(body).hexdigest() == digest, f"{name} of {version} has changed"
        assert all(work.done.values()), f"some of the work was never whole: {work.done}"
        server.stop()
        verified = server.command("verify", check=False)
        assert verified.returncode == 0, verified.stdout
        git("fsck", "--strict", "--full", cwd=server.repository())
        print(f"PASSED: {arguments.rounds} kills; whole before a kill: {work.done}; "
              f"{len(work.released)} releases and {len(work.imported)} imports acknowledged, none lost; "
              f"{len(work.exports)} exports with the bytes they had")
    finally:
        server.remove()


if __name__ == "__main__":
    main()
