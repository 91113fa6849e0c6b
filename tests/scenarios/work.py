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
