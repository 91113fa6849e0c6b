#!/usr/bin/env python3
"""Reading scans: errors and processor time, beside the tesseract program, OCRmyPDF and RapidOCR.
./dev bench ocr

usage: ocr.py [--data DIR --scorer FILE] [--profile fast] [--only KIND] [--peer NAME]... [--quick] [--fresh]
              [--json] [--plot FILE] [--ablation]

DIR (or GLOSSATOR_OCR_DATA) holds images and, for each, NAME.json: {file, source, lang, words or lines,
text}; FILE (or GLOSSATOR_OCR_SCORER) scores DIR against a directory of readings. Without them the
project's own samples are read and scored by tools/score_samples.py.

All engines read page by page with one thread. What a peer read is kept in build/ocr-bench by the hash of
the file, with the processor time that it took then; --fresh reads anew. --plot draws, as SVG, how far
our confidences can be believed. --ablation reads with each step of ours left out in turn
(ocr/detail/steps.h says what they do) and shows what errors and time become without it.
"""
import argparse
import hashlib
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile

import ocr_peers
import ocr_reliability
from figures import Report, progress

ROOT = pathlib.Path(__file__).resolve().parent.parent
KEPT = ROOT / "build" / "ocr-bench"
PROGRAM = ROOT / "build" / "release" / "glossator"
KINDS = {"funsd": "forms", "sroie": "receipts", "rend-easy": "clean", "rend-hard": "degraded",
         "rend-rot": "turned", "print": "print", "fraktur": "fraktur"}
# Character errors to reach; for all pages also F1 of words and of boxes.
GOALS = {"forms": .07, "receipts": .05, "degraded": .03, "clean": .02, "turned": .02, "all": .045}
# In the order of ocr/detail/steps.h.
STEPS = ("strips", "turn", "align", "scraps", "part", "rules", "looks", "shading", "negative", "nonsense",
         "ink", "calibrate", "patterns")
GOAL_F1, GOAL_BOX_F1 = .90, .88
WORSE = .02         # than the tesseract program: a page that is listed
ENOUGH_TEXT = 200   # characters


def child_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def one_thread():
    return {**os.environ, "OMP_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "1"}


class Page:
    def __init__(self, truth):
        self.about = json.loads(truth.read_text(encoding="utf-8"))
        self.truth, self.file = truth, truth.parent / self.about["file"]
        self.kind = KINDS.get(self.about["source"], self.about["source"])
        self.language = "frk" if "fraktur" in self.about.get("lang", "") else "eng"
        self.hash = hashlib.sha256(self.file.read_bytes()).hexdigest()


class Readings:
    """A directory with what one engine made of each page."""

    def __init__(self, name, pages):
        self.name, self.pages = name, pages
        self.directory = KEPT / "readings" / name
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)

    def put(self, page, reading):
        (self.directory / page.truth.name).write_text(json.dumps(reading))

    def get(self, page):
        return json.loads((self.directory / page.truth.name).read_text())


def read_with_peer(peer, pages, fresh):
    readings = Readings(peer.name, pages)
    store = KEPT / "peers" / f"{peer.name}-{peer.version()}"
    store.mkdir(parents=True, exist_ok=True)
    for page in pages:
        kept = store / f"{page.hash}-{page.language}.json"
        if fresh or not kept.exists():
            with tempfile.TemporaryDirectory() as work:
                before = child_seconds()
                reading = peer.read(page.file, page.language, pathlib.Path(work), one_thread())
                reading.setdefault("cpu_s", child_seconds() - before)
            kept.write_text(json.dumps(reading))
        readings.put(page, json.loads(kept.read_text()))
    return readings


