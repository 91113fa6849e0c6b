#!/usr/bin/env python3
"""Releases of a large project, and how fast they leave. ./dev bench export

usage: export.py [--quick] [--json] [--documents N] [--rounds N]

A project of invented documents of one page, some 110 words and 40 labels each, is released; the release
leaves as jsonl, coco and bio, with the labels that a model proposed. An export counts when it names every page. Goals are for 100,000 pages
and are made smaller with the project. Beside it Label Studio exports as many tasks as it is given,
with 40 labels each. Page images are not stored: no export here carries them.
"""
import argparse
import contextlib
import http.client
import json
import pathlib
import sqlite3
import tempfile
import time
import urllib.request

import label_studio
import projects
from figures import MemoryWatch, Report, forget_peak, progress, seconds_of
from projects import git, harness

FULL = 100_000
API = f"/api/v1/projects/{projects.PATH}"
LABELS = 40  # of each page


def documents_of(repository):
    """Every document.json of main."""
    listing = git("ls-tree", "-r", "main", cwd=repository).decode().splitlines()
    names = [line.split()[2] for line in listing if line.endswith("/document.json")]
    answer = git("cat-file", "--batch", cwd=repository, stdin="".join(f"{n}\n" for n in names).encode())
    at = 0
    while at < len(answer):
        end = answer.index(b"\n", at)
        size = int(answer[at:end].split()[2])
        yield json.loads(answer[end + 1:end + 1 + size])
        at = end + 2 + size


def store_bytes(data):
    """Says of every source and image that it is there, as uploads would have."""
    database = sqlite3.connect(data / "glossator.db")
    organisation, project = database.execute(
        "SELECT organisation_id, id FROM projects LIMIT 1").fetchone()
    rows = []
    for document in documents_of(data / "repos" / f"{projects.PATH}.git"):
        for file in (document, *(page["image"] for page in document["pages"])):
            rows.append((organisation, bytes.fromhex(file["md5"]), bytes.fromhex(file["sha256"]),
                         file["size"], file["media_type"]))
    with database:
        database.executemany("INSERT OR IGNORE INTO blobs (organisation_id, md5, directory, sha256, size,"
                             " media_type) VALUES (?, ?, 0, ?, ?, ?)", rows)
        database.execute("INSERT OR IGNORE INTO project_blobs SELECT ?, id FROM blobs", (project,))
    database.close()
    return len(rows) // 2


class Exports:
    def __init__(self, server, token):
        self.server, self.client = server, harness.Client(server.url, token)
        self.address = server.url.removeprefix("http://")
        self.token = token

    def release(self):
        begin = time.perf_counter()
        reply = self.client.post(f"{API}/releases", {"name": "claims", "split": "default"}, timeout=3600)
        if reply.status != 201:
            raise RuntimeError(f"release: {reply}")
        return time.perf_counter() - begin, reply.json["version"]

    def change(self, count):
        """Saves one more label on each of some documents."""
        listing = self.client.get(f"{API}/documents?limit={count}").json["items"]
        for item in listing[:count]:
            page = f"{API}/documents/{item['id']}/pages/1/annotations"
            before = self.client.get(page)
            words = self.client.get(f"{API}/documents/{item['id']}/pages/1/words").json["words"]
            labels = before.json["annotations"] + [harness.span("total", [words[0]["id"]], "x")]
            saved = self.client.put(page, {"annotations": labels},
                                    headers={"If-Match": before.headers["ETag"]})
            if saved.status != 200:
                raise RuntimeError(f"save: {saved}")

    def export(self, name, version):
        """Seconds, seconds to the first byte, bytes, and how many lines."""
        connection = http.client.HTTPConnection(self.address, timeout=3600)
        begin = time.perf_counter()
        connection.request("GET", f"{API}/releases/claims/{version}/exports/{name}?proposals",
                           headers={"Authorization": f"Bearer {self.token}"})
        reply = connection.getresponse()
        first = reply.read(1)
        latency, size, lines = time.perf_counter() - begin, len(first), first.count(b"\n")
        documents, mark, seen = 0, b"-DOCSTART-", first
        while chunk := reply.read(1 << 20):
            size += len(chunk)
            lines += chunk.count(b"\n")
            seen = seen[1 - len(mark):] + chunk  # the mark may lie across two chunks
            documents += seen.count(mark)
        connection.close()
        return time.perf_counter() - begin, latency, size, documents if name == "bio" else lines


