"""Reads every export with the tool that it is for: exports.py DIRECTORY

DIRECTORY holds <format>.<ending> for each format and jsonl.jsonl, from which the others are checked;
archives are unpacked beside themselves. Prints a JSON object: format -> what the tool saw, or
{"skipped": why} where a tool cannot be had.
"""
import importlib.util
import io
import json
import os
import pathlib
import sys
import tarfile
import traceback
from collections import Counter

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

REQUIREMENTS = {  # format -> modules of its readers
    "coco": ["pycocotools.coco"],
    "yolo": ["supervision", "yaml"],
    "funsd": ["datasets"],
    "bio": ["datasets"],
    "bioes": ["datasets"],
    "layoutlm": ["datasets", "transformers"],
    "label-studio": ["label_studio_sdk.label_interface"],
    "page": ["lxml.etree"],
    "alto": ["lxml.etree"],
    "hocr": ["lxml.html"],
    "web-annotation": [],
    "imagefolder": ["datasets", "PIL"],
    "pdffolder": ["datasets", "pdfplumber"],
    "webdataset": ["webdataset", "datasets"],
    "text": ["datasets"],
    "parquet": ["datasets"],
}


class Release:
    """What our own lossless export says."""

    def __init__(self, path):
        self.pages = [json.loads(line) for line in path.read_text().splitlines()]
        self.images = [page for page in self.pages if "image" in page]
        self.by_stem = {f"{p['document']}-{p['page']:04}": p for p in self.pages}
        self.annotations = [a for p in self.pages for a in p["annotations"]]

    def of_types(self, *types):
        return [a for a in self.annotations if a["type"] in types]


def unpack(directory, name):
    target = directory / name
    with tarfile.open(next(directory.glob(f"{name}.*tar"))) as archive:
        archive.extractall(target, filter="data")
    return target


def close(a, b, by):
    assert len(a) == len(b) and all(abs(x - y) <= by for x, y in zip(a, b)), (a, b)


def read_coco(directory, release):
    from pycocotools.coco import COCO
    coco = COCO(str(directory / "coco.coco.json"))
    assert len(coco.getImgIds()) == len(release.images)
    annotations = coco.loadAnns(coco.getAnnIds())
    for annotation in annotations:
        mask = coco.annToMask(annotation)
        image = coco.loadImgs(annotation["image_id"])[0]
        assert mask.shape == (image["height"], image["width"])
        assert mask.any(), annotation
    return {"images": len(coco.getImgIds()), "annotations": len(annotations)}


def read_yolo(directory, release):
    import supervision
    import yaml
    root = unpack(directory, "yolo")
    data = yaml.safe_load((root / "data.yaml").read_text())
    boxes = images = 0
    for part in sorted((root / "labels").iterdir()):
        assert (root / data[part.name]).is_dir(), data
        dataset = supervision.DetectionDataset.from_yolo(
            images_directory_path=str(root / "images" / part.name),
            annotations_directory_path=str(part), data_yaml_path=str(root / "data.yaml"))
        for path, image, detections in dataset:
            page = release.by_stem[pathlib.Path(path).stem]
            assert image.shape[:2] == (page["height"], page["width"])
            places = [a["box"] for a in page["annotations"] if "box" in a]
            for place in places:  # a pixel, for shares have six decimals
                assert any(max(abs(x - y) for x, y in zip(place, box)) <= 1 for box in detections.xyxy)
            boxes += len(detections)
            images += 1
    assert images == len(release.images)
    return {"images": images, "boxes": boxes, "classes": len(data["names"])}


def read_funsd(directory, release):
    """As microsoft/unilm's loader reads it."""
    root = unpack(directory, "funsd")
    entities = Counter()
    tokens = 0
    for part in ("training_data", "testing_data", "validation_data"):
        if not (root / part).exists():
            continue
        for path in sorted((root / part / "annotations").glob("*.json")):
            form = json.loads(path.read_text())["form"]
            page = release.by_stem[path.stem]
            assert list(root.glob(f"{part}/images/{path.stem}.*")), path
            assert [item["id"] for item in form] == list(range(len(form)))
            for item in form:
                words = [w for w in item["words"] if w["text"].strip() != ""]
                assert words, item
                tokens += len(words)
                entities[item["label"]] += 1
                for x0, y0, x1, y1 in [w["box"] for w in words] + [item["box"]]:
                    assert 0 <= x0 < x1 <= page["width"] and 0 <= y0 < y1 <= page["height"], item
                for pair in item["linking"]:
                    assert item["id"] in pair
                    other = form[pair[0] if pair[1] == item["id"] else pair[1]]
                    assert pair in other["linking"]
    assert tokens >= sum(len(p["words"]) for p in release.images)
    import datasets
    loaded = datasets.load_dataset("json", data_files=str(root / "*/annotations/*.json"), field="form",
                                   cache_dir=str(directory / "cache"))["train"]
    assert len(loaded) == sum(entities.values())
    return {"entities": sum(entities.values()), "labels": len(entities), "tokens": tokens}


