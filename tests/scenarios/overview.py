"""How a project stands, changes of its schema, guidelines, settings, and many documents at once: as the
page asks for them, through the API."""
import harness
from harness import span


class Overview(harness.Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.user("mia", "manager")
        cls.ann = cls.user("ann", "annotator")
        cls.rea = cls.user("rea", "reviewer")
        cls.documents = [cls.admin.ready(f"page {n}.png", harness.tiny_png(n))["id"] for n in range(3)]
        cls.letter = cls.admin.ready("letter.pdf", harness.sample("garage-invoice-en.pdf"))["id"]
        cls.admin.upload("broken.png", b"\x89PNG\r\n\x1a\n" + b"broken" * 40, wait=60)

    def overview(self, project=None):
        reply = (project or self.manager).client.get(f"{self.admin.api}/overview?days=7")
        self.assertEqual(reply.status, 200, reply)
        return reply.json

    def schema(self):
        reply = self.manager.client.get(f"{self.admin.api}/schema")
        return reply.json, reply.headers["ETag"]

    def change(self, schema, etag, path="", method="PUT", project=None, **more):
        return (project or self.manager).client.request(
            method, f"{self.admin.api}/schema{path}", {"schema": schema, **more}, headers={"If-Match": etag})

    def label(self, document, label, words=None):
        page = self.ann.annotations(document)
        words = words or [self.ann.words(document)[0]["id"]]
        reply = self.ann.save(document, [*page.json["annotations"], span(label, words, "x")], page.headers["ETag"])
        self.assertEqual(reply.status, 200, reply)

    def test_numbers_follow_what_happens(self):
        before = self.overview()
        listed = self.manager.client.get(f"{self.admin.api}/documents?limit=500").json["items"]
        self.assertEqual(sum(before["documents"]["states"].values()), len(listed))
        self.assertEqual(before["documents"]["states"]["failed"], sum(d["state"] == "failed" for d in listed))
        self.assertEqual(sum(before["pages"]["confidence"]) + before["pages"]["without_words"],
                         sum(before["pages"]["qualities"].values()))
        self.assertEqual(list(before["documents"]["failures"]), ["damaged"])
        document = self.documents[2]
        for who, state in ((self.ann, "submitted"), (self.rea, "accepted")):
            who.client.put(f"{self.admin.api}/documents/{document}/review", {"state": state})
        after = self.overview()
        self.assertEqual(after["documents"]["reviews"]["accepted"],
                         before["documents"]["reviews"].get("accepted", 0) + 1)
        deeds = {person["name"]: person["deeds"] for person in after["people"]}
        self.assertGreaterEqual(deeds["Ann"]["submitted"], 1)
        self.assertGreaterEqual(deeds["Rea"]["accepted"], 1)
        # Who labels sees their own work, and nobody else's.
        self.assertEqual({person["name"] for person in self.overview(self.ann)["people"]}, {"Ann"})

    def test_a_change_of_the_schema_tells_what_it_does_before_it_is_made(self):
        schema, etag = self.schema()
        schema["labels"].append({"name": "short_lived", "attributes": [{"name": "note", "kind": "string"}]})
        reply = self.change(schema, etag)
        self.assertEqual(reply.status, 200, reply)
        etag = reply.headers["ETag"]
        self.label(self.letter, "short_lived")
        gone = {**schema, "labels": schema["labels"][:-1]}
        preview = self.change(gone, etag, "/preview", "POST")
        self.assertEqual(preview.status, 200, preview)
        [finding] = preview.json["findings"]
        self.assertEqual((finding["problem"], finding["label"], finding["annotations"]), ("label", "short_lived", 1))
        refused = self.change(gone, etag)
        self.assert_problem(refused, 409, "schema_in_use")
        self.assertEqual(refused.json["findings"], [finding])
        # A new name takes the annotations along, so nothing becomes invalid.
        renamed = {**schema, "labels": [*schema["labels"][:-1], {**schema["labels"][-1], "name": "long_lived"}]}
        rename = [{"list": "labels", "from": "short_lived", "to": "long_lived"}]
        preview = self.change(renamed, etag, "/preview", "POST", renames=rename)
        self.assertEqual((preview.json["findings"], preview.json["renamed_documents"]), ([], 1))
        done = self.change(renamed, etag, renames=rename)
        self.assertEqual(done.status, 200, done)
        labels = [a["label"] for a in self.ann.annotations(self.letter).json["annotations"]]
        self.assertIn("long_lived", labels)
        self.assertNotIn("short_lived", labels)
        # Against an old version it is refused; meant, it is done, and the annotation stays.
        self.assert_problem(self.change(gone, etag), 412, "conflict")
        done = self.change(gone, done.headers["ETag"], accept_findings=True)
        self.assertEqual(done.status, 200, done)
        self.assertIn("long_lived", [a["label"] for a in self.ann.annotations(self.letter).json["annotations"]])

    def test_a_new_name_keeps_what_was_accepted_accepted(self):
        schema, etag = self.schema()
        schema["labels"].append({"name": "old_name"})
        etag = self.change(schema, etag).headers["ETag"]
        document = self.admin.ready("second letter.pdf", harness.sample("burglary-mail-en.pdf"))["id"]
        self.label(document, "old_name")
        for who, state in ((self.ann, "submitted"), (self.rea, "accepted")):
            self.assertEqual(who.client.put(f"{self.admin.api}/documents/{document}/review", {"state": state}).status, 200)
        schema["labels"][-1]["name"] = "new_name"
        reply = self.change(schema, etag, renames=[{"list": "labels", "from": "old_name", "to": "new_name"}])
        self.assertEqual(reply.status, 200, reply)
        review = self.rea.client.get(f"{self.admin.api}/documents/{document}/review").json
        self.assertEqual(review["state"], "accepted")
        clone = harness.Clone(self.project, self.directory, "renamed")
        log = clone.git("log", "-1", "--format=%an %s").stdout
        self.assertEqual(log.strip(), "Mia Change the schema")

    def test_the_schema_belongs_to_managers_and_scientists(self):
        schema, etag = self.schema()
        for who in (self.ann, self.rea):
            self.assert_problem(self.change(schema, etag, project=who), 403, "denied")
        self.assertEqual(self.change(schema, etag, project=self.project).status, 200)
        broken = {**schema, "labels": [{"name": "two words"}]}
        self.assert_problem(self.change(broken, etag), 422, "invalid_schema")
        self.assert_problem(self.manager.client.put(f"{self.admin.api}/schema", {"schema": schema}), 428,
                            "precondition_required")

    def test_guidelines_are_files_of_the_project(self):
        path = f"{self.admin.api}/guidelines"
        names = [item["name"] for item in self.ann.client.get(path).json["items"]]
        self.assertEqual(names, ["README.md"])
        made = self.manager.client.put(f"{path}/money/totals.md", {"text": "# Totals\n"}, headers={"If-None-Match": "*"})
        self.assertEqual(made.status, 201, made)
        again = self.manager.client.put(f"{path}/money/totals.md", {"text": "again"}, headers={"If-None-Match": "*"})
        self.assert_problem(again, 412, "conflict")
        self.assertEqual(self.ann.client.get(f"{path}/money/totals.md").json["text"], "# Totals\n")
        tag = {"If-Match": made.headers["ETag"]}
        self.assert_problem(self.ann.client.put(f"{path}/money/totals.md", {"text": "mine"}, headers=tag), 403, "denied")
        for bad in ("../schema.json", "totals.txt", ".git/x.md"):
            reply = self.manager.client.put(f"{path}/{bad}", {"text": "x"}, headers={"If-None-Match": "*"})
            self.assertIn(reply.status, (400, 404), reply)
        gone = self.manager.client.request("DELETE", f"{path}/money/totals.md", headers=tag)
        self.assertEqual(gone.status, 204, gone)
        self.assert_problem(self.ann.client.get(f"{path}/money/totals.md"), 404, "not_found")

    def test_many_documents_are_assigned_and_only_given_to_whom_they_belong(self):
        ben = self.user("ben", "annotator")
        assigned = self.manager.client.post(f"{self.admin.api}/assignments",
                                            {"documents": self.documents[:2], "address": "ben@acme.example"})
        self.assertEqual(assigned.json["done"], 2, assigned)
        mine = ben.client.get(f"{self.admin.api}/documents?assignee=me").json["items"]
        self.assertEqual({d["id"] for d in mine}, set(self.documents[:2]))
        self.assertEqual({d["assignee"] for d in mine}, {"Ben"})
        after = ""
        for _ in range(6):
            given = self.ann.client.post(f"{self.admin.api}/queue/next?after={after}").json["document"]
            if given is None:
                break
            self.assertNotIn(given["id"], self.documents[:2])
            after = given["id"]
        freed = self.manager.client.post(f"{self.admin.api}/assignments", {"documents": self.documents[:2]})
        self.assertEqual(freed.json["done"], 2)
        self.assertEqual(ben.client.get(f"{self.admin.api}/documents?assignee=me").json["items"], [])
        path = f"{self.admin.api}/assignments"
        self.assert_problem(self.ann.client.post(path, {"documents": self.documents}), 403, "denied")
        self.assert_problem(self.manager.client.post(path, {"documents": self.documents, "address": "x@y.example"}),
                            404, "not_found")
        self.assert_problem(self.manager.client.post(path, {"documents": []}), 400, "invalid")

    def test_many_reviews_are_one_commit_and_each_is_judged(self):
        documents = [self.admin.ready(f"review {n}.png", harness.tiny_png(100 + n))["id"] for n in range(3)]
        reviews = f"{self.admin.api}/reviews"
        submitted = self.ann.client.post(reviews, {"documents": documents[:2], "state": "submitted"})
        self.assertEqual(submitted.json["done"], 2, submitted)
        accepted = self.rea.client.post(reviews, {"documents": documents, "state": "accepted"})
        outcome = {item["id"]: item for item in accepted.json["items"]}
        self.assertEqual([outcome[d]["done"] for d in documents], [True, True, False])
        self.assertIn("detail", outcome[documents[2]]["problem"])
        refused = self.ann.client.post(reviews, {"documents": documents[:1], "state": "rejected"})
        self.assertEqual(refused.json["done"], 0, refused)

    def test_of_ten_submitted_documents_one_is_drawn(self):
        cleo = self.user("cleo", "annotator")
        documents = [self.admin.ready(f"sample {n}.png", harness.tiny_png(200 + n))["id"] for n in range(10)]
        for document in documents:
            cleo.client.put(f"{self.admin.api}/documents/{document}/review", {"state": "submitted"})
        drawn = self.rea.client.get(f"{self.admin.api}/documents?review=submitted&sampled=1&limit=100").json["items"]
        self.assertEqual(len({d["id"] for d in drawn} & set(documents)), 1)

    def test_lists_are_sorted_and_filtered(self):
        def names(query):
            reply = self.manager.client.get(f"{self.admin.api}/documents?{query}")
            self.assertEqual(reply.status, 200, reply)
            return [d["file_name"] for d in reply.json["items"]]
        by_name = names("sort=name&limit=500")
        self.assertEqual(by_name, sorted(by_name, key=str.lower))
        self.assertEqual(names("sort=-name&limit=500"), by_name[::-1])
        self.assertEqual(names("failure=damaged"), ["broken.png"])
        self.assertEqual(names("received_until=2001-01-01"), [])
        self.assertIn("letter.pdf", names("confidence=500-1000"))
        self.assertNotIn("page 0.png", names("confidence=0-1000"))
        for bad in ("confidence=high", "received_from=soon", "assignee=x@y.example", "sort=size"):
            self.assertEqual(self.manager.client.get(f"{self.admin.api}/documents?{bad}").status, 400, bad)

    def test_thumbnails_are_small_and_only_for_those_who_may_read(self):
        path = f"{self.admin.api}/documents/{self.letter}/pages/1/thumbnail"
        reply = self.ann.client.get(path + "?width=96")
        self.assertEqual((reply.status, reply.headers["Content-Type"]), (200, "image/jpeg"))
        self.assertTrue(reply.body.startswith(b"\xff\xd8\xff"))
        self.assertLess(len(reply.body), 20_000)
        self.assertEqual(self.ann.client.get(path + "?width=96").body, reply.body)
        self.assertEqual(self.user("una", "uploader").client.get(path).status, 403)
        self.assertEqual(self.ann.client.get(path + "?width=9999").status, 400)
        self.assertEqual(self.ann.client.get(path.replace("/pages/1/", "/pages/7/")).status, 404)

    def test_settings_are_checked_and_kept(self):
        path = f"{self.admin.api}/settings"
        kept = self.manager.client.request("PATCH", path, {"queue_order": "unsure", "languages": ["eng"]})
        self.assertEqual(kept.json, {"languages": ["eng"], "queue_order": "unsure",
                                     "git_lfs": False})
        self.assertEqual(self.manager.client.get(self.admin.api).json["settings"], kept.json)
        self.assertEqual(self.manager.client.request("PATCH", path, {"languages": ["klingon"]}).status, 400)
        self.assert_problem(self.ann.client.request("PATCH", path, {"languages": []}), 403, "denied")
        self.manager.client.request("PATCH", path, {"queue_order": "oldest", "languages": []})

    def test_failed_documents_are_read_again_together(self):
        failed = self.manager.client.get(f"{self.admin.api}/documents?state=failed").json["items"]
        reply = self.manager.client.post(f"{self.admin.api}/retries",
                                         {"documents": [failed[0]["id"], "0" * 32]})
        outcome = {item["id"]: item["done"] for item in reply.json["items"]}
        self.assertEqual(outcome, {failed[0]["id"]: True, "0" * 32: False})


if __name__ == "__main__":
    harness.main()
