#!/usr/bin/env python3
"""A release of many small documents comes to an empty disk. ./dev bench pull

usage: pull.py [--quick] [--json] [--documents N] [--rounds N] [--no-dvc]

Documents of 10 kB, one file each. Ours: `glossator pull`, every file hashed twice on arrival. Beside it
stock `dvc pull` of the same release from nginx, which serves the server's own store as files, and one
tar of the same files from nginx, unpacked as it comes (curl and tar; nothing hashed). Then `dvc push` and
`dvc pull` of as many files of a user's own, against our remote and against nginx with WebDAV. After each
work the files are compared with what the manifest, or the user's directory, says; only then does a time
count. Processor seconds are those of client and server together.
"""
import argparse
import contextlib
import hashlib
import json
import os
import pathlib
import random
import resource
import shutil
import sqlite3
import subprocess
import tempfile
import time

import projects
from figures import Report, progress
from projects import git, harness
from upload import Nginx

import dvc_world  # tests/scenarios, by way of projects

SIZE = 10_000
PROJECT = projects.PATH


def content_of(number):
    return random.Random(number).randbytes(SIZE)


def canonical(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def store(root, content):
    md5 = hashlib.md5(content).hexdigest()
    path = root / md5[:2] / md5[2:]
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    path.chmod(0o444)
    return md5


def document_file(number, content, md5):
    """(directory, document.json) of a document that has no pages: its bytes are all there is."""
    sha256 = hashlib.sha256(content).hexdigest()
    identity = sha256[:32]
    directory = "documents/" + "/".join(identity[:4]) + "/" + identity
    return directory, canonical({
        "id": identity, "media_type": "image/png", "size": len(content), "sha256": sha256, "md5": md5,
        "sources": [{"external_id": f"A-{number}", "received_at": "2026-01-01T00:00:00.000Z"}],
        "pages": [], "next_word": 1, "pipeline": {"version": "1", "settings": {}}})


def fill(repository, data, documents):
    """One commit with all documents on top of the server's own first one, and their bytes."""
    root = data / "orgs/acme/files/md5"
    root.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen(["git", "fast-import", "--quiet"], stdin=subprocess.PIPE, cwd=repository) as into:
        into.stdin.write(b"commit refs/heads/main\ncommitter Glossator <g@glossator.example> 1767225600 +0000\n"
                         b"data 5\nRead\n\nfrom refs/heads/main^0\n")
        for number in range(documents):
            content = content_of(number)
            directory, document = document_file(number, content, store(root, content))
            text = document.encode() + b"\n"
            into.stdin.write(f"M 100644 inline {directory}/document.json\ndata {len(text)}\n".encode() + text)
        into.stdin.close()
    git("repack", "-adq", cwd=repository)


def note_bytes(data, documents):
    """Says of every source that it is there, as uploads would have."""
    database = sqlite3.connect(data / "glossator.db")
    organisation, project = database.execute("SELECT organisation_id, id FROM projects LIMIT 1").fetchone()
    with database:
        for number in range(documents):
            content = content_of(number)
            database.execute(
                "INSERT INTO blobs (organisation_id, md5, directory, sha256, size, media_type)"
                " VALUES (?, ?, 0, ?, ?, 'image/png')",
                (organisation, hashlib.md5(content).digest(), hashlib.sha256(content).digest(), SIZE))
        database.execute("INSERT OR IGNORE INTO project_blobs SELECT ?, id FROM blobs", (project,))
    database.close()


def make(documents):
    """A data directory with one release; made once and kept. Gives it, and what the release holds."""
    version = hashlib.sha256(pathlib.Path(__file__).read_bytes()).hexdigest()[:8]
    directory = projects.ROOT / "build/bench" / f"pull-{documents}-{version}"
    if not directory.exists():
        progress(f"making a release of {documents:,} documents, once")
        unfinished = directory.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        build(unfinished, documents)
        unfinished.rename(directory)
    return directory, json.loads((directory / "known.json").read_text())


def build(directory, documents):
    server = harness.Server(directory)
    server.command("project", "create", PROJECT)
    token = server.add_user("sam", "scientist", PROJECT)
    api = f"/api/v1/projects/{PROJECT}"
    server.start()
    harness.Client(server.url, token).get(f"{api}/schema")  # makes the repository
    server.stop()
    fill(server.repository(PROJECT), server.data, documents)
    note_bytes(server.data, documents)
    server.command("rebuild")
    server.start()
    begin = time.perf_counter()
    made = harness.Client(server.url, token).post(f"{api}/releases", {"name": "claims"}, timeout=3600)
    if made.status != 201:
        raise RuntimeError(f"release: {made}")
    progress(f"the release took {time.perf_counter() - begin:.1f} s")
    server.stop()
    files = {}
    for number in range(documents):
        sha256 = hashlib.sha256(content_of(number)).hexdigest()
        files[f"{sha256[0]}/{sha256[:32]}/source.png"] = sha256
    (directory / "known.json").write_text(json.dumps(
        {"token": token, "tag": made.json["tag"], "files": files}))


def processor_seconds(pids):
    """Of these processes and of all that they started and that still run, user and system."""
    children, used = {}, {}
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text().rsplit(")", 1)[1].split()
            children.setdefault(int(fields[1]), []).append(int(path.parent.name))
            used[int(path.parent.name)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    total, waiting = 0, list(pids)
    while waiting:
        pid = waiting.pop()
        total += used.get(pid, 0)
        waiting += children.get(pid, [])
    return total


class Work:
    """Runs one work again and again: wall and processor seconds, client and server together."""

    def __init__(self, name, server, run, check):
        self.name, self.server, self.run, self.check = name, server, run, check
        self.seconds, self.processor = [], []

    def measure(self, directory):
        place = directory / "place"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        os.sync()
        before = processor_seconds([self.server.pid]) + self.of_children()
        begin = time.perf_counter()
        self.run(place)
        self.seconds.append(time.perf_counter() - begin)
        self.processor.append(processor_seconds([self.server.pid]) + self.of_children() - before)
        self.check(place)
        shutil.rmtree(place)

    @staticmethod
    def of_children():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime


def must(*command, **more):
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True, **more)
    if result.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {result.stdout}{result.stderr}")


class Bench:
    def __init__(self, report, documents, directory, with_dvc):
        self.report, self.documents, self.directory = report, documents, directory
        made, self.known = make(documents)
        self.server = harness.Server(directory)
        progress("copying the data directory")
        shutil.copytree(made / "data", self.server.data)
        self.nginx = Nginx(directory)
        self.files = directory / "nginx/files"
        os.symlink(self.server.data / "orgs/acme/files", self.files / "files")
        self.server.start()
        self.dvc = dvc_world.Dvc(directory) if with_dvc else None

    def close(self):
        self.server.stop()
        self.nginx.stop()

    def pull(self, place):
        must(harness.BINARY, "pull", PROJECT, "claims", "--out", place, "--url", self.server.url,
             env={**os.environ, "GLOSSATOR_TOKEN": self.known["token"]})

    def make_tar(self):
        place = self.directory / "for-tar"
        place.mkdir()
        self.pull(place)
        must("tar", "-cf", self.files / "release.tar", "documents", cwd=place)
        shutil.rmtree(place)

    def untar(self, place):
        must("sh", "-c", f"curl -sSf {self.nginx.url}/release.tar | tar -xf -", cwd=place)

    def check_release(self, place):
        found = {str(p.relative_to(place / "documents")): hashlib.sha256(p.read_bytes()).hexdigest()
                 for p in (place / "documents").glob("*/*/*")}
        if found != self.known["files"]:
            raise RuntimeError("what came is not the release")

    def dvc_pull(self, place):
        """A clone of the release whose remote is nginx; caches of its own, files by links to them."""
        url = f"{self.server.url}/{PROJECT}.data.git".replace("http://", f"http://x:{self.known['token']}@")
        self.dvc.git("clone", "-q", "--branch", self.known["tag"], url, place / "clone")
        clone = place / "clone"
        self.dvc("config", "--local", "cache.type", "hardlink", cwd=clone)
        self.dvc("remote", "add", "--local", "-d", "plain", self.nginx.url, cwd=clone)
        self.dvc("pull", *sorted(p.relative_to(clone) for p in (clone / "documents").glob("*.dvc")), cwd=clone)
        (clone / "documents").rename(place / "documents")

    def run_pull(self, rounds):
        self.make_tar()
        ours = Work("glossator pull", self.server.process, self.pull, self.check_release)
        tar = Work("tar", self.nginx.process, self.untar, self.check_release)
        works = [ours, tar]
        if self.dvc:
            works.append(Work("dvc pull", self.nginx.process, self.dvc_pull, self.check_release))
        for number in range(rounds):
            for work in works:
                if number == 0 or work.name != "dvc pull":  # minutes: once is enough
                    work.measure(self.directory)
        peers = {f"{w.name}, nginx": w for w in works[1:]}
        goals = {"tar, nginx": 0.8, "dvc pull, nginx": 5}
        title = f"{self.documents:,} documents of 10 kB onto an empty disk"
        self.report.less(title, "s", ours.seconds, {n: w.seconds for n, w in peers.items()}, goals)
        self.report.less(f"{title}, processor", "s", ours.processor,
                         {n: w.processor for n, w in peers.items()}, {})

    def run_dvc(self):
        """A user's own files: pushed, then pulled by somebody else."""
        source = self.directory / "own"
        (source / "data").mkdir(parents=True)
        for number in range(self.documents):
            (source / "data" / f"{number:06}.bin").write_bytes(content_of(10_000_000 + number))
        self.dvc.git("init", "-q", source)
        self.dvc("init", "-q", cwd=source)
        self.dvc("add", "data", cwd=source)
        remotes = {"ours": (f"{self.server.url}/{PROJECT}.dvc", self.server.process),
                   "nginx": (f"{self.nginx.url}/dav", self.nginx.process)}
        for name, (url, _) in remotes.items():
            self.dvc("remote", "add", name, url, cwd=source)
            self.dvc("remote", "modify", name, "method", "PUT", cwd=source)
        for key, value in (("auth", "custom"), ("custom_auth_header", "Authorization"),
                           ("password", f"Bearer {self.known['token']}")):
            self.dvc("remote", "modify", "ours", key, value, cwd=source)
        pushes = {name: Work("push", process, lambda _, n=name: self.dvc("push", "-r", n, cwd=source),
                             lambda place: None) for name, (_, process) in remotes.items()}
        wanted = {p.name: p.read_bytes() for p in (source / "data").iterdir()}

        def pull(place, remote):
            shutil.copytree(source / ".dvc", place / ".dvc",
                            ignore=shutil.ignore_patterns("cache", "tmp", "config.local.lock"))
            self.dvc.git("init", "-q", place)
            shutil.copy(source / "data.dvc", place)
            self.dvc("pull", "-r", remote, cwd=place)

        def check(place):
            if {p.name: p.read_bytes() for p in (place / "data").iterdir()} != wanted:
                raise RuntimeError("what was pulled is not what was pushed")

        pulls = {name: Work("pull", process, lambda place, n=name: pull(place, n), check)
                 for name, (_, process) in remotes.items()}
        for works in (pushes, pulls):
            for work in works.values():
                work.measure(self.directory)
            verb = works["ours"].name
            title = f"dvc {verb} of {self.documents:,} files of 10 kB"
            self.report.less(title, "s", works["ours"].seconds, {"nginx": works["nginx"].seconds},
                             {"nginx": 1})
            self.report.less(f"{title}, processor", "s", works["ours"].processor,
                             {"nginx": works["nginx"].processor}, {})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--documents", type=int)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-dvc", action="store_true")
    parser.add_argument("--place", default=projects.ROOT / "build",
                        help="where everything lies meanwhile: /dev/shm leaves the disk out")
    options = parser.parse_args()
    documents = options.documents or (2_000 if options.quick else 100_000)
    report = Report("pull")
    with_dvc = dvc_world.HAS_DVC and not options.no_dvc
    if not with_dvc:
        report.skip("dvc", "GLOSSATOR_VENV_DVC names no environment, or --no-dvc")
    with tempfile.TemporaryDirectory(prefix="glossator-pull-", dir=options.place) as name:
        bench = Bench(report, documents, pathlib.Path(name), with_dvc)
        try:
            bench.run_pull(options.rounds)
            if with_dvc:
                bench.run_dvc()
        finally:
            bench.close()
    report.print(options.json)


if __name__ == "__main__":
    main()
