#!/usr/bin/env python3
"""A release reads anew only what has changed since the one before, and is the same as if it had read
everything: a dataset of another name, which has no release before, shows what that would be."""
import json
import subprocess

import harness
from harness import sample, span, tiny_png


class NextRelease(harness.Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.letters = [cls.admin.ready(name, sample(name), claim=f"C-{number}")["id"] for number, name in
                       enumerate(("acknowledgement-letter-en.pdf", "glazing-estimate-en.png"))]
        cls.pages = [cls.admin.ready(f"{n}.png", tiny_png(n), claim=f"P-{n // 2}")["id"] for n in range(12)]

    def split(self, name, **rule):
        reply = self.project.client.put(f"{self.project.api}/splits/{name}", {
            "rule": {"group_by": ["claim"]}, "salt": name, "seed": 1, "ratios": {"train": 50, "test": 50},
            "locks": ["test"], **rule})
        self.assertEqual(reply.status, 200, reply)

    def release(self, name, **more):
        made = self.project.client.post(f"{self.project.api}/releases", {"name": name, **more})
        self.assertEqual(made.status, 201, made)
        url = f"{self.project.api}/releases/{name}/{made.json['version']}"
        self.assertEqual(self.project.client.get(f"{url}/verify").json["findings"], [])
        header, *records = self.project.client.get(f"{url}/manifest").body.splitlines()
        return json.loads(header), records, self.pointers(name, made.json["version"])

    def git(self, repository, *arguments):
        return subprocess.run(["git", *arguments], cwd=self.server.data / "repos/acme" / repository, check=True,
                              capture_output=True, env=harness.git_environment()).stdout

    def pointers(self, name, version):
        """The directories of documents and labels, as DVC sees them, and the figures."""
        tag = f"refs/tags/datasets/{name}/v{version}"
        names = self.git("claims.data.git", "ls-tree", "-r", "--name-only", tag).decode().splitlines()
        shown = [n for n in names if n.startswith(("documents/", "labels", "figures/"))]
        self.assertGreater(len(shown), 18)
        return {n: self.git("claims.data.git", "show", f"{tag}:{n}") for n in shown}

    def assert_same(self, fresh, **more):
        """The next release of `claims` holds what one would that knows of none before."""
        header, records, pointers = self.release("claims", **more)
        main = self.git("claims.git", "rev-parse", "main")
        fresh_header, fresh_records, fresh_pointers = self.release(fresh, **more)
        # What the split has to record, it has: the other one found nothing to add.
        self.assertEqual(self.git("claims.git", "rev-parse", "main"), main)
        self.assertEqual(records, fresh_records)
        self.assertEqual(pointers, fresh_pointers)
        for one in (header, fresh_header):
            del one["name"], one["version"]
        self.assertEqual(header, fresh_header)
        return records

    def label(self, document):
        before = self.project.annotations(document)
        word = self.project.words(document)[0]["id"]
        saved = self.project.save(document, before.json["annotations"] + [span("name", [word], "x")],
                                  before.headers["ETag"])
        self.assertEqual(saved.status, 200, saved)

    def move(self, document, state, project=None):
        project = project or self.project
        moved = project.client.put(f"{project.api}/documents/{document}/review", {"state": state})
        self.assertEqual(moved.status, 200, moved)

    def test_every_kind_of_change_is_seen(self):
        self.split("default")
        first = self.assert_same("one", split="default")
        self.assertEqual(self.assert_same("two", split="default"), first)
        self.label(self.letters[0])
        self.assertNotEqual(self.assert_same("three", split="default"), first)
        self.move(self.letters[0], "submitted")
        self.move(self.letters[1], "in_progress")
        self.assert_same("four", split="default")
        self.admin.ready("late.png", tiny_png(100), claim="P-1")
        self.assertEqual(len(self.assert_same("five", split="default")), len(first) + 1)
        # Two that belong together, one that belongs to some that are there, and one alone.
        for number, claim in enumerate(("Q-1", "Q-1", "C-0", "")):
            self.admin.ready(f"more-{number}.png", tiny_png(110 + number), claim=claim)
        self.assertEqual(len(self.assert_same("more", split="default")), len(first) + 5)
        # Fewer by their state, then all again; without a split, then with another one.
        self.assertEqual(len(self.assert_same("six", split="default", states=["submitted"])), 1)
        self.assert_same("seven", split="default")
        self.assert_same("eight")
        self.split("other", seed=9)
        self.assert_same("nine", split="other")
        self.assert_same("strata", split="default")
        self.label(self.letters[1])
        self.damage_directory(self.letters[1])
        self.assert_same("damaged", split="default")

    def damage_directory(self, document):
        """Of the newest release: then all is made of what git and the documents say."""
        tag = self.git("claims.data.git", "describe", "--tags", "--match", "datasets/claims/*", "main~1")
        pointer = self.git("claims.data.git", "show",
                           f"{tag.decode().strip()}:documents/{document[0]}.dvc").decode()
        md5 = next(line for line in pointer.splitlines() if "md5: " in line).split()[-1]
        path = self.server.data / "orgs/acme/files/md5" / md5[:2] / md5[2:]
        path.chmod(0o644)
        path.write_bytes(path.read_bytes().replace(b"source", b"s0urce"))


if __name__ == "__main__":
    harness.main()
