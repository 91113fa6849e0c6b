#!/usr/bin/env python3
"""The disk fills up: whatever needs room is refused in clear words, what is stored stays readable,
and once there is room again all goes on without a restart.

The data directory is a small file system of its own, mounted in a namespace that only this test
sees; where the kernel forbids that, the test is skipped.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import harness
from harness import Clone, Project, git, sample, span

SMALL = 48 << 20
ROOM_LEFT = 64 << 10


def enter_small_disk():
    """Runs this script again where a small file system is mounted."""
    directory = tempfile.mkdtemp(prefix="glossator-full-disk-")
    wrapper = ["unshare", "--mount"] + ([] if os.geteuid() == 0 else ["--map-root-user"])
    mount = f'mount -t tmpfs -o size={SMALL} glossator "$GLOSSATOR_SMALL_DISK"'
    try:
        if subprocess.run([*wrapper, "sh", "-c", mount], stderr=subprocess.DEVNULL,
                          env={**os.environ, "GLOSSATOR_SMALL_DISK": directory}).returncode != 0:
            print("SKIPPED: this kernel lets us mount no file system", file=sys.stderr)
            sys.exit(77)
        sys.exit(subprocess.run([*wrapper, "sh", "-c", mount + ' && exec "$@"', "sh",
                                 sys.executable, *sys.argv],
                                env={**os.environ, "GLOSSATOR_SMALL_DISK": directory}).returncode)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


class FullDisk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.disk = pathlib.Path(os.environ["GLOSSATOR_SMALL_DISK"])
        cls.server = harness.Server(cls.disk / "server")
        cls.addClassCleanup(cls.server.remove)
        cls.server.start()
        cls.server.command("project", "create", "acme/claims")
        cls.admin = Project(cls.server, cls.server.add_user("ada", "admin"))
        cls.sam = Project(cls.server, cls.server.add_user("sam", "scientist"))
        cls.clones = tempfile.mkdtemp(prefix="glossator-clones-")
        cls.addClassCleanup(shutil.rmtree, cls.clones, True)
        cls.document = cls.admin.ready("estimate.png", sample("glazing-estimate-en.png"))["id"]
        cls.word = cls.sam.words(cls.document)[0]["id"]

    def fill(self):
        """Leaves next to nothing free."""
        with open(self.disk / "filler", "wb") as filler:
            free = os.statvfs(self.disk).f_bavail * os.statvfs(self.disk).f_frsize
            filler.write(bytes(max(0, free - ROOM_LEFT)))

    def make_room(self):
        (self.disk / "filler").unlink(missing_ok=True)

    def setUp(self):
        self.addCleanup(self.make_room)

    def labels(self):
        return self.sam.annotations(self.document).json["annotations"]

    def save(self, more):
        page = self.sam.annotations(self.document)
        return self.sam.save(self.document, page.json["annotations"] + more, page.headers["ETag"])

    def assert_no_room(self, reply):
        self.assertEqual(reply.status, 507, reply)
        self.assertEqual(reply.json["code"], "no_space", reply)

    def test_an_upload_without_room_is_refused_and_leaves_nothing(self):
        self.fill()
        large = sample("kassenbon-de.jpg") + bytes(4 << 20)
        self.assert_no_room(self.admin.upload("receipt.jpg", large, wait=0))
        self.assertEqual(self.admin.client.get(f"{self.admin.api}/documents").json["items"][0]["id"],
                         self.document)
        self.make_room()
        self.assertEqual(self.admin.ready("receipt.jpg", sample("kassenbon-de.jpg"))["state"],
                         "ready")

    def test_a_save_without_room_is_refused_and_then_goes_through(self):
        before = self.labels()
        notes = [span("total", [self.word], os.urandom(300).hex()) for _ in range(400)]
        self.fill()
        self.assert_no_room(self.save(notes))
        self.assertEqual(self.labels(), before)
        self.make_room()
        self.assertEqual(self.save(notes).status, 200)
        self.assertEqual(len(self.labels()), len(before) + len(notes))

    def test_a_push_without_room_is_refused_and_then_goes_through(self):
        clone = Clone(self.sam, self.clones, "sam")
        clone.annotate(self.document,
                       *[span("name", [self.word], os.urandom(300).hex()) for _ in range(400)])
        clone.commit()
        self.fill()
        refused = clone.push(check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("no space", refused.stderr.lower())
        self.make_room()
        clone.push()
        self.assertEqual(git("rev-parse", "main", cwd=self.server.repository()).stdout,
                         clone.git("rev-parse", "HEAD").stdout)

    def test_what_is_stored_can_be_read_and_a_restart_works_while_the_disk_is_full(self):
        self.fill()
        self.server.stop()
        self.start()
        self.assertEqual(self.sam.annotations(self.document).status, 200)
        Clone(self.sam, self.clones, "reader")

    def test_what_is_left_is_sound(self):
        self.fill()
        self.save([span("total", [self.word], "1")])
        self.make_room()
        self.server.stop()
        git("fsck", "--strict", "--full", cwd=self.server.repository())
        self.server.command("verify")
        self.start()

    def start(self):
        self.server.start()
        self.admin.client.url = self.sam.client.url = self.server.url


if __name__ == "__main__":
    if "GLOSSATOR_SMALL_DISK" not in os.environ:
        enter_small_disk()
    harness.main()