def sequences_of(text):
    """The reader that CoNLL-2003 recipes share."""
    sequences, current = [], []
    for line in text.splitlines():
        if line.startswith("-DOCSTART-") or line == "":
            if current:
                sequences.append(current)
            current = []
            continue
        current.append(line.split("\t"))
    return sequences + ([current] if current else [])


def read_conll(directory, release, name, prefixes):
    sequences = sequences_of((directory / f"{name}.{name}.conll").read_text())
    assert len(sequences) == sum(1 for p in release.pages if p["words"])
    tags = Counter()
    for sequence in sequences:
        before = "O"
        for token, x0, y0, x1, y1, word, tag in sequence:
            assert token and 0 <= int(x0) <= int(x1) <= 1000 and 0 <= int(y0) <= int(y1) <= 1000
            assert tag == "O" or tag[:2] in prefixes
            if tag[0] in "IE":
                assert before[0] in "BI" and before[2:] == tag[2:], (before, tag)
            before = tag
            tags[tag] += 1
    starts = sum(n for tag, n in tags.items() if tag[0] in "BS")
    assert starts > 0
    import datasets
    rows = [{"tokens": [r[0] for r in s], "tags": [r[-1] for r in s]} for s in sequences]
    features = datasets.Features({"tokens": datasets.Sequence(datasets.Value("string")),
                                  "tags": datasets.Sequence(datasets.ClassLabel(names=sorted(tags)))})
    assert len(datasets.Dataset.from_list(rows, features=features)) == len(sequences)
    return {"sequences": len(sequences), "tokens": sum(tags.values()), "entities": starts}


def tiny_tokenizer(directory, words):
    """LayoutLM's own tokenizer over a vocabulary of this release."""
    import transformers
    letters = sorted({c for word in words for c in word.lower()})
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *("##" + c for c in letters)]
    (directory / "vocab.txt").write_text("\n".join(vocabulary) + "\n")
    for name in ("LayoutLMv2TokenizerFast", "LayoutLMv2Tokenizer"):
        kind = getattr(transformers, name, None)
        if kind is None:
            continue
        try:
            return kind(vocab=str(directory / "vocab.txt"))
        except TypeError:
            return kind(vocab_file=str(directory / "vocab.txt"))
    raise AssertionError("transformers has no LayoutLMv2 tokenizer")


def read_layoutlm(directory, release):
    import datasets
    rows = datasets.load_dataset("json", data_files=str(directory / "layoutlm.layoutlm.jsonl"),
                                 cache_dir=str(directory / "cache"))["train"]
    assert len(rows) == len(release.pages)
    tokenizer = tiny_tokenizer(directory, [t for row in rows for t in row["tokens"]])
    tags = sorted({tag for row in rows for tag in row["ner_tags"]})
    numbers = {tag: i for i, tag in enumerate(tags)}
    tokens = 0
    for row in rows:
        if not row["tokens"]:
            continue
        encoded = tokenizer(row["tokens"], boxes=row["bboxes"],
                            word_labels=[numbers[t] for t in row["ner_tags"]],
                            truncation=True, max_length=512, stride=64,
                            return_overflowing_tokens=True)
        windows = encoded["input_ids"]
        assert all(0 <= c <= 1000 for window in encoded["bbox"] for box in window for c in box)
        labels = [label for window in encoded["labels"] for label in window if label != -100]
        assert len(labels) >= len(row["tokens"])
        tokens += len(row["tokens"])
        assert len(windows) == len(encoded["bbox"])
    return {"rows": len(rows), "tokens": tokens, "tags": len(tags)}


def read_label_studio(directory, release):
    from label_studio_sdk.label_interface import LabelInterface
    config = (directory / "label-studio-config.label-studio.xml").read_text()
    interface = LabelInterface(config)
    interface.validate()
    tasks = json.loads((directory / "label-studio.label-studio.json").read_text())
    assert len(tasks) == len(release.images)
    regions = 0
    for task in tasks:
        page = release.by_stem[f"{task['data']['document']}-{task['data']['page']:04}"]
        assert interface.validate_task({"data": task["data"]})
        for annotation in task["annotations"]:
            assert not interface.validate_prediction(annotation, return_errors=True)
            for item in annotation["result"]:
                if item["type"] != "rectanglelabels":
                    continue
                value = item["value"]
                box = [value["x"], value["y"], value["x"] + value["width"], value["y"] + value["height"]]
                box = [round(v * side / 100) for v, side in
                       zip(box, [item["original_width"], item["original_height"]] * 2)]
                regions += 1
                made = next(a for a in page["annotations"] if a["id"] == item["id"])
                if "box" in made:
                    assert made["box"] == box, (made, box)
    converted = convert_label_studio(directory, config, tasks)
    return {"tasks": len(tasks), "regions": regions, "converted": converted}


