#!/usr/bin/env python3
"""Stock git clones a part of a project: without files, without directories, without history; what is
missing comes when it is looked at."""
import harness
from harness import git, sample


class PartClones(harness.Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls.admin.ready("invoice.png", sample("glazing-estimate-en.png"))["id"]

    def clone(self, name, *options):
        path = self.directory / name
        git("clone", "-q", *options, self.project.clone_url(), path)
        return path

    def missing(self, path):
        """How many objects of the last commit the clone has left on the server."""
        listed = git("rev-list", "--objects", "--missing=print", "HEAD", cwd=path).stdout
        return sum(line.startswith("?") for line in listed.splitlines())

    def look_at_the_words(self, path):
        """Takes the one document into the working copy; returns its words file."""
        git("sparse-checkout", "set", "--no-cone", f"**/{self.document}/", cwd=path)
        git("checkout", "-q", "main", cwd=path)
        return next(path.glob(f"documents/**/{self.document}/pages/0001.words.tsv"))

    def test_filtered_clones_fetch_what_is_looked_at(self):
        whole = self.look_at_the_words(self.clone("whole")).read_bytes()
        filters = {"files": ["blob:none"], "small": ["blob:limit=100"], "trees": ["tree:0"],
                   "level": ["tree:2"], "both": ["tree:3", "blob:none"]}
        for name, specs in filters.items():
            with self.subTest(filters=specs):
                path = self.clone(name, "--no-checkout", *(f"--filter={spec}" for spec in specs))
                self.assertGreater(self.missing(path), 0)
                self.assertEqual(self.look_at_the_words(path).read_bytes(), whole)
                git("fsck", cwd=path)

    def test_shallow_clones_deepen(self):
        path = self.clone("shallow", "--depth=1")
        self.assertEqual(git("rev-list", "--count", "HEAD", cwd=path).stdout, "1\n")
        git("fetch", "-q", "--unshallow", cwd=path)
        server = git("rev-list", "--count", "main", cwd=self.server.repository()).stdout
        self.assertEqual(git("rev-list", "--count", "HEAD", cwd=path).stdout, server)


if __name__ == "__main__":
    harness.main()
