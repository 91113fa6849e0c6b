#!/usr/bin/env python3
"""`glossator scrub`: bit rot in a blob or a pack is found while the server runs, named with what it
touches, and mended from a backup."""
import json
import os
import shutil
import signal
import subprocess
import time

import harness
from harness import sample, span, tiny_png


class Scrub(harness.Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.letter = cls.admin.ready("letter.pdf", sample("acknowledgement-letter-en.pdf"))
        for number in range(8):
            cls.admin.ready(f"{number}.png", tiny_png(number))
        word = cls.project.words(cls.letter["id"])[0]["id"]
        saved = cls.project.save(cls.letter["id"], [span("name", [word], "x")],
                                 cls.project.annotations(cls.letter["id"]).headers["ETag"])
        assert saved.status == 200, saved
        made = cls.project.client.post(f"{cls.project.api}/releases", {"name": "claims"})
        assert made.status == 201, made
        manifest = cls.project.client.get(f"{cls.project.api}/releases/claims/1.0.0/manifest").body
        records = [json.loads(line) for line in manifest.splitlines()[1:]]
        cls.record = next(r for r in records if r["document"] == cls.letter["id"])
        cls.copy = cls.directory / "copy"
        cls.server.command("backup", "--out", str(cls.copy))

    def scrub(self, *arguments, code=0):
        done = self.server.command("scrub", "--json", *map(str, arguments), check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def object(self, md5):
        return self.server.data / "orgs/acme/files/md5" / md5[:2] / md5[2:]

    def rot(self, path):
        """Turns one bit over; undone at the end of the test."""
        good = path.read_bytes()
        self.addCleanup(self.write, path, good)
        self.write(path, good[:len(good) // 2] + bytes([good[len(good) // 2] ^ 1]) + good[len(good) // 2 + 1:])
        return good

    @staticmethod
    def write(path, content):
        fresh = path.with_name(path.name + ".test")
        fresh.write_bytes(content)
        fresh.chmod(0o444)
        fresh.rename(path)

    def test_1_what_is_whole_is_called_whole(self):
        report = self.scrub()
        self.assertEqual((report["whole"], report["findings"]), (True, []))
        self.assertGreater(report["objects"], 20)
        self.assertGreater(report["packs"], 1)
        self.scrub("--rate", "10000")

    def test_2_a_rotten_blob_is_named_with_its_documents_and_mended(self):
        source, words = (self.object(self.record[key]["md5"]) if key == "source" else
                         self.object(self.record["pages"][0][key]["md5"]) for key in ("source", "words"))
        goods = [self.rot(path) for path in (source, words)]
        findings = {f["place"]: f for f in self.scrub(code=1)["findings"]}
        self.assertEqual(set(findings), {str(p.relative_to(self.server.data)) for p in (source, words)})
        for finding in findings.values():
            self.assertEqual((finding["name"], finding["mended"]), ("object.damaged", False))
        document = self.letter["id"]
        place = f"acme/claims/releases/claims/1.0.0: documents/{document[0]}/{document}/"
        touched = findings[str(source.relative_to(self.server.data))]["touches"]
        self.assertEqual(touched, [f"acme/claims/documents/{document}", place + "source.pdf"])
        touched = findings[str(words.relative_to(self.server.data))]["touches"]
        self.assertEqual(touched, [place + "pages/0001.words.tsv"])
        mended = self.scrub("--copy", self.copy)
        self.assertEqual([f["mended"] for f in mended["findings"]], [True, True])
        self.assertEqual([p.read_bytes() for p in (source, words)], goods)
        self.assertTrue(self.scrub()["whole"])

    def test_3_a_missing_blob_comes_back_and_rot_is_not_copied(self):
        source = self.object(self.record["source"]["md5"])
        good = source.read_bytes()
        source.unlink()
        twin = self.copy / source.relative_to(self.server.data)
        self.rot(twin)
        finding, = self.scrub("--copy", self.copy, code=1)["findings"]
        self.assertEqual((finding["name"], finding["mended"]), ("object.missing", False))
        self.assertFalse(source.exists())
        self.write(twin, good)
        finding, = self.scrub("--copy", self.copy)["findings"]
        self.assertTrue(finding["mended"])
        self.assertEqual(source.read_bytes(), good)

    def test_4_a_rotten_pack_is_found_and_mended(self):
        self.server.stop()
        shutil.rmtree(self.copy)  # housekeeping may have joined packs since
        self.server.command("backup", "--out", str(self.copy))
        pack = max(self.server.repository().glob("objects/pack/*.pack"), key=lambda p: p.stat().st_size)
        twin = self.copy / pack.relative_to(self.server.data)
        self.assertTrue(twin.exists(), "the backup keeps packs under their names")
        good = self.rot(pack)
        finding, = self.scrub(code=1)["findings"]
        self.assertEqual((finding["name"], finding["touches"]), ("pack.damaged", ["acme/claims.git"]))
        self.assertTrue(self.scrub("--copy", self.copy)["findings"][0]["mended"])
        self.assertEqual(pack.read_bytes(), good)
        self.assertTrue(self.scrub()["whole"])
        harness.git("fsck", "--strict", cwd=self.server.repository())

    def test_42_a_pack_on_its_way_is_none_and_one_without_its_index_is_damaged(self):
        packs = self.server.repository() / "objects/pack"
        pack = max(packs.glob("pack-*.pack"), key=lambda p: p.stat().st_size)
        for name in ("tmp_pack_0123456789abcdef.pack", "pack-" + "0" * 40 + ".pack"):
            half = packs / name
            self.addCleanup(half.unlink, missing_ok=True)
            half.write_bytes(pack.read_bytes()[:100])
        self.assertTrue(self.scrub()["whole"])
        os.utime(half, (time.time() - 7200,) * 2)
        finding, = self.scrub(code=1)["findings"]
        self.assertEqual((finding["name"], finding["place"]),
                         ("pack.damaged", str(half.relative_to(self.server.data))))

    def test_5_killed_it_has_lost_nothing(self):
        source = self.object(self.record["source"]["md5"])
        good = self.rot(source)
        incoming = self.server.data / "orgs/.incoming"
        before = set(os.listdir(incoming))
        slow = subprocess.Popen([harness.BINARY, "scrub", "--data", self.server.data, "--copy", self.copy,
                                 "--rate", "1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while set(os.listdir(incoming)) <= before and slow.poll() is None:
            time.sleep(0.001)  # until it has begun
        slow.send_signal(signal.SIGKILL)
        slow.wait()
        self.scrub("--copy", self.copy)
        self.assertEqual(source.read_bytes(), good)
        self.assertTrue(self.scrub()["whole"])
        self.assertLessEqual(set(os.listdir(incoming)), before)

    def test_6_no_directory_is_told(self):
        done = subprocess.run([harness.BINARY, "scrub", "--data", self.directory], capture_output=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"no data directory", done.stderr)


if __name__ == "__main__":
    harness.main()
