#!/usr/bin/env python3
"""The main job, shown on the sample documents with stock git, dvc and plain HTTP.

  tools/demo.py [--once] [--directory build/demo]

Starts the built program on a free loopback port with an empty data directory, then: schema, upload,
OCR accuracy, clone, labels, a refused push, three hands on one page, review, split, release, dvc,
COCO, verify. Every step checks what it shows. Stays up until Ctrl-C; --once stops at the end and
exits 0 only if all was as expected. `./dev demo` builds first and brings the dvc client
(GLOSSATOR_VENV_DVC, its environment's directory). Python's standard library only.
"""
import argparse
import collections
import contextlib
import fcntl
import hashlib
import json
import os
import pathlib
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.error

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path += [str(ROOT / "tools"), str(ROOT / "tests/scenarios")]

import harness  # noqa: E402  (starts the server, speaks HTTP and git)
import label_samples  # noqa: E402
import score_samples  # noqa: E402
from demo_screen import Screen  # noqa: E402

PROJECT = "acme/claims"
PAGE_OF_ALL = "garage-invoice-en.pdf"  # the document whose first page three people label at once
PATIENCE_SECONDS = 600  # without one more page read
WORST_CER = 0.1  # of all samples together; photographs and bad scans are among them
# Who shows what. The roles left out, predictor and model-operator, are for programs.
PEOPLE = {"olga": "owner", "ada": "admin", "mona": "manager", "sam": "scientist",
          "anna": "annotator", "rosa": "reviewer", "scan": "uploader", "theo": "trainer",
          "otto": "auditor"}


class Unexpected(Exception):
    """A step did not end as it should; the message says what came instead."""


def expect(condition, message):
    if not condition:
        raise Unexpected(message)


def answer(reply, *statuses):
    expect(reply.status in statuses, f"the server answered {reply}")
    return reply.json


def count(number, noun):
    return f"{number} {noun}{'' if number == 1 else 's'}"