def read_with_ours(pages, profile, name="Glossator", without=""):
    """One process for all pages of a language, as a server has; its start is spread over them."""
    environment = {**one_thread(), "GLOSSATOR_OCR_WITHOUT": without}
    readings = Readings(name, pages)
    for language in sorted({p.language for p in pages}):
        group = [p for p in pages if p.language == language]
        with tempfile.TemporaryDirectory() as work:
            before = child_seconds()
            subprocess.run([PROGRAM, "ocr", "--out", work, "--profile", profile, "--languages", language,
                            "--workers", "1", *(p.file for p in group)], env=environment, check=False)
            spent = child_seconds() - before
            made = {p: pathlib.Path(work) / f"{p.file.stem}.json" for p in group}
            read = {p: json.loads(f.read_text()) for p, f in made.items() if f.exists()}
        rest = (spent - sum(r["cpu_s"] for r in read.values())) / len(group)
        for page in group:
            reading = read.get(page, {"words": [], "text": "", "cpu_s": 0})
            readings.put(page, {**reading, "cpu_s": reading["cpu_s"] + rest})
    return readings


def score(scorer, readings):
    """{"all": figures, "kinds": {kind: figures}, "pages": {name: figures}}."""
    with tempfile.TemporaryDirectory() as work:
        truth, result = pathlib.Path(work) / "truth", pathlib.Path(work) / "result.json"
        truth.mkdir()
        for page in readings.pages:
            (truth / page.truth.name).symlink_to(page.truth)
        subprocess.run([sys.executable, scorer, truth, readings.directory, "--json", result],
                       check=True, stdout=subprocess.DEVNULL)
        found = json.loads(result.read_text())
    return {"all": found["all"], "pages": found["docs"],
            "kinds": {KINDS.get(k, k): v for k, v in found["sources"].items()}}


def cell(value):
    return "" if value is None else f"{value:.3f}".replace("0.", ".", 1)


def figures_of(scores, placed=True):
    """Without places neither characters nor boxes can be compared."""
    return [cell(scores["CER"]) if placed else "", cell(scores["F1"]),
            cell(scores["boxF1"]) if placed else "",
            f"{scores['cpu_s/page']:.2f}" if scores["cpu_s/page"] is not None else ""]


def print_table(scored, straightened):
    """CER / F1 / box F1 / CPU seconds a page, per kind and engine; pages per CPU second against ours."""
    kinds = [k for k in KINDS.values() if any(k in s["kinds"] for s in scored.values())]
    print("\n| kind | goal: CER | " + " | ".join(scored) + " |")
    print("|---|---|" + "---|" * len(scored))
    for kind in [*kinds, "all"]:
        goal = cell(GOALS.get(kind))
        if kind == "all":
            goal += f" / {cell(GOAL_F1)} / {cell(GOAL_BOX_F1)}"
        cells = []
        for name, scores in scored.items():
            row = scores["all"] if kind == "all" else scores["kinds"].get(kind)
            cells.append(" / ".join(figures_of(row, name not in straightened)) if row else "")
        print(f"| {kind} | {goal} | " + " | ".join(cells) + " |")
    spent = {name: s["all"]["cpu_s/page"] for name, s in scored.items()}
    print("| pages per CPU second, against Glossator's | | " +
          " | ".join(f"{spent['Glossator'] / s:.2f}" if s else "" for s in spent.values()) + " |")
    print("\nCER / F1 / box F1 / CPU seconds a page")


def worse_pages(ours, theirs, pages):
    for page in pages:
        mine, other = ours["pages"][page.truth.name]["CER"], theirs["pages"][page.truth.name]["CER"]
        if mine is not None and len(page.about["text"]) > ENOUGH_TEXT and mine > other + WORSE:
            yield f"{page.truth.stem}: {cell(mine)}, tesseract {cell(other)}"


def print_ablation(pages, arguments):
    print("| without | CER | F1 | box F1 | CPU, s a page | confidence off by |")
    print("|---|---|---|---|---|---|")
    for step in ("", *STEPS):
        progress(f"  without {step or 'nothing'}")
        read = read_with_ours(pages, arguments.profile, f"without-{step}", step)
        off = ocr_reliability.error(ocr_reliability.reliability(pages, read))
        figures = figures_of(score(arguments.scorer, read)["all"])
        print(f"| {step or 'nothing'} | " + " | ".join([*figures, cell(off)]) + " |", flush=True)


