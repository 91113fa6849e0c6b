"""The main way in Firefox: sign in, list, open a document, label, saved. Exits 77, loudly, without a Firefox."""
import sys

import desk
import firefox
import harness


class InFirefox(desk.Desk):
    @classmethod
    def new_browser(cls, **options):
        browser = firefox.Firefox()
        cls.addClassCleanup(browser.close)
        return browser

    def on_screen(self, x, y, tab=None):
        return tuple(super().on_screen(x, y, tab))

    def test_sign_in_list_open_label_saved(self):
        tab = self.browser
        print(f"Firefox {tab.version}", flush=True)
        tab.open(self.server.url + "/")
        tab.wait_for("document.querySelector('.sign-in input[name=name]')")
        tab.click(".sign-in input[name=name]")
        tab.type("ann@acme.example")
        tab.click(".sign-in input[name=password]")
        tab.type(desk.PASSWORD)
        tab.press("Enter")
        tab.wait_for("document.querySelector('a.card')")
        tab.click("a.card")
        tab.wait_for("document.querySelector('tbody tr a')")
        tab.click("tbody tr a")
        tab.wait_for("document.querySelector('.text-layer p')")
        tab.wait_for("document.activeElement.classList.contains('window')")
        document = self.documents[desk.INVOICE]["id"]
        self.document, self.words = document, self.admin.words(document)
        # The view glides to its place: its transform has come to rest.
        tab.wait_for("""(async () => { const at = () => getComputedStyle(document.querySelector('.text-layer')).transform;
            const before = at(); await new Promise((done) => setTimeout(done, 300)); return at() === before; })()""")
        first = self.word("Invoice")
        line = [w for w in self.words if w["line"] == first["line"]]
        tab.drag(self.middle(line[0]), self.middle(line[-1]))
        tab.press("1")
        tab.wait_for("document.querySelector('.annotations .selected')")
        self.wait_saved(tab, 60)
        [kept] = self.wait_stored(lambda stored: len(stored) == 1)
        self.assertEqual(kept["words"], [w["id"] for w in line])
        for path, there in (("/acme/claims/overview", "figure.plot"), ("/acme/claims/schema", ".entries button")):
            tab.open(self.server.url + path)
            tab.wait_for(f"document.querySelector('{there}')")
        tab.screenshot(desk.ARTEFACTS / "firefox.png")
        # What was under way on a page that was left has ended with it, and Firefox says so.
        self.assertEqual([c for c in tab.complaints if "AbortError" not in c], [])

    def middle(self, word):
        x0, y0, x1, y1 = word["box"]
        return self.on_screen((x0 + x1) / 2, (y0 + y1) / 2)


if __name__ == "__main__":
    if not firefox.find_program():
        print("SKIPPED: no Firefox here (Debian's firefox-esr), so the page is not tested in it", file=sys.stderr)
        sys.exit(77)
    harness.main()