class Demo:
    """The server, the people and what the steps hand to each other."""

    def __init__(self, screen, directory):
        self.screen, self.directory = screen, directory
        self.server = harness.Server(directory=directory)
        self.passwords, self.projects, self.clones = {}, {}, {}
        self.documents = {}  # file name -> document
        self.story = []      # sentences for the end

    def run(self, *arguments, **kwargs):
        """Runs a program; returns its output."""
        done = subprocess.run([str(a) for a in arguments], capture_output=True, text=True,
                              timeout=300, **kwargs)
        expect(done.returncode == 0, f"{pathlib.Path(arguments[0]).name} ended with "
               f"{done.returncode}:\n{(done.stderr or done.stdout)[-3000:]}")
        return done.stdout

    def clone(self, name):
        clone = harness.Clone(self.projects[name], self.directory / "clones", name)
        self.clones[name] = clone
        return clone

    # ---- steps

    def start(self):
        """Start the server on an empty directory"""
        self.server.start()
        self.screen.result(f"{self.server.url}, embedded database, data in "
                           f"{shown(self.server.data)}")

    def people(self):
        """Make a project and a user for each kind of role"""
        self.server.command("project", "create", PROJECT, "--name", "Claims")
        for name, role in PEOPLE.items():
            self.passwords[name] = secrets.token_urlsafe(9)
            of = (["--organisation", PROJECT.split("/")[0]]
                  if role in ("owner", "admin", "auditor") else ["--project", PROJECT])
            self.server.command("user", "add", "--name", name.capitalize(),
                                "--address", address(name), "--role", role, *of,
                                "--password-stdin", stdin=self.passwords[name] + "\n")
            token = self.server.command("token", "create", "--user", address(name),
                                        "--name", "demo").stdout.strip()
            self.projects[name] = harness.Project(self.server, token, PROJECT)
            signed_in = harness.Client(self.server.url).post(
                "/api/v1/session", {"name": address(name), "password": self.passwords[name]})
            answer(signed_in, 201)
        self.screen.result(f"project {PROJECT}; {len(PEOPLE)} people, each "
                           "with a password that works and a token")

    def schema(self):
        """Push the schema with git, as a manager"""
        clone = self.clone("mona")
        shutil.copy(ROOT / "samples/schema.json", clone.path / "schema.json")
        clone.commit("Label insurance documents")
        clone.push()
        schema = answer(self.projects["mona"].client.get(self.projects["mona"].api + "/schema"), 200)
        wanted = json.loads((ROOT / "samples/schema.json").read_text())
        expect([l["name"] for l in schema["labels"]] == [l["name"] for l in wanted["labels"]],
               "the schema is not the one that was pushed")
        self.screen.result(f"{count(len(schema['labels']), 'label')} and their attributes, "
                           "checked and in force")

    def upload(self):
        """Upload the sample documents and have them read in the sandbox"""
        uploads = json.loads((ROOT / "samples/metadata.json").read_text())["uploads"]
        uploader, start, size, repeated = self.projects["scan"], time.monotonic(), 0, 0
        for number, details in enumerate(uploads):
            path = ROOT / "samples" / details.pop("file")
            self.screen.bar(number, len(uploads), f"sending {path.name}")
            data = path.read_bytes()
            item = answer(uploader.upload(path.name, data, wait=0, **details), 200, 201)["items"][0]
            size, repeated = size + len(data), repeated + (not item["is_new"])
        sent = time.monotonic() - start
        self.screen.result(f"{len(uploads)} uploads, {size / 1e6:.1f} MB with their metadata, stored"
                           f" in {sent:.1f} s ({repeated} the same file for a second claim)")
        documents = self.wait_until_read()
        bad = [f"{d['file_name']}: {d['state']} {d.get('failure', '')}" for d in documents
               if d["state"] != "ready"]
        expect(not bad, "not read: " + "; ".join(bad))
        self.documents = {d["file_name"]: d for d in documents}
        seconds, pages = time.monotonic() - start, sum(d["pages"] for d in documents)
        expect(len(documents) == len(uploads) - repeated == len(self.documents), "documents missing")
        self.screen.result(f"{len(documents)} documents, {pages} pages read and committed to git, "
                           f"{pages / seconds:.1f} pages/s")
        self.story.append(f"{len(documents)} documents ({pages} pages) came in over HTTP and were "
                          f"read in {seconds:.0f} s.")

    def wait_until_read(self):
        project, start = self.projects["sam"], time.monotonic()
        total = sum(len(truth["pages"]) for truth in label_samples.truths().values())
        done, last = 0, start
        while time.monotonic() - last < PATIENCE_SECONDS:
            items = answer(project.client.get(f"{project.api}/documents?limit=200"), 200)["items"]
            waiting = [d for d in items if d["state"] in ("uploaded", "queued", "processing")]
            if not waiting:
                return items
            before, done = done, sum(d["pages_done"] if d in waiting else d["pages"] for d in items)
            last = time.monotonic() if done != before else last
            self.screen.bar(done, total, f"{done} of {total} pages read, "
                            f"{time.monotonic() - start:.0f} s")
            time.sleep(0.25)
        raise Unexpected(f"no page was read for {PATIENCE_SECONDS} s, "
                         f"{count(len(waiting), 'document')} not finished")

    def accuracy(self):
        """Compare what was read with the ground truth"""
        predictions, rows = self.directory / "words", []
        predictions.mkdir()
        for name, truth in sorted(label_samples.truths().items()):
            rows.append(score_samples.finish(score_samples.score(
                self.read_words(name, truth, predictions), predictions)))
        sums = {k: sum(r[k] for r in rows) for k in rows[0] if isinstance(rows[0][k], int)}
        rows.append(score_samples.finish({"file": "all", "kind": "", **sums}))
        self.screen.quote(score_samples.table(rows))
        total = rows[-1]
        expect(total["missing"] == 0, f"{count(total['missing'], 'page')} without words")
        expect(total["cer"] < WORST_CER, f"of all characters {total['cer']:.1%} are wrong")
        self.story.append(f"Of {total['characters']} characters {total['cer']:.2%} were misread; "
                          f"words found exactly: F1 {total['f1']:.1%}.")

    def read_words(self, name, truth, predictions):
        """Writes the words of each page as the scorer wants them; returns the truth, turned as the
        server turned the page."""
        project, document = self.projects["sam"], self.documents[name]["id"]
        pages = answer(project.client.get(f"{project.api}/documents/{document}"), 200)["page_list"]
        turned = []
        for number, (page, true_page) in enumerate(zip(pages, truth["pages"]), 1):
            words = [{"id": w["id"], "text": w["text"], "bbox": w["box"]}
                     for w in project.words(document, number)]
            found = {"page": number, "width": page["width"], "height": page["height"], "words": words}
            stem = pathlib.PurePath(name).stem
            (predictions / f"{stem}-p{number:04}.json").write_text(json.dumps(found))
            move = label_samples.best_move(true_page, page, words)
            turned.append({"width": page["width"], "height": page["height"],
                           "words": [{**w, "bbox": move(w["bbox"])} for w in true_page["words"]]})
        return {**truth, "pages": turned}

    def label(self):
        """Clone with git, label by a script, push"""
        clone = self.clone("sam")
        printed = self.run(sys.executable, ROOT / "tools/label_samples.py", clone.path,
                           "--author", "sam").splitlines()
        labels = sum(int(line.split(": ")[1].split()[0]) for line in printed)
        expect(len(printed) == len(self.documents), f"only {len(printed)} documents were labelled")
        clone.commit("Label the samples")
        start = time.monotonic()
        clone.push()
        self.screen.result(f"{count(labels, 'annotation')} on {len(printed)} documents; the push was "
                           f"checked line by line and accepted in {time.monotonic() - start:.1f} s")
        self.story.append(f"A script labelled them in a git clone: {labels} annotations in one push.")

    def refused(self):
        """Push a label that the schema does not know"""
        clone, document = self.clones["sam"], self.documents[PAGE_OF_ALL]["id"]
        clone.annotate(document, harness.span("totl", [self.words_of_page()[0]], "?"))
        clone.commit("Add the total")
        pushed = clone.push(check=False)
        expect(pushed.returncode != 0, "the push was accepted")
        message = [l.removeprefix("remote: ").rstrip() for l in pushed.stderr.splitlines()
                   if "totl" in l]
        expect(message and 'did you mean "total"?' in message[0], pushed.stderr)
        self.screen.result("refused, and nothing of it is stored. git says:")
        self.screen.quote(message)
        clone.git("reset", "-q", "--hard", "HEAD~1")
        self.story.append("A push with a wrong label was refused with file, line, column and a "
                          "suggestion.")

    def words_of_page(self):
        return [w["id"] for w in self.projects["sam"].words(self.documents[PAGE_OF_ALL]["id"])]

    def three_hands(self):
        """Two clones and the HTTP API label the same page at the same time"""
        document, words = self.documents[PAGE_OF_ALL]["id"], self.words_of_page()
        sam, rosa, anna = self.clones["sam"], self.clone("rosa"), self.projects["anna"]
        before = anna.annotations(document)
        old = answer(before, 200)["annotations"]
        for clone, label, word in ((sam, "reference", words[1]), (rosa, "date", words[2])):
            clone.annotate(document, harness.span(label, [word], label))
            clone.commit(f"Add a {label}")
        rosa.push()
        saved = anna.save(document, [*old, harness.span("name", [words[3]], "name")],
                          before.headers["ETag"])
        expect(answer(saved, 200)["merged"], "Anna's save did not meet Rosa's push")
        pushed = sam.push().stderr
        expect("remote: merged with " in pushed, pushed)
        sam.git("pull", "-q", "--ff-only")
        now = answer(anna.annotations(document), 200)["annotations"]
        ids = {a["id"] for a in old}
        new = collections.Counter(a["label"] for a in now if a["id"] not in ids)
        expect(new == {"reference": 1, "date": 1, "name": 1} and ids <= {a["id"] for a in now},
               f"the page has {dict(new)} besides the {len(old)} of before")
        authors = {l[7:] for l in sam.git(
            "blame", "--line-porcelain", sam.page_file(document)).stdout.splitlines()
            if l.startswith("author ")}
        expect(authors == {"Sam", "Rosa", "Anna"}, f"git blame names {sorted(authors)}")
        self.screen.result("Rosa pushed; Anna, who had opened the page before, saved and was merged; "
                           "Sam's push was behind, and merged by annotation, too")
        self.screen.result(f"all three survive beside the {len(old)} of before; `git blame` names "
                           "Anna, Rosa and Sam")
        self.story.append("Two clones and the HTTP API edited one page at once: nothing was lost, "
                          "and `git blame` names each hand.")

    def review(self):
        """Submit, accept, reject"""
        sam, rosa = self.projects["sam"], self.projects["rosa"]
        rejected = self.documents["kassenbon-de.jpg"]["id"]
        for document in (d["id"] for d in self.documents.values()):
            path = f"{sam.api}/documents/{document}/review"
            answer(sam.client.put(path, {"state": "submitted"}), 200)
            verdict = ({"state": "rejected", "reason": "the sum is not labelled"}
                       if document == rejected else {"state": "accepted"})
            own = sam.client.put(path, verdict)
            expect(own.status == 403, f"Sam judged his own work: {own}")
            answer(rosa.client.put(path, verdict), 200)
        accepted = answer(sam.client.get(f"{sam.api}/documents?review=accepted&limit=200"), 200)
        self.accepted = {d["id"] for d in accepted["items"]}
        expect(self.accepted == {d["id"] for d in self.documents.values()} - {rejected},
               f"{len(self.accepted)} accepted")
        self.screen.result(f"Sam submitted {len(self.documents)}, Rosa accepted "
                           f"{len(self.accepted)} and rejected 1; Sam may not judge his own")

    def split(self):
        """Split by claim"""
        sam = self.projects["sam"]
        rule = {"rule": {"group_by": ["claim", "customer"]}, "salt": "2026", "seed": 1,
                "ratios": {"train": 60, "validation": 20, "test": 20}, "locks": ["test"]}
        made = answer(sam.client.put(f"{sam.api}/splits/default", rule), 200)
        expect(sum(made["counts"].values()) == len(self.documents), f"{made['counts']}")
        expect(made["leakage"]["leaking"] == 0 and made["torn"] == 0, f"it leaks: {made}")
        parts = ", ".join(f"{part} {made['counts'].get(part, 0)}" for part in rule["ratios"])
        self.screen.result(f"{parts}; no claim and no customer in two parts, "
                           "nothing leaks; test is locked")

    def release(self):
        """Release what was accepted"""
        sam = self.projects["sam"]
        made = answer(sam.client.post(f"{sam.api}/releases", {
            "name": "claims", "split": "default", "states": ["accepted"],
            "licence": "CC0-1.0", "description": "The sample documents"}), 201)
        expect(made["documents"] == len(self.accepted), f"{made['documents']} documents released")
        self.made = made
        self.screen.result(f"{made['tag']}: {made['documents']} documents")
        self.screen.result(f"digest {made['manifest_sha256']}")
        self.story.append(f"{made['documents']} accepted documents became the release {made['tag']}, "
                          f"pinned by sha256 {made['manifest_sha256'][:12]}...")

    def dvc(self):
        """Pull the release with the stock dvc client"""
        environment = os.environ.get("GLOSSATOR_VENV_DVC", "")
        dvc = pathlib.Path(environment) / "bin/dvc"
        if not environment or not dvc.exists():
            self.screen.warning("SKIPPED: there is no dvc client (GLOSSATOR_VENV_DVC is not set); "
                                "`./dev demo` installs it")
            self.story.append("NOT SHOWN: the pull with dvc, for there is no dvc client.")
            return
        theo, start = self.projects["theo"], time.monotonic()
        url = theo.clone_url().replace(".git", ".data.git")
        copy = self.directory / "release"
        harness.git("clone", "-q", "--depth", "1", "--branch", self.made["tag"], url, copy,
                    configuration=("advice.detachedHead=false",))
        clean = {**os.environ, "DVC_NO_ANALYTICS": "1", "DVC_SITE_CACHE_DIR": self.directory / "dvc",
                 "DVC_GLOBAL_CONFIG_DIR": self.directory / "dvc", "GIT_CONFIG_GLOBAL": "/dev/null",
                 "DVC_SYSTEM_CONFIG_DIR": self.directory / "dvc", "GIT_CONFIG_NOSYSTEM": "1"}
        self.run(dvc, "remote", "modify", "--local", "glossator", "password",
                 f"Bearer {theo.token}", cwd=copy, env=clean)
        self.run(dvc, "pull", "-q", cwd=copy, env=clean)
        sources = {hashlib.sha256(p.read_bytes()).hexdigest()
                   for p in copy.glob("documents/?/*/source.*")}
        sent = {hashlib.sha256(p.read_bytes()).hexdigest(): p
                for p in (ROOT / "samples/documents").iterdir()}
        expect(len(sources) == len(self.accepted) and sources <= sent.keys(),
               f"{len(sources & sent.keys())} of {len(self.accepted)} documents came back as sent")
        digest = hashlib.sha256((copy / "manifest.jsonl").read_bytes()).hexdigest()
        expect(digest == self.made["manifest_sha256"], f"the manifest's digest is {digest}")
        files = sum(p.is_file() for name in ("documents", "labels") for p in (copy / name).rglob("*"))
        self.screen.result(f"{files} files; {len(sources)} documents byte for byte as uploaded, the "
                           "manifest has the release's digest")
        self.story.append(f"The stock dvc client pulled it in {time.monotonic() - start:.1f} s.")

    def coco(self):
        """Export COCO"""
        theo, sam = self.projects["theo"], self.projects["sam"]
        path = f"{theo.api}/releases/{self.made['name']}/{self.made['version']}/exports/coco"
        export = theo.client.get(path)
        coco, loss = answer(export, 200), answer(theo.client.get(path + "/loss"), 200)
        (self.directory / "claims.coco.json").write_bytes(export.body)
        expect(theo.client.get(path).body == export.body, "a second export has other bytes")
        pages = [(d["id"], page) for d in self.documents.values() if d["id"] in self.accepted
                 for page in range(1, d["pages"] + 1)]
        drawn = sum(len(sam.annotations(d, page).json["annotations"]) for d, page in pages)
        expect((len(coco["images"]), len(coco["annotations"])) == (len(pages), drawn),
               f"{len(coco['images'])} of {len(pages)} pages, "
               f"{len(coco['annotations'])} of {drawn} annotations")
        lost = ", ".join(f"{number} x {what}" for what, number in loss["lost"].items()) or "nothing"
        self.screen.result(f"{len(pages)} images, {drawn} annotations, {len(coco['categories'])} "
                           f"categories; exported twice: the same bytes")
        self.screen.result(f"what COCO cannot hold is listed: {lost}")
        self.story.append(f"COCO has {len(pages)} images and {drawn} annotations.")

    def verify(self):
        """Verify the release and the repositories"""
        theo = self.projects["theo"]
        found = answer(theo.client.get(f"{theo.api}/releases/{self.made['name']}/"
                                       f"{self.made['version']}/verify"), 200)
        expect(found["clean"] and not found["findings"], f"{found}")
        for repository in (self.server.repository(), self.server.repository(PROJECT + ".data")):
            harness.git("fsck", "--strict", "--full", cwd=repository)
        commits = harness.git("rev-list", "--count", "main", cwd=self.server.repository()).stdout
        self.screen.result(f"{found['documents']} documents, {found['objects']} objects, "
                           f"{found['bytes'] / 1e6:.1f} MB recomputed: clean")
        self.screen.result(f"git fsck --strict: clean ({commits.strip()} commits)")

    STEPS = (start, people, schema, upload, accuracy, label, refused, three_hands, review, split,
             release, dvc, coco, verify)

    # ---- the end

    def tell(self, seconds):
        line, strong = self.screen.line, self.screen.strong
        line(f"\n{strong('What happened')} ({seconds:.0f} s)\n")
        for sentence in self.story:
            line(f"  - {sentence}")

    def invite(self):
        line, strong, url = self.screen.line, self.screen.strong, self.server.url
        line(f"\n{strong('Look at it')}\n\n  {strong(f'{url}/{PROJECT}')}\n")
        for name, role in PEOPLE.items():
            line(f"  {role:10} {address(name):20} {self.passwords[name]}")
        line(f"\n{strong('Clone it')} (as the scientist)\n\n  git clone "
             f"{self.projects['sam'].clone_url()}\n")
        line(f"{strong('Try a document of your own')}: drop it on the page as owner or admin, or\n")
        line(f"  curl -H 'Authorization: Bearer {self.projects['scan'].token}' -F file=@YOUR.pdf \\\n"
             f"    '{url}{self.projects['scan'].api}/documents?wait=60'\n")