def convert_label_studio(directory, config, tasks):
    """Label Studio's own converter, from these tasks to COCO."""
    from label_studio_sdk.converter import Converter
    source = directory / "label-studio-tasks"
    source.mkdir(exist_ok=True)
    (source / "tasks.json").write_text(json.dumps(tasks))
    converter = Converter(config, str(directory), download_resources=False)
    target = directory / "label-studio-coco"
    converter.convert_to_coco(str(source), str(target), output_image_dir=str(target / "images"),
                              is_dir=True)
    return len(json.loads((target / "result.json").read_text())["annotations"])


def ocrd_schema(name):
    return pathlib.Path(importlib.util.find_spec("ocrd_validators").origin).parent / name


def read_page(directory, release):
    schema = ocrd_schema("page.xsd")
    return read_xml(directory, release, "page", schema,
                    "{*}Word", "{*}Page", lambda page: (page.get("imageWidth"), page.get("imageHeight")))


def read_alto(directory, release):
    """Held against the schema in the file that GLOSSATOR_ALTO_SCHEMA names: no package has it."""
    schema = os.environ.get("GLOSSATOR_ALTO_SCHEMA")
    seen = read_xml(directory, release, "alto", schema,
                    "{*}String", "{*}Page", lambda page: (page.get("WIDTH"), page.get("HEIGHT")))
    return {**seen, "schema": "valid"} if schema else {
        **seen, "unchecked": "no schema: GLOSSATOR_ALTO_SCHEMA names no alto-4-x.xsd"}


def load_schema(path):
    """With the only other schema that it asks for taken from a package in place of the network."""
    from lxml import etree
    tree = etree.parse(str(path))
    for element in tree.findall("{http://www.w3.org/2001/XMLSchema}import"):
        if element.get("namespace") == "http://www.w3.org/1999/xlink":
            element.set("schemaLocation", str(ocrd_schema("xlink.xsd")))
    return etree.XMLSchema(tree)


def read_xml(directory, release, name, schema_file, word, page_tag, size_of):
    from lxml import etree
    root = unpack(directory, name)
    schema = load_schema(schema_file) if schema_file else None
    files = sorted(root.glob("*.xml"))
    assert len(files) == len(release.images)
    words = 0
    for path in files:
        document = etree.parse(str(path), etree.XMLParser(resolve_entities=False, no_network=True))
        if schema:
            schema.assertValid(document)
        page = release.by_stem[path.name.split(".")[0]]
        size = size_of(document.find(f".//{page_tag}"))
        assert tuple(map(int, size)) == (page["width"], page["height"])
        words += len(document.findall(f".//{word}"))
    assert words > 0
    return {"files": len(files), "words": words}


def read_hocr(directory, release):
    import subprocess
    from lxml import html
    root = unpack(directory, "hocr")
    files = sorted([*root.glob("*.hocr"), *root.glob("*.html")])
    assert len(files) == len(release.images)
    words = 0
    check = pathlib.Path(sys.executable).parent / "hocr-check"
    for path in files:
        words += len(html.parse(str(path)).getroot().find_class("ocrx_word"))
        if check.exists():
            subprocess.run([str(check), str(path)], check=True, capture_output=True)
    return {"files": len(files), "words": words}


def read_web_annotation(directory, release):
    page = json.loads((directory / "web-annotation.annotations.jsonld").read_text())
    assert page["@context"] == "http://www.w3.org/ns/anno.jsonld" and page["type"] == "AnnotationPage"
    motivations = Counter()
    ids = {item["id"] for item in page["items"]}
    assert len(ids) == len(page["items"])
    for item in page["items"]:
        assert item["type"] == "Annotation" and item["target"] and "body" in item
        motivations[item["motivation"]] += 1
        for target in item["target"] if isinstance(item["target"], list) else []:
            selector = target.get("selector")
            if selector and selector["type"] == "FragmentSelector":
                x, y, w, h = map(int, selector["value"].removeprefix("xywh=pixel:").split(","))
                source = target["source"]
                assert w > 0 and h > 0 and x + w <= source["width"] and y + h <= source["height"]
    return {"annotations": len(ids), **motivations}


def read_imagefolder(directory, release):
    import datasets
    root = unpack(directory, "imagefolder")
    loaded = datasets.load_dataset("imagefolder", data_dir=str(root), cache_dir=str(directory / "cache"))
    rows = 0
    for split in loaded.values():
        for row in split:
            page = next(p for p in release.images
                        if p["document"] == row["document"] and p["page"] == row["page"])
            assert row["image"].size == (page["width"], page["height"])
            assert len(row["words"]) == len(row["boxes"])
            rows += 1
    assert rows == len(release.images)
    return {"rows": rows, "splits": sorted(loaded)}


