#!/usr/bin/env python3
"""Two people label a document blind to each other, a third makes one of both: what each of them sees, what
stock git sees, and what is committed in the end."""
import concurrent.futures
import json
import subprocess

import harness
from harness import sample, span


class Readings(harness.Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann, cls.ben, cls.cat = (cls.user(name, "annotator") for name in ("ann", "ben", "cat"))
        cls.rea = cls.user("rea", "reviewer")
        cls.set_policy(readings=2)

    @classmethod
    def set_policy(cls, **policy):
        reply = cls.admin.client.request("PATCH", f"{cls.admin.api}/policy", policy)
        assert reply.status == 200, reply

    def setUp(self):
        self.document = self.admin.ready(f"{self.id()}.png", sample("glazing-estimate-en.png")
                                         + self.id().encode(), claim=self.id())["id"]
        self.words = self.admin.words(self.document)
        self.path = f"{self.admin.api}/documents/{self.document}"

    def tearDown(self):
        self.set_policy(readings=2)

    # -- what people do ------------------------------------------------------------------------

    def label(self, who, *annotations):
        reply = who.save(self.document, list(annotations), who.annotations(self.document).headers["ETag"])
        self.assertEqual(reply.status, 200, reply)

    def seen_by(self, who):
        return [a["label"] for a in who.annotations(self.document).json["annotations"]]

    def submit(self, who):
        reply = who.client.put(f"{self.path}/review", {"state": "submitted"})
        self.assertEqual(reply.status, 200, reply)

    def span(self, n, label):
        return span(label, [self.words[n]["id"]], self.words[n]["text"])

    def read_by_both(self):
        self.label(self.ann, self.span(0, "total"), self.span(1, "date"))
        self.label(self.ben, self.span(0, "total"), self.span(1, "name"))
        for who in (self.ann, self.ben):
            self.submit(who)

    # -- tests ---------------------------------------------------------------------------------

    def test_nobody_sees_the_others_work(self):
        self.label(self.ann, self.span(0, "total"))
        self.assertEqual(self.seen_by(self.ben), [])
        self.label(self.ben, self.span(1, "date"))
        self.assertEqual(self.seen_by(self.ann), ["total"])
        self.assertEqual(self.seen_by(self.ben), ["date"])
        self.assertEqual(self.seen_by(self.admin), [])  # main has nothing yet
        self.submit(self.ann)
        state = {who: who.client.get(f"{self.path}/review").json["state"] for who in (self.ann, self.ben)}
        self.assertEqual(list(state.values()), ["submitted", "in_progress"])
        self.assertEqual(self.ben.client.get(self.path).json["review"], "in_progress")

        # Neither in history, comments and presence, nor by a commit that somebody may have heard of.
        spoken = self.ann.client.post(f"{self.path}/comments", {"text": "net or gross?"})
        self.assertEqual(spoken.status, 201, spoken)
        self.assertEqual(self.ben.client.get(f"{self.path}/comments").json["items"], [])
        [newest, *_] = self.ann.client.get(f"{self.path}/history").json["items"]
        self.assertNotIn(newest["commit"],
                         [r["commit"] for r in self.ben.client.get(f"{self.path}/history").json["items"]])
        looked = self.ben.client.get(f"{self.path}/pages/1/annotations?at={newest['commit']}")
        self.assert_problem(looked, 404, "not_found")
        for who in (self.ann, self.ben):
            present = who.client.request("PUT", f"{self.path}/presence?page=1")
            self.assertEqual(present.json["items"], [], present)

        # A third one is not needed.
        one_more = self.cat.save(self.document, [self.span(2, "date")],
                                 self.cat.annotations(self.document).headers["ETag"])
        self.assert_problem(one_more, 409, "conflict")

    def test_no_git_client_sees_a_reading(self):
        self.label(self.ann, self.span(0, "total"))
        shown = subprocess.run(["git", "ls-remote", self.admin.clone_url()], check=True,
                               capture_output=True, text=True).stdout
        self.assertNotIn("readings", shown)
        ref = f"refs/readings/{self.document}/1"
        wanted = subprocess.run(["git", "fetch", self.admin.clone_url(), ref], capture_output=True,
                                text=True, cwd=self.directory)
        self.assertNotEqual(wanted.returncode, 0)
        kept = subprocess.run(["git", "rev-parse", ref], cwd=self.server.repository(), capture_output=True)
        self.assertEqual(kept.returncode, 0)

    def test_an_annotator_does_not_push_past_it(self):
        self.set_policy(readings=2, annotators_may_clone=True)
        clone = harness.Clone(self.ann, self.directory, "ann")
        clone.annotate(self.document, self.span(0, "total"))
        clone.commit()
        refused = clone.push(check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("blind", refused.stderr)
        self.set_policy(annotators_may_clone=False)

    def test_a_third_person_makes_one_of_both(self):
        self.assert_problem(self.ann.client.get(f"{self.path}/readings"), 403, "denied")
        early = self.rea.client.get(f"{self.path}/readings").json
        self.assertEqual((early["items"], early["pairs"], early["agreement"]), ([], [], None))
        self.label(self.ann, self.span(0, "total"))
        self.submit(self.ann)
        waiting = self.rea.client.get(f"{self.path}/readings").json
        self.assertEqual(([r["state"] for r in waiting["items"]], waiting["pairs"]), (["submitted"], []))
        self.assert_problem(self.rea.client.post(f"{self.path}/adjudication"), 409, "conflict")

        self.read_by_both()
        view = self.rea.client.get(f"{self.path}/readings").json
        self.assertEqual([r["reader"] for r in view["items"]], ["Ann", "Ben"])
        self.assertEqual([pair["agreed"] for pair in view["pairs"]], [True, False])
        self.assertEqual(view["agreement"]["f1"], 500)

        self.label(self.rea, view["pairs"][0]["first"], view["pairs"][1]["second"])
        done = self.rea.client.post(f"{self.path}/adjudication")
        self.assertEqual(done.status, 201, done)
        review = self.rea.client.get(f"{self.path}/review").json
        self.assertEqual((review["state"], review["reviewer"]), ("accepted", "rea@acme.example"))
        for who in (self.ann, self.ben, self.cat, self.admin):
            self.assertEqual(sorted(self.seen_by(who)), ["name", "total"])
        self.assert_problem(self.rea.client.post(f"{self.path}/adjudication"), 409, "conflict")
        self.assert_committed(done.json)
        self.assert_released(500)

        # What was made of the readings is mended as any other document is.
        self.label(self.ann, self.span(3, "date"))
        self.assertEqual(self.seen_by(self.ben), ["date"])

    def assert_released(self, agreement):
        """Only if as much agreement is asked for; the record and the card tell of it."""
        releases = f"{self.project.api}/releases"
        for least, status in ((agreement + 1, 409), (1001, 400), (-1, 400), (agreement, 201)):
            made = self.project.client.post(releases, {
                "name": "agreed", "min_agreement": least, "keys": [f"claim={self.id()}"]})
            self.assertEqual(made.status, status, made)
        self.assertEqual(made.json["documents"], 1)
        manifest = self.project.client.get(f"{releases}/agreed/1.0.0/manifest").body
        record = json.loads(manifest.splitlines()[1])
        self.assertEqual((record["document"], record["agreement"]), (self.document, agreement))
        everything = self.project.client.post(releases, {"name": "agreed"})  # known records, too
        self.assertEqual(everything.json["change"]["removed"], 0, everything)
        again = self.project.client.post(releases, {"name": "agreed", "min_agreement": agreement})
        manifest = self.project.client.get(f"{releases}/agreed/{again.json['version']}/manifest").body
        records = {r["document"]: r for r in map(json.loads, manifest.splitlines()[1:])}
        self.assertIn(self.document, records)
        self.assertTrue(all(r["agreement"] >= agreement for r in records.values()), records)
        data = self.server.repository().parent / "claims.data.git"
        card = harness.git("show", "main:README.md", cwd=data).stdout
        self.assertIn("figures/agreement.svg", card)

    def assert_committed(self, told):
        repository = self.server.repository()
        found = subprocess.run(["git", "ls-tree", "-r", "--name-only", "main"], cwd=repository, check=True,
                               capture_output=True, text=True).stdout.splitlines()
        [path] = [p for p in found if p.endswith(f"{self.document}/adjudication.json")]
        text = subprocess.run(["git", "show", f"main:{path}"], cwd=repository, check=True,
                              capture_output=True, text=True).stdout
        self.assertEqual(json.loads(text), told)
        self.assertEqual([r["reader"] for r in told["readings"]], ["ann@acme.example", "ben@acme.example"])
        for reading in told["readings"]:
            at = subprocess.run(["git", "rev-parse", f"refs/readings/{self.document}/{reading['slot']}"],
                                cwd=repository, check=True, capture_output=True, text=True).stdout.strip()
            self.assertEqual(at, reading["commit"])

    def test_the_queue_gives_each_document_to_two(self):
        def next_of(who, work="label"):
            reply = who.client.post(f"{self.admin.api}/queue/next?work={work}")
            return reply.json["document"] and reply.json["document"]["id"]

        for document in self.admin.client.get(f"{self.admin.api}/documents").json["items"]:
            if document["id"] != self.document:
                for who in (self.ann, self.ben, self.cat, self.rea):
                    who.client.post(f"{self.admin.api}/documents/{document['id']}/skip", {"reason": "another test"})
        self.assertEqual(next_of(self.ann), self.document)
        self.assertEqual(next_of(self.ben), self.document)
        self.assertIsNone(next_of(self.cat))
        self.assertIsNone(next_of(self.rea, "review"))
        for who in (self.ann, self.ben):
            self.submit(who)
            self.assertIsNone(next_of(who))
        self.assertEqual(next_of(self.rea, "review"), self.document)

    def test_many_documents_at_once_are_submitted_blind_too(self):
        sent = self.ben.client.post(f"{self.admin.api}/reviews",
                                    {"documents": [self.document, "0" * 32], "state": "submitted"})
        self.assertEqual([item["done"] for item in sent.json["items"]], [True, False], sent)
        [reading] = self.rea.client.get(f"{self.path}/readings").json["items"]
        self.assertEqual((reading["reader"], reading["state"]), ("Ben", "submitted"))
        for who, state in ((self.ben, "submitted"), (self.ann, "new"), (self.rea, "new")):
            self.assertEqual(who.client.get(f"{self.path}/review").json["state"], state)

    def test_a_mistake_takes_no_place_of_those_who_read(self):
        comment = f"{self.path}/comments/01JD3X9V5T8Q4R2W6Y7Z0A1B2C"
        self.assert_problem(self.ben.client.request("PATCH", comment, {"resolved": True}), 404, "not_found")
        self.assert_problem(self.cat.client.request("DELETE", comment), 404, "not_found")
        accepted = self.ben.client.put(f"{self.path}/review", {"state": "accepted"})
        self.assertIn(accepted.status, (403, 409), accepted)
        etag = self.cat.annotations(self.document).headers["ETag"]
        self.assert_problem(self.cat.save(self.document, [self.span(0, "no such label")], etag), 422,
                            "invalid_annotations")
        self.assertEqual(self.cat.save(self.document, [], etag).status, 200)
        self.assertEqual(self.rea.client.get(f"{self.path}/readings").json["items"], [])

    def test_two_who_adjudicate_at_once_commit_it_once(self):
        self.read_by_both()
        reviewers = [self.rea, self.admin] * 3
        with concurrent.futures.ThreadPoolExecutor(len(reviewers)) as pool:
            replies = list(pool.map(lambda who: who.client.post(f"{self.path}/adjudication"), reviewers))
        self.assertEqual(sorted(reply.status for reply in replies), [201] + [409] * 5, replies)
        log = subprocess.run(["git", "log", "--format=%s", "main"], cwd=self.server.repository(), check=True,
                             capture_output=True, text=True).stdout.splitlines()
        self.assertEqual(log.count(f"Make one of the readings of {self.document}"), 1)

    def test_labels_are_imported_into_the_reading(self):
        line = {"document": self.document, "page": 1, "annotations": [
            {"type": "span", "label": "total", "words": [self.words[0]["id"]]}]}
        counts = [self.ann.client.post(f"{self.admin.api}/imports/jsonl", line).json for _ in range(2)]
        self.assertEqual([(c["added"], c["unchanged"]) for c in counts], [(1, 0), (0, 1)], counts)
        self.assertEqual((self.seen_by(self.ann), self.seen_by(self.admin)), (["total"], []))

    def test_a_document_that_is_not_there_has_no_reading(self):
        reply = self.ann.client.put(f"{self.admin.api}/documents/{'0' * 32}/review", {"state": "submitted"})
        self.assert_problem(reply, 404, "not_found")


if __name__ == "__main__":
    harness.main()
