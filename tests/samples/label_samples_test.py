"""tools/label_samples.py carries the truth's labels over to words that were read."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import label_samples  # noqa: E402

NAME = "kassenbon-de.jpg"  # lies on its side: upright after a quarter turn to the left


def clone_of(scratch, name, rotation, scale):
    """A clone whose words are the truth's, turned and scaled as the pipeline would."""
    truth = label_samples.truths()[name]
    true_page = truth["pages"][0]
    width, height = true_page["width"], true_page["height"]
    if rotation % 180:
        width, height = height, width
    page = {"width": width * scale, "height": height * scale}
    directory = scratch / "documents" / "0" / ("0" * 32)
    (directory / "pages").mkdir(parents=True)
    (directory / "document.json").write_text(json.dumps(
        {"sources": [{"file_name": name}], "pages": [page]}))
    move = label_samples.onto_page(true_page, page, rotation // 90)
    rows = ["id\tblock\tline\tx0\ty0\tx1\ty1\tconfidence\ttext"]
    for number, word in enumerate(true_page["words"], 1):
        rows.append("\t".join(map(str, [number, 0, 0, *move(word["bbox"]), 900, word["text"]])))
    (directory / "pages" / "0001.words.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return directory, true_page


class LabelSamples(unittest.TestCase):
    def run_on(self, scratch):
        return subprocess.run([sys.executable, ROOT / "tools" / "label_samples.py", scratch],
                              check=True, capture_output=True, text=True).stdout

    def test_labels_land_on_the_words_they_mean_however_the_page_was_turned(self):
        for rotation, scale in ((270, 2), (90, 1), (0, 1)):
            with self.subTest(rotation=rotation):
                self.check_labels(rotation, scale)

    def check_labels(self, rotation, scale):
        with tempfile.TemporaryDirectory() as scratch:
            directory, page = clone_of(pathlib.Path(scratch), NAME, rotation, scale)
            self.run_on(scratch)
            lines = (directory / "pages" / "0001.annotations.jsonl").read_text().splitlines()
        found = {(a["attributes"]["field"], tuple(a["words"])) for a in map(json.loads, lines)}
        expected = {(label["field"], tuple(sorted(w + 1 for w in label["words"])))
                    for label in page["labels"]}
        self.assertEqual(found, expected)

    def test_ids_are_sorted_ulids_and_a_second_run_changes_nothing(self):
        with tempfile.TemporaryDirectory() as scratch:
            directory, _ = clone_of(pathlib.Path(scratch), NAME, 270, 1)
            self.run_on(scratch)
            path = directory / "pages" / "0001.annotations.jsonl"
            before = path.read_text()
            self.assertIn(" 0 annotations", self.run_on(scratch))
            self.assertEqual(path.read_text(), before)
        ids = [json.loads(line)["id"] for line in before.splitlines()]
        self.assertEqual(ids, sorted(set(ids)))
        for identity in ids:
            self.assertRegex(identity, "^[0-7][0-9A-HJKMNP-TV-Z]{25}$")

    def test_a_quarter_turn_clockwise_puts_the_top_to_the_right(self):
        move = label_samples.onto_page({"width": 100, "height": 50},
                                       {"width": 50, "height": 100}, 1)
        self.assertEqual(move([0, 0, 10, 5]), [45, 0, 50, 10])

    def test_the_class_of_the_document_is_named(self):
        with tempfile.TemporaryDirectory() as scratch:
            directory, _ = clone_of(pathlib.Path(scratch), NAME, 270, 1)
            self.run_on(scratch)
            text = (directory / "annotations.jsonl").read_text()
        self.assertEqual(json.loads(text)["label"], "receipt")

    def test_escapes_of_the_words_file_are_undone(self):
        self.assertEqual(label_samples.unescaped(r"a\tb\\n"), "a\tb\\n")


if __name__ == "__main__":
    unittest.main()
