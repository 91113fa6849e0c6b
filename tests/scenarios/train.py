#!/usr/bin/env python3
"""The training example learns from a release that `glossator pull` brought, on a processor, and writes
its receipts; a relabel then shows who used the old data."""
import json
import os
import pathlib
import subprocess
import sys
import unittest

import harness
from harness import span

VENV = os.environ.get("GLOSSATOR_VENV_TRAIN", "")
EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "docs/examples/train.py"
REASON = "SKIPPED: no scikit-learn: GLOSSATOR_VENV_TRAIN names no Python environment (./dev test --peers)"


def form(number):
    """An invented form as a PDF: a name and a total, each behind its word."""
    names = ("Miller", "Baker", "Fisher", "Carter", "Mason", "Turner")
    lines = (f"Customer: {names[number % len(names)]}", f"Notes about claim {1000 + number * 7}",
             f"Total: {number * 13 + 41}.{number % 10}0")
    text = "".join(f"BT /F1 14 Tf 60 {700 - 60 * at} Td ({line}) Tj ET\n" for at, line in enumerate(lines))
    objects = ("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
               "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
               " /Resources << /Font << /F1 5 0 R >> >> >>",
               f"<< /Length {len(text)} >>\nstream\n{text}endstream",
               "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    out, places = "%PDF-1.4\n", []
    for at, one in enumerate(objects, 1):
        places.append(len(out))
        out += f"{at} 0 obj\n{one}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return (out + f"xref\n0 6\n0000000000 65535 f \n{table}trailer << /Size 6 /Root 1 0 R >>\n"
            f"startxref\n{len(out)}\n%%EOF\n").encode()


@unittest.skipUnless(VENV and pathlib.Path(VENV, "bin/python").exists(), REASON)
class Train(harness.Scenario):
    def label(self, document, text="x"):
        """Labels what follows "Customer:" and "Total:"."""
        words = self.project.words(document)
        labels = []
        for before, word in zip(words, words[1:]):
            if before["text"].startswith(("Customer", "Total")):
                kind = "name" if before["text"].startswith("Customer") else "total"
                labels.append(span(kind, [word["id"]], text))
        etag = self.project.annotations(document).headers["ETag"]
        saved = self.project.save(document, labels, etag)
        self.assertEqual(saved.status, 200, saved)

    def test_it_learns_and_tells(self):
        trainer = self.user("theo", "trainer")
        documents = [self.admin.ready(f"form-{n}.pdf", form(n))["id"] for n in range(16)]
        for document in documents:
            self.label(document)
        split = self.project.client.put(f"{self.project.api}/splits/default", {
            "rule": {"group_by": []}, "salt": "s", "seed": 1, "ratios": {"train": 70, "test": 30}})
        self.assertEqual(split.status, 200, split)
        made = self.project.client.post(f"{self.project.api}/releases",
                                        {"name": "forms", "split": "default"})
        self.assertEqual(made.status, 201, made)
        environment = {**os.environ, "GLOSSATOR_TOKEN": trainer.token, "GLOSSATOR_URL": self.server.url}
        data = self.directory / "data"
        self.run_program(environment, harness.CLIENT, "pull", "acme/claims", "forms", "--out", data,
                         "--only", "words", "--only", "annotations")
        report = json.loads(self.run_program(
            environment, pathlib.Path(VENV, "bin/python"), EXAMPLE, data, "--receipt", self.server.url,
            "acme/claims"))
        self.assertGreater(report["f1"], 0.8, report)
        receipts = trainer.client.get(f"{trainer.api}/receipts").json["items"]
        self.assertEqual([r["id"] for r in receipts], report["receipts"])
        self.assertEqual([r["kind"] for r in receipts], ["training", "evaluation"])
        self.assertEqual(receipts[1]["metrics"], {"f1": report["f1"]})
        self.assertEqual(trainer.client.get(f"{trainer.api}/receipts/outdated").json["items"], [])
        for document in documents:
            self.label(document, "another")
        outdated = trainer.client.get(f"{trainer.api}/receipts/outdated").json["items"]
        self.assertEqual([item["receipt"]["id"] for item in outdated], report["receipts"])

    def run_program(self, environment, *command):
        done = subprocess.run(list(map(str, command)), env=environment, capture_output=True, text=True,
                              timeout=300)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout


if __name__ == "__main__":
    if not VENV:
        print(REASON, file=sys.stderr)
    harness.main()
