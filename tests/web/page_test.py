"""The page in a headless Chromium against the real server. Exits 77, loudly, without a Chromium."""
import json

import desk


class Page(desk.Desk):
    def setUp(self):
        super().setUp()
        self.settle()
        self.clear()

    def test_projects_lead_to_documents(self):
        tab = self.open("/", "document.querySelector('a.card')")
        tab.click("a.card")
        tab.wait_for("document.querySelector('tbody tr')")
        self.assertEqual(tab.evaluate("location.pathname"), "/acme/claims")
        self.picture("documents")
        self.assert_no_complaints()

    def test_search_narrows_the_list_and_stays_in_the_address(self):
        tab = self.open("/acme/claims", "document.querySelector('tbody tr')")
        tab.focus("input[type=search]")
        tab.type("zebra")
        tab.wait_for("!document.querySelector('tbody tr')")
        self.assertEqual(tab.evaluate("location.search"), "?q=zebra")

    def test_a_drag_selects_words_and_a_number_labels_them(self):
        tab = self.open_page()
        words = self.line_of("Invoice")
        tab.drag(self.place_of(words[0]), self.place_of(words[-1]))
        tab.press("1")
        text = json.dumps(" ".join(w["text"] for w in words))
        tab.wait_for(f"document.querySelector('.annotations .selected')?.textContent.includes({text})")
        self.wait_saved()
        [made] = self.wait_stored(lambda list_: len(list_) == 1)
        self.assertEqual(made["label"], "header")
        self.assertEqual(made["words"], [w["id"] for w in words])
        self.picture("labelled")
        self.assert_no_complaints()

    def line_of(self, text):
        word = self.word(text)
        return [w for w in self.words if (w["block"], w["line"]) == (word["block"], word["line"])]

    def place_of(self, word):
        x0, y0, x1, y1 = word["box"]
        return self.on_screen((x0 + x1) / 2, (y0 + y1) / 2)

    def test_typing_letters_chooses_a_label_by_name(self):
        tab = self.open_page()
        tab.click_at(*self.place("Invoice"))
        tab.press("/")
        tab.wait_for("document.querySelector('.picker')")
        tab.type("polic")
        tab.press("Enter")
        self.assertEqual(self.wait_stored(bool)[0]["label"], "policy_number")

    def test_clicks_choose_word_line_and_more(self):
        tab = self.open_page()
        word = self.word("Invoice")
        line = self.line_of("Invoice")
        for times, expected in ((2, [word["id"]]), (3, [w["id"] for w in line])):
            tab.press("Escape")
            tab.click_at(*self.place("Invoice"), times=times)
            tab.press("1")
            stored = self.wait_stored(lambda l, e=expected: any(a["words"] == e for a in l))
            self.assertTrue(stored)
            tab.press("Delete")
            self.wait_stored(lambda l: not l)
            self.settle()

    def test_undo_and_redo_survive_a_reload(self):
        tab = self.open_page()
        tab.click_at(*self.place("Invoice"))
        tab.press("1")
        self.wait_stored(lambda l: len(l) == 1)
        self.settle()
        tab = self.open_page()
        tab.wait_for("document.querySelector('.annotations li')")
        tab.press("Ctrl+z")
        self.wait_stored(lambda l: not l)
        self.settle()
        tab = self.open_page()
        tab.press("Ctrl+Shift+Z")
        self.wait_stored(lambda l: len(l) == 1)

    def test_a_key_that_changes_nothing_does_not_hide_what_others_do(self):
        tab = self.open_page()
        for _ in range(2):  # the second time it has that label already
            tab.click_at(*self.place("Invoice"))
            tab.press("1")
            self.wait_stored(lambda l: len(l) == 1)
            self.wait_saved()
        self.open("/", "document.querySelector('a.card')")
        self.clear()
        tab = self.open_page()
        self.assertEqual(tab.count(".annotations li"), 0)

    def test_a_word_is_corrected_in_its_place(self):
        tab = self.open_page()
        tab.click_at(*self.place("Invoice"))
        tab.press("F2")
        tab.wait_for("document.querySelector('.word-editor input') === document.activeElement")
        tab.type("Inv oice")
        self.picture("correcting")
        tab.press("Enter")
        [made] = self.wait_stored(lambda l: len(l) == 1)
        self.assertEqual([part["text"] for part in made["replacements"]], ["Inv", "oice"])
        self.assertEqual(made["words"], [self.word("Invoice")["id"]])

    def test_proposals_are_accepted_and_rejected_by_one_key_the_least_certain_first(self):
        document = self.documents[desk.INVOICE]["id"]
        words = self.admin.words(document)
        proposals = [desk.harness.span("date", [words[i]["id"]], words[i]["text"], state="proposed",
                                       confidence=sure, origin={"model": "m", "version": "1"})
                     for i, sure in ((3, 900), (5, 300), (7, 600))]
        etag = self.admin.annotations(document).headers["ETag"]
        self.assertEqual(self.admin.save(document, proposals, etag).status, 200)
        tab = self.open_page()
        tab.wait_for("document.querySelectorAll('.annotations .proposed').length === 3")
        self.assertIn("30 %", tab.text(".annotations li"))
        self.picture("proposals")
        tab.press("Enter")   # picks the least certain
        tab.press("Enter")   # is right
        tab.press("x")       # is not
        tab.press("Shift+A") # the rest is right
        stored = self.wait_stored(lambda l: len(l) == 2 and not any("state" in a for a in l))
        self.assertEqual({a["confidence"] for a in stored}, {900, 300})

    def test_choosing_in_the_list_shows_who_made_it(self):
        tab = self.open_page()
        tab.click_at(*self.place("Invoice"))
        tab.press("1")
        self.wait_stored(bool)
        self.wait_saved()
        tab = self.open_page()
        tab.wait_for("document.querySelector('.annotation')")
        tab.click(".annotation")
        tab.wait_for("document.querySelector('.selected .blame')")
        self.assertIn("Ann", tab.text(".selected .blame"))
        tab.wait_for("location.search.includes('annotation=')")

    def test_keys_are_on_a_sheet_and_can_be_changed(self):
        tab = self.open_page()
        tab.press("?")
        tab.wait_for("document.querySelector('dialog')")
        self.picture("keys")
        tab.press("Escape")
        tab.wait_for("!document.querySelector('dialog')")

    def test_a_document_has_a_kind(self):
        tab = self.open_page()
        tab.press("c")
        tab.wait_for("document.querySelector('.picker')")
        tab.type("inv")
        tab.press("Enter")
        [kind] = self.wait_stored(lambda l: len(l) == 1, page=0)
        self.assertEqual((kind["type"], kind["label"]), ("class", "invoice"))

    def test_two_annotations_are_linked_with_the_keyboard(self):
        tab = self.open_page()
        for nth in (3, 5):
            tab.click_at(*self.place_of(self.words[nth]))
            tab.press("1")
            tab.press("Escape")
        tab.press(".")
        tab.press("r")
        tab.press(".")
        stored = self.wait_stored(lambda l: len(l) == 3)
        [relation] = [a for a in stored if a["type"] == "relation"]
        self.assertEqual({relation["from"], relation["to"]},
                         {a["id"] for a in stored if a["type"] == "span"})

    def test_no_view_has_a_serious_finding_of_axe(self):
        for dark in (False, True):
            self.browser.theme(dark)
            for path, there in (("/", "document.querySelector('a.card')"),
                                ("/acme/claims", "document.querySelector('tbody tr')"),
                                ("/acme/claims/releases", "document.querySelector('h1')"),
                                ("/acme/claims/members", "document.querySelector('tbody tr')"),
                                ("/tokens", "document.querySelector('h1')")):
                self.open(path, there, name="mia")
                self.picture(f"{path.strip('/').replace('/', '-') or 'projects'}-{'dark' if dark else 'light'}")
                self.assertEqual(self.axe(), [], path)
            tab = self.open_page()
            tab.click_at(*self.place("Invoice"))
            tab.press("1")
            self.wait_stored(bool)
            for width, height in ((1280, 720), (1920, 1080)):
                self.browser.resize(width, height)
                self.picture(f"document-{width}-{'dark' if dark else 'light'}")
            self.browser.resize(1400, 900)
            self.assertEqual(self.axe(), [], "document")
            tab.press("?")
            self.assertEqual(self.axe(), [], "keys")
        self.browser.theme(False)

    def test_a_lost_page_says_so(self):
        self.open("/nowhere/at/all/here", "document.body.innerText.includes('no such page')")

    def test_nothing_is_asked_of_strangers(self):
        tab = self.open_page()
        strangers = [u for u in tab.requests
                     if not u.startswith((self.server.url, "data:", "blob:"))]
        self.assertEqual(strangers, [])


if __name__ == "__main__":
    desk.main()
