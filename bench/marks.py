#!/usr/bin/env python3
"""Marks on forms that people have filled in: ./dev bench marks [--quick] [--json] [--train] [--seed N]
[--count N] [--keep DIR]

Forms come from tools/make_forms.py with causes (fonts, hands, pens, boxes, damage, seeds) that nothing was
tuned on; --train takes those that it was. --seed draws others (1 is the one that the figures in
bench/README.md are of, unless they say otherwise). --keep leaves forms and readings in DIR and uses what is
there.
"""
import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

from figures import Report
from marks_score import Counts

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "scenarios"))
import harness  # noqa: E402

GOALS = {"tick F1": 0.97, "handwriting area recall": 0.90, "handwriting area precision": 0.85}


def make_forms(directory, purpose, count, seed):
    if len(list(directory.glob("*.json"))) < count:
        subprocess.run(["/usr/bin/python3", ROOT / "tools" / "make_forms.py", "--out", directory,
                        "--purpose", purpose, "--count", str(count), "--seed", str(seed)], check=True)
    return sorted(p for p in directory.iterdir() if p.suffix != ".json")[:count]


def read_forms(forms, out):
    subprocess.run([harness.BINARY, "ocr", *forms, "--out", out, "--languages", "eng+deu",
                    "--workers", "2"], check=True)


def score(forms, out):
    counts, seconds = Counts(), 0
    for form in forms:
        reading = json.loads((out / f"{form.stem}.json").read_text())
        counts.add(json.loads(form.with_suffix(".json").read_text()), reading, form.name)
        seconds += reading["cpu_s"]
    return counts, seconds / len(forms)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer forms")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--train", action="store_true", help="the forms that it was tuned on")
    parser.add_argument("--seed", type=int, default=1, help="draw other forms")
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("--count", type=int)
    options = parser.parse_args()
    purpose = "train" if options.train else "evaluate"
    count = options.count or (20 if options.quick else 60)
    directory = options.keep or pathlib.Path(tempfile.mkdtemp(prefix="glossator-bench-",
                                                              dir=ROOT / "build"))
    try:
        forms = make_forms(directory / "forms", purpose, count, options.seed)
        if not all((directory / "read" / f"{f.stem}.json").exists() for f in forms):
            read_forms(forms, directory / "read")
        counts, seconds = score(forms, directory / "read")
    finally:
        if not options.keep:
            shutil.rmtree(directory, ignore_errors=True)
    report = Report("marks")
    for name, value in counts.figures().items():
        if name in GOALS:
            report.at_least(name, "", [value], GOALS[name])
        else:
            report.note(f"{name}: {value:.3f}")
    report.note(f"{len(forms)} forms ({purpose}, seed {options.seed}), {counts.n['ticks wanted']} tick boxes, "
                f"{seconds:.2f} CPU seconds a page")
    for (wanted, seen), number in sorted(counts.confusions.items(), key=lambda item: -item[1]):
        if wanted != seen:
            report.note(f"tick box {wanted}, taken for {seen}: {number}")
    for kind, confidence, seen, right in counts.reliability():
        report.note(f"{kind} at {confidence:.2f}: {right:.2f} of {seen} right")
    report.print(options.json)


if __name__ == "__main__":
    main()
