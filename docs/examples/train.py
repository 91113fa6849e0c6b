#!/usr/bin/env python3
"""Learns from a release which words have which label, and says so in a receipt.

usage: train.py DIRECTORY [--receipt URL PROJECT]

DIRECTORY is what `glossator pull` brought. A word is described by its characters, its place on the page
and its neighbours; a linear model of scikit-learn learns the label. Trained on the part `train`, judged
on `test`. With --receipt the token comes from GLOSSATOR_TOKEN.
"""
import argparse
import json
import os
import pathlib
import urllib.request

from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import f1_score
from sklearn.pipeline import make_pipeline


def read_manifest(directory):
    """Header and records of manifest.jsonl: what the release is, and a line for each document."""
    lines = (directory / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    header, *records = map(json.loads, lines)
    return header, records


def read_words(path):
    """Rows of a words.tsv, each a dictionary."""
    names, *rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return [dict(zip(names, row)) for row in rows]


def read_labels(path):
    """{word id: label} of the spans of a page."""
    labels = {}
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            annotation = json.loads(line)
            if annotation["type"] == "span":
                labels.update((str(word), annotation["label"]) for word in annotation["words"])
    return labels


def describe(words, at, page):
    def shape(text):
        return "".join("9" if c.isdigit() else "a" if c.isalpha() else c for c in text[:12])
    word = words[at]
    text = word["text"].lower()
    seen = {"text": text, "shape": shape(text), "ends": text[-3:],
            "x": int(word["x0"]) / page["width"], "y": int(word["y0"]) / page["height"]}
    for step in (-2, -1, 1):
        if 0 <= at + step < len(words):
            seen[f"text {step}"] = words[at + step]["text"].lower()
    return seen


def samples_of(directory, records, part):
    """What there is to see of each word of a part, and its label."""
    seen, labels = [], []
    for record in records:
        if record.get("split") != part:
            continue
        document = directory / "documents" / record["document"][0] / record["document"]
        for number, page in enumerate(record["pages"], 1):
            words_file = document / f"pages/{number:04}.words.tsv"
            if not words_file.exists():
                continue
            words = read_words(words_file)
            known = read_labels(document / f"pages/{number:04}.annotations.jsonl")
            for at, word in enumerate(words):
                seen.append(describe(words, at, page))
                labels.append(known.get(word["id"], "O"))
    return seen, labels


def write_receipt(url, project, header, kind, part, metrics):
    body = {"kind": kind, "model": {"name": "word-labels", "version": "1"}, "metrics": metrics,
            "release": {"name": header["name"], "version": header["version"], "parts": [part]}}
    request = urllib.request.Request(
        f"{url}/api/v1/projects/{project}/receipts", data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json",
                 "Authorization": "Bearer " + os.environ["GLOSSATOR_TOKEN"]})
    with urllib.request.urlopen(request, timeout=60) as reply:
        return json.load(reply)["id"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--receipt", nargs=2, metavar=("URL", "PROJECT"))
    options = parser.parse_args()
    header, records = read_manifest(options.directory)
    model = make_pipeline(DictVectorizer(), SGDClassifier(random_state=0, class_weight="balanced"))
    seen, labels = samples_of(options.directory, records, "train")
    model.fit(seen, labels)
    unseen, wanted = samples_of(options.directory, records, "test")
    f1 = f1_score(wanted, model.predict(unseen), average="macro")
    report = {"release": f"{header['name']} {header['version']}", "train_words": len(seen),
              "test_words": len(unseen), "f1": round(float(f1), 4)}
    if options.receipt:
        report["receipts"] = [
            write_receipt(*options.receipt, header, "training", "train", {"words": len(seen)}),
            write_receipt(*options.receipt, header, "evaluation", "test", {"f1": report["f1"]})]
    print(json.dumps(report))


if __name__ == "__main__":
    main()
