"""What is to be labelled on the first page of a sample, as its truth says, in terms of the words that were read."""
import json

import harness


def labelled_runs(sample, words, width):
    """[(label, indexes of words as they are read)] from the top; of a page that is so many pixels wide. What was not
    read as words, or not one after the other, is left out; at least nine of ten are there."""
    page = json.loads((harness.ROOT / "samples/truth" / f"{sample}.json").read_text())["pages"][0]
    scale = width / page["width"]

    def read_at(word):
        x, y = ((word["bbox"][n] + word["bbox"][n + 2]) / 2 * scale for n in (0, 1))
        inside = [i for i, w in enumerate(words)
                  if w["box"][0] <= x < w["box"][2] and w["box"][1] <= y < w["box"][3]]
        return inside[0] if inside else None

    found = [(entry["label"], [read_at(page["words"][n]) for n in entry["words"]]) for entry in page["labels"]]
    runs = [(label, indexes) for label, indexes in found if None not in indexes
            and indexes == list(range(indexes[0], indexes[-1] + 1))]
    assert len(runs) >= len(found) * 0.9, (len(runs), len(found))
    return sorted(runs, key=lambda run: run[1])