def compare(arguments, report):
    pages = [Page(f) for f in sorted(arguments.data.glob("*.json"))]
    if arguments.only:
        pages = [p for p in pages if p.kind == arguments.only]
    if arguments.quick:
        pages = [next(p for p in pages if p.kind == kind) for kind in sorted({p.kind for p in pages})]
    if arguments.ablation:
        print_ablation(pages, arguments)
        return
    ours = read_with_ours(pages, arguments.profile)
    scored, straightened = {"Glossator": score(arguments.scorer, ours)}, set()
    if arguments.profile == "accurate":
        fast = read_with_ours(pages, "fast", "fast profile")
        scored["its fast profile"] = score(arguments.scorer, fast)
    bins = ocr_reliability.reliability(pages, ours)
    if arguments.plot:
        arguments.plot.write_text(ocr_reliability.plot(bins))
    for peer in ocr_peers.ALL:
        if arguments.peer and peer.name not in arguments.peer:
            continue
        reason = peer.missing()
        if reason:
            report.skip(peer.name, reason)
            continue
        progress(f"  {peer.name}")
        if peer.straightens:
            straightened.add(peer.name)
        scored[peer.name] = score(arguments.scorer, read_with_peer(peer, pages, arguments.fresh))
    if arguments.json:
        print(json.dumps({name: {k: s[k] for k in ("all", "kinds")} for name, s in scored.items()}))
        return
    print_table(scored, straightened)
    print(f"\nmean difference between a word's confidence and the share of such words that are right: "
          f"{cell(ocr_reliability.error(bins))}")
    if "tesseract" in scored:
        worse = list(worse_pages(scored["Glossator"], scored["tesseract"], pages))
        print(f"\n{len(worse)} pages of more than {ENOUGH_TEXT} characters worse than tesseract's "
              f"by {WORSE}" + "".join(f"\n  {line}" for line in worse))


def read_samples(profile):
    with tempfile.TemporaryDirectory() as work:
        for language, mark in (("eng", "-en."), ("deu", "-de.")):
            files = [f for f in sorted((ROOT / "samples" / "documents").iterdir()) if mark in f.name]
            subprocess.run([PROGRAM, "ocr", "--out", work, "--profile", profile, "--languages", language,
                            *files], env=one_thread(), check=True)
        subprocess.run([sys.executable, ROOT / "tools" / "score_samples.py", work], check=True)


def path_or_none(name):
    return pathlib.Path(os.environ[name]) if os.environ.get(name) else None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=pathlib.Path, default=path_or_none("GLOSSATOR_OCR_DATA"))
    parser.add_argument("--scorer", type=pathlib.Path, default=path_or_none("GLOSSATOR_OCR_SCORER"))
    parser.add_argument("--profile", choices=("accurate", "fast"), default="accurate")
    parser.add_argument("--only", choices=sorted(KINDS.values()))
    parser.add_argument("--peer", action="append", choices=[p.name for p in ocr_peers.ALL],
                        help="these only; without: all")
    parser.add_argument("--quick", action="store_true", help="one page of each kind")
    parser.add_argument("--fresh", action="store_true", help="let the peers read anew")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--plot", type=pathlib.Path, metavar="FILE")
    parser.add_argument("--ablation", action="store_true", help="leave out each step in turn")
    arguments = parser.parse_args()
    report = Report("ocr")
    if arguments.data and arguments.scorer:
        compare(arguments, report)
    else:
        progress("no pages and scorer given (--data, --scorer): reading the project's own samples")
        read_samples(arguments.profile)
    print(f"\n{len(report.skipped)} skipped" + "".join(f"\n  {line}" for line in report.skipped),
          file=sys.stderr)


if __name__ == "__main__":
    main()
