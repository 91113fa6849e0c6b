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
import os
import pathlib
import resource
import shutil
import subprocess
import tempfile
import time

import projects
import stored_projects
from figures import Report, progress
from projects import harness
from stored_projects import content_of
from upload import Nginx

import dvc_world  # tests/scenarios, by way of projects

PROJECT = projects.PATH


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
        self.made = stored_projects.make(documents)
        self.server = harness.Server(directory)
        self.made.copy(self.server.data)
        self.nginx = Nginx(directory)
        self.files = directory / "nginx/files"
        os.symlink(self.server.data / "orgs/acme/files", self.files / "files")
        self.server.start()
        progress("making the release")
        self.tag = self.made.release(self.server.url)["tag"]
        self.dvc = dvc_world.Dvc(directory, timeout=8 * 3600) if with_dvc else None

    def close(self):
        self.server.stop()
        self.nginx.stop()

    def pull(self, place):
        must(harness.BINARY, "pull", PROJECT, "claims", "--out", place, "--url", self.server.url,
             env={**os.environ, "GLOSSATOR_TOKEN": self.made.token})

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
        if found != self.made.files:
            raise RuntimeError("what came is not the release")

    def dvc_pull(self, place):
        """A clone of the release whose remote is nginx; caches of its own, files by links to them."""
        url = f"{self.server.url}/{PROJECT}.data.git".replace("http://", f"http://x:{self.made.token}@")
        self.dvc.git("clone", "-q", "--branch", self.tag, url, place / "clone")
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
                           ("password", f"Bearer {self.made.token}")):
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
