#!/usr/bin/env python3
"""Every export of a release is read by the tool that it is for (tests/peers/exports.py)."""
import json
import os
import pathlib
import subprocess
import sys
import unittest

import harness
from harness import ROOT, git, sample, span

VENV = os.environ.get("GLOSSATOR_VENV_EXPORTS", "")
REASON = ("SKIPPED: no readers of exports: GLOSSATOR_VENV_EXPORTS names no Python environment "
          "(./dev test --peers makes it)")
HAS_READERS = bool(VENV) and (pathlib.Path(VENV) / "bin" / "python").exists()
DOCUMENTS = ["glazing-estimate-en.png", "zahnarzt-rechnung-de.png", "garage-invoice-en.pdf",
             "water-claim-form-en.tif", "kassenbon-de.jpg"]

if not HAS_READERS:
    print(REASON, file=sys.stderr)


def box_around(words):
    xs0, ys0, xs1, ys1 = zip(*(word["box"] for word in words))
    return [min(xs0), min(ys0), max(xs1), max(ys1)]


@unittest.skipUnless(HAS_READERS, REASON)
class ExportPeers(harness.Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in DOCUMENTS:
            cls.label(cls.admin.ready(name, sample(name), claim=name)["id"])
        split = cls.project.client.put(
            f"{cls.project.api}/splits/default",
            {"rule": {"group_by": ["claim"]}, "salt": "s1", "seed": 1,
             "ratios": {"train": 60, "test": 40}})
        assert split.status == 200, split
        made = cls.project.client.post(f"{cls.project.api}/releases",
                                       {"name": "claims", "split": "default"})
        assert made.status == 201, made
        cls.base = f"{cls.project.api}/releases/claims/1.0.0"
        cls.formats = [f["name"] for f in
                       cls.project.client.get("/api/v1/export-formats").json["items"]]

    @classmethod
    def label(cls, document):
        """Spans, a relation, an area, a polygon, a table, a correction and a value on page 1."""
        words = cls.project.words(document)
        lines = {}
        for word in words:
            lines.setdefault(word["line"], []).append(word)
        runs = [line[:3] for line in lines.values() if len(line) >= 2][:6]
        spans = [span(label, [w["id"] for w in run], " ".join(w["text"] for w in run))
                 for label, run in zip(["total", "date", "name"] * 2, runs)]
        x0, y0, x1, y1 = box_around(words[-2:])
        more = [
            {"id": harness.ulid(), "type": "box", "label": "stamp", "box": [x0, y0, x1, y1]},
            {"id": harness.ulid(), "type": "polygon", "label": "signature",
             "polygon": [[x0, y0], [x1, y0], [x1, y1]]},
            {"id": harness.ulid(), "type": "correction", "words": [words[-1]["id"]],
             "replacements": [{"text": "Ersatz", "box": words[-1]["box"]}]},
        ]
        etag = cls.project.annotations(document).headers["ETag"]
        saved = cls.project.save(document, spans + more, etag)
        assert saved.status == 200, saved

    def export(self, name, client=None, **query):
        text = "&".join(f"{key}={value}" for key, value in query.items())
        reply = (client or self.project.client).get(f"{self.base}/exports/{name}?{text}", timeout=300)
        self.assertEqual(reply.status, 200, (name, reply))
        return reply

    def test_1_every_format_is_read_by_its_tool(self):
        directory = self.directory / "exports"
        directory.mkdir()
        for name in self.formats:
            reply = self.export(name)
            file_name = reply.headers["Content-Disposition"].split('"')[1]
            ending = file_name.removeprefix("claims-1.0.0.")
            target = "jsonl.jsonl" if name == "jsonl" else f"{name}.{ending}"
            (directory / target).write_bytes(reply.body)
        result = subprocess.run([f"{VENV}/bin/python", ROOT / "tests/peers/exports.py", directory],
                                capture_output=True, text=True, timeout=900,
                                env={**os.environ, "HF_HOME": str(self.directory / "hf")})
        self.assertEqual(result.returncode, 0, result.stderr[-4000:])
        report = json.loads(result.stdout.splitlines()[-1])
        for name, seen in report.items():
            print(f"  {name}: {json.dumps(seen)[:200]}", file=sys.stderr)
        skipped = {name for name, seen in report.items() if "skipped" in seen}
        print(f"  {len(report) - len(skipped)} formats read by their tools, {len(skipped)} SKIPPED: "
              f"{', '.join(sorted(skipped)) or 'none'}", file=sys.stderr)
        for name, seen in report.items():
            if "unchecked" in seen:
                print(f"  SKIPPED: {name}: {seen['unchecked']}", file=sys.stderr)
        failed = {name: seen["failed"] for name, seen in report.items() if "failed" in seen}
        self.assertEqual(failed, {}, "\n".join(failed.values()))
        unread = set(self.formats) - set(report) - {"jsonl", "jsonl-documents", "label-studio-config"}
        self.assertEqual(unread, set())

    def test_2_webdataset_streams_the_shards_over_http(self):
        self.project.client.url = self.server.url
        shards = self.project.client.get(f"{self.base}/shards").json["items"]
        self.assertEqual({s["name"] for s in shards}, {"train-000000.tar", "test-000000.tar"})
        urls = [self.server.url + f"{self.base}/shards/{s['name']}" for s in shards]
        script = """
import json, sys, webdataset
token, *urls = sys.argv[1:]
keys = []
for url in urls:
    pipe = f"pipe:curl -sf -H 'Authorization: Bearer {token}' {url}"
    keys += [s["__key__"] for s in webdataset.WebDataset(pipe, shardshuffle=False).decode("pil")]
import datasets
from fsspec import url_to_fs
seen = datasets.load_dataset("webdataset", data_files={"all": urls}, split="all", streaming=True,
                             storage_options={"headers": {"Authorization": "Bearer " + token}})
print(json.dumps([len(keys), len(set(keys)), sum(1 for _ in seen)]))
"""
        result = subprocess.run([f"{VENV}/bin/python", "-c", script, self.project.token, *urls],
                                capture_output=True, text=True, timeout=300, cwd=self.directory,
                                env={**os.environ, "HF_HOME": str(self.directory / "hf")})
        self.assertEqual(result.returncode, 0, result.stderr[-3000:])
        samples = sum(s["samples"] for s in shards)
        self.assertEqual(json.loads(result.stdout.splitlines()[-1]), [samples] * 3)


    def test_3_the_catalogue_reads_the_card(self):
        url = self.project.clone_url().replace("/claims.git", "/claims.data.git")
        git("clone", "-q", url, self.directory / "data-git")
        script = """
import sys, mlcroissant
dataset = mlcroissant.Dataset(jsonld=sys.argv[1])
assert not dataset.metadata.issues.errors, dataset.metadata.issues.report()
assert dataset.metadata.version == "1.0.0"
print([record.uuid for record in dataset.metadata.record_sets])
"""
        result = subprocess.run(
            [f"{VENV}/bin/python", "-c", script, self.directory / "data-git" / "croissant.json"],
            capture_output=True, text=True, timeout=120)
        self.assertEqual(result.returncode, 0, result.stderr[-3000:])
        self.assertIn("splits", result.stdout)


if __name__ == "__main__":
    harness.main()
