#!/usr/bin/env python3
"""A release leaves in every format: as a stream, in ranges, in shards, or only what is new."""
import io
import json
import pathlib
import re
import tarfile
import tempfile

import harness
from harness import git, span, sample


class Exports(harness.Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls.admin.ready("estimate.png", sample("glazing-estimate-en.png"))["id"]
        words = cls.project.words(cls.document)
        etag = cls.project.annotations(cls.document).headers["ETag"]
        saved = cls.project.save(cls.document, [span("total", [words[3]["id"], words[4]["id"]], "x")], etag)
        assert saved.status == 200, saved
        cls.release()
        cls.base = f"{cls.project.api}/releases/claims/1.0.0"

    @classmethod
    def release(cls):
        made = cls.project.client.post(f"{cls.project.api}/releases", {"name": "claims"})
        assert made.status == 201, made
        return made.json["version"]

    def export(self, name, base=None, **headers):
        return self.project.client.get(f"{base or self.base}/exports/{name}", headers=headers)

    def formats(self):
        return [f["name"] for f in self.project.client.get("/api/v1/export-formats").json["items"]]

    def test_1_every_format_is_a_stream_with_a_name(self):
        for name in self.formats():
            reply = self.export(name)
            self.assertEqual(reply.status, 200, (name, reply))
            self.assertEqual(reply.headers["Accept-Ranges"], "bytes")
            self.assertIn("claims-1.0.0.", reply.headers["Content-Disposition"])
            loss = self.project.client.get(f"{self.base}/exports/{name}/loss")
            self.assertEqual(loss.json["format"], name)
        self.assert_problem(self.export("vellum"), 404, "not_found")

    def test_2_a_broken_download_goes_on(self):
        for name in self.formats():
            whole = self.export(name)
            etag, middle = whole.headers["ETag"], len(whole.body) // 2
            rest = self.export(name, Range=f"bytes={middle}-", **{"If-Range": etag})
            self.assertEqual(rest.status, 206, name)
            self.assertEqual(rest.headers["Content-Range"],
                             f"bytes {middle}-{len(whole.body) - 1}/{len(whole.body)}")
            self.assertEqual(rest.body, whole.body[middle:], name)
            stale = self.export(name, Range="bytes=5-", **{"If-Range": '"another"'})
            self.assertEqual((stale.status, stale.body), (200, whole.body))
            beyond = self.export(name, Range=f"bytes={len(whole.body)}-")
            self.assertEqual(beyond.status, 416)
        head = self.project.client.request("HEAD", f"{self.base}/exports/coco")
        self.assertEqual(int(head.headers["Content-Length"]), len(self.export("coco").body))

    def test_3_archives_hold_images_unless_they_are_left_out(self):
        archive = tarfile.open(fileobj=io.BytesIO(self.export("yolo").body))
        names = archive.getnames()
        self.assertIn(f"images/train/{self.document}-0001.png", names)
        self.assertIn("data.yaml", names)
        self.assertEqual(names[-1], "loss.json")
        bare = self.project.client.get(f"{self.base}/exports/yolo?images=no")
        self.assertNotIn("images", str(tarfile.open(fileobj=io.BytesIO(bare.body)).getnames()))
        self.assert_problem(self.project.client.get(f"{self.base}/exports/yolo?images=maybe"),
                            400, "invalid_parameter")

    def test_4_shards_have_lasting_names(self):
        shards = self.project.client.get(f"{self.base}/shards").json["items"]
        self.assertEqual([s["name"] for s in shards], ["train-000000.tar"])
        shard = self.project.client.get(f"{self.base}/shards/train-000000.tar")
        names = tarfile.open(fileobj=io.BytesIO(shard.body)).getnames()
        self.assertEqual(names, [f"{self.document}-0001.json", f"{self.document}-0001.png"])
        self.assert_problem(self.project.client.get(f"{self.base}/shards/train-000001.tar"),
                            404, "not_found")

    def test_5_only_what_is_new_since_an_earlier_release(self):
        second = self.admin.ready("bill.png", sample("zahnarzt-rechnung-de.png"))["id"]
        self.assertEqual(self.release(), "1.1.0")
        base = f"{self.project.api}/releases/claims/1.1.0"
        whole = [json.loads(line)["document"] for line in self.export("jsonl", base).body.splitlines()]
        self.assertEqual(set(whole), {self.document, second})
        new = self.export("jsonl?since=1.0.0", base).body.splitlines()
        self.assertEqual({json.loads(line)["document"] for line in new}, {second})
        self.assertEqual(self.export("jsonl?since=1.1.0", base).body, b"")
        self.assert_problem(self.export("jsonl?since=7.0.0", base), 400, "invalid")
        diff = self.project.client.get(f"{base}/diff?since=1.0.0").json
        self.assertEqual(diff["documents"], [{"document": second, "change": "added"}])
        self.assertEqual((diff["change"]["bump"], diff["change"]["unchanged"]), ("minor", 1))

    def test_7_what_left_comes_back(self):
        before = self.project.annotations(self.document).json["annotations"]
        for name in ("coco", "label-studio"):
            file = self.export(name).body
            told = self.project.client.post(f"{self.project.api}/imports/{name}?dry_run=1", file).json
            self.assertEqual((told["pages"], told["added"], told["unchanged"]), (1, 0, 1), told)
        for line in self.export("jsonl").body.splitlines():
            told = self.project.client.post(f"{self.project.api}/imports/jsonl?dry_run=1", line + b"\n").json
            self.assertEqual((told["added"], told["unchanged"]), (0, 1), told)
        # FUNSD has no ids: what says the same of the same words is not added a second time
        with tarfile.open(fileobj=io.BytesIO(self.export("funsd").body)) as archive:
            form = archive.extractfile(next(n for n in archive.getnames() if n.endswith(".json"))).read()
        told = self.project.client.post(
            f"{self.project.api}/imports/funsd?dry_run=1&document={self.document}&page=1", form).json
        self.assertEqual((told["added"], told["unchanged"]), (0, 1), told)
        cleared = self.project.save(self.document, [], self.project.annotations(self.document).headers["ETag"])
        self.assertEqual(cleared.status, 200, cleared)
        file = self.export("label-studio").body
        told = self.project.client.post(f"{self.project.api}/imports/label-studio?dry_run=1", file).json
        self.assertEqual((told["added"], told["dry_run"]), (1, True))
        self.assertEqual(self.project.annotations(self.document).json["annotations"], [])
        done = self.project.client.post(f"{self.project.api}/imports/label-studio", file).json
        self.assertEqual((done["added"], done["problems"]), (1, []))
        self.assertEqual(self.project.annotations(self.document).json["annotations"], before)
        self.assert_problem(self.project.client.post(f"{self.project.api}/imports/vellum", b"{}"),
                            404, "not_found")
        self.assert_problem(self.project.client.post(f"{self.project.api}/imports/coco", b"{}"),
                            400, "invalid")

    def test_6_a_leak_is_a_number_pairs_and_an_exit_code(self):
        rule = {"rule": {"group_by": ["claim"]}, "salt": "x", "seed": 1,
                "ratios": {"train": 50, "test": 50}}
        self.assertEqual(self.project.client.put(f"{self.project.api}/splits/s", rule).status, 200)
        leaks = self.project.client.get(f"{self.project.api}/splits/s/leakage?at_most=0")
        self.assertEqual((leaks.status, leaks.json["leaking"], leaks.json["pairs"]), (200, 0, []))
        page = self.project.client.get(f"{self.project.api}/splits/s/leakage?as=html")
        self.assertIn(b"<b>0</b> of 2 documents leak", page.body)

    def test_8_a_withdrawn_release_says_why(self):
        path = f"{self.project.api}/releases/claims/1.1.0"
        self.assert_problem(self.project.client.request("DELETE", path, {"reason": ""}), 400, "invalid")
        gone = self.project.client.request("DELETE", path, {"reason": "consent was taken back"})
        self.assertEqual(gone.status, 204, gone)
        for rest in ("", "/manifest", "/exports/coco", "/shards", "/verify", "/leakage",
                     "/diff?since=1.0.0"):
            reply = self.project.client.get(path + rest)
            self.assert_problem(reply, 410, "withdrawn")
            self.assertEqual(reply.json["reason"], "consent was taken back")
        self.assertEqual(self.export("coco").status, 200)  # the other release stands
        for rest in ("/exports/jsonl?since=1.1.0", "/exports/jsonl/loss?since=1.1.0", "/diff?since=1.1.0"):
            reply = self.project.client.get(self.base + rest)
            self.assert_problem(reply, 410, "withdrawn")
            self.assertIn("claims 1.1.0 was withdrawn", reply.json["detail"])
        listed = {r["version"]: r.get("withdrawn", {}).get("reason") for r in
                  self.project.client.get(f"{self.project.api}/releases").json["items"]}
        self.assertEqual(listed, {"1.0.0": None, "1.1.0": "consent was taken back"})
        for url in (self.project.clone_url(), self.data_url()):
            tags = git("ls-remote", "--tags", url).stdout
            self.assertIn("refs/tags/datasets/claims/v1.0.0", tags)
            self.assertNotIn("v1.1.0", tags)
            self.assertNotIn("refs/withdrawn", git("ls-remote", url).stdout)
        with tempfile.TemporaryDirectory() as directory:
            git("clone", "-q", self.data_url(), directory)
            notes = (pathlib.Path(directory) / "WITHDRAWN.md").read_text()
            self.assertEqual(notes, "- claims v1.1.0 was withdrawn: consent was taken back\n")
            manifest = (pathlib.Path(directory) / "manifest.jsonl.dvc").read_text()
            standing = git("show", "datasets/claims/v1.0.0:manifest.jsonl.dvc", cwd=directory).stdout
            self.assertEqual(manifest, standing)
        self.server.stop()
        self.server.start()
        self.project.client.url = self.server.url
        self.assertEqual(self.project.client.get(path).status, 410)

    def data_url(self):
        return self.project.clone_url().removesuffix(".git") + ".data.git"

    def test_9_the_dvc_remote_says_that_what_was_withdrawn_is_gone(self):
        repository = self.server.repository()
        data = repository.parent / "claims.data.git"
        objects = {}
        for tag, ref in (("stands", "refs/tags/datasets/claims/v1.0.0"),
                         ("gone", "refs/withdrawn/datasets/claims/v1.1.0")):
            pointer = git("show", f"{ref}:manifest.jsonl.dvc", cwd=data).stdout
            objects[tag] = re.search(r"md5: ([0-9a-f]{32})", pointer)[1]
        for tag, status in (("stands", 200), ("gone", 410)):
            md5 = objects[tag]
            reply = self.project.client.get(f"/acme/claims.dvc/files/md5/{md5[:2]}/{md5[2:]}")
            self.assertEqual(reply.status, status, tag)
            many = self.project.client.post(f"{self.project.api}/objects", f"{md5}\n".encode(),
                                            headers={"Content-Type": "text/plain"})
            self.assertEqual(many.status, 200 if status == 200 else 404, tag)


if __name__ == "__main__":
    harness.main()
