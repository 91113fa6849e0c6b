"""An invoice labelled whole, with the keyboard alone; and how many keys a page of right proposals takes.

With GLOSSATOR_FILM set, each step is kept as a picture for the README.
"""
import os

import desk
from desk import harness


class Keyboard(desk.Desk):
    def setUp(self):
        super().setUp()
        self.clear()
        self.keys = self.frames = 0

    def press(self, tab, *keys):
        for key in keys:
            tab.press(key)
            self.keys += 1
            self.film(tab)

    def film(self, tab):
        if os.environ.get("GLOSSATOR_FILM"):
            self.picture(f"film-{self.frames:03}", tab, scale=0.6)
            self.frames += 1

    def walk_to(self, tab, index):
        """Arrow keys from where the cursor stands: down to the line, then along it."""
        here = getattr(self, "cursor", None)
        steps = index if here is None else index - here
        key = "ArrowRight" if steps >= 0 else "ArrowLeft"
        for _ in range(abs(steps) + (here is None)):
            tab.press(key)
            self.keys += 1
        self.cursor = index
        self.film(tab)

    def test_an_invoice_is_labelled_without_a_mouse(self):
        tab = self.open_page()
        line = [i for i, w in enumerate(self.words) if (w["block"], w["line"]) ==
                (self.words[0]["block"], self.words[0]["line"])]
        expected = []

        self.walk_to(tab, line[0])
        self.press(tab, "Shift+End")             # to the end of the line
        self.press(tab, "1")                     # a label by number
        expected.append(("header", [self.words[i]["id"] for i in line]))
        self.cursor = line[-1]

        for index, typed, label in ((line[-1] + 1, "org", "organisation"),
                                    (line[-1] + 3, "addr", "address")):
            self.press(tab, "Escape")
            self.walk_to(tab, index)
            self.press(tab, "/", *typed, "Enter")  # a label by its name
            tab.wait_for("!document.querySelector('.picker')")
            expected.append((label, [self.words[index]["id"]]))

        self.press(tab, "Escape")
        self.walk_to(tab, line[-1] + 5)
        self.press(tab, "d")                     # a label by the schema's own key
        expected.append(("date", [self.words[line[-1] + 5]["id"]]))

        self.press(tab, "c")                     # what the document is
        self.press(tab, *"inv", "Enter")
        self.wait_stored(lambda list_: len(list_) == len(expected))
        stored = {(a["label"], tuple(a["words"])) for a in self.stored()}
        self.assertEqual(stored, {(label, tuple(words)) for label, words in expected})
        self.wait_stored(lambda list_: [a["label"] for a in list_] == ["invoice"], page=0)

        self.press(tab, "Ctrl+Enter")            # submitted; and on to the next document
        tab.wait_for("location.pathname === '/acme/claims'")
        self.film(tab)
        review = self.admin.client.get(f"{self.admin.api}/documents/{self.document}/review").json
        self.assertEqual((review["state"], review["submitted_by"]), ("submitted", "ann@acme.example"))
        self.assert_no_complaints()

    def test_a_page_of_right_proposals_takes_at_most_five_keys(self):
        document = self.documents[desk.INVOICE]["id"]
        words = self.admin.words(document)
        proposals = [harness.span("date", [w["id"]], w["text"], state="proposed", confidence=700,
                                  origin={"model": "m", "version": "1"}) for w in words[:12]]
        etag = self.admin.annotations(document).headers["ETag"]
        self.assertEqual(self.admin.save(document, proposals, etag).status, 200)
        tab = self.open_page()
        tab.wait_for("document.querySelectorAll('.annotations .proposed').length === 12")
        self.press(tab, "Shift+A", "Ctrl+Enter")
        tab.wait_for("location.pathname === '/acme/claims'")
        self.assertTrue(all("state" not in a for a in self.stored()))
        self.assertLessEqual(self.keys, 5)


if __name__ == "__main__":
    desk.main()
