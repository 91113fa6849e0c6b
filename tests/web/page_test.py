"""The page in a headless Chromium, against mock_server.py. Exits 77, loudly, without one."""
import sys
import threading
import unittest

import mock_server
from browser import Browser, find_program

CLAIM = f"{10:032x}"  # motor-claim-form-en.pdf


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = mock_server.serve()
        cls.base = f"http://127.0.0.1:{cls.server.server_address[1]}"
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.browser = Browser().__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.browser.__exit__()
        cls.server.shutdown()
        cls.server.server_close()

    def setUp(self):
        mock_server.Handler.signed_in = True
        self.browser.complaints.clear()

    def open(self, path, condition):
        self.browser.open(self.base + path)
        self.browser.wait_for(condition)

    def open_claim(self, query=""):
        self.open(f"/acme/claims/documents/{CLAIM}{query}", "document.querySelector('.annotation')")

    def tearDown(self):
        strangers = [u for u in self.browser.requests
                     if not u.startswith((self.base, "data:", "blob:"))]
        self.assertEqual(strangers, [])

    def assert_no_complaints(self):
        self.browser.evaluate("1")
        self.assertEqual(self.browser.complaints, [])

    def test_projects_lead_to_documents(self):
        self.open("/", "document.querySelector('a.card')")
        self.browser.click("a.card")
        self.browser.wait_for("document.querySelector('tbody tr')")
        self.assertEqual(self.browser.evaluate("location.pathname"), "/acme/claims")
        self.assert_no_complaints()

    def test_a_failed_document_says_why(self):
        self.open("/acme/claims", "document.querySelector('.failure')")
        self.assertIn("encrypted", self.browser.text(".failure"))

    def test_search_narrows_the_list_and_stays_in_the_address(self):
        self.open("/acme/claims", "document.querySelector('tbody tr')")
        self.browser.evaluate("""(() => {
            const box = document.querySelector('input[type=search]');
            box.value = 'garage';
            box.dispatchEvent(new Event('input', {bubbles: true}));
        })()""")
        self.browser.wait_for("!document.body.innerText.includes('motor-claim')")
        self.assertEqual(self.browser.evaluate("location.search"), "?q=garage")

    def test_the_first_page_fits_the_window_with_its_annotations_drawn(self):
        self.open_claim()
        self.wait_until_fitted()
        drawn = """(() => {
            const canvas = document.querySelector('canvas');
            const data = canvas.getContext('2d')
                .getImageData(0, 0, canvas.width, canvas.height).data;
            return data.some((value, i) => i % 4 === 3 && value > 0);
        })()"""
        self.browser.wait_for(drawn)
        self.assert_no_complaints()

    def test_the_list_follows_the_page_from_the_top(self):
        self.open_claim()
        order = self.browser.evaluate("""import('/assets/dev/shapes.js').then((shapes) => {
            const at = (id, x, y) => ({ id, box: [x, y, x + 10, y + 10] });
            const mixed = [at('right', 500, 12), at('below', 0, 40), at('left', 0, 15)];
            return shapes.in_reading_order(mixed, new Map()).map((a) => a.id);
        })""")
        self.assertEqual(order, ["left", "right", "below"])

    def test_choosing_in_the_list_shows_who_made_it(self):
        self.open_claim()
        self.browser.click(".annotations li:nth-child(2) button")
        self.browser.wait_for("document.querySelector('.selected .blame')")
        self.assertIn("Jonas Acker", self.browser.text(".selected .blame"))
        self.assertIn("annotation=", self.browser.evaluate("location.search"))

    def test_clicking_a_box_on_the_page_chooses_it_in_the_list(self):
        self.open_claim()
        self.wait_until_fitted()
        x, y = self.on_page("insured.surname")
        self.browser.mouse("mousePressed", x, y)
        self.browser.mouse("mouseReleased", x, y)
        self.browser.wait_for("document.querySelector('.annotations .selected')")
        self.assertIn("Quillfeather", self.browser.text(".annotations .selected"))

    def test_hovering_shows_the_word_and_its_label(self):
        self.open_claim()
        self.wait_until_fitted()
        self.browser.mouse("mouseMoved", *self.on_page("insured.surname"))
        self.browser.wait_for("!document.querySelector('.tip').hidden")
        self.assertIn("Quillfeather", self.browser.text(".tip"))
        self.assertIn("Person", self.browser.text(".tip"))

    def wait_until_fitted(self):
        self.browser.wait_for("""(() => {
            const page = document.querySelector('.window img').getBoundingClientRect();
            const window = document.querySelector('.window').getBoundingClientRect();
            const close = (a, b) => Math.abs(a - b) < 2;
            return page.width && (close(page.width, window.width) || close(page.height, window.height));
        })()""")

    def on_page(self, field):
        """Where a field's first word is on the screen, with the page fitted to its window."""
        page = mock_server.TRUTHS[CLAIM]["pages"][0]
        label = next(entry for entry in page["labels"] if entry["field"] == field)
        x0, y0, x1, y1 = page["words"][label["words"][0]]["bbox"]
        left, top, width = self.browser.evaluate("""(() => {
            const box = document.querySelector('.window img').getBoundingClientRect();
            return [box.left, box.top, box.width];
        })()""")
        scale = width / page["width"]
        return left + (x0 + x1) / 2 * scale, top + (y0 + y1) / 2 * scale

    def test_keys_turn_pages_and_show_words(self):
        self.open_claim()
        self.browser.press("w")
        self.browser.wait_for("document.querySelector('[aria-pressed=true]')")
        self.browser.press("PageDown")
        self.browser.wait_for("location.search === '?page=2'")
        self.browser.wait_for("document.body.innerText.includes('Thistlewood')")

    def test_history_is_told_in_words(self):
        self.open_claim()
        self.browser.evaluate("document.querySelectorAll('[role=tab]')[1].click()")
        self.browser.wait_for("document.querySelector('.story')")
        story = self.browser.text(".story")
        self.assertIn("Ada Winter", story)
        self.assertIn("added 2 × Person and 2 × Address on page 1", story)
        self.assertIn("of annotations.jsonl cannot be read: what changed in it is not known", story)
        self.assertNotIn("commit", story.lower())

    def test_releases_offer_exports_and_the_dvc_line(self):
        self.open("/acme/claims/releases", "document.querySelector('.release')")
        text = self.browser.text("main")
        for part in ("v1.1.0", "15 documents", "Download COCO", "documents --rev datasets/claims/v1.1.0"):
            self.assertIn(part, text)

    def test_without_a_session_it_asks_to_sign_in(self):
        mock_server.Handler.signed_in = False
        self.open("/acme/claims", "document.querySelector('input[type=password]')")
        self.browser.evaluate("""(() => {
            const form = document.querySelector('form');
            form.elements.name.value = 'ada@example.org';
            form.password.value = 'secret';
            form.requestSubmit();
        })()""")
        self.browser.wait_for("document.querySelector('tbody tr')")

    def test_the_link_of_a_new_server_asks_for_a_password_and_leaves_the_address(self):
        mock_server.Handler.signed_in = False
        self.open("/#link=secret", "document.querySelector('[autocomplete=new-password]')")
        self.assertEqual(self.browser.evaluate("location.hash"), "")
        self.browser.evaluate("""(() => {
            const form = document.querySelector('form');
            form.password.value = 'long enough 1';
            form.requestSubmit();
        })()""")
        self.browser.wait_for("document.querySelector('a.card')")

    def test_a_pasted_token_shows_pages_and_is_not_kept(self):
        mock_server.Handler.signed_in = False
        self.open("/acme/claims", "document.querySelector('details form')")
        self.browser.evaluate("""(() => {
            const form = document.querySelector('details form');
            form.token.value = 'right';
            form.requestSubmit();
        })()""")
        self.browser.wait_for("document.querySelector('tbody a')")
        self.browser.click("tbody a")
        self.browser.wait_for("document.querySelector('.window img')?.naturalWidth > 100")
        self.assertTrue(self.browser.evaluate(
            "document.querySelector('.window img').src.startsWith('blob:')"))
        self.assertEqual(self.browser.evaluate("sessionStorage.length + document.cookie.length"), 0)

    def test_a_lost_page_says_so(self):
        self.open("/nowhere", "document.body.innerText.includes('no such page')")


if __name__ == "__main__":
    if not find_program():
        print("SKIPPED: no Chromium here, so the page is not tested in a browser", file=sys.stderr)
        sys.exit(77)
    unittest.main()
