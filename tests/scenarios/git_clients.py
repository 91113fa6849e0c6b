#!/usr/bin/env python3
"""Every client of git that people use clones, labels, pushes, is refused, and fetches: git in each
version of its protocol, libgit2, dulwich and JGit."""
import json
import os
import pathlib
import subprocess
import sys
import unittest

import harness
from harness import ROOT, sample, span

PEERS = ROOT / "tests" / "peers"
VENV = os.environ.get("GLOSSATOR_VENV_GIT_CLIENTS", "")
JGIT = os.environ.get("GLOSSATOR_JGIT", "")
MADE_BY = "(./dev test --peers makes it)"


class Git:
    """Stock git, told which version of the protocol to ask for."""

    missing = None

    def __init__(self, version):
        self.version = version

    def git(self, *arguments, cwd=None, check=True):
        return harness.git(*arguments, cwd=cwd, check=check,
                           configuration=[f"protocol.version={self.version}"])

    def clone(self, url, directory):
        self.git("clone", "-q", url, directory)

    def fetch(self, directory):
        self.git("pull", "-q", cwd=directory)

    def push(self, directory, name, address, path):
        self.git("config", "user.name", name, cwd=directory)
        self.git("config", "user.email", address, cwd=directory)
        self.git("add", path, cwd=directory)
        self.git("commit", "-qm", "Label", cwd=directory)
        pushed = self.git("push", "origin", "main", cwd=directory, check=False)
        return "OK" if pushed.returncode == 0 else pushed.stderr


class Program:
    """A client of tests/peers: a program with the verbs clone, fetch and push."""

    def __init__(self, command, missing):
        self.command, self.missing = command, missing

    def run(self, *arguments):
        result = subprocess.run([*self.command, *map(str, arguments)], capture_output=True,
                                text=True, timeout=300)
        if result.returncode != 0:
            raise RuntimeError(f"{arguments[0]}: {result.stderr}")
        return result.stdout.strip()

    def clone(self, url, directory):
        self.run("clone", url, directory)

    def fetch(self, directory):
        self.run("fetch", directory)

    def push(self, directory, name, address, path):
        return self.run("push", directory, name, address, path)


def python(name):
    missing = None if VENV else f"GLOSSATOR_VENV_GIT_CLIENTS names no environment {MADE_BY}"
    return Program([f"{VENV}/bin/python", PEERS / f"{name}_client.py"], missing)


def jgit():
    missing = None if JGIT else f"GLOSSATOR_JGIT names no directory of jars {MADE_BY}"
    return Program(["java", "-cp", f"{JGIT}/*", PEERS / "jgit" / "Client.java"], missing)


class GitClients(harness.Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls.admin.ready("invoice.png", sample("glazing-estimate-en.png"))["id"]
        cls.words = [word["id"] for word in cls.admin.words(cls.document)]

    def annotate(self, directory, *annotations):
        """Adds lines to the page's file; returns its path within the clone."""
        pages = next(pathlib.Path(directory).glob(f"documents/**/{self.document}/pages"))
        path = pages / "0001.annotations.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        lines += [json.dumps(a, separators=(",", ":")) for a in annotations]
        lines.sort(key=lambda line: json.loads(line)["id"])
        path.write_text("".join(line + "\n" for line in lines))
        return path.relative_to(directory)

    def texts(self):
        listed = self.admin.annotations(self.document).json["annotations"]
        return {annotation["text"] for annotation in listed}

    def save_through_the_api(self, text):
        before = self.admin.annotations(self.document)
        annotations = before.json["annotations"] + [span("total", self.words[:1], text)]
        reply = self.admin.save(self.document, annotations, before.headers["ETag"])
        self.assertEqual(reply.status, 200, reply)

    def drive(self, name, client):
        if client.missing:
            print(f"SKIPPED: no {name}: {client.missing}", file=sys.stderr)
            raise unittest.SkipTest(client.missing)
        project = self.user(name, "scientist")
        directory = self.directory / name
        client.clone(project.clone_url(), directory)

        path = self.annotate(directory, span("total", self.words[:1], f"by {name}"))
        who = (name.capitalize(), f"{name}@acme.example", path)
        self.assertEqual(client.push(directory, *who).split()[0], "OK")
        self.assertIn(f"by {name}", self.texts())

        self.save_through_the_api(f"beside {name}")
        client.fetch(directory)
        self.assertIn(f"beside {name}", (directory / path).read_text())
        harness.git("fsck", "--strict", cwd=directory)

        self.annotate(directory, span("totl", self.words[:1], f"wrong by {name}"))
        answer = client.push(directory, *who)
        self.assertNotEqual(answer.split()[0], "OK", answer)
        self.assertIn("totl", answer)
        self.assertNotIn(f"wrong by {name}", self.texts())

    def test_git_v0(self):
        self.drive("gita", Git("0"))

    def test_git_v1(self):
        self.drive("gitb", Git("1"))

    def test_git_v2(self):
        self.drive("gitc", Git("2"))

    def test_pygit2(self):
        self.drive("libgit", python("pygit2"))

    def test_dulwich(self):
        self.drive("dulwich", python("dulwich"))

    def test_jgit(self):
        self.drive("jgit", jgit())


if __name__ == "__main__":
    harness.main()
