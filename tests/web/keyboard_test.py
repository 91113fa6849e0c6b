"""An invoice labelled whole, as its truth says, with the keyboard alone; and how many keys a page of
right proposals takes.

With GLOSSATOR_FILM set, each label is kept as a picture for the README (film.py).
"""
import json
import os
import sys

import desk
from desk import harness
from truth import labelled_runs


class Keyboard(desk.Desk):
    def setUp(self):
        super().setUp()
        self.clear()
        self.keys = self.frames = 0
        self.cursor = None

    def press(self, tab, *keys):
        for key in keys:
            tab.press(key)
            self.keys += 1

    def film(self, tab):
        if os.environ.get("GLOSSATOR_FILM"):
            self.picture(f"film-{self.frames:03}", tab, scale=0.6)
            self.frames += 1

    def truth(self):
        about = self.admin.client.get(f"{self.admin.api}/documents/{self.document}").json
        return labelled_runs(desk.INVOICE, self.words, about["page_list"][0]["width"])

    def walk_to(self, tab, index):
        """With arrow keys, from where the cursor stands."""
        if self.cursor is None:
            self.press(tab, "ArrowRight")  # to the first word
            self.cursor = 0
        steps = index - self.cursor
        self.press(tab, *["ArrowRight" if steps > 0 else "ArrowLeft"] * abs(steps))
        self.cursor = index

    def test_an_invoice_is_labelled_without_a_mouse(self):
        tab = self.open_page()
        labels = json.loads((harness.ROOT / "samples/schema.json").read_text())["labels"]
        key_of = {entry["name"]: str(n + 1) if n < 9 else entry["hotkey"]
                  for n, entry in enumerate(labels)}
        self.film(tab)
        expected = []
        for label, indexes in self.truth():
            self.walk_to(tab, indexes[0])
            self.press(tab, *["Shift+ArrowRight"] * (len(indexes) - 1), key_of[label])
            self.cursor = indexes[-1]
            expected.append((label, tuple(self.words[i]["id"] for i in indexes)))
            self.film(tab)

        self.press(tab, "c", *"inv", "Enter")    # what kind of document it is
        self.film(tab)
        self.wait_stored(lambda list_: len(list_) == len(expected))
        stored = {(a["label"], tuple(a["words"])) for a in self.stored()}
        self.assertEqual(stored, set(expected))
        self.wait_stored(lambda list_: [a["label"] for a in list_] == ["invoice"], page=0)

        self.press(tab, "Ctrl+Enter")            # submitted; and on to the next document
        tab.wait_for("location.pathname === '/acme/claims'")
        review = self.admin.client.get(f"{self.admin.api}/documents/{self.document}/review").json
        self.assertEqual((review["state"], review["submitted_by"]), ("submitted", "ann@acme.example"))
        self.assert_no_complaints()
        print(f"{len(expected)} labels and a kind with {self.keys} keys", file=sys.stderr)

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