def address(name):
    return f"{name}@acme.example"


def shown(path):
    with contextlib.suppress(ValueError):
        return path.relative_to(pathlib.Path.cwd())
    return path


def fresh(directory):
    """Takes the directory for this demonstration, emptied; returns the lock that holds it."""
    directory.mkdir(parents=True, exist_ok=True)
    lock = open(directory / "lock", "w", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"demo: another demonstration is using {shown(directory)}; stop it, or take another "
                 "--directory")
    for name in ("data", "clones", "words", "release", "dvc"):
        shutil.rmtree(directory / name, ignore_errors=True)
    (directory / "server.log").unlink(missing_ok=True)
    (directory / "clones").mkdir()
    return lock


def show_log(screen, log, lines=15):
    if not log.exists():
        return
    screen.line(f"\nThe end of the server's log ({shown(log)}):")
    told = [line for line in log.read_text(errors="replace").splitlines() if not is_routine(line)]
    for line in told[-lines:]:
        screen.line("  " + line)


def is_routine(line):
    """Whether a line of the log says no more than that a request went well."""
    with contextlib.suppress(ValueError):
        entry = json.loads(line)
        return entry.get("message") == "request" and entry.get("status", 0) < 400
    return False


def show(demo, screen):
    """All steps; returns whether all went as expected."""
    start = time.monotonic()
    for step in Demo.STEPS:
        try:
            with screen.step(step.__doc__):
                step(demo)
        except (Unexpected, RuntimeError, AssertionError, OSError, ValueError, LookupError,
                subprocess.SubprocessError) as error:
            screen.line(f"\ndemo: {step.__doc__}: {error or type(error).__name__}")
            show_log(screen, demo.server.log)
            return False
    demo.tell(time.monotonic() - start)
    return True


