#!/usr/bin/env python3
"""Stopping, starting, crashing and rebuilding: work goes on where it was, nothing is forgotten."""
import json
import signal
import subprocess
import unittest

import harness
from harness import Project, git, sample, span


class Restart(unittest.TestCase):
    def setUp(self):
        self.server = harness.Server()
        self.addCleanup(self.server.remove)
        self.server.start()
        self.server.command("project", "create", "acme/claims")
        self.tokens = {"admin": self.server.add_user("ada", "admin"),
                       "scientist": self.server.add_user("sam", "scientist")}

    @property
    def admin(self):
        return Project(self.server, self.tokens["admin"])

    def wait(self, document):
        reply = self.admin.upload("estimate.png", sample("glazing-estimate-en.png"), wait=300)
        self.assertEqual(reply.json["items"][0]["id"], document)
        return reply.json["items"][0]

    def test_a_killed_server_reads_on_after_its_restart(self):
        reply = self.admin.upload("estimate.png", sample("glazing-estimate-en.png"), wait=0)
        document = reply.json["items"][0]
        self.assertIn(document["state"], ("queued", "processing"))
        self.server.stop(signal.SIGKILL)
        self.server.start()
        self.assertEqual(self.wait(document["id"])["state"], "ready")

    def test_a_stopped_server_ends_cleanly_and_git_reads_what_it_leaves(self):
        document = self.admin.ready("estimate.png", sample("glazing-estimate-en.png"))["id"]
        project = Project(self.server, self.tokens["scientist"])
        page = project.annotations(document)
        word = project.words(document)[0]["id"]
        self.assertEqual(project.save(document, [span("total", [word], "7")],
                                      page.headers["ETag"]).status, 200)
        self.assertEqual(self.server.stop(), 0)
        repository = self.server.repository()
        git("fsck", "--strict", "--full", cwd=repository)
        self.assertIn('"label":"total"', git("log", "-p", "main", cwd=repository).stdout)
        leftovers = subprocess.run(["pgrep", "-f", str(self.server.data)], capture_output=True)
        self.assertEqual(leftovers.stdout, b"", "processes outlived the server")

    def test_a_document_that_cannot_be_read_holds_up_no_other(self):
        good = self.admin.ready("good.png", sample("glazing-estimate-en.png"))["id"]
        bad = self.admin.ready("bad.png", harness.tiny_png(1))["id"]
        self.server.stop()
        self.server.write_past(bad, '{"format":"private words"}', name="document.json")
        for rebuild in (False, True):
            if rebuild:
                self.server.stop()
                self.server.command("rebuild")
            self.server.start()
            self.assertEqual(self.admin.client.get("/readyz").json,
                             {"ready": True, "indexes_behind": 0})
            shown = {item["id"]: item for item in
                     self.admin.client.get(f"{self.admin.api}/documents").json["items"]}
            self.assertEqual(shown[good]["state"], "ready")
            self.assertEqual((shown[bad]["state"], shown[bad]["failure"]["code"]),
                             ("failed", "unreadable"))
        retried = self.admin.client.post(f"{self.admin.api}/documents/{bad}/retry?wait=60", {})
        self.assertEqual((retried.status, retried.json["state"]), (202, "failed"))
        self.admin.ready("later.png", harness.tiny_png(2))
        scientist = Project(self.server, self.tokens["scientist"])
        rule = {"rule": {"group_by": ["claim"]}, "salt": "s", "seed": 1,
                "ratios": {"train": 80, "test": 20}, "locks": ["test"]}
        split = scientist.client.put(f"{scientist.api}/splits/half", rule)
        self.assertEqual(split.status, 200, split)
        release = scientist.client.post(f"{scientist.api}/releases",
                                        {"name": "claims", "split": "half"})
        self.assertEqual((release.status, release.json["documents"], release.json["unreadable"]),
                         (201, 2, 1), release)
        self.assertNotIn("private words", self.server.log.read_text())

    def test_versions_that_cannot_be_read_are_told_of(self):
        """What a history holds from times when less was checked, written past the server."""
        document = self.admin.ready("estimate.png", sample("glazing-estimate-en.png"))["id"]
        before = self.tip()
        label = span("total", [self.admin.words(document)[0]["id"]], "7")
        self.server.stop()
        self.server.write_past(document, "{broken\n", json.dumps(label) + "\n")
        self.server.start()
        project = Project(self.server, self.tokens["scientist"])
        about = f"{project.api}/documents/{document}"
        mended, broken, *rest = project.client.get(f"{about}/history").json["items"]
        for revision in (mended, broken):
            self.assertEqual((revision["unreadable"], revision["changes"]),
                             (["pages/0001.annotations.jsonl"], []))
        self.assertTrue(rest)
        diff = project.client.get(f"{about}/diff?from={before}&to={broken['commit']}")
        self.assertEqual((diff.status, diff.json["unreadable"]),
                         (200, ["pages/0001.annotations.jsonl"]))
        diff = project.client.get(f"{about}/diff?from={before}&to={self.tip()}").json
        self.assertEqual([c["id"] for c in diff["changes"]], [label["id"]])
        blame = project.client.get(f"{about}/annotations/{label['id']}/blame")
        self.assertEqual((blame.status, blame.json["commit"]), (200, mended["commit"]))

    def tip(self):
        return git("rev-parse", "main", cwd=self.server.repository()).stdout.strip()

    def test_rebuild_finds_everything_again(self):
        document = self.admin.ready("estimate.png", sample("glazing-estimate-en.png"),
                                    claim="C-1")["id"]
        project = Project(self.server, self.tokens["scientist"])
        word = project.words(document)[0]["id"]
        project.save(document, [span("total", [word], "7")],
                     project.annotations(document).headers["ETag"])
        project.client.post(f"{project.api}/releases", {"name": "claims"})

        def seen():
            view = Project(self.server, self.tokens["scientist"])
            listed = view.client.get(f"{view.api}/documents?label=total&key=claim%3DC-1").json
            releases = view.client.get(f"{view.api}/releases").json["items"]
            for release in releases:
                release.pop("dvc")  # names the server's address, which a restart changes
            return json.dumps([listed, releases], sort_keys=True)

        before = seen()
        self.assertIn(document, before)
        self.assertEqual(self.server.stop(), 0)
        self.server.command("rebuild")
        self.server.start()
        self.assertEqual(seen(), before)

    def test_a_data_directory_is_for_one_server(self):
        second = subprocess.run([harness.BINARY, "serve", "--data", self.server.data, "--listen",
                                 "127.0.0.1:0"], capture_output=True, text=True, timeout=60)
        self.assertEqual(second.returncode, 75, second.stderr)
        self.assertIn("another server", second.stderr)


if __name__ == "__main__":
    harness.main()