def read_pdffolder(directory, release):
    import datasets
    root = unpack(directory, "pdffolder")
    expected = {p["document"] for p in release.pages if p["source"]["media_type"] == "application/pdf"}
    loaded = datasets.load_dataset("pdffolder", data_dir=str(root), cache_dir=str(directory / "cache"))
    seen = set()
    for split in loaded.values():
        for row in split:
            assert len(row["pdf"].pages) == len(row["pages"])
            seen.add(row["document"])
    assert seen == expected
    return {"rows": len(seen)}


def read_webdataset(directory, release):
    import datasets
    import webdataset
    path = directory / "webdataset.webdataset.tar"
    samples = list(webdataset.WebDataset(str(path), shardshuffle=False).decode("pil"))
    assert [s["__key__"] for s in samples] == \
        [f"{p['document']}-{p['page']:04}" for p in release.images]
    for sample in samples:
        image = sample.get("png") or sample.get("jpg")
        assert image.size == (sample["json"]["width"], sample["json"]["height"])
    loaded = datasets.load_dataset("webdataset", data_files=str(path), split="train", streaming=True)
    assert sum(1 for _ in loaded) == len(samples)
    return {"samples": len(samples)}


def read_text(directory, release):
    import datasets
    rows = datasets.load_dataset("json", data_files=str(directory / "text.text.jsonl"),
                                 cache_dir=str(directory / "cache"))["train"]
    assert len(rows) == len(release.pages)
    spans = 0
    for line in (directory / "text.text.jsonl").read_text().splitlines():
        row = json.loads(line)
        for start, end, label in row["label"]:
            assert row["text"][start:end].strip() == row["text"][start:end] != "", (start, end, label)
            spans += 1
    return {"rows": len(rows), "spans": spans}


def make_parquet(directory, _):
    """What docs/formats/exports.md says: one line makes Parquet of our JSON lines, which holds the same."""
    import datasets
    counts = {}
    for name in ("layoutlm.layoutlm", "text.text", "jsonl", "jsonl-documents.documents"):
        source, target = directory / f"{name}.jsonl", directory / f"{name}.parquet"
        cache = str(directory / "cache")
        rows = datasets.load_dataset("json", data_files=str(source), split="train", cache_dir=cache)
        rows.to_parquet(str(target))
        again = datasets.load_dataset("parquet", data_files=str(target), split="train", cache_dir=cache)
        assert again.to_list() == rows.to_list(), name
        lines = [json.loads(line) for line in source.read_text().splitlines()]
        column = "document" if "document" in lines[0] else "id"
        assert again[column] == [line[column] for line in lines], name
        counts[name] = len(again)
    return counts


def readers(directory, release):
    yield "coco", lambda: read_coco(directory, release)
    yield "yolo", lambda: read_yolo(directory, release)
    yield "funsd", lambda: read_funsd(directory, release)
    yield "bio", lambda: read_conll(directory, release, "bio", ("B-", "I-"))
    yield "bioes", lambda: read_conll(directory, release, "bioes", ("B-", "I-", "E-", "S-"))
    yield "layoutlm", lambda: read_layoutlm(directory, release)
    yield "label-studio", lambda: read_label_studio(directory, release)
    yield "page", lambda: read_page(directory, release)
    yield "alto", lambda: read_alto(directory, release)
    yield "hocr", lambda: read_hocr(directory, release)
    yield "web-annotation", lambda: read_web_annotation(directory, release)
    yield "imagefolder", lambda: read_imagefolder(directory, release)
    yield "pdffolder", lambda: read_pdffolder(directory, release)
    yield "webdataset", lambda: read_webdataset(directory, release)
    yield "text", lambda: read_text(directory, release)
    yield "parquet", lambda: make_parquet(directory, release)


def missing_tool(name):
    for module in REQUIREMENTS[name]:
        try:
            importlib.import_module(module)
        except Exception as error:  # a package may fail in many ways
            return f"{module}: {error}"
    return None


def main():
    directory = pathlib.Path(sys.argv[1]).resolve()
    release = Release(directory / "jsonl.jsonl")
    report = {}
    for name, read in readers(directory, release):
        if name != "parquet" and not list(directory.glob(f"{name}.*")):
            continue
        missing = missing_tool(name)
        if missing:
            report[name] = {"skipped": missing}
            continue
        output, sys.stdout = sys.stdout, io.StringIO()  # some tools chat
        try:
            report[name] = read()
        except Exception:
            report[name] = {"failed": traceback.format_exc(limit=-3)}
        finally:
            sys.stdout = output
    print(json.dumps(report))


if __name__ == "__main__":
    main()
