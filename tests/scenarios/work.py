"""What the page needs of the API: drafts, who works on what next, who else is there."""
import harness
from harness import tiny_png, ulid


class Work(harness.Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann, cls.ben = cls.user("ann", "annotator"), cls.user("ben", "annotator")
        cls.rea = cls.user("rea", "reviewer")
        cls.documents = [cls.admin.ready(f"{n}.png", tiny_png(n))["id"] for n in (1, 2)]

    def next(self, who, work="label", after=""):
        reply = who.client.post(f"{who.api}/queue/next?work={work}&after={after}")
        self.assertEqual(reply.status, 200, reply)
        return reply.json["document"] and reply.json["document"]["id"]

    def test_a_draft_is_its_authors_and_outlives_the_server(self):
        session, path = ulid(), f"{self.ann.api}/documents/{self.documents[0]}/drafts"
        content = {"pages": {"1": {"etag": "x", "changes": [{"id": ulid(), "text": "Größe"}]}}}
        self.assertEqual(self.ann.client.put(f"{path}/{session}", {"content": content}).status, 204)
        self.server.stop(harness.signal.SIGKILL)
        self.server.start()
        for project in (self.ann, self.ben, self.rea, self.admin):
            project.client.url = self.server.url
        [kept] = self.ann.client.get(path).json["items"]
        self.assertEqual((kept["session"], kept["content"]), (session, content))
        self.assertEqual(self.ben.client.get(path).json["items"], [])
        self.assertEqual(self.ann.client.request("DELETE", f"{path}/{session}").status, 204)
        self.assertEqual(self.ann.client.get(path).json["items"], [])

    def test_a_draft_that_makes_no_sense_is_refused(self):
        path = f"{self.ann.api}/documents/{self.documents[0]}/drafts"
        for body in ({}, {"content": "text"}, {"content": None}):
            self.assertEqual(self.ann.client.put(f"{path}/{ulid()}", body).status, 400, body)
        self.assertEqual(self.ann.client.put(f"{path}/lower", {"content": {}}).status, 400)
        missing = path.replace(self.documents[0], "f" * 32)
        self.assert_problem(self.ann.client.put(f"{missing}/{ulid()}", {"content": {}}), 404, "not_found")

    def test_a_save_that_is_sent_again_is_known_again(self):
        document, session = self.documents[1], ulid()
        box = {"id": ulid(), "type": "box", "label": "checkbox", "box": [1, 1, 9, 9], "attributes": {"checked": True}}
        path = f"{self.ann.api}/documents/{document}/pages/1/annotations"
        base = self.ann.annotations(document).headers["ETag"]

        def save(who, annotations, stroke, etag=base, of=session):
            return who.client.put(f"{path}?session={of}&stroke={stroke}", {"annotations": annotations},
                                  headers={"If-Match": etag})

        first, later = ulid(), ulid()
        saved = save(self.ann, [box], first)
        self.assertEqual(saved.status, 200, saved)
        removed = self.ben.save(document, [], saved.headers["ETag"])
        self.assertEqual((removed.status, removed.json["annotations"]), (200, []))
        again = save(self.ann, [box], first)
        self.assertEqual((again.status, again.headers["ETag"]), (200, saved.headers["ETag"]))
        self.assertEqual(again.json["annotations"], saved.json["annotations"])
        self.assertEqual(again.json["commit"], saved.json["commit"])
        self.assertEqual(self.ann.annotations(document).json["annotations"], [], "what Ben removed came back")
        # What goes on from there is merged with what others did.
        other = {**box, "id": ulid()}
        went_on = save(self.ann, [box, other], later, saved.headers["ETag"])
        self.assertEqual([a["id"] for a in went_on.json["annotations"]], [other["id"]])
        # What comes late saves nothing either; another's session, or another session, is another's.
        late = save(self.ann, [], first, went_on.headers["ETag"])
        self.assertEqual((late.status, late.headers["ETag"]), (200, went_on.headers["ETag"]))
        self.assertEqual(len(self.ann.annotations(document).json["annotations"]), 1)
        self.assertEqual(save(self.ben, [], first, went_on.headers["ETag"]).json["annotations"], [])
        # A draft is told how far its session is saved.
        draft = {"content": {"pages": {}}}
        self.ann.client.put(f"{self.ann.api}/documents/{document}/drafts/{session}", draft)
        [kept] = self.ann.client.get(f"{self.ann.api}/documents/{document}/drafts").json["items"]
        self.assertEqual(kept["saved"], {"1": later})
        self.ann.client.request("DELETE", f"{self.ann.api}/documents/{document}/drafts/{session}")
        for query in (f"session={session}", f"stroke={first}", f"session={session}&stroke=x"):
            reply = self.ann.client.put(f"{path}?{query}", {"annotations": []}, headers={"If-Match": base})
            self.assertEqual(reply.status, 400, query)

    def test_each_is_given_a_document_of_their_own_and_others_review_it(self):
        first, second = self.next(self.ann), self.next(self.ben)
        self.assertEqual({first, second}, set(self.documents))
        self.assertIsNone(self.next(self.ann, after=first))
        self.assertIsNone(self.next(self.rea, "review"))
        review = f"{self.ann.api}/documents/{first}/review"
        self.assertEqual(self.ann.client.put(review, {"state": "submitted"}).status, 200)
        self.assertEqual(self.next(self.rea, "review"), first)
        rejected = {"state": "rejected", "reason": "look again"}
        self.assertEqual(self.rea.client.put(review, rejected).status, 200)
        self.assertEqual(self.next(self.ann), first)
        skip = f"{self.ben.api}/documents/{second}/skip"
        self.assertEqual(self.ben.client.post(skip, {"reason": "not for me"}).status, 204)
        self.assertIsNone(self.next(self.ben, after=first))
        refused = self.rea.client.post(f"{self.rea.api}/queue/next?work=label")
        self.assertEqual(refused.status, 200, "a reviewer may correct labels too")
        uploader = self.user("una", "uploader")
        self.assertEqual(uploader.client.post(f"{uploader.api}/queue/next").status, 403)

    def test_people_on_one_document_see_each_other(self):
        path = f"{self.ann.api}/documents/{self.documents[0]}/presence"
        self.assertEqual(self.ann.client.put(f"{path}?page=1").json["items"], [])
        self.assertEqual(self.ben.client.put(f"{path}?page=2").json["items"],
                         [{"name": "Ann", "page": 1}])
        self.assertEqual(self.ben.client.request("DELETE", path).status, 204)
        self.assertEqual(self.ann.client.put(f"{path}?page=1").json["items"], [])
        nowhere = f"{self.ann.api}/documents/{'0' * 32}/presence"
        self.assertEqual(self.ann.client.put(f"{nowhere}?page=1").status, 404)


if __name__ == "__main__":
    harness.main()
