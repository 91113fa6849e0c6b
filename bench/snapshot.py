#!/usr/bin/env python3
"""A release with its snapshot, and the next one after some changes. ./dev bench snapshot

usage: snapshot.py [--quick] [--json] [--documents N] [--no-dvc]

The project is that of the export bench: documents of one page whose bytes are in the store; words and labels
are brought there by the first release, two texts each. Then a hundred documents get a label more, and it is
released again. Beside the first stands `dvc add` and `dvc push` of as many files of 10 kB, one for each document,
to nginx with WebDAV; beside the second the same after a hundred of them changed. Ours is durable when it
answers, nginx's files are not. Goals are for 100,000 documents and are made smaller with the project.
"""
import argparse
import pathlib
import random
import tempfile

import export
import projects
from figures import Report, progress, seconds_of
from upload import Nginx

import dvc_world  # tests/scenarios, by way of projects

CHANGED = 100
SIZE = 10_000


def run_ours(project, documents, directory):
    """Seconds of the first release and of the next."""
    with export.serving(project, documents, directory) as exports:
        progress("releasing")
        first, _ = exports.release()
        exports.change(min(CHANGED, documents))
        following, _ = exports.release()
    return first, following


def run_dvc(documents, directory):
    """Seconds of the first add and push, and of the next."""
    nginx = Nginx(directory)
    try:
        dvc = dvc_world.Dvc(directory, timeout=8 * 3600)
        own = directory / "own"
        (own / "data").mkdir(parents=True)

        def write(number, seed):
            (own / "data" / f"{number:06}.txt").write_bytes(random.Random(seed).randbytes(SIZE))

        for number in range(documents):
            write(number, number)
        dvc.git("init", "-q", own)
        dvc("init", "-q", cwd=own)
        dvc("remote", "add", "-d", "nginx", f"{nginx.url}/dav", cwd=own)
        dvc("remote", "modify", "nginx", "method", "PUT", cwd=own)

        def publish():
            dvc("add", "data", cwd=own)
            dvc("push", cwd=own)

        progress("dvc add and dvc push")
        first = seconds_of(publish)
        dvc("unprotect", "data", cwd=own)
        for number in range(min(CHANGED, documents)):
            write(number, -1 - number)
        return first, seconds_of(publish)
    finally:
        nginx.stop()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--documents", type=int)
    parser.add_argument("--no-dvc", action="store_true")
    parser.add_argument("--place", default=projects.ROOT / "build",
                        help="where everything lies meanwhile: /dev/shm leaves the disk out")
    options = parser.parse_args()
    documents = options.documents or (1_000 if options.quick else export.FULL)
    project = projects.make(documents, max(40, documents // 100), labels=export.LABELS)
    report = Report("snapshot")
    with tempfile.TemporaryDirectory(prefix="glossator-snapshot-", dir=options.place) as name:
        directory = pathlib.Path(name)
        for part in ("ours", "peer"):
            (directory / part).mkdir()
        ours = run_ours(project, documents, directory / "ours")
        with_dvc = dvc_world.HAS_DVC and not options.no_dvc
        if not with_dvc:
            report.skip("dvc", "GLOSSATOR_VENV_DVC names no environment, or --no-dvc")
        peer = run_dvc(documents, directory / "peer") if with_dvc else ()
    works = ((f"release of {documents:,} documents", 20 * documents / export.FULL),
             (f"the next with {CHANGED} changes", 1))
    for number, (work, goal) in enumerate(works):
        report.at_most(work, "s", [ours[number]], goal)
        if peer:
            report.less(work, "s", [ours[number]], {"dvc add and push, nginx": [peer[number]]}, {})
    report.print(options.json)


if __name__ == "__main__":
    main()
