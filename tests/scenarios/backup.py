#!/usr/bin/env python3
"""Copies of a server that goes on working: with `glossator backup`, and with nothing but stock git
and dvc."""
import hashlib
import json
import threading
import time
import unittest

import dvc_world
import harness
from harness import Clone, Project, git, sample, span, tiny_png


class Backup(harness.Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls.admin.ready("estimate.png", sample("glazing-estimate-en.png"))["id"]
        cls.word = cls.project.words(cls.document)[0]["id"]
        cls.number = 0

    def back_up(self, name, *arguments):
        out = self.directory / name
        reply = self.server.command("backup", "--out", out, "--json", *arguments)
        return out, json.loads(reply.stdout)

    def save(self):
        page = self.project.annotations(self.document)
        new = span("name", [self.word], "saved")
        reply = self.project.save(self.document, page.json["annotations"] + [new],
                                  page.headers["ETag"])
        self.assertEqual(reply.status, 200, reply)
        return new["id"]

    def opened(self, copy):
        """A server on the copy, as after a restore; the same tokens work."""
        place = copy.parent / f"{copy.name}-restored"
        server = harness.Server(place)
        copy.rename(server.data)
        self.addCleanup(server.remove)
        server.start()
        return server, Project(server, self.project.token), Project(server, self.admin.token)

    def test_everything_acknowledged_before_is_in_a_copy_made_under_load(self):
        stop, saved, uploaded = threading.Event(), [], []

        def label():
            while not stop.is_set():
                saved.append(self.save())

        def send():
            number = 0
            while not stop.is_set():
                number += 1
                reply = self.admin.upload(f"{number}.png", tiny_png(number), wait=0)
                self.assertEqual(reply.status, 201, reply)
                uploaded.append(reply.json["items"][0]["id"])
                time.sleep(0.05)

        threads = [threading.Thread(target=work) for work in (label, send)]
        for thread in threads:
            thread.start()
        try:
            copies = []
            for number in range(3):
                time.sleep(1)
                told = set(saved), set(uploaded)
                copies.append((*told, self.back_up(f"load-{number}")[0]))
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        for saved_before, uploaded_before, copy in copies:
            self.assertTrue(saved_before and uploaded_before)
            git("fsck", "--strict", "--full", cwd=copy / "repos/acme/claims.git")
            server, project, admin = self.opened(copy)
            self.assertLessEqual(saved_before, {
                a["id"] for a in project.annotations(self.document).json["annotations"]})
            listed = admin.client.get(f"{admin.api}/documents?limit=500").json["items"]
            self.assertLessEqual(uploaded_before, {item["id"] for item in listed})
            for item in listed:
                source = admin.client.get(f"{admin.api}/documents/{item['id']}/source")
                self.assertEqual(source.status, 200, (item, source))

    def test_a_copy_has_releases_and_an_upload_that_can_go_on(self):
        self.save()
        release = self.project.client.post(f"{self.project.api}/releases", {"name": "claims"})
        self.assertEqual(release.status, 201, release)
        tus = {"Tus-Resumable": "1.0.0"}
        data = tiny_png(12345)
        upload = self.admin.client.post(f"{self.admin.api}/uploads", headers={
            **tus, "Upload-Length": str(len(data))}).headers["Location"]
        piece = {**tus, "Content-Type": "application/offset+octet-stream"}
        self.admin.client.request("PATCH", upload, data[:50], headers={**piece, "Upload-Offset": "0"})
        server, project, admin = self.opened(self.back_up("releases")[0])
        version = release.json["version"]
        self.assertEqual(project.client.get(f"{project.api}/releases/claims/{version}").status, 200)
        done = admin.client.request("PATCH", upload, data[50:], headers={**piece, "Upload-Offset": "50"})
        self.assertEqual(done.status, 204, done)
        self.assertEqual(server.stop(), 0)
        self.assertIn("clean", server.command("verify").stdout)

    def test_a_second_copy_shares_what_the_first_has(self):
        first, report = self.back_up("first")
        self.assertGreater(report["bytes_written"], 0)
        second, again = self.back_up("second", "--earlier", first)
        self.assertLess(again["bytes_written"], report["bytes_written"] // 2)
        self.assertEqual(again["files"], report["files"])
        blob = next(path for path in (first / "orgs").rglob("*") if path.is_file())
        self.assertTrue(blob.samefile(second / blob.relative_to(first)))

    def test_linking_writes_next_to_nothing(self):
        _, report = self.back_up("linked", "--link")
        self.assertLess(report["bytes_written"], report["bytes"] // 2)

    def test_nothing_is_overwritten_and_a_failure_leaves_nothing(self):
        (self.directory / "there").mkdir()
        refused = self.server.command("backup", "--out", self.directory / "there", check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("exists already", refused.stderr)
        nowhere = harness.subprocess.run(
            [harness.BINARY, "backup", "--data", self.directory / "no", "--out", self.directory / "x"],
            capture_output=True, text=True)
        self.assertEqual(nowhere.returncode, 1)
        self.assertEqual(list(self.directory.glob("x*")), [])

    def test_stock_git_makes_a_copy_of_the_labels(self):
        new = self.save()
        mirror = self.directory / "mirror.git"
        git("clone", "-q", "--mirror", self.project.clone_url(), mirror)
        git("fsck", "--strict", "--full", cwd=mirror)
        self.assertIn(new, git("grep", "-h", new, "main", cwd=mirror).stdout)

    @unittest.skipUnless(dvc_world.HAS_DVC, dvc_world.REASON)
    def test_stock_dvc_makes_a_copy_of_a_release(self):
        self.save()
        release = self.project.client.post(f"{self.project.api}/releases", {"name": "claims"})
        self.assertEqual(release.status, 201, release)
        dvc, clone = dvc_world.Dvc(self.directory), self.directory / "claims.data"
        dvc.git("clone", "-q", dvc_world.with_token(f"{self.server.url}/acme/claims.data.git",
                                                    self.project.token), clone)
        dvc("remote", "modify", "--local", "glossator", "password", f"Bearer {self.project.token}",
            cwd=clone)
        dvc("fetch", "--all-tags", cwd=clone)
        stored = {path.name for path in (clone / ".dvc/cache/files/md5").rglob("*") if path.is_file()}
        source = self.admin.client.get(f"{self.admin.api}/documents/{self.document}/source").body
        self.assertIn(hashlib.md5(source).hexdigest()[2:], stored)


if __name__ == "__main__":
    harness.main()
