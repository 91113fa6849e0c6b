#!/usr/bin/env python3
"""Git over HTTP beside git http-backend (nginx, fcgiwrap) and JGit's servlet. ./dev bench git

usage: git.py [--quick] [--json] [--documents N] [--commits N] [--rounds N] [--pushes N]
              [--only PART]...

All serve the same bare repository, packed with bitmaps by stock git. Latency is measured at the
server: what stock git sends is recorded and played again on a kept connection. What comes back is
compared by the ids of the objects before a time counts. Servers take turns; a figure is the median of
the rounds. Pushes go to copies, with everything synced by each server.
"""
import argparse
import pathlib
import resource
import shutil
import statistics
import tempfile

import git_servers
import projects
import wire
from figures import MemoryWatch, Report, fsync_median_ms, progress, seconds_of
from projects import ROOT, git
from pushes import Pushes

BACKEND, JGIT = git_servers.HttpBackend.name, git_servers.JGit.name
CROWD = 50
SPARSE_DOCUMENTS = 100
WARM_UP = 4  # pushes before the first that counts


class Bench:
    def __init__(self, project, directory, report, options):
        self.project, self.directory, self.report = project, directory, report
        self.rounds, self.push_count = options.rounds, options.pushes
        self.repeat, self.without = 20 if options.quick else 100, options.without
        self.memory = MemoryWatch()
        self.servers = []
        self.numbers = 0

    def start(self):
        ours = git_servers.Glossator(self.directory / "glossator", self.project, self.memory)
        self.servers.append(ours)
        shared = self.directory / "repositories"
        shared.mkdir()
        (shared / "same.git").symlink_to(ours.repository)
        for make in git_servers.peers(self.report, self.without):
            peer = make(self.directory, shared)
            peer.path = "/same.git"
            self.servers.append(peer)
        self.shared = shared

    def stop(self):
        self.memory.stop()
        for server in self.servers:
            server.stop()

    @property
    def ours(self):
        return self.servers[0]

    @property
    def peers(self):
        return self.servers[1:]

    def in_turn(self, count):
        """Each round begins with another server."""
        for number in range(count):
            first = number % len(self.servers)
            yield from self.servers[first:] + self.servers[:first]

    def measured(self, work, count=None):
        """{server: [work(server), ...]}"""
        found = {server.name: [] for server in self.servers}
        for server in self.in_turn(count or self.rounds):
            found[server.name].append(work(server))
        return found

    def less(self, work, unit, found, goals):
        self.report.less(work, unit, found[self.ours.name],
                         {peer.name: found[peer.name] for peer in self.peers}, goals)

    def more(self, work, unit, found, goals):
        self.report.more(work, unit, found[self.ours.name],
                         {peer.name: found[peer.name] for peer in self.peers}, goals)

    def client(self, server, url, store, at):
        """A clone that lacks what the object store lacks."""
        self.numbers += 1
        path = self.directory / f"client{self.numbers}.git"
        git("init", "--quiet", "--bare", "--initial-branch=main", path)
        (path / "objects/info/alternates").write_text(f"{store}/objects\n")
        git("remote", "add", "origin", url, cwd=path)
        git("config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*", cwd=path)
        for ref in ("refs/heads/main", "refs/remotes/origin/main"):
            git("update-ref", ref, at, cwd=path)
        return path

    def fetch_script(self, server, store, at):
        def fetch(url):
            git(*server.git_options(), "fetch", "--quiet", "origin",
                cwd=self.client(server, url, store, at))
        return wire.record(server, fetch)

    # Small fetches

    def bench_small_fetches(self):
        progress("small fetches")
        nothing = {s.name: self.fetch_script(s, self.project.repository, self.project.tip)
                   for s in self.servers}
        one = {s.name: self.fetch_script(s, self.project.client, self.project.before)
               for s in self.servers}
        self.check_same("the fetch of one commit", one, self.project.client)
        for server in self.servers:  # all warm, a JVM's compiler above all
            for scripts in (nothing, one):
                wire.play(server, scripts[server.name], repeat=self.repeat * 5)
        goals = {BACKEND: 8, JGIT: 2}
        played = self.measured(lambda s: wire.play(s, nothing[s.name], repeat=self.repeat))
        self.less("no-op fetch", "ms", of_turns(played), goals)
        self.less("ls-refs alone", "ms", of_request(played, -1), goals)
        played = self.measured(lambda s: wire.play(s, one[s.name], repeat=self.repeat))
        self.less("one-commit fetch", "ms", of_turns(played), goals)
        self.less("its last request alone", "ms", of_request(played, -1), goals)

    def bench_stock_fetch(self):
        """The whole of `git fetch` as a person runs it, for the sake of proportion."""
        def fetch(server):
            path = self.client(server, server.url, self.project.client, self.project.before)
            seconds = seconds_of(lambda: git(*server.git_options(), "fetch", "--quiet", "origin",
                                             cwd=path))
            shutil.rmtree(path)
            return seconds * 1000
        self.less("git fetch of one commit, client and all", "ms", self.measured(fetch), {})

    def check_same(self, what, scripts, alternate=None):
        """Every server's pack holds the objects that http-backend's holds, or ours without it."""
        objects = {}
        for server in self.servers:
            path = self.directory / "answer"
            wire.play(server, scripts[server.name], save=path)
            objects[server.name] = wire.objects_in(wire.pack_in(path.read_bytes()), alternate)
            path.unlink()
        expected = objects.get(BACKEND, objects[self.ours.name])
        for name, found in objects.items():
            if found != expected:
                self.report.note(f"NOT EQUAL: {what}: {name} sends {len(found)} objects, "
                                 f"{len(found - expected)} others, {len(expected - found)} less")
        self.report.note(f"{what}: {len(expected)} objects, the same from each server checked")

    # Clones

    def clone_script(self, server):
        def clone(url):
            target = self.directory / "recorded.git"
            try:
                git(*server.git_options(), "clone", "--quiet", "--bare", url, target)
            finally:
                shutil.rmtree(target, ignore_errors=True)
        return wire.record(server, clone, enough=1 << 20)

    def bench_clone(self):
        progress("full clones")
        scripts = {s.name: self.clone_script(s) for s in self.servers}

        def played(server, cold):
            if cold:
                server.forget()
            before = server.tree.seconds()
            result = wire.play(server, scripts[server.name])
            return {"cpu": server.tree.seconds() - before if before is not None else None,
                    "first": result["first_pack_byte"][0], "wall": result["seconds"],
                    "client": result["processor_seconds"]}

        cold = self.measured(lambda server: played(server, True))
        for _ in range(2):  # whoever keeps answers has it then
            played(self.ours, False)
        cached = self.measured(lambda server: played(server, False))
        if self.ours.tree.seconds() is not None:
            self.less("full clone, cold: server CPU", "s", of_key(cold, "cpu"), {BACKEND: 5, JGIT: 2})
            self.less("full clone, cached: server CPU", "s", of_key(cached, "cpu"),
                      {BACKEND: 10, JGIT: 2})
        else:
            self.report.skip("CPU of a clone", "control groups cannot be made here")
        self.report.at_most("full clone, cold: to the first byte of the pack", "ms",
                            of_key(cold, "first")[self.ours.name], 5)
        self.less("the same", "ms", of_key(cold, "first"), {})
        self.less("full clone, cold: all bytes here", "s", of_key(cold, "wall"), {})
        self.less("full clone, cached: all bytes here", "s", of_key(cached, "wall"), {})
        self.report.note("load generator during a clone: "
                         f"{statistics.median(of_key(cold, 'client')[self.ours.name]):.2f} s of CPU")

    def bench_stock_clone(self):
        progress("full clones by stock git")
        contents = {}

        def clone(server):
            server.forget()
            target = self.directory / "clone.git"
            seconds = seconds_of(lambda: git(*server.git_options(), "clone", "--quiet", "--bare",
                                             server.url, target))
            index = next(target.glob("objects/pack/*.idx"))
            ids = sorted(line.split()[1] for line in git(
                "show-index", cwd=target, stdin=index.read_bytes()).splitlines())
            contents.setdefault(server.name, ids)
            shutil.rmtree(target)
            if contents[server.name] != contents[self.servers[0].name]:
                self.report.note(f"NOT EQUAL: a full clone from {server.name}")
            return seconds
        found = self.measured(clone)
        self.report.note(f"full clone: {len(contents[self.ours.name])} objects, "
                         "the same from each server")
        self.less("git clone --bare, cold: client wall time", "s", found, {BACKEND: 1})

    def bench_sparse(self):
        progress("partial clones of some documents")
        names = git("ls-tree", "-r", "--name-only", "main", "--", "documents/0", "documents/1",
                    cwd=self.project.repository).decode().splitlines()
        documents = sorted({name.rsplit("/", 1)[0] for name in names if name.endswith("/document.json")})
        chosen = documents[::max(1, len(documents) // SPARSE_DOCUMENTS)][:SPARSE_DOCUMENTS]
        target = self.directory / "sparse"
        trees = {}

        def clone(server, url):
            options = server.git_options()
            git(*options, "clone", "--quiet", "--filter=blob:none", "--sparse", "--no-checkout", url,
                target)
            git(*options, "sparse-checkout", "set", "--stdin", cwd=target,
                stdin="\n".join(chosen).encode() + b"\n")
            git(*options, "checkout", "--quiet", "main", cwd=target)

        def timed(server):
            server.forget()
            before, client = server.tree.seconds(), client_seconds()
            seconds = seconds_of(lambda: clone(server, server.url))
            after, client = server.tree.seconds(), client_seconds() - client
            files = sorted(str(path.relative_to(target)) for path in target.glob("documents/**/*")
                           if path.is_file())
            trees.setdefault(server.name, files)
            shutil.rmtree(target)
            if files != trees[self.servers[0].name]:
                self.report.note(f"NOT EQUAL: a partial clone from {server.name}")
            return {"wall": seconds, "client": client,
                    "cpu": after - before if before is not None else 0}

        found = self.measured(timed)
        self.report.note(f"partial clone: {len(trees[self.ours.name])} files, the same from each")
        self.less(f"blob:none and sparse clone of {len(chosen)} documents, client and all", "s",
                  of_key(found, "wall"), {BACKEND: 3})
        self.report.note("of it the client's own CPU: "
                         f"{statistics.median(of_key(found, 'client')[self.ours.name]):.2f} s")
        if self.ours.tree.seconds() is not None:
            self.less("the same: server CPU", "s", of_key(found, "cpu"), {BACKEND: 3})

        def recorded(server):
            script = wire.record(server, lambda url: clone(server, url))
            shutil.rmtree(target)
            return script
        scripts = {s.name: recorded(s) for s in self.servers}

        def replayed(server):
            server.forget()
            return wire.play(server, scripts[server.name])["seconds"]
        self.less("the same: its requests alone", "s", self.measured(replayed), {BACKEND: 3})

    # Pushes, and many who fetch what was pushed

    def bench_pushes(self):
        """Last: it moves main."""
        progress("pushes")
        for peer in self.peers:
            peer.path = f"/{peer.name}.git"
            git_servers.writable_copy(self.ours.repository, self.shared / f"{peer.name}.git")
        templates = {s.name: self.fetch_script(s, self.project.client, self.project.before)
                     for s in self.servers}
        pushes = Pushes(self.project, self.directory / "pushes.git",
                        WARM_UP + self.push_count)
        found = {key: {s.name: [] for s in self.servers} for key in ("push", "first", "crowd")}
        for number in range(len(pushes.commits)):
            first = number % len(self.servers)
            for server in self.servers[first:] + self.servers[:first]:
                measured = self.push_and_fetch(server, templates[server.name], pushes, number)
                for key, value in measured.items() if number >= WARM_UP else ():
                    found[key][server.name].append(value)
        tips = {s.name: self.main_of(s) for s in self.servers}
        if len(set(tips.values())) != 1:
            self.report.note(f"NOT EQUAL: after the pushes main is at {tips}")
        self.less("push of one edited annotation, validated", "ms", found["push"],
                  {BACKEND: 3, JGIT: 3})
        self.less("one-commit fetch, the first after the push", "ms", found["first"],
                  {BACKEND: 8, JGIT: 2})
        self.more(f"{CROWD} clients fetching a new commit at once", "requests/s", found["crowd"],
                  {BACKEND: 8, JGIT: 8})

    def push_and_fetch(self, server, template, pushes, number):
        commit, haves = pushes.commits[number], pushes.haves(number)
        push = [wire.get_push_refs(server), pushes.request(server, number)]
        fetch = template[:-1] + [wire.with_other_commits(server, template[-1], commit, haves)]
        answer = self.directory / "push-answer"
        pushed = wire.play(server, push, save=answer)
        if b"ok refs/heads/main" not in answer.read_bytes():
            raise RuntimeError(f"{server.name} refused a push: {answer.read_bytes()!r}")
        first = wire.play(server, fetch)
        measured = {"push": pushed["turns"][0], "first": first["turns"][0]}
        try:
            crowd = wire.play(server, fetch, connections=CROWD)
            measured["crowd"] = CROWD * len(fetch) / crowd["seconds"]
        except RuntimeError as failure:
            if server is self.ours:
                raise
            self.report.note(f"{CROWD} clients at once: {failure}")
        return measured

    def main_of(self, server):
        return git(*server.git_options(), "ls-remote", server.url, "refs/heads/main").decode()[:40]


def client_seconds():
    """CPU of all programs that have run and ended, such as git's."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def of_turns(played):
    return {name: [statistics.median(one["turns"]) for one in rounds] for name, rounds in played.items()}


def of_request(played, index):
    return {name: [statistics.median([row[index] for row in one["requests"]]) for one in rounds]
            for name, rounds in played.items()}


def of_key(found, key):
    return {name: [one[key] for one in rounds] for name, rounds in found.items()}


PARTS = {"small": Bench.bench_small_fetches, "stock-fetch": Bench.bench_stock_fetch,
         "clone": Bench.bench_clone, "stock-clone": Bench.bench_stock_clone,
         "sparse": Bench.bench_sparse, "push": Bench.bench_pushes}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="2,000 documents and 500 commits")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--documents", type=int)
    parser.add_argument("--commits", type=int)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pushes", type=int, default=12, help="that count, of each server")
    parser.add_argument("--only", action="append", choices=PARTS, help="may be repeated")
    parser.add_argument("--without", action="append", default=[], choices=(BACKEND, JGIT),
                        help="leave a peer out; the table says so")
    options = parser.parse_args()
    documents = options.documents or (2_000 if options.quick else 100_000)
    commits = options.commits or (500 if options.quick else 20_000)
    project = projects.make(documents, commits)
    report = Report("git")
    directory = pathlib.Path(tempfile.mkdtemp(prefix="glossator-bench-", dir=ROOT / "build"))
    bench = Bench(project, directory, report, options)
    try:
        bench.start()
        report.note(f"{documents} documents, {commits} commits; {options.rounds} rounds; "
                    f"fsync median {fsync_median_ms(directory):.2f} ms")
        for part in options.only or PARTS:
            PARTS[part](bench)
        bench.memory.look()
        report.at_most("memory of the server at most, its own", "MB", [bench.memory.own / 1e6], 300)
        report.at_most("with files that it has mapped", "MB", [bench.memory.resident / 1e6], None)
    finally:
        bench.stop()
        shutil.rmtree(directory, ignore_errors=True)
    report.print(options.json)


if __name__ == "__main__":
    main()
