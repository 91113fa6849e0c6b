#!/usr/bin/env python3
"""What surrounds a release: locks, queries, what its card says, differences, labels from elsewhere."""
import json
import os
import pathlib
import re
import struct
import subprocess
import tempfile
import time
import zlib

import harness
from harness import git, sample, span, tiny_png


def reencoded(png):
    """The same pixels in other bytes: a comment before the end."""
    end = png.rindex(b"IEND") - 4
    body = b"tEXtComment\0another scan"
    return (png[:end] + struct.pack(">I", len(body) - 4) + body +
            struct.pack(">I", zlib.crc32(body)) + png[end:])


class Datasets(harness.Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.small = [cls.admin.ready(f"page {n}.png", tiny_png(n), claim=f"C-{n % 3}")["id"]
                     for n in range(1, 7)]
        cls.letter = cls.admin.ready("estimate.png", sample("glazing-estimate-en.png"),
                                     claim="C-9")["id"]
        cls.words = cls.project.words(cls.letter)

    def release(self, **request):
        made = self.project.client.post(f"{self.project.api}/releases", request)
        self.assertEqual(made.status, 201, made)
        return made.json

    def label(self, *numbers):
        etag = self.project.annotations(self.letter).headers["ETag"]
        here = self.project.annotations(self.letter).json["annotations"]
        added = [span("total", [self.words[n]["id"]], "x") for n in numbers]
        saved = self.project.save(self.letter, here + added, etag)
        self.assertEqual(saved.status, 200, saved)

    def test_1_a_locked_document_stays_until_it_is_unlocked(self):
        split = f"{self.project.api}/splits/s"
        rule = {"rule": {"group_by": ["claim"]}, "salt": "3", "seed": 1,
                "ratios": {"train": 50, "test": 50}, "locks": ["test"]}
        self.assertEqual(self.project.client.put(split, rule).status, 200)
        members = self.project.client.get(split).json["members"]
        test = next(i for i, m in members.items() if m["part"] == "test")
        self.assertEqual(self.project.client.post(f"{split}/lock").status, 200)
        moved = self.project.client.put(f"{split}/documents/{test}", {"part": "train"})
        self.assert_problem(moved, 409, "conflict")
        self.assertIn("locked in test", moved.json["detail"])

        unlock = {"documents": [test], "reason": "labelled twice"}
        self.assertEqual(self.project.client.post(f"{split}/unlock", unlock).status, 403)
        self.assert_problem(self.admin.client.post(f"{split}/unlock", {"documents": [test]}),
                            400, "invalid")
        unlocked = self.admin.client.post(f"{split}/unlock", unlock)
        self.assertEqual((unlocked.status, unlocked.json), (200, {"unlocked": 1}))
        self.assertEqual(self.project.client.get(split).json["members"][test],
                         {"part": "test", "locked": False})
        moved = self.project.client.put(f"{split}/documents/{test}", {"part": "train"})
        self.assertEqual(moved.status, 204, moved)
        self.assertEqual(self.project.client.get(split).json["members"][test]["part"], "train")

    def test_1b_a_split_is_looked_at_before_it_is_made(self):
        splits = f"{self.project.api}/splits"
        rule = {"rule": {"group_by": ["claim"]}, "salt": "7", "ratios": {"train": 50, "test": 50}}
        self.label(5)
        seen = self.project.client.post(f"{splits}/looked/preview", rule)
        self.assertEqual(seen.status, 200, seen)
        self.assertEqual(sum(seen.json["counts"].values()), 7)
        self.assertEqual(sum(seen.json["labels"]["total"].values()), 1)
        self.assert_problem(self.project.client.get(f"{splits}/looked"), 404, "not_found")
        self.assertEqual(self.project.client.put(f"{splits}/looked", rule).json["counts"], seen.json["counts"])
        listed = {item["name"]: item["rule"] for item in self.project.client.get(splits).json["items"]}
        self.assertEqual(listed["looked"]["ratios"], rule["ratios"])
        brief = self.project.client.get(f"{splits}/looked?members=no").json
        self.assertNotIn("members", brief)
        self.assertEqual(brief["labels"], seen.json["labels"])
        another = {**rule, "salt": "8"}
        self.assert_problem(self.project.client.post(f"{splits}/looked/preview", another), 409, "conflict")
        trainer = self.user("tess", "trainer")
        self.assertEqual(trainer.client.get(splits).status, 403)

    def test_1c_a_release_is_looked_at_before_it_is_made(self):
        preview = f"{self.project.api}/releases/preview"
        rule = {"rule": {}, "ratios": {"train": 1, "test": 1}, "salt": "p", "locks": ["test"]}
        self.assertEqual(self.project.client.put(f"{self.project.api}/splits/held", rule).status, 200)
        before = self.project.client.get(f"{self.project.api}/splits/held").json["members"]
        seen = self.project.client.post(preview, {"name": "looked", "split": "held"})
        self.assertEqual((seen.status, seen.json["version"], seen.json["totals"]["documents"]), (200, "1.0.0", 7), seen)
        self.assertNotIn("since", seen.json)
        self.assertEqual(sum(seen.json["totals"]["parts"].values()), 7)
        self.assertEqual(self.project.client.get(f"{self.project.api}/splits/held").json["members"], before, "it was locked")
        self.assertNotIn("looked", [r["name"] for r in self.project.client.get(f"{self.project.api}/releases").json["items"]])
        self.assertEqual(self.release(name="looked", split="held")["version"], "1.0.0")
        self.label(6)
        seen = self.project.client.post(preview, {"name": "looked", "split": "held"}).json
        self.assertEqual((seen["since"], seen["change"]["changed"], seen["change"]["labels"]), ("1.0.0", 1, {"total": 1}))
        self.assertIn("since 1.0.0", seen["changes"])
        made = self.release(name="looked", split="held")
        self.assertEqual(made["version"], seen["version"])
        shown = self.project.client.get(f"{self.project.api}/releases/looked/{made['version']}").json
        self.assertEqual((shown["totals"], shown["split"]), (seen["totals"], "held"))
        gone = self.project.client.request("DELETE", f"{self.project.api}/releases/looked/{made['version']}", {"reason": "a test"})
        self.assertEqual(gone.status, 204, gone)
        listed = {r["version"]: r for r in self.project.client.get(f"{self.project.api}/releases").json["items"] if r["name"] == "looked"}
        self.assertEqual(listed[made["version"]]["withdrawn"]["reason"], "a test")
        self.assertNotIn("withdrawn", listed["1.0.0"])
        self.assert_problem(self.project.client.post(preview, {"name": "looked", "labels": ["none"]}), 409, "conflict")
        self.assert_problem(self.project.client.post(preview, {"name": "looked", "expires_at": "2001-01-01T00:00:00Z"}),
                            400, "invalid")

    def test_2_a_query_chooses_documents(self):
        self.label(3)
        self.assertEqual(self.release(name="one", keys=["claim=C-1"])["documents"], 2)
        self.assertEqual(self.release(name="labelled", labels=["total"])["documents"], 1)
        early = self.release(name="early", received_from="2020-01-01T00:00:00Z")
        self.assertEqual(early["documents"], 7)
        for query in ({"received_before": "2020-01-01T00:00:00Z"}, {"keys": ["claim=none"]},
                      {"labels": ["date"]}, {"states": ["accepted"]}, {"min_agreement": 0}):
            reply = self.project.client.post(f"{self.project.api}/releases",
                                             {"name": "none", **query})
            self.assert_problem(reply, 409, "conflict")
        wrong = self.project.client.post(f"{self.project.api}/releases",
                                         {"name": "none", "commit": "0" * 40})
        self.assert_problem(wrong, 400, "invalid")

    def test_3_an_older_commit_can_be_released(self):
        before = self.release(name="now")["commit"]
        self.label(4)
        again = self.release(name="then", commit=before)
        self.assertEqual(again["commit"], before)
        self.assertNotEqual(self.release(name="now")["commit"], before)

    def test_4_the_card_tells_what_changed_and_draws_figures(self):
        self.release(name="card")
        self.label(5, 6)
        made = self.release(name="card")
        self.assertEqual(made["version"], "2.0.0")
        url = self.project.clone_url().removesuffix(".git") + ".data.git"
        with tempfile.TemporaryDirectory() as directory:
            git("clone", "-q", "-b", made["tag"], url, directory)
            root = pathlib.Path(directory)
            card = (root / "README.md").read_text()
            for line in ("since 1.0.0, major: documents added 0, removed 0, changed 1",
                         "labels: total +2",
                         "annotators: 1 in 1 commits, annotations added 2, changed 0, removed 0"):
                self.assertIn(line, card)
            figures = re.findall(r"!\[[^]]+\]\((figures/\w+\.svg)\)", card)
            self.assertEqual(figures, ["figures/labels.svg", "figures/pages.svg",
                                       "figures/confidence.svg"])
            for figure in figures:
                self.assertTrue((root / figure).read_text().startswith("<svg xmlns="))

    def test_5_a_difference_is_json_and_a_page(self):
        path = f"{self.project.api}/releases/card/2.0.0/diff?since=1.0.0"
        diff = self.project.client.get(path).json
        self.assertEqual([(d["document"], d["change"]) for d in diff["documents"]],
                         [(self.letter, "changed")])
        (work,) = diff["annotators"].values()
        self.assertEqual(work, {"commits": 1, "added": 2, "changed": 0, "removed": 0})
        page = self.project.client.get(f"{path}&as=html")
        self.assertEqual(page.headers["Content-Type"], "text/html; charset=utf-8")
        self.assertIn(f"/acme/claims/documents/{self.letter}".encode(), page.body)
        trainer = self.user("tim", "trainer")
        self.assertIsNone(trainer.client.get(path).json["annotators"])

    def test_6_words_of_another_reader_become_corrections(self):
        alto = self.project.client.get(
            f"{self.project.api}/documents/{self.letter}/text?format=alto").body.decode()
        word = self.words[0]
        line = re.search(rf'<String ID="word_{word["id"]}".*?/>', alto)[0]
        other = re.sub(r'CONTENT="[^"]*"', 'CONTENT="Otherwise"', line)
        where = f"{self.project.api}/imports/alto?document={self.letter}"
        same = self.project.client.post(where, alto.encode()).json
        self.assertEqual((same["pages"], same["added"], same["refused"]), (1, 0, {}))
        changed = alto.replace(line, other).encode()
        dry = self.project.client.post(f"{where}&dry_run", changed).json
        self.assertEqual((dry["added"], dry["dry_run"]), (1, True))
        self.assertEqual(self.project.client.post(where, changed).json["added"], 1)
        again = self.project.client.post(where, changed).json
        self.assertEqual((again["added"], again["unchanged"]), (0, 1))
        corrections = [a for a in self.project.annotations(self.letter).json["annotations"]
                       if a["type"] == "correction"]
        self.assertEqual([(c["words"], c["replacements"][0]["text"]) for c in corrections],
                         [([word["id"]], "Otherwise")])

    def test_7_pages_are_known_by_the_names_of_uploads(self):
        name = "estimate.png"
        coco = {"images": [{"id": 1, "file_name": f"scans/{name}", "width": 1000, "height": 1000}],
                "categories": [{"id": 1, "name": "stamp"}],
                "annotations": [{"id": 1, "image_id": 1, "category_id": 1,
                                 "bbox": [10, 10, 50, 50]}]}
        outcome = self.project.client.post(f"{self.project.api}/imports/coco?dry_run", coco).json
        self.assertEqual((outcome["pages"], outcome["unknown_pages"]), (1, 0), outcome)

    def test_8_predictions_become_proposals_that_people_decide(self):
        word = [w["id"] for w in self.words]
        predictor = self.user("pia", "predictor")
        lines = "".join(json.dumps(
            {"document": self.letter, "page": 1, "annotations": [
                {"type": "span", "label": "total", "words": [word[n]], "confidence": 100 * n}]})
            + "\n" for n in (7, 8, 9))
        where = f"{self.project.api}/predictions/jsonl"
        self.assert_problem(predictor.client.post(where, lines.encode()), 400,
                            "invalid_parameter")
        where += "?model=reader&version=2"
        self.assertEqual(self.user("trina", "trainer").client.post(where, b"").status, 403)
        sent = predictor.client.post(where, lines.encode())
        self.assertEqual((sent.status, sent.json["pages"], sent.json["added"], sent.json["problems"]),
                         (200, 1, 3, []))
        again = predictor.client.post(where, lines.encode()).json
        self.assertEqual((again["added"], again["unchanged"]), (0, 3))
        page = self.project.annotations(self.letter)
        here = page.json["annotations"]
        proposals = [a for a in here if a.get("state") == "proposed"]
        self.assertEqual([a["origin"] for a in proposals],
                         [{"model": "reader", "version": "2"}] * 3)
        self.assertEqual(sorted(a["confidence"] for a in proposals), [700, 800, 900])

        taken, changed, _ = proposals
        del taken["state"], changed["state"]
        changed["words"] = [word[10]]
        saved = self.project.save(self.letter, here, page.headers["ETag"])
        self.assertEqual(saved.status, 200, saved)
        agreement = self.project.client.get(f"{self.project.api}/predictions/agreement")
        self.assertEqual(agreement.json["items"], [
            {"model": "reader", "version": "2", "label": "total", "taken": 1, "changed": 1,
             "rejected": 0, "open": 1, "agreement": 500}])
        self.assertEqual(predictor.client.post(where, lines.encode()).json["decided"], 2)
        figure = self.project.client.get(f"{self.project.api}/predictions/agreement?as=svg")
        self.assertEqual(figure.headers["Content-Type"], "image/svg+xml")
        self.assertIn(b"reader 2: total", figure.body)

    def test_9_another_scan_is_known_again(self):
        """The same picture in other bytes."""
        again = self.admin.ready("again.png", reencoded(sample("glazing-estimate-en.png")))["id"]
        self.assertNotEqual(again, self.letter)
        for one, other in ((again, self.letter), (self.letter, again)):
            near = self.project.client.get(f"{self.project.api}/documents/{one}/near-duplicates")
            self.assertEqual([(n["page"], n["document"]) for n in near.json["items"]],
                             [(1, other)], near)
        self.assertEqual(self.project.client.get(
            f"{self.project.api}/documents/{self.small[0]}/near-duplicates").status, 200)
        self.assert_problem(self.project.client.get(
            f"{self.project.api}/documents/{'0' * 32}/near-duplicates"), 404, "not_found")

    def test_91_predictions_come_with_new_documents(self):
        predictor = self.user("per", "predictor")
        where = f"{self.project.api}/predictions/coco?model=finder&version=1"
        found = json.dumps({"images": [{"id": 1, "file_name": "new bill.png", "width": 800, "height": 800},
                                       {"id": 2, "file_name": "nowhere.png", "width": 9, "height": 9}],
                            "categories": [{"id": 1, "name": "stamp"}],
                            "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "score": 0.8,
                                             "bbox": [10, 10, 50, 50]}]}).encode()
        bill = sample("zahnarzt-rechnung-de.png")

        def send(*files, to=where):
            kind, body = harness.multipart(files, [("metadata", json.dumps({"claim": "C-77"}))])
            return predictor.client.post(to, body, headers={"Content-Type": kind})

        sent = send(("predictions", "found.json", found), ("file", "new bill.png", bill))
        self.assertEqual(sent.status, 200, sent)
        document = sent.json["items"][0]["id"]
        self.assertEqual(sent.json["unknown_pages"], 1)
        self.assertEqual(sent.json["waiting"] + sent.json["added"], 1, sent)
        self.server.stop()  # what waits is durable
        self.restart()
        predictor.client.url = self.server.url
        self.admin.ready("new bill.png", bill)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            here = self.project.annotations(document).json["annotations"]
            if here:
                break
            time.sleep(0.1)
        self.assertEqual([(a["label"], a["state"], a["confidence"], a["origin"]) for a in here],
                         [("stamp", "proposed", 800, {"model": "finder", "version": "1"})])
        again = send(("predictions", "found.json", found), ("file", "new bill.png", bill)).json
        self.assertEqual((again["waiting"], again["added"], again["unchanged"]), (0, 0, 1), again)
        self.assert_problem(send(("file", "b.png", bill)), 400, "invalid")
        self.assert_problem(send(("predictions", "found.json", found)), 400, "invalid")
        documents = len(self.project.client.get(f"{self.project.api}/documents").json["items"])
        self.assert_problem(send(("file", "c.png", harness.tiny_png(91)), ("predictions", "f", b"{")), 400, "invalid")
        self.assertEqual(len(self.project.client.get(f"{self.project.api}/documents").json["items"]), documents)
        told = send(("predictions", "f", found), ("file", "new bill.png", bill), to=where + "&dry_run")
        self.assertEqual((told.json["coming_pages"], told.json["unknown_pages"]), (1, 1), told)
        page = send(("predictions", "found.json", found), ("file", "page.html", b"<html><p>no</p></html>"))
        self.assertEqual(page.status, 422, page)
        self.assertEqual(self.user("una", "uploader").client.post(where, found).status, 403)

    def test_92_labels_come_with_new_documents(self):
        where = f"{self.project.api}/imports"
        image = harness.tiny_png(92)
        labels = json.dumps({"images": [{"id": 1, "file_name": "set/one.png", "width": 80, "height": 80},
                                        {"id": 2, "file_name": "missing.png", "width": 80, "height": 80}],
                             "categories": [{"id": 1, "name": "stamp"}, {"id": 2, "name": "unheard-of"}],
                             "annotations": [{"id": n, "image_id": 1, "category_id": n, "bbox": [8, 8, 40, 40]}
                                             for n in (1, 2)]}).encode()

        def send(to, *files, client=self.admin.client):
            kind, body = harness.multipart(files, [("metadata", json.dumps({"claim": "C-92"}))])
            return client.post(f"{where}/{to}", body, headers={"Content-Type": kind})

        def labels_of(document):
            reply = self.project.annotations(document)
            return [a["label"] for a in reply.json["annotations"]] if reply.status == 200 else []

        def wait_for_labels(document):
            deadline = time.monotonic() + 120
            while time.monotonic() < deadline and not labels_of(document):
                time.sleep(0.1)
            return labels_of(document)

        before = self.project.client.get(f"{self.project.api}/documents").json["items"]
        told = send("coco?dry_run", ("labels", "set.json", labels), ("file", "one.png", image)).json
        self.assertEqual((told["coming_pages"], told["unknown_pages"], told["added"], told["refused"]),
                         (1, 1, 1, {"label that is not in schema.json": 1}), told)
        self.assertEqual(self.project.client.get(f"{self.project.api}/documents").json["items"], before)

        done = send("coco", ("labels", "set.json", labels), ("file", "one.png", image))
        self.assertEqual(done.status, 200, done)
        document = done.json["items"][0]["id"]
        self.assertEqual(wait_for_labels(document), ["stamp"])
        again = send("coco", ("labels", "set.json", labels), ("file", "one.png", image)).json
        self.assertEqual((again["pages"], again["added"], again["unchanged"]), (1, 0, 1), again)

        form = json.dumps({"form": [{"id": 0, "label": "stamp", "box": [4, 4, 30, 30], "words": [],
                                     "linking": []}]}).encode()
        other = send("funsd", ("labels", "form.json", form), ("file", "two.png", harness.tiny_png(93))).json
        self.assertEqual(wait_for_labels(other["items"][0]["id"]), ["stamp"])

        self.assert_problem(send("coco", ("file", "one.png", image)), 400, "invalid")
        self.assert_problem(send("coco", ("labels", "set.json", b"{"), ("file", "x.png", harness.tiny_png(94))),
                            400, "invalid")
        annotator = self.user("ann", "annotator").client
        refused = send("coco", ("labels", "set.json", labels), ("file", "one.png", image), client=annotator)
        self.assertEqual(refused.status, 403, refused)

    def test_a_folds_are_held_out_in_turn(self):
        rule = {"rule": {"group_by": ["claim"], "exact": True}, "salt": "f", "seed": 1, "folds": 3}
        split = f"{self.project.api}/splits/folds"
        made = self.project.client.put(split, rule)
        self.assertEqual(made.status, 200, made)
        self.assertEqual(set(made.json["counts"]), {"fold-1", "fold-2", "fold-3"})
        self.assertEqual(made.json["leakage"]["by_group"], 0)
        shown = self.project.client.get(split).json["rule"]
        self.assertEqual((shown["folds"], shown["ratios"]), (3, {"fold-1": 1, "fold-2": 1, "fold-3": 1}))
        for wrong in ({**rule, "ratios": {"train": 1}}, {**rule, "folds": 1}):
            self.assert_problem(self.project.client.put(f"{self.project.api}/splits/wrong", wrong),
                                400, "invalid")
        version = self.release(name="folded", split="folds")["version"]
        export = f"{self.project.api}/releases/folded/{version}/exports/jsonl"
        seen = set()
        for fold in ("fold-1", "fold-2", "fold-3"):
            alone = self.project.client.get(f"{export}?part={fold}").body.splitlines()
            lines = [json.loads(line) for line in
                     self.project.client.get(f"{export}?hold_out={fold}").body.splitlines()]
            self.assertEqual({line["split"] for line in lines}, {"train", "validation"})
            held_out = {line["document"] for line in lines if line["split"] == "validation"}
            self.assertEqual(held_out, {json.loads(line)["document"] for line in alone})
            self.assertFalse(seen & held_out)
            seen |= held_out
        self.assertEqual(len(seen), made.json["leakage"]["documents"])
        self.assert_problem(self.project.client.get(f"{export}?hold_out=fold-4"), 400, "invalid")
        self.assert_problem(self.project.client.get(f"{export}?hold_out=fold-1&part=fold-2"), 400,
                            "invalid")

    def leakage(self, *arguments, code, token=None):
        environment = {**os.environ, "GLOSSATOR_TOKEN": token or self.project.token}
        done = subprocess.run([harness.CLIENT, "leakage", *arguments], capture_output=True, text=True,
                              env=environment, timeout=120)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def test_b_a_leak_is_an_exit_status(self):
        """The letter and its other scan, of two claims, in two parts: once each way to look."""
        split = f"{self.project.api}/splits/leaky"
        rule = {"rule": {"group_by": ["claim"]}, "salt": "7", "seed": 1, "ratios": {"train": 1, "test": 1}}
        self.assertEqual(self.project.client.put(split, rule).status, 200)
        members = self.project.client.get(split).json["members"]
        other = "test" if members[self.letter]["part"] == "train" else "train"
        again = next(n["document"] for n in self.project.client.get(
            f"{self.project.api}/documents/{self.letter}/near-duplicates").json["items"])
        self.assertEqual(self.project.client.put(f"{split}/documents/{again}", {"part": other}).status, 204)
        self.release(name="leaky", split="leaky")
        trainer = self.user("tess", "trainer").token
        url = ("--url", self.server.url)
        report = json.loads(self.leakage("acme/claims", "--split", "leaky", "--json", *url, code=1).stdout)
        self.assertIn({self.letter, again}, [{pair["a"], pair["b"]} for pair in report["pairs"]])
        told = self.leakage("acme/claims", "leaky", *url, code=1, token=trainer).stdout
        self.assertIn(f"leaky 1.0.0: {report['leaking']} of {len(members)} documents leak", told)
        self.assertRegex(told, rf"(?m)^  near_\w+ \d+ %: .*{self.letter} page 1")
        for most, code in ((report["leaking"], 0), (report["leaking"] - 1, 1)):
            self.leakage("acme/claims", "leaky@1.0.0", "--at-most", str(most), *url, code=code, token=trainer)
        here = pathlib.Path(tempfile.mkdtemp(dir=self.directory))
        pulled = subprocess.run([harness.BINARY, "pull", "acme/claims", "leaky", "--out", here, *url,
                                 "--only", "words"], capture_output=True,
                                env={**os.environ, "GLOSSATOR_TOKEN": trainer})
        self.assertEqual(pulled.returncode, 0, pulled.stderr)
        self.assertIn("2 of", self.leakage("--pulled", str(here), code=1).stdout)
        for wrong in (("acme/claims", "nothing", *url), ("acme/claims", *url), ("acme/none", "leaky", *url),
                      ("acme/claims", "leaky"), ("acme/claims", "leaky", "--url", "http://127.0.0.1:1"),
                      ("acme/claims", "--split", "no/such", *url), ("--pulled", str(here / "no")),
                      ("--pulled", str(here), "--split", "leaky")):
            self.leakage(*wrong, code=2)
        self.leakage("acme/claims", "--split", "leaky", *url, code=2, token=trainer)  # not theirs to see

    def test_c_a_release_expires_and_says_so(self):
        releases = f"{self.project.api}/releases"
        past = {"name": "brief", "expires_at": "2020-01-01T00:00:00Z"}
        self.assert_problem(self.project.client.post(releases, past), 400, "invalid")
        lasting = self.release(name="brief")
        tomorrow = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))
        self.label(11)
        brief = self.release(name="brief", expires_at=tomorrow)
        self.assertEqual(brief["expires_at"], tomorrow)
        one, other = (f"{releases}/brief/{r['version']}" for r in (lasting, brief))
        self.assertEqual(self.project.client.get(f"{other}/exports/jsonl").status, 200)
        self.server.stop()
        self.server.command("rebuild")  # the tag says when, too
        self.server.environment = harness.at_another_time("+2d")
        self.addCleanup(self.restart)
        self.restart()
        for path in ("", "/manifest", "/exports/jsonl", "/diff?since=" + lasting["version"]):
            gone = self.project.client.get(other + path)
            self.assert_problem(gone, 410, "expired")
            self.assertEqual((gone.json["expired_at"], gone.json["reason"]),
                             (tomorrow, f"it expired on {tomorrow}"))
        self.assert_problem(self.project.client.get(f"{one}/diff?since={brief['version']}"), 410, "expired")
        self.assertEqual(self.project.client.get(f"{one}/exports/jsonl").status, 200)
        listed = next(r for r in self.project.client.get(releases).json["items"]
                      if r["tag"] == brief["tag"])
        self.assertTrue(listed["withdrawn"]["expired"])
        url = self.project.clone_url()
        for shown in (url, url.removesuffix(".git") + ".data.git"):
            tags = git("ls-remote", "--tags", shown).stdout
            self.assertIn(lasting["tag"], tags)
            self.assertNotIn(brief["tag"], tags)
        self.server.stop()
        self.assertEqual(self.server.command("verify").returncode, 0)

    def restart(self):
        self.server.stop()
        self.server.start()
        self.server.environment = {}
        for project in (self.project, self.admin):
            project.client.url = self.server.url


if __name__ == "__main__":
    harness.main()
