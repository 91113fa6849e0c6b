"""Generated projects for the benches, made once and kept below build/bench.

    project = projects.make(100_000, 20_000)       # data directory with repository, index and users
    data = project.copy(directory / "data")        # one's own, to write to; packs are shared by links
    project.token                                  # of sam@acme.example, who may do everything

The repository is what `make_project_bench` writes, packed once by stock git with bitmaps and a commit
graph, so that peers which use them have them; our own notes are made by our housekeeping. `client` is
the object store of somebody who lacks the last commit. Where no peer looks at it, `for_peers=False`
leaves the repository as fast-import wrote it and makes no client: of a million documents the rest
would take hours.
"""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

from figures import progress, run

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "scenarios"))
import harness  # noqa: E402

harness.START_SECONDS = 300  # a peer may be slow to start

GENERATOR = ROOT / "build/release/bench/make_project_bench"
PATH = "acme/claims"


def git(*arguments, cwd=None, stdin=None):
    """Stock git without anybody's configuration; gives its output, bytes."""
    return run("git", *arguments, cwd=cwd, input=stdin, env=harness.git_environment())


class Project:
    def __init__(self, directory):
        self.directory = directory
        self.data, self.client = directory / "data", directory / "client.git"
        self.repository = self.data / "repos" / f"{PATH}.git"
        known = json.loads((directory / "known.json").read_text())
        self.token, self.tip, self.before = known["token"], known["tip"], known["before"]

    def copy(self, target):
        copy_tree(self.data, target)
        return target


def copy_tree(source, target):
    """Packs by hard links: nobody writes into them."""
    def copy(one, other):
        if pathlib.Path(one).parent.name == "pack":
            return os.link(one, other)
        return shutil.copy2(one, other)
    shutil.copytree(source, target, copy_function=copy)


def make(documents, commits, for_peers=True, labels=None):
    """`labels`: of each document; without: some 10."""
    version = hashlib.sha256((ROOT / "bench/make_project.cc").read_bytes()).hexdigest()[:8]
    kind = "project" if for_peers else "plain"
    size = f"{documents}-{commits}" + (f"-{labels}" if labels else "")
    directory = ROOT / "build/bench" / f"{kind}-{size}-{version}"
    if not directory.exists():
        progress(f"making a project of {documents} documents and {commits} commits, once")
        unfinished = directory.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        build(unfinished, documents, commits, for_peers, labels)
        unfinished.rename(directory)
    project = Project(directory)
    note_what_refs_reach(project)
    return project


def note_what_refs_reach(project):
    """Our housekeeping's first round after an import: what bitmaps are to git."""
    notes = project.repository / "objects/info/reachable"
    if notes.exists():
        return
    server = harness.Server(project.directory).start()
    deadline = time.monotonic() + 3600
    while not notes.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    server.stop()


def build(directory, documents, commits, for_peers, labels):
    server = harness.Server(directory)
    server.command("project", "create", PATH)
    token = server.add_user("sam", "admin", PATH)
    repository = server.repository(PATH)
    fill_repository(repository, documents, commits, labels)
    if for_peers:
        pack_for_peers(repository)
    server.command("rebuild", timeout=None)  # of a million documents it takes its time
    tip, before = git("rev-parse", "main", "main~1", cwd=repository).decode().split()
    if for_peers:
        make_client(repository, directory / "client.git", before)
    (directory / "known.json").write_text(
        json.dumps({"token": token, "tip": tip, "before": before}))


def fill_repository(repository, documents, commits, labels):
    git("init", "--quiet", "--bare", "--initial-branch=main", repository)
    with subprocess.Popen([GENERATOR, *(str(n) for n in (documents, commits, labels) if n)],
                          stdout=subprocess.PIPE) as generator:
        subprocess.run(["git", "fast-import", "--quiet"], stdin=generator.stdout, cwd=repository,
                       check=True)
    git("pack-refs", "--all", cwd=repository)


def pack_for_peers(repository):
    for setting in ("uploadpack.allowFilter=true", "http.receivepack=true"):
        git("config", *setting.split("="), cwd=repository)
    git("repack", "-adbq", cwd=repository)
    git("commit-graph", "write", "--reachable", cwd=repository)


def make_client(repository, client, commit):
    """All objects but those of the last commit, in one pack."""
    git("init", "--quiet", "--bare", "--initial-branch=main", client)
    with subprocess.Popen(["git", "pack-objects", "--revs", "--stdout", "--quiet"], cwd=repository,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as packing:
        packing.stdin.write(commit.encode() + b"\n")
        packing.stdin.close()
        subprocess.run(["git", "index-pack", "--stdin"], stdin=packing.stdout, cwd=client,
                       check=True, stdout=subprocess.DEVNULL)
    git("update-ref", "refs/heads/main", commit, cwd=client)
