"""What web/ may hold: fit for a strict content policy, every text in one place and in two languages."""
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
WEB = ROOT / "web"
SOURCES = sorted((WEB / "src").rglob("*.ts"))
TEXTS = WEB / "src" / "texts"

# The same in both languages, and rightly so.
ALIKE = {"label", "labels", "release", "releases", "revision", "scans", "schema", "split", "splits", "version"}


def texts(language):
    """Name to value of the flat texts of a language."""
    source = "".join(file.read_text() for file in sorted(TEXTS.glob(f"{language}*.ts")))
    return dict(re.findall(r"^  (\w+): (?:\([^)]*\) =>\s*)?['`]((?:[^'`\\]|\\.)*)['`]", source, re.M))


class Assets(unittest.TestCase):
    def test_nothing_is_fetched_from_elsewhere(self):
        for file in [*SOURCES, *WEB.glob("src/*.css"), WEB / "index.html"]:
            text = file.read_text().replace("http://www.w3.org/2000/svg", "")
            self.assertNotRegex(re.sub(r"(?m)^\s*(//|\*).*$", "", text), r"https?://|['\"(]//", file.name)

    def test_no_inline_script_or_style_and_no_markup_from_text(self):
        page = (WEB / "index.html").read_text()
        self.assertNotRegex(page, r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)")
        for file in SOURCES:
            self.assertNotRegex(file.read_text(), r"innerHTML|outerHTML|insertAdjacentHTML|eval\(|"
                                r"new Function|document\.write|setAttribute\('style'", file.name)

    def test_only_one_file_knows_urls_of_the_api(self):
        for file in SOURCES:
            if file.name not in ("api.ts", "main.ts"):
                self.assertNotIn("/api/", file.read_text(), file.name)

    def test_views_hold_no_words_of_their_own(self):
        for file in SOURCES:
            if TEXTS in file.parents or file.name == "main.ts":
                continue
            own = re.findall(r"h\('[^']+',(?: \{[^}]*\},)? '([A-Z][a-z]+[^']*)'", re.sub(r"(?m)^\s*//.*$", "", file.read_text()))
            self.assertEqual(own, [], file.name)

    def test_german_has_every_text_and_is_german(self):
        english, german = texts("en"), texts("de")
        self.assertGreater(len(english), 100)
        self.assertEqual(set(english), set(german))
        alike = {n for n, text in english.items() if text == german[n] and "${" not in text}
        self.assertLessEqual({n for n in alike if re.search(r"[a-z]{3}", english[n])}, ALIKE)

    def test_every_text_is_used(self):
        used = "".join(f.read_text() for f in SOURCES if TEXTS not in f.parents)
        unused = [name for name in texts("en") if not re.search(rf"\bt\.{name}\b", used)]
        self.assertEqual(unused, ["language_name"])

    def test_embedding_keeps_every_byte(self):
        with tempfile.TemporaryDirectory() as scratch:
            root = pathlib.Path(scratch) / "dist"
            root.mkdir()
            (root / "app.css").write_bytes(bytes(range(1, 256)))
            (root / "index.html").write_text('<link href="/@assets@/app.css">')
            out = pathlib.Path(scratch) / "assets.cc"
            subprocess.run(["cmake", f"-DROOT={root}", f"-DOUT={out}", "-P",
                            ROOT / "cmake" / "embed_assets.cmake"], check=True)
            text = out.read_text()
        arrays = [bytes(int(b, 16) for b in re.findall(r"0x(..)", block))
                  for block in re.findall(r"kBytes\d+\[\] = \{(.*?)\};", text, re.S)]
        version = re.search(r'"/assets/([0-9a-f]{16})/app.css"', text)[1]
        self.assertEqual(arrays[0], bytes(range(1, 256)))
        self.assertEqual(arrays[1].decode(), f'<link href="/assets/{version}/app.css">')


if __name__ == "__main__":
    unittest.main()
