#!/usr/bin/env python3
"""Durable saves of annotations through the HTTP API, and what they cost as projects grow.
./dev bench save

usage: save.py [--quick] [--million] [--only PART] [--json] [--rounds N]

64 clients each save the annotations of one page after another, all on the branch main; a save counts
when its answer is there, and then it is durable. Beside it Label Studio creates annotations on
SQLite. After that one client saves, pushes and fetches one commit in projects of very different
sizes, in turn. A million documents take 10 GB below build/bench, kept for the next time.
"""
import argparse
import contextlib
import pathlib
import re
import shutil
import statistics
import tempfile

import git_servers
import label_studio
import projects
import wire
from figures import MemoryWatch, Report, fsync_median_ms, progress
from projects import ROOT, git
from pushes import Pushes, edited

CLIENTS = 64
GROWTH = 1.3


class Saves:
    """PUT requests, each for another document as it is in main; each is made once."""

    def __init__(self, server, *prefixes):
        self.server = server
        listing = git("ls-tree", "-r", "main", "--", *prefixes, cwd=server.repository).decode()
        self.files = [(line.split()[2], line.split("\t")[1]) for line in listing.splitlines()
                      if line.endswith("annotations.jsonl")]
        self.used = 0

    def script(self, count):
        """The next ones. The version that was edited is git's name of the file."""
        files = self.files[self.used:self.used + count]
        self.used += count
        if self.used > len(self.files):
            raise RuntimeError("more saves than documents")
        names = "".join(f"{blob}\n" for blob, _ in files).encode()
        answer = git("cat-file", "--batch", cwd=self.server.repository, stdin=names)
        script = []
        for number, (blob, path) in enumerate(files):
            head, _, answer = answer.partition(b"\n")
            size = int(head.split()[2])
            script.append(self.put(path, blob, edited(answer[:size], number)))
            answer = answer[size + 1:]
        return script

    def put(self, path, version, lines):
        document = path.split("/")[-3]
        body = b'{"annotations":[' + b",".join(lines.splitlines()) + b"]}"
        head = (f"PUT /api/v1/projects/{projects.PATH}/documents/{document}/pages/1/annotations "
                f'HTTP/1.1\r\nHost: bench\r\nIf-Match: "{version}"\r\n'
                f"Authorization: Bearer {self.server.token}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n")
        return head.encode() + body


def latencies(played):
    return sorted(time for row in played["requests"] for time in row)


