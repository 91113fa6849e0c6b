"""What web/ may hold: whole, embedded, and fit for a strict content policy."""
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
WEB = ROOT / "web"
SERVED = {".html", ".css", ".js", ".svg"}


def served_files():
    return sorted(p for p in WEB.rglob("*") if p.suffix in SERVED)


class Assets(unittest.TestCase):
    def test_all_files_are_listed_for_embedding(self):
        listed = (WEB / "CMakeLists.txt").read_text().split("set(web_files")[1].split(")")[0].split()
        self.assertEqual(sorted(listed), [str(p.relative_to(WEB)) for p in served_files()])

    def test_imports_lead_to_files(self):
        for file in WEB.rglob("*.js"):
            for name in re.findall(r"from '([^']+)'", file.read_text()):
                self.assertTrue((file.parent / name).is_file(), f"{file.name} imports {name}")

    def test_nothing_is_fetched_from_elsewhere(self):
        for file in served_files():
            text = file.read_text().replace("http://www.w3.org/2000/svg", "")
            self.assertNotRegex(text, r"https?:|['\"(]//", file.name)

    def test_no_inline_script_or_style(self):
        page = (WEB / "index.html").read_text()
        self.assertNotRegex(page, r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)")
        for file in WEB.rglob("*.js"):
            self.assertNotRegex(file.read_text(), r"innerHTML|outerHTML|insertAdjacentHTML|eval\(|"
                                r"new Function|document\.write|setAttribute\('style'", file.name)

    def test_only_one_file_knows_urls_of_the_api(self):
        for file in WEB.rglob("*.js"):
            if file.name not in ("api.js", "main.js"):
                self.assertNotIn("/api/", file.read_text(), file.name)

    def test_embedding_keeps_every_byte(self):
        with tempfile.TemporaryDirectory() as scratch:
            out = pathlib.Path(scratch) / "assets.cc"
            subprocess.run(["cmake", f"-DROOT={WEB}", "-DFILES=index.html;app.css", f"-DOUT={out}",
                            "-P", ROOT / "cmake" / "embed_assets.cmake"], check=True)
            text = out.read_text()
        arrays = [bytes(int(b, 16) for b in re.findall(r"0x(..)", block))
                  for block in re.findall(r"kBytes\d+\[\] = \{(.*?)\};", text, re.S)]
        self.assertEqual(arrays[1], (WEB / "app.css").read_bytes())
        version = re.search(r'"/assets/([0-9a-f]{16})/app.css"', text)[1]
        expected = (WEB / "index.html").read_text().replace("@assets@", f"/assets/{version}")
        self.assertEqual(arrays[0].decode(), expected)


if __name__ == "__main__":
    unittest.main()
