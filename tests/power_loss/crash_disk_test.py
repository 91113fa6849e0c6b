#!/usr/bin/env python3
"""That the rebuilt disks are neither too kind nor too cruel: a careful writer loses nothing on any of
them, each kind of carelessness is found out, and the record misses no change."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from crash_disk import Chance, Disk, Image, Operation, read_record, write_tree  # noqa: E402

RECORDER = os.environ["GLOSSATOR_IO_RECORDER"]
CONTENT = b"x" * 5000
SEEDS = range(300)

BEGIN = """
import os
def write(path, content, sync=True):
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.write(fd, content)
    if sync: os.fsync(fd)
    os.close(fd)
def sync(path):
    fd = os.open(path, os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)
def sync_all():
    import ctypes
    fd = os.open(".", os.O_RDONLY)
    assert ctypes.CDLL(None).syncfs(fd) == 0
    os.close(fd)
CONTENT = b"x" * 5000
"""


class CrashDisk(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="glossator-crash-disk-"))
        self.addCleanup(shutil.rmtree, self.directory)
        self.data = self.directory / "data"
        self.data.mkdir()

    def run_script(self, script, **environment):
        return subprocess.run(
            [sys.executable, "-c", BEGIN + script], cwd=self.data, capture_output=True, text=True,
            env={**os.environ, "LD_PRELOAD": RECORDER, "IO_RECORDER_ROOT": str(self.data),
                 "IO_RECORDER_LOG": str(self.directory / "log"), **environment})

    def recorded(self, script):
        """The disk after all that the script did."""
        image = Image(self.data)
        done = self.run_script(script)
        self.assertEqual(done.returncode, 0, done.stderr)
        operations = read_record(self.directory / "log")
        disk = Disk(image, operations, self.data)
        disk.advance(len(operations))
        return disk

    def crashes(self, script):
        disk = self.recorded(script)
        return [disk.crash(Chance(seed)) for seed in SEEDS]

    def test_a_careful_writer_loses_nothing(self):
        for tree in self.crashes("write('a.tmp', CONTENT); os.rename('a.tmp', 'a'); sync('.')"):
            self.assertEqual(tree, {"a": CONTENT})

    def test_content_without_sync_may_be_missing_torn_or_zero(self):
        found = {tree["a"] for tree in self.crashes("write('a', CONTENT, sync=False); sync('.')")}
        self.assertIn(b"", found)
        self.assertIn(CONTENT, found)
        self.assertIn(bytes(len(CONTENT)), found)
        self.assertIn(CONTENT[:1024], found)

    def test_a_name_without_sync_of_its_directory_may_be_missing(self):
        found = {tuple(tree) for tree in self.crashes("write('a', CONTENT)")}
        self.assertEqual(found, {(), ("a",)})

    def test_a_rename_without_sync_leaves_the_old_file_or_the_new_one(self):
        (self.data / "a").write_bytes(b"old")
        found = {tree["a"] for tree in self.crashes("write('b', CONTENT); os.rename('b', 'a')")}
        self.assertEqual(found, {b"old", CONTENT})

    def test_a_file_renamed_before_its_sync_may_be_empty(self):
        (self.data / "a").write_bytes(b"old")
        found = {tree["a"] for tree in self.crashes(
            "write('b', CONTENT, sync=False); os.rename('b', 'a'); sync('.')")}
        self.assertIn(b"", found)
        self.assertNotIn(b"old", found)

    def test_a_removed_name_may_come_back_until_its_directory_is_synced(self):
        (self.data / "a").write_bytes(b"old")
        self.assertEqual({tuple(tree) for tree in self.crashes("os.unlink('a')")}, {(), ("a",)})

    def test_a_new_directory_may_be_missing_with_all_that_is_in_it(self):
        trees = self.crashes("os.mkdir('d'); write('d/a', CONTENT); sync('d')")
        self.assertIn({}, trees)
        self.assertIn({"d": None, "d/a": CONTENT}, trees)

    def test_a_sync_of_the_file_system_brings_all_there_was(self):
        trees = self.crashes("write('a', CONTENT, sync=False); os.mkdir('d'); os.rename('a', 'd/a'); sync_all()\n"
                             "write('b', CONTENT, sync=False)")
        for tree in trees:
            self.assertEqual(tree.get("d/a"), CONTENT)
        self.assertIn(None, [tree.get("b") for tree in trees])

    def test_writes_arrive_in_any_order(self):
        found = {tree["a"] for tree in self.crashes(
            "fd = os.open('a', os.O_WRONLY | os.O_CREAT); os.fsync(fd); sync('.')\n"
            "os.write(fd, b'1' * 512); os.write(fd, b'2' * 512)")}
        self.assertIn(bytes(512) + b"2" * 512, found)
        self.assertIn(b"1" * 512, found)

    def test_what_a_sync_did_not_see_begin_is_not_safe(self):
        """A write that comes while the sync runs."""
        self.data.joinpath("a").write_bytes(b"")
        image = Image(self.data)
        number = os.stat(self.data / "a").st_ino
        disk = Disk(image, [Operation("S", number, 1, b"", b""), Operation("W", number, 0, b"", b"new"),
                            Operation("E", number, 1, b"", b"")], self.data)
        disk.advance(3)
        self.assertIn({"a": b""}, [disk.crash(Chance(seed)) for seed in SEEDS])

    def test_the_record_to_its_end_is_the_directory(self):
        (self.data / "old").write_bytes(b"old")
        disk = self.recorded("""
import shutil, tempfile
write('a', CONTENT); os.link('a', 'b'); os.rename('a', 'old')
os.makedirs('x/y/z'); os.rename('b', 'x/b'); os.rename('x', 'w')
with open('c', 'wb') as c: c.write(b'123456'); c.truncate(3); c.seek(10); c.write(b'end')
fd = os.open('w/p', os.O_RDWR | os.O_CREAT); os.pwrite(fd, b'there', 7); os.ftruncate(fd, 20)
made = tempfile.mkdtemp(dir='.'); write(made + '/f', b'1'); shutil.rmtree(made)
os.rmdir('w/y/z'); write('c', b'again')
directory = os.open('w', os.O_RDONLY); os.close(os.open('q', os.O_CREAT | os.O_WRONLY, dir_fd=directory))
""")
        rebuilt = self.directory / "rebuilt"
        write_tree(disk.crash(Chance(1, "all")), rebuilt)
        self.assertEqual(subprocess.run(["diff", "-r", self.data, rebuilt]).returncode, 0)
        self.assertTrue((rebuilt / "w" / "q").exists())

    def test_syncs_and_writes_fail_on_demand(self):
        faults = self.directory / "faults"
        for numbers, complaint in (("100 0", "Input/output error"), ("0 100", "No space left"), ("0 0", "")):
            faults.write_text(numbers)
            done = self.run_script("write('a', CONTENT)", IO_RECORDER_FAULTS=str(faults))
            self.assertEqual(done.returncode, 1 if complaint else 0)
            self.assertIn(complaint, done.stderr)

    def test_what_the_program_starts_is_not_recorded(self):
        self.recorded("import subprocess; subprocess.run(['touch', 'b'])")
        self.assertEqual(read_record(self.directory / "log"), [])


if __name__ == "__main__":
    unittest.main()
