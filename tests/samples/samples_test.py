"""The samples are whole and consistent, and the scorer tells right from wrong."""
import copy
import json
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"
sys.path.insert(0, str(ROOT / "tools"))

import score_samples  # noqa: E402


def truths():
    return [json.loads(p.read_text(encoding="utf-8")) for p in sorted(SAMPLES.glob("truth/*.json"))]


def labels():
    return [(page, label) for t in truths() for page in t["pages"] for label in page["labels"]]


class Samples(unittest.TestCase):
    def test_each_document_has_its_truth(self):
        documents = sorted(p.name for p in SAMPLES.glob("documents/*"))
        self.assertEqual(documents, sorted(t["file"] for t in truths()))
        self.assertGreaterEqual(len(documents), 15)

    def test_all_together_stay_small(self):
        size = sum(p.stat().st_size for p in SAMPLES.rglob("*") if p.is_file())
        self.assertLess(size, 3_000_000)

    def test_boxes_lie_on_the_page(self):
        for truth in truths():
            for page in truth["pages"]:
                for thing in page["words"] + page["labels"]:
                    x0, y0, x1, y1 = thing.get("bbox") or thing.get("box") or (0, 0, 1, 1)
                    self.assertTrue(0 <= x0 < x1 <= page["width"], (truth["file"], thing))
                    self.assertTrue(0 <= y0 < y1 <= page["height"], (truth["file"], thing))

    def test_text_is_the_words_in_reading_order(self):
        for truth in truths():
            for page in truth["pages"]:
                self.assertEqual(page["text"].split(), [w["text"] for w in page["words"]])

    def test_labels_are_known_to_the_schema_and_name_words(self):
        schema = json.loads((SAMPLES / "schema.json").read_text(encoding="utf-8"))
        known = {label["name"] for label in schema["labels"]}
        for page, label in labels():
            self.assertIn(label["label"], known)
            for index in label["words"] + label.get("key", []):
                self.assertLess(index, len(page["words"]))

    def test_tick_boxes_are_both_ticked_and_empty(self):
        states = {label["checked"] for _, label in labels() if label["label"] == "checkbox"}
        self.assertEqual(states, {True, False})

    def test_metadata_covers_all_and_one_document_has_two_claims(self):
        uploads = json.loads((SAMPLES / "metadata.json").read_text(encoding="utf-8"))["uploads"]
        files = {"documents/" + t["file"] for t in truths()}
        self.assertEqual({u["file"] for u in uploads}, files)
        self.assertEqual(len({u["external_id"] for u in uploads}), len(uploads))
        claims = {f: {u["claim"] for u in uploads if u["file"] == f} for f in files}
        self.assertEqual(sorted(len(c) for c in claims.values())[-2:], [1, 2])
        owned = [u["claim"] for u in uploads]
        self.assertGreater(max(owned.count(c) for c in owned), 2)


def word(text, x, y=0):
    return {"text": text, "bbox": [x, y, x + 10 * len(text), y + 10]}


class Scorer(unittest.TestCase):
    TRUTH = [word("claim", 0), word("form", 60), word("total", 0, 40)]

    def figures(self, read):
        wrong, total = score_samples.page_errors(self.TRUTH, read)
        hits, expected, got = score_samples.word_hits(self.TRUTH, read)
        return wrong, total, (hits, expected, got)

    def test_the_truth_itself_is_without_fault(self):
        wrong, total, words = self.figures(copy.deepcopy(self.TRUTH))
        self.assertEqual((wrong, total, words), (0, 15, (3, 3, 3)))

    def test_order_does_not_matter(self):
        self.assertEqual(self.figures(self.TRUTH[::-1])[0], 0)

    def test_a_wrong_letter_costs_one(self):
        self.assertEqual(self.figures([word("claim", 0), word("farm", 60), self.TRUTH[2]])[0], 1)

    def test_a_missing_space_costs_one(self):
        self.assertEqual(self.figures([word("claimform", 0), self.TRUTH[2]])[0], 1)

    def test_a_missed_word_costs_its_letters(self):
        self.assertEqual(self.figures(self.TRUTH[:2])[0], 5)

    def test_invented_words_cost_their_letters_and_a_space(self):
        self.assertEqual(self.figures(self.TRUTH + [word("noise", 500, 500)])[0], 6)

    def test_writing_on_its_side_is_read_along_its_line(self):
        truth = [{"text": "on", "bbox": [0, 0, 10, 20]}, {"text": "side", "bbox": [0, 26, 10, 66]}]
        split = [{"text": "de", "bbox": [0, 46, 10, 66]}, {"text": "si", "bbox": [0, 26, 10, 46]},
                 truth[0]]
        self.assertEqual(score_samples.page_errors(truth, split)[0], 1)

    def test_a_missing_page_is_reported(self):
        truth = {"file": "a.pdf", "kind": "x", "pages": [
            {"width": 100, "height": 100, "words": self.TRUTH}]}
        row = score_samples.finish(score_samples.score(truth, pathlib.Path("/nonexistent")))
        self.assertEqual((row["missing"], row["f1"]), (1, 0))


if __name__ == "__main__":
    unittest.main()