@contextlib.contextmanager
def serving(project, documents, directory):
    """A server of the project, its documents split and ready to be released."""
    data = project.copy(directory / "data")
    progress("noting the bytes of all documents")
    if store_bytes(data) != documents:
        raise RuntimeError("not every document is in main")
    server = harness.Server(directory).start()
    try:
        exports = Exports(server, project.token)
        split = exports.client.put(
            f"{API}/splits/default", {"rule": {"group_by": ["claim"]}, "salt": "s", "seed": 1,
                                      "ratios": {"train": 80, "test": 20}}, timeout=3600)
        if split.status != 200:
            raise RuntimeError(f"split: {split}")
        yield exports
    finally:
        server.stop()


def run_ours(report, project, documents, rounds, directory):
    share = documents / FULL
    with serving(project, documents, directory) as exports:
        server = exports.server
        took, version = exports.release()
        progress(f"the release took {took:.1f} s")
        for name in ("jsonl", "coco", "bio"):
            idle = forget_peak(server.process)
            memory = MemoryWatch()
            memory.watch(server.process)
            measured = [exports.export(name, version) for _ in range(rounds)]
            memory.stop()
            if any(lines < documents for _, _, _, lines in measured):
                raise RuntimeError(f"{name} does not name every page")
            report.at_most(f"{name} of {documents:,} pages", "s", [m[0] for m in measured], 30 * share)
            report.at_most(f"{name}, first byte", "s", [m[1] for m in measured], 1)
            report.at_most(f"{name}, memory of its own", "MB", [memory.own / 1e6], 256)
            report.note(f"{name}: {measured[0][2] / 1e6:,.0f} MB; resident before it {idle / 1e6:,.0f} MB")
        return [documents / exports.export("jsonl", version)[0]]


def run_label_studio(directory, tasks):
    """Tasks a second out of Label Studio's export."""
    label = {"from_name": "label", "to_name": "text", "type": "labels",
             "value": {"start": 0, "end": 8, "labels": ["total"], "text": "document"}}
    with label_studio.LabelStudio(directory, tasks=1) as server:
        project = server.post("/api/projects/", {"title": "export", "label_config": label_studio.CONFIG})["id"]
        for begin in range(0, tasks, 500):
            count = min(500, tasks - begin)
            server.post(f"/api/projects/{project}/import",
                        [{"data": {"text": f"document {begin + n} " + "word " * 110},
                          "annotations": [{"result": [{**label, "id": f"r{i}"} for i in range(LABELS)]}]}
                         for n in range(count)])
        request = urllib.request.Request(f"{server.url}/api/projects/{project}/export?exportType=JSON",
                                         headers={"Authorization": f"Token {label_studio.TOKEN}"})
        exported = []
        took = seconds_of(lambda: exported.extend(server.ask(request)))
        if len(exported) != tasks:
            raise RuntimeError("Label Studio did not export every task")
        return [tasks / took]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--documents", type=int)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    documents = options.documents or (5_000 if options.quick else FULL)
    project = projects.make(documents, max(40, documents // 100), labels=LABELS)
    report = Report("export")
    with tempfile.TemporaryDirectory(prefix="glossator-export-") as name:
        directory = pathlib.Path(name)
        for part in ("ours", "peer"):
            (directory / part).mkdir()
        ours = run_ours(report, project, documents, options.rounds, directory / "ours")
        theirs = {}
        if label_studio.available():
            theirs["Label Studio"] = run_label_studio(directory / "peer", 500 if options.quick else 5_000)
        else:
            report.skip("Label Studio", "GLOSSATOR_VENV_LABEL_STUDIO names no environment")
        report.more("jsonl", "pages/s", ours, theirs, {"Label Studio": 5})
    report.print(options.json)


if __name__ == "__main__":
    main()
