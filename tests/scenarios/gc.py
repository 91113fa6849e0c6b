#!/usr/bin/env python3
"""What an operator took out of git's refs leaves the repository, after its grace and not before."""
import json

import harness
from harness import Clone, git, tiny_png


class Gc(harness.Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls.admin.ready("page.png", tiny_png(1))["id"]

    def gc(self, *arguments):
        done = self.server.command("gc", "acme/claims", "--json", *arguments)
        return [json.loads(line) for line in done.stdout.splitlines()][0]

    def propose(self, clone):
        path = clone.page_file(self.document)
        path.write_text(json.dumps({"id": harness.ulid(), "type": "value", "label": "total",
                                    "text": "7.00"}, separators=(",", ":")) + "\n")
        clone.commit("Propose")
        clone.push("origin", "HEAD:refs/for/main")
        return clone.git("rev-parse", "HEAD").stdout.strip()

    def test_what_was_lost_goes_after_its_grace(self):
        lost = self.propose(Clone(self.project, self.directory, "sam"))
        repository = self.server.repository()
        self.assertNotEqual(self.server.command("gc", check=False).returncode, 0, "server is up")
        self.server.stop()
        self.assertEqual(self.gc("--dry-run", "--grace-days", "0")["unreachable"], 0)
        for ref in git("for-each-ref", "--format=%(refname)", "refs/proposals",
                       cwd=repository).stdout.split():
            git("update-ref", "-d", ref, cwd=repository)
        self.assertEqual(self.gc()["expired"], 0, "grace has only begun")
        would_go = self.gc("--dry-run", "--grace-days", "0")
        self.assertGreater(would_go["expired"], 3)
        git("cat-file", "-e", lost, cwd=repository)
        gone = self.gc("--grace-days", "0")
        self.assertEqual(gone["expired"], would_go["expired"])
        self.assertNotEqual(git("cat-file", "-e", lost, cwd=repository, check=False).returncode, 0)
        self.assertEqual(git("fsck", "--strict", "--full", cwd=repository).stdout, "")
        self.server.start()
        fresh = harness.Project(self.server, self.admin.token)
        self.assertEqual(fresh.annotations(self.document).status, 200)
        Clone(fresh, self.directory, "again")


if __name__ == "__main__":
    harness.main()
