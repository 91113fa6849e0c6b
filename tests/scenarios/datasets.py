#!/usr/bin/env python3
"""What surrounds a release: locks, queries, what its card says, differences, labels from elsewhere."""
import json
import pathlib
import re
import struct
import tempfile
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

    def test_2_a_query_chooses_documents(self):
        self.label(3)
        self.assertEqual(self.release(name="one", keys=["claim=C-1"])["documents"], 2)
        self.assertEqual(self.release(name="labelled", labels=["total"])["documents"], 1)
        early = self.release(name="early", received_from="2020-01-01T00:00:00Z")
        self.assertEqual(early["documents"], 7)
        for query in ({"received_before": "2020-01-01T00:00:00Z"}, {"keys": ["claim=none"]},
                      {"labels": ["date"]}):
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
        self.assertEqual((sent.status, sent.json["added"], sent.json["problems"]), (200, 3, []))
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


if __name__ == "__main__":
    harness.main()
