"""The real server with read documents, and browsers in front of it, for the tests of the page.

    class Labelling(desk.Desk):
        def test_a_drag_selects_words(self):
            page = self.open_page()
            page.drag(self.place("Invoice"), self.place("number"))

Screenshots go to tests/.artefacts (GLOSSATOR_ARTEFACTS), for people to look at.
"""
import json
import os
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenarios"))
import harness  # noqa: E402
from browser import Browser, find_program  # noqa: E402

ARTEFACTS = pathlib.Path(os.environ.get("GLOSSATOR_ARTEFACTS", harness.ROOT / "tests" / ".artefacts"))
INVOICE = "garage-invoice-en.pdf"
PASSWORD = "correct horse 1"


def answer(tab, expression):
    return tab.evaluate(f"(async () => {{ {expression} }})()")


class Desk(harness.Scenario):
    samples = (INVOICE,)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.push_schema()
        for name, role in (("ann", "annotator"), ("ben", "annotator"), ("rea", "reviewer"), ("mia", "manager")):
            cls.add_person(name, role)
        cls.documents = {name: cls.admin.ready(name, harness.sample(name)) for name in cls.samples}
        cls.browser = cls.new_browser()

    @classmethod
    def new_browser(cls, **options):
        browser = Browser(**options)
        cls.addClassCleanup(browser.close)
        return browser

    @classmethod
    def push_schema(cls):
        clone = harness.Clone(cls.project, cls.directory, "schema")
        clone.configure("sam")
        schema = (harness.ROOT / "samples" / "schema.json").read_text()
        (clone.path / "schema.json").write_text(schema)
        clone.commit("Schema of the samples")
        clone.push()

    @classmethod
    def add_person(cls, name, role):
        """Somebody who signs in with PASSWORD."""
        cls.server.command("user", "add", "--name", name.capitalize(), "--address",
                           f"{name}@acme.example", "--role", role, "--project", "acme/claims",
                           "--password-stdin", stdin=PASSWORD + "\n")

    def setUp(self):
        self.browser.complaints.clear()

    # -- opening -------------------------------------------------------------------------------

    def sign_in(self, tab, name="ann"):
        tab.command("Network.clearBrowserCookies")
        tab.open(self.server.url + "/api/openapi.json")
        tab.wait_for("location.pathname === '/api/openapi.json'")
        status = answer(tab, f"""
            const reply = await fetch('/api/v1/session', {{method: 'POST',
                headers: {{'Content-Type': 'application/json'}},
                body: JSON.stringify({{name: '{name}@acme.example', password: '{PASSWORD}'}})}});
            return reply.status;""")
        assert status == 201, status

    def open(self, path, condition="true", tab=None, name="ann"):
        tab = tab or self.browser
        if getattr(tab, "signed_in", None) != name:
            self.sign_in(tab, name)
            tab.signed_in = name
        tab.open(self.server.url + path)
        tab.wait_for(condition)
        return tab

    def open_page(self, sample=INVOICE, query="", **options):
        """The document before its annotator, ready to be labelled."""
        self.document = self.documents[sample]["id"]
        self.words = self.admin.words(self.document)
        tab = self.open(f"/acme/claims/documents/{self.document}{query}",
                        "document.querySelector('.text-layer p')", **options)
        tab.wait_for("document.activeElement.classList.contains('window')")
        time.sleep(0.4)  # the first view glides to its place
        return tab

    # -- where things are ----------------------------------------------------------------------

    def word(self, text, nth=0):
        return [w for w in self.words if w["text"].strip(".,:") == text.strip(".,:")][nth]

    def place(self, text, nth=0, tab=None, at=0.5):
        """The middle of a word, on the screen."""
        x0, y0, x1, y1 = self.word(text, nth)["box"]
        return self.on_screen(x0 + (x1 - x0) * at, (y0 + y1) / 2, tab)

    def on_screen(self, x, y, tab=None):
        return tuple((tab or self.browser).evaluate(f"""(() => {{
            const m = new DOMMatrix(getComputedStyle(document.querySelector('.text-layer')).transform);
            const place = document.querySelector('.window').getBoundingClientRect();
            const point = m.transformPoint({{x: {x}, y: {y}}});
            return [place.left + point.x, place.top + point.y];
        }})()"""))

    # -- what became of it ---------------------------------------------------------------------

    def stored(self, page=1, document=None):
        return self.admin.annotations(document or self.document, page).json["annotations"]

    def clear(self, page=1, sample=INVOICE):
        """Nothing is labelled: each test begins so."""
        document = self.documents[sample]["id"]
        for number in (page, 0):
            now = self.admin.annotations(document, number)
            if now.json["annotations"]:
                reply = self.admin.save(document, [], now.headers["ETag"], number)
                assert reply.status == 200, reply

    def wait_saved(self, tab=None, seconds=30):
        (tab or self.browser).wait_for("document.querySelector('.sync').dataset.state === 'saved'",
                                       seconds)

    def settle(self):
        """The page that is open, if it is a document's, knows that the server has what was done: it
        hears so a moment after the server does, and would send it again to be sure."""
        if self.browser.evaluate("Boolean(document.querySelector('.sync'))"):
            self.wait_saved()

    def wait_stored(self, condition, page=1, seconds=30):
        deadline = time.monotonic() + seconds
        while not condition(self.stored(page)):
            if time.monotonic() > deadline:
                raise AssertionError(f"never stored: {self.stored(page)}")
            time.sleep(0.1)
        return self.stored(page)

    def assert_no_complaints(self, tab=None):
        tab = tab or self.browser
        tab.evaluate("1")
        # Chromium asks for one beside the JSON at which sign_in() begins.
        self.assertEqual([c for c in tab.complaints if "favicon.ico" not in c], [])

    def picture(self, name, tab=None, scale=1):
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        (tab or self.browser).screenshot(ARTEFACTS / f"{name}.png", scale)

    def axe(self, tab=None):
        """Serious and critical findings of axe-core on what is seen now."""
        tab = tab or self.browser
        source = harness.ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
        if not source.exists():
            self.skipTest("axe-core is not installed (the page was built elsewhere)")
        tab.evaluate(source.read_text() + ";0")
        found = answer(tab, """
            const { violations } = await axe.run(document, { resultTypes: ['violations'] });
            return violations.filter((v) => ['serious', 'critical'].includes(v.impact))
                .map((v) => v.id + ': ' + v.nodes.map((n) => n.html.slice(0, 160)).join(' | '));""")
        return found


def main():
    if not find_program():
        print("SKIPPED: no Chromium here, so the page is not tested in a browser", file=sys.stderr)
        sys.exit(77)
    harness.main()


__all__ = ["Desk", "answer", "main", "json", "unittest", "ARTEFACTS", "PASSWORD", "INVOICE"]