def ninety_ninth(played):
    times = latencies(played)
    return times[min(len(times) - 1, len(times) * 99 // 100)]


class SaveBench:
    """64 clients at once."""

    def __init__(self, report, directory, memory, project, rounds, each):
        self.report, self.rounds, self.each = report, rounds, each
        self.ours = git_servers.Glossator(directory / "glossator", project, memory)
        self.peer = None
        if label_studio.available():
            path = directory / "label-studio"
            path.mkdir()
            self.peer = label_studio.LabelStudio(path, CLIENTS)
        else:
            report.skip("Label Studio", "GLOSSATOR_VENV_LABEL_STUDIO names no environment with it")

    def run(self):
        progress(f"{CLIENTS} clients that save")
        saves = Saves(self.ours, "documents")
        ours, peer = [], []
        for number in range(self.rounds + 1):
            played = self.save(saves)
            theirs = wire.play(self.peer, *self.peer.scripts(CLIENTS, 1), connections=CLIENTS,
                               accepted=None) if self.peer else None
            if number == 0:
                continue  # all warm now
            ours.append(played)
            if theirs:
                peer.append(theirs)
        self.check(saves.used)
        self.tell(ours, peer)

    def save(self, saves):
        scripts = [saves.script(self.each) for _ in range(CLIENTS)]
        before = self.ours.tree.seconds()
        played = wire.play(self.ours, *scripts, connections=CLIENTS)
        if before is not None:
            spent = self.ours.tree.seconds() - before
            played["processor_ms_each"] = spent * 1000 / (CLIENTS * self.each)
        return played

    def check(self, count):
        """Each save is in the history."""
        made = int(git("rev-list", "--count", "main", "--author=sam@acme.example", "--since",
                       "2025-01-01", cwd=self.ours.repository))
        if made != count:
            self.report.note(f"NOT EQUAL: {count} saves were acknowledged, {made} commits are there")

    def tell(self, ours, peer):
        def rate(played, status):
            return played["statuses"].get(status, 0) / played["seconds"]
        rates = [rate(played, "200") for played in ours]
        self.report.at_least(f"durable saves, {CLIENTS} clients, one branch", "saves/s", rates, 1000)
        self.report.at_most("the same: p50", "ms",
                            [statistics.median(latencies(played)) for played in ours], None)
        self.report.at_most("the same: p99", "ms", [ninety_ninth(played) for played in ours], 100)
        spent = [played["processor_ms_each"] for played in ours if "processor_ms_each" in played]
        if spent:
            self.report.at_most("the same: each, of processor", "ms", spent, None)
        self.report.note("load generator: " + ", ".join(
            f"{played['processor_seconds'] / played['seconds']:.0%}" for played in ours) +
            " of one processor")
        if peer:
            failures = sum(played["statuses"].get("500", 0) for played in peer)
            self.report.note(f"Label Studio answered {failures} of "
                             f"{sum(len(latencies(played)) for played in peer)} with 500, not counted")
            self.report.more("the same, beside annotations created", "saves/s", rates,
                             {"Label Studio": [rate(played, "201") for played in peer]},
                             {"Label Studio": 20})
            self.report.less("the same: p99", "ms", [ninety_ninth(played) for played in ours],
                             {"Label Studio": [ninety_ninth(played) for played in peer]}, {})

    def close(self):
        self.ours.stop()
        if self.peer:
            self.peer.stop()


class Subject:
    """A server with a project of that size, and what one client asks of it. `recorded`: a fetch as
    git sent it to another such server."""
    PUSHES, FETCHES, SAVES = 5, 50, 20

    def __init__(self, directory, documents, commits, rounds, recorded=None):
        self.documents = documents
        project = projects.make(documents, commits, for_peers=False)
        self.server = git_servers.Glossator(directory / f"growth-{documents}", project,
                                            MemoryWatch())
        self.pushes = Pushes(project, directory / f"pushes-{documents}.git",
                             self.PUSHES * (rounds + 1))
        self.saves = Saves(self.server, "documents/9", "documents/a", "documents/b")
        self.fetch = self.sent_by_me(recorded) if recorded else self.record(project, directory)
        self.pushed = 0
        self.found = {}

    def record(self, project, directory):
        """What stock git sends that lacks the last commit."""
        client = directory / f"client-{self.documents}.git"
        projects.make_client(project.repository, client, project.before)
        return wire.record(self.server, lambda url: git(
            *self.server.git_options(), "fetch", "--quiet", url, "main", cwd=client))

    def sent_by_me(self, recorded):
        """With a token that this server knows; the last request is made anew for each commit."""
        mine = self.server.headers["Authorization"].encode()
        return [re.sub(rb"(?<=\r\nAuthorization: )[^\r]+", mine, request) for request in recorded]

    def push(self):
        self.pushed += self.PUSHES
        return [request for number in range(self.pushed - self.PUSHES, self.pushed) for request in
                (wire.get_push_refs(self.server), self.pushes.request(self.server, number))]

    def fetch_last_push(self):
        last = wire.with_other_commits(self.server, self.fetch[-1],
                                       self.pushes.commits[self.pushed - 1],
                                       self.pushes.haves(self.pushed - 1))
        return (self.fetch[:-1] + [last]) * self.FETCHES

    def save(self):
        return self.saves.script(self.SAVES)

    def measure(self, work, script, times, keep):
        """Milliseconds of each of so many works, waited for and of processors."""
        before = self.server.tree.seconds()
        played = wire.play(self.server, script)
        if not keep:
            return
        self.found.setdefault((work, "ms"), []).append(played["turns"][0] / times)
        if before is not None:
            spent = self.server.tree.seconds() - before
            self.found.setdefault((work, "ms of CPU"), []).append(spent * 1000 / times)


class GrowthBench:
    """One client, in projects of several sizes, in turn. First all pushes: after a save they would
    be behind main, and merged."""

    def __init__(self, report, directory, sizes, rounds):
        self.report, self.rounds, self.subjects = report, rounds, []
        for documents, commits in sizes:
            recorded = self.subjects[0].fetch if self.subjects else None
            self.subjects.append(Subject(directory, documents, commits, rounds, recorded))

    def run(self):
        progress("one client, projects of several sizes")
        for work, script, times in (("push", Subject.push, Subject.PUSHES),
                                    ("one-commit fetch", Subject.fetch_last_push, Subject.FETCHES),
                                    ("save", Subject.save, Subject.SAVES)):
            for number in range(self.rounds + 1):
                for subject in self.subjects:
                    subject.measure(work, script(subject), times, keep=number > 0)
        self.tell()

    def tell(self):
        smallest = self.subjects[0]
        name = f"among {smallest.documents:,}"
        for subject in self.subjects[1:]:
            for (work, unit), found in subject.found.items():
                self.report.less(f"{work} among {subject.documents:,} documents", unit, found,
                                 {name: smallest.found[work, unit]}, {name: 1 / GROWTH})

    def close(self):
        for subject in self.subjects:
            subject.server.stop()


def measure_clients(report, directory, size, rounds, each):
    memory = MemoryWatch()
    report.note(f"{CLIENTS} clients: {size[0]} documents, {size[1]} commits")
    with contextlib.closing(SaveBench(report, directory, memory, projects.make(*size), rounds,
                                      each)) as bench:
        bench.run()
    report.at_most("memory of the server at most, its own", "MB", [memory.own / 1e6], 300)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="2,000 and 10,000 documents")
    parser.add_argument("--million", action="store_true", help="a million documents too")
    parser.add_argument("--only", choices=("clients", "growth"), help="one of the two parts")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    size, each = ((2_000, 500), 4) if options.quick else ((100_000, 20_000), 50)
    sizes = [(1_000, 250), (10_000, 2_500) if options.quick else (100_000, 20_000)]
    if options.million:
        sizes.append((1_000_000, 20_000))
    report = Report("save")
    directory = pathlib.Path(tempfile.mkdtemp(prefix="glossator-bench-", dir=ROOT / "build"))
    report.note(f"{options.rounds} rounds; fsync median {fsync_median_ms(directory):.2f} ms")
    try:
        if options.only != "growth":
            measure_clients(report, directory, size, options.rounds, each)
        if options.only != "clients":
            with contextlib.closing(GrowthBench(report, directory, sizes, options.rounds)) as bench:
                bench.run()
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    report.print(options.json)


if __name__ == "__main__":
    main()
