#!/usr/bin/env python3
"""The disk fails to sync: nothing is acknowledged that may not be on it, what was stored stays
readable, and once it works again all goes on without a restart.

The program runs with tests/power_loss/io_recorder.cc, which makes syncs fail on demand.
"""
import signal
import threading
import time

import harness
from harness import Clone, git, sample, span, tiny_png


class FailingSyncs(harness.Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls.admin.ready("estimate.png", sample("glazing-estimate-en.png"))["id"]
        cls.word = cls.project.words(cls.document)[0]["id"]

    @classmethod
    def prepare(cls, server):
        cls.faults = server.directory / "faults"
        server.watch_disk(faults=cls.faults)

    def setUp(self):
        self.addCleanup(self.let_fail, 0)

    def let_fail(self, percent):
        self.faults.write_text(f"{percent} 0")

    def labels(self):
        return self.project.annotations(self.document).json["annotations"]

    def save(self, annotation):
        page = self.project.annotations(self.document)
        return self.project.save(self.document, page.json["annotations"] + [annotation],
                                 page.headers["ETag"])

    def assert_failed(self, reply):
        self.assertEqual(reply.status, 500, reply)
        self.assertEqual(reply.headers["Content-Type"], "application/problem+json")
        self.assertNotIn(str(self.server.data), reply.body.decode())

    def test_a_save_is_refused_and_then_goes_through(self):
        before, note = self.labels(), span("total", [self.word], "not synced")
        self.let_fail(100)
        self.assert_failed(self.save(note))
        self.assertEqual(self.labels(), before)
        self.let_fail(0)
        self.assertEqual(self.save(note).status, 200)
        self.assertEqual(len(self.labels()), len(before) + 1)

    def test_an_upload_is_refused_and_then_goes_through(self):
        data = tiny_png(1)
        self.let_fail(100)
        self.assert_failed(self.admin.upload("page.png", data, wait=0))
        self.let_fail(0)
        self.assertEqual(self.admin.ready("page.png", data)["state"], "ready")

    def test_a_push_is_refused_and_then_goes_through(self):
        clone = Clone(self.project, self.directory, "sam")
        clone.annotate(self.document, span("name", [self.word], "pushed"))
        clone.commit()
        before = git("rev-parse", "main", cwd=self.server.repository()).stdout
        self.let_fail(100)
        self.assertNotEqual(clone.push(check=False).returncode, 0)
        self.assertEqual(git("rev-parse", "main", cwd=self.server.repository()).stdout, before)
        self.let_fail(0)
        clone.push()
        self.assertEqual(git("rev-parse", "main", cwd=self.server.repository()).stdout,
                         clone.git("rev-parse", "HEAD").stdout)

    def test_what_was_acknowledged_among_failures_is_there_after_a_kill(self):
        self.let_fail(15)
        stop, saved, uploaded = threading.Event(), set(), set()

        def label():
            while not stop.is_set():
                note = span("name", [self.word], "among failures")
                if self.save(note).status == 200:
                    saved.add(note["id"])

        def send():
            number = 100
            while not stop.is_set():
                number += 1
                reply = self.admin.upload(f"{number}.png", tiny_png(number), wait=0)
                if reply.status == 201:
                    uploaded.add(reply.json["items"][0]["id"])

        threads = [threading.Thread(target=work) for work in (label, label, send)]
        for thread in threads:
            thread.start()
        time.sleep(5)
        stop.set()
        for thread in threads:
            thread.join()
        self.let_fail(0)
        self.assertTrue(saved and uploaded)
        self.check_present(saved, uploaded)
        self.restart()
        self.check_present(saved, uploaded)
        self.assertEqual(self.save(span("name", [self.word], "after")).status, 200)

    def check_present(self, saved, uploaded):
        self.assertLessEqual(saved, {a["id"] for a in self.labels()})
        known = {item["id"] for item in
                 self.admin.client.get(f"{self.admin.api}/documents?limit=500").json["items"]}
        self.assertLessEqual(uploaded, known)

    def restart(self):
        self.server.stop(signal.SIGKILL)
        self.server.start()
        for project in (self.admin, self.project):
            project.client.url = self.server.url

    def test_what_is_left_is_sound(self):
        git("fsck", "--strict", "--full", cwd=self.server.repository())


if __name__ == "__main__":
    harness.main()