def stay(demo, screen):
    """Until Ctrl-C; returns whether the server was still well."""
    demo.invite()
    screen.line("Ctrl-C stops the server.")
    code = demo.server.process.wait()
    screen.line(f"\ndemo: the server ended by itself with {code}")
    show_log(screen, demo.server.log)
    return False


def stop(demo, screen):
    """Returns whether the server stopped as it should."""
    if demo.server.process is None:
        return True
    screen.line("\nstopping the server")
    code = demo.server.stop()
    if code != 0:
        screen.line(f"demo: the server ended with {code}")
        show_log(screen, demo.server.log)
    return code == 0


def interrupt(*_):
    raise KeyboardInterrupt


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--once", action="store_true", help="stop the server at the end")
    parser.add_argument("--directory", type=pathlib.Path, default=ROOT / "build/demo",
                        help="for the data and the clones; emptied first")
    arguments = parser.parse_args()
    if not pathlib.Path(harness.BINARY).exists():
        parser.error(f"{harness.BINARY} is not built: ./dev build")
    sys.stdout.reconfigure(errors="replace")
    for ending in (signal.SIGINT, signal.SIGTERM):  # a shell in the background ignores the first
        signal.signal(ending, interrupt)
    directory = arguments.directory.resolve()
    with fresh(directory):
        screen = Screen(sys.stdout, steps=len(Demo.STEPS))
        demo, well = Demo(screen, directory), False
        try:
            well = show(demo, screen)
            if well and arguments.once:
                demo.invite()
            elif well:
                well = stay(demo, screen)
        except KeyboardInterrupt:
            well = well and not arguments.once
        finally:
            well = stop(demo, screen) and well
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
