"""A document is read again while it is open: what people see of it, and what became of their labels."""
import desk
from desk import harness

LETTER = "glazing-estimate-en.png"
WORDS = "pages/0001.words.tsv"


class Rereading(desk.Desk):
    samples = (LETTER,)

    def setUp(self):
        super().setUp()
        self.document = self.documents[LETTER]["id"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.as_if_read_otherwise(cls.documents[LETTER]["id"])

    @classmethod
    def as_if_read_otherwise(cls, document):
        """The stored words are made those of a worse reader: one of them it saw where there is only
        paper, and one it took for another."""
        words = cls.admin.words(document)
        cls.server.stop()
        repository = cls.server.repository()
        name = next(line for line in harness.git("ls-tree", "-r", "--name-only", "main", cwd=repository)
                    .stdout.splitlines() if line.endswith(f"{document}/{WORDS}"))
        lines = harness.git("show", f"main:{name}", cwd=repository).stdout.splitlines()
        rows = [line.split("\t") for line in lines]
        long = [row for row in rows if row[0].isdigit() and len(row[8]) > 4]
        ghost, taken, whole = long[0], long[3], long[6]
        ghost[3:7], ghost[8] = ["2", "2", "40", "14"], "ghostly"
        cls.ghost, cls.taken, cls.whole = int(ghost[0]), int(taken[0]), int(whole[0])
        cls.right, taken[8] = taken[8], "mistaken"
        cls.server.write_past(document, "\n".join("\t".join(row) for row in rows) + "\n", name=WORDS)
        cls.server.start()
        for project in (cls.admin, cls.project):
            project.__init__(cls.server, project.token)
        assert len(cls.admin.words(document)) == len(words)

    def note(self, tab, annotation):
        """What the panel says of the label once it is picked."""
        tab.click(f".annotations li[data-id='{annotation['id']}'] .annotation")
        tab.wait_for("document.querySelector('.inspector')")
        return tab.text(".inspector .failure")

    def test_labels_say_what_became_of_them(self):
        labels = {"lost": harness.span("name", [self.ghost], "ghostly"),
                  "moved": harness.span("date", [self.taken], "mistaken"),
                  "same": harness.span("total", [self.whole], "x")}
        etag = self.admin.annotations(self.document).headers["ETag"]
        reply = self.admin.save(self.document, list(labels.values()), etag)
        self.assertEqual(reply.status, 200, reply)

        ann = self.open_page(LETTER)
        ann.wait_for("document.querySelectorAll('.annotations li').length === 3")
        ann.click("#tab-about")                  # an annotator does not decide that
        ann.wait_for("document.querySelector('#side-panel dl.about')")
        self.assertEqual(ann.count("#side-panel .actions button"), 0)
        ann.click("#tab-labels")

        # A manager has it read again, with the document open before both.
        mia = self.new_browser()
        self.open_page(LETTER, tab=mia, name="mia")
        mia.click("#tab-about")
        mia.wait_for("document.querySelector('#side-panel .actions button')")
        self.picture("read-again", mia)
        self.assertEqual(self.axe(mia), [])
        mia.click("#side-panel .actions button")
        self.wait_stored(lambda l: sum("anchor" in a for a in l) == 3, seconds=120)

        # Both are told, and see the new words without doing anything.
        for tab in (ann, mia):
            tab.wait_for("document.querySelector('#status').textContent.includes('was read again')", 60)
            tab.wait_for("document.querySelectorAll('.annotations li').length === 3")
        anchors = {a["id"]: a["anchor"]["status"] for a in self.stored()}
        self.assertEqual({name: anchors[label["id"]] for name, label in labels.items()},
                         {"lost": "orphaned", "moved": "moved", "same": "exact"})
        self.assertIsNone(self.note(ann, labels["same"]))
        self.assertIn("mistaken", self.note(ann, labels["moved"]))
        self.picture("label-moved", ann)
        self.assertEqual(self.axe(ann), [])

        # It lies right: the note goes, here and for everybody.
        ann.click(".inspector .failure button")
        ann.wait_for("!document.querySelector('.inspector .failure')")
        self.wait_stored(lambda l: not any("anchor" in a for a in l if a["label"] == "date"))

        # What was lost stays picked while its words are chosen, and takes them over.
        self.assertIn("ghostly", self.note(ann, labels["lost"]))
        ann.click(".inspector .failure button")
        self.assertIn("Choose", ann.text("#status"))
        self.words = self.admin.words(self.document)
        found = next(w for w in self.words if len(w["text"]) > 4 and
                     not any(w["id"] in a["words"] for a in self.stored()))
        x0, y0, x1, y1 = found["box"]
        ann.click_at(*self.on_screen((x0 + x1) / 2, (y0 + y1) / 2))
        ann.wait_for("document.querySelector('.inspector .failure button')")
        self.picture("label-orphaned", ann)
        ann.click(".inspector .failure button")
        ann.wait_for("!document.querySelector('.inspector .failure')")
        lost = next(a for a in self.wait_stored(lambda l: sum("anchor" in a for a in l) == 1)
                    if a["id"] == labels["lost"]["id"])
        self.assertEqual((lost["words"], lost["text"]), ([found["id"]], found["text"]))
        self.settle()
        self.assert_no_complaints(ann)
        self.assert_no_complaints(mia)


if __name__ == "__main__":
    desk.main()
