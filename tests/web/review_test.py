"""Review on the page: verdicts on labels, the way back to who made them, the discussion, earlier revisions."""
import desk
from desk import harness

PROJECT = "/acme/claims"


class Review(desk.Desk):
    def setUp(self):
        super().setUp()
        self.document = self.documents[desk.INVOICE]["id"]
        self.path = f"{self.admin.api}/documents/{self.document}"
        self.clear()
        self.reviewer = self.tab_of("rea")

    @classmethod
    def tab_of(cls, name):
        """Each person has a browser of their own, kept between the tests."""
        known = cls.__dict__.get("tabs") or {}
        cls.tabs = known
        if name not in known:
            known[name] = cls.new_browser()
        return known[name]

    def client(self, name):
        token = self.server.command("token", "create", "--user", f"{name}@acme.example", "--name", "test")
        return harness.Project(self.server, token.stdout.strip())

    def submitted(self, *labels):
        """Three words with these labels, submitted by Ann."""
        words = [w for w in self.admin.words(self.document) if len(w["text"]) > 3]
        ann = self.client("ann")
        annotations = [harness.span(label, [words[n * 3]["id"]], words[n * 3]["text"])
                       for n, label in enumerate(labels)]
        reply = ann.save(self.document, annotations, ann.annotations(self.document).headers["ETag"])
        self.assertEqual(reply.status, 200, reply)
        self.assertEqual(ann.client.put(f"{self.path}/review", {"state": "submitted"}).status, 200)
        return annotations

    def state(self):
        return self.admin.client.get(f"{self.path}/review").json["state"]

    def wait_state(self, state):
        self.wait_stored(lambda _: self.state() == state)

    def open_as(self, name):
        tab = self.tab_of(name)
        self.open_page(tab=tab, name=name)
        tab.wait_for("document.querySelector('.annotations li')")
        return tab

    # -- verdicts ------------------------------------------------------------------------------

    def test_labels_are_judged_with_the_keyboard_and_come_back_with_the_reason(self):
        self.submitted("total", "date", "name")
        tab = self.open_as("rea")
        tab.press(".")
        tab.press("Enter")                       # right, and on to the next
        tab.press("x")                           # wrong, because
        tab.wait_for("document.querySelector('dialog input') === document.activeElement")
        tab.type("net")
        tab.press("Enter")
        tab.wait_for("!document.querySelector('dialog')")
        stored = self.wait_stored(lambda l: sum("review" in a for a in l) == 2)
        self.assertEqual(sorted(a["review"]["state"] for a in stored if "review" in a), ["accepted", "rejected"])
        self.wait_saved(tab)
        self.assertEqual(self.state(), "submitted")
        self.assertIn("2", tab.text(".summary"))
        self.picture("review-verdicts", tab)
        self.assertEqual(self.axe(tab), [])

        # The document goes back, with a reason; the page can still do it after the verdicts.
        tab.evaluate("[...document.querySelectorAll('.review button')].at(-1).click()")
        tab.wait_for("document.querySelector('dialog input') === document.activeElement")
        tab.type("see the red one")
        tab.press("Enter")
        self.wait_state("rejected")

        # Ann finds it in her inbox, what is wrong first; her new label has no verdict.
        ann = self.open(f"{PROJECT}/inbox", "document.querySelector('.inbox li')", tab=self.tab_of("ann"))
        self.assertIn("see the red one", ann.text(".inbox"))
        self.picture("inbox", ann)
        self.assertEqual(self.axe(ann), [])
        ann.click(".inbox a")
        ann.wait_for("document.querySelector('.annotations .tag.rejected')")
        ann.wait_for("document.querySelector('.because').textContent.includes('see the red one')")
        self.assertEqual(ann.count(".annotations li:first-child .tag.rejected"), 1)
        ann.press(".")
        ann.wait_for("document.querySelector('.inspector .failure')")
        self.assertIn("net", ann.text(".inspector .failure"))
        ann.press("2")                           # another label
        self.wait_stored(lambda l: not any(a.get("review", {}).get("state") == "rejected" for a in l))
        self.wait_saved(ann)
        ann.press("Ctrl+z")                      # takes back the label, never the verdict
        self.wait_stored(lambda l: len({a["label"] for a in l}) == 3)
        self.wait_saved(ann)
        ann.press("Ctrl+Enter")
        self.wait_state("submitted")
        for each in (tab, ann):
            self.assert_no_complaints(each)

    def test_the_rest_is_right_by_one_key(self):
        self.submitted("total", "date", "name")
        tab = self.open_as("rea")
        tab.press("Shift+A")
        self.wait_stored(lambda l: all(a.get("review", {}).get("state") == "accepted" for a in l))
        self.wait_saved(tab)
        tab.press("Ctrl+Enter")
        self.wait_state("accepted")

    # -- the discussion ------------------------------------------------------------------------

    def test_a_label_is_talked_about_from_two_browsers(self):
        self.submitted("total")
        reviewer, ann = self.open_as("rea"), self.open_as("ann")
        reviewer.press(".")
        reviewer.wait_for("document.querySelector('.inspector .thread')")
        reviewer.press("m")
        reviewer.wait_for("document.activeElement.name === 'comment'")
        reviewer.type("net or gross?")
        reviewer.press("Enter")
        reviewer.wait_for("document.querySelector('.thread .comment')")
        ann.wait_for("!document.querySelector('.talk').hidden", 30)
        ann.click("#tab-discussion")
        ann.wait_for("document.querySelector('.thread .comment')")
        self.assertIn("net or gross?", ann.text(".panel"))
        ann.evaluate("document.querySelector('.thread li .actions button').click()")
        ann.wait_for("document.activeElement.name === 'comment'")
        ann.type("gross")
        ann.press("Enter")
        reviewer.wait_for("document.querySelectorAll('.thread .comment').length === 2", 30)
        self.picture("discussion", reviewer)
        self.assertEqual(self.axe(reviewer), [])
        reviewer.evaluate("document.querySelectorAll('.thread li .actions button')[1].click()")
        reviewer.wait_for("document.querySelector('.thread .settled')")
        ann.wait_for("document.querySelector('.talk') === null || document.querySelector('.talk').hidden")
        comments = self.admin.client.get(f"{self.path}/comments").json["items"]
        self.assertEqual([(c["author"], c["text"], c.get("resolved", False)) for c in comments[-2:]],
                         [("rea@acme.example", "net or gross?", True), ("ann@acme.example", "gross", False)])
        self.assert_no_complaints(reviewer)

    # -- earlier revisions ---------------------------------------------------------------------

    def test_what_changed_since_is_drawn_and_the_page_can_be_brought_back(self):
        [first, second] = self.submitted("total", "date")
        ann = self.client("ann")
        now = ann.annotations(self.document)
        words = self.admin.words(self.document)
        later = [{**first, "label": "name"}, harness.span("iban", [words[-1]["id"]], words[-1]["text"])]
        self.assertEqual(ann.save(self.document, later, now.headers["ETag"]).status, 200)
        tab = self.open_as("ann")
        tab.click("#tab-history")
        tab.wait_for("document.querySelector('.compare .chip')")
        tab.click(".compare .chip")              # since it was submitted
        tab.wait_for("document.querySelector('.compare .legend').textContent.includes('+')")
        self.picture("compared", tab)
        self.assertEqual(self.axe(tab), [])
        tab.click(".compare input[type=radio]:not(:checked)")
        self.picture("as-it-was", tab)
        tab.evaluate("[...document.querySelectorAll('.compare > button')].at(-1).click()")
        stored = self.wait_stored(lambda l: {a["id"] for a in l} == {first["id"], second["id"]})
        self.assertEqual({a["label"] for a in stored}, {"total", "date"})
        self.wait_saved(tab)
        tab.press("Ctrl+z")
        self.wait_stored(lambda l: {a["label"] for a in l} == {"name", "iban"})
        self.assert_no_complaints(tab)

    def test_who_made_a_label_is_told_where_the_pointer_rests(self):
        [made] = self.submitted("total")
        tab = self.open_as("rea")
        word = next(w for w in self.words if w["id"] == made["words"][0])
        x0, y0, x1, y1 = word["box"]
        tab.mouse("mouseMoved", *self.on_screen((x0 + x1) / 2, (y0 + y1) / 2, tab))
        tab.wait_for("document.querySelector('.tip .blame')")
        self.assertIn("Ann", tab.text(".tip"))
        self.picture("blame", tab)


if __name__ == "__main__":
    desk.main()
