#!/usr/bin/env python3
"""The same documents and labels give the same bytes in every export: two machines' worth of data
directories, each filled on a day of its own and with other threads, two runs, one reader and four."""
import concurrent.futures
import hashlib
import shutil
import unittest

import harness
from harness import sample

DOCUMENTS = ["glazing-estimate-en.png", "kassenbon-de.jpg", "garage-invoice-en.pdf"]
OPTIONS = ("", "?images=no", "?proposals", "?part=train", "?hold_out=test")


class Machine:
    """A server of its own; the same people do the same there."""

    def __init__(self, shift=None, arguments=()):
        environment = harness.at_another_time(shift) if shift else {}
        self.server = harness.Server(arguments=arguments, environment=environment).start()
        self.server.command("project", "create", "acme/claims", "--name", "Claims")
        self.admin = harness.Project(self.server, self.server.add_user("ada", "admin"))
        self.project = harness.Project(self.server, self.server.add_user("sam", "scientist"))

    def fill(self, names):
        for name in names:
            self.label(self.admin.ready(name, sample(name), claim=name)["id"])
        rule = {"rule": {"group_by": ["claim"], "exact": True}, "salt": "s1", "seed": 1,
                "ratios": {"train": 60, "test": 40}}
        split = self.project.client.put(f"{self.project.api}/splits/default", rule)
        assert split.status == 200, split
        self.release()

    def release(self):
        made = self.project.client.post(f"{self.project.api}/releases", {"name": "claims", "split": "default"})
        assert made.status == 201, made
        return made.json["version"]

    def label(self, document):
        """Labels that depend on nothing but the document."""
        words = self.project.words(document)
        first, second, last = words[0], words[1], words[-1]
        stem = "01JD" + hashlib.sha256(document.encode()).hexdigest()[:21].upper()
        labels = [
            {"id": stem + "1", "type": "span", "label": "total", "words": [first["id"], second["id"]],
             "text": "x"},
            {"id": stem + "2", "type": "box", "label": "stamp", "box": last["box"]},
            {"id": stem + "3", "type": "polygon", "label": "signature",
             "polygon": [[0, 0], [9, 0], [9, 7]]},
            {"id": stem + "4", "type": "correction", "words": [last["id"]],
             "replacements": [{"text": "Ersatz", "box": last["box"]}]},
            {"id": stem + "5", "type": "span", "label": "date", "words": [second["id"]], "state": "proposed",
             "origin": {"model": "m", "version": "1"}, "confidence": 700}]
        etag = self.project.annotations(document).headers["ETag"]
        saved = self.project.save(document, labels, etag)
        assert saved.status == 200, saved

    def export(self, address):
        reply = self.project.client.get(f"{self.project.api}/releases/claims/1.0.0/{address}", timeout=300)
        assert reply.status == 200, (address, reply)
        return hashlib.sha256(reply.body).hexdigest()

    def addresses(self):
        names = [f["name"] for f in self.project.client.get("/api/v1/export-formats").json["items"]]
        shards = self.project.client.get(f"{self.project.api}/releases/claims/1.0.0/shards").json["items"]
        return ([f"exports/{name}{options}" for name in names for options in OPTIONS] +
                [f"exports/{name}/loss" for name in names] + [f"shards/{s['name']}" for s in shards] +
                ["manifest"])

    def exports(self, addresses, readers=1):
        with concurrent.futures.ThreadPoolExecutor(readers) as pool:
            return dict(zip(addresses, pool.map(self.export, addresses)))


class SameBytes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.here = Machine()
        cls.addClassCleanup(cls.here.server.remove)
        cls.here.fill(DOCUMENTS)
        cls.addresses = cls.here.addresses()
        cls.expected = cls.here.exports(cls.addresses)

    def assert_same(self, seen):
        differing = sorted(a for a in self.addresses if seen.get(a) != self.expected[a])
        self.assertEqual(differing, [])

    def test_1_everything_is_exported(self):
        print(f"  {len(self.addresses)} exports, {len(set(self.expected.values()))} different", flush=True)
        self.assertGreater(len(set(self.expected.values())), len(self.addresses) // 3)

    def test_2_for_four_readers_at_once(self):
        self.assert_same(self.here.exports(self.addresses, readers=4))

    def test_3_in_another_run_on_another_day_in_a_copied_directory(self):
        self.here.server.stop()
        copy = self.here.server.directory / "elsewhere"
        shutil.copytree(self.here.server.data, copy / "data", symlinks=True)
        other = harness.Server(copy, ["--workers", "2"], harness.at_another_time("+400d")).start()
        self.addCleanup(other.remove)
        moved = Machine.__new__(Machine)
        moved.server, moved.project = other, harness.Project(other, self.here.project.token)
        self.assert_same(moved.exports(self.addresses))
        self.here.server.start()
        self.here.project.client.url = self.here.server.url
        self.assert_same(self.here.exports(self.addresses))

    def test_4_on_another_machine_that_was_filled_on_another_day_in_another_order(self):
        there = Machine("-300d", ["--workers", "2"])
        self.addCleanup(there.server.remove)
        there.fill(reversed(DOCUMENTS))
        self.assert_same(there.exports(self.addresses))


if __name__ == "__main__":
    harness.main()
