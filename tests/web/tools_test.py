"""What can be done to a page: gathering words, boxes, polygons, relations, attributes, values, corrections,
tables, turning and finding one's way, and keys of one's own."""
import json

import desk
from desk import harness

LETTER = "burglary-mail-en.pdf"  # has two pages


class Tools(desk.Desk):
    samples = (desk.INVOICE, LETTER)

    @classmethod
    def push_schema(cls):
        """That of the samples, with an area, a table and attributes of every kind."""
        clone = harness.Clone(cls.project, cls.directory, "schema")
        clone.configure("sam")
        schema = json.loads((harness.ROOT / "samples" / "schema.json").read_text())
        schema["labels"].insert(0, {"name": "stamp", "types": ["polygon", "box"]})
        schema["labels"].append({"name": "seal", "types": ["box"], "attributes": [
            {"name": "kind", "kind": "enum", "values": ["paid", "received"], "required": True},
            {"name": "legible", "kind": "boolean"}, {"name": "count", "kind": "number"},
            {"name": "on", "kind": "date"}, {"name": "note", "kind": "string"}]})
        schema["tables"] = [{"name": "items", "title": "Items", "columns": ["what", "price"]}]
        (clone.path / "schema.json").write_text(json.dumps(schema))
        clone.commit("Schema for every tool")
        clone.push()

    def setUp(self):
        super().setUp()
        self.clear()
        self.browser.evaluate("try { localStorage.removeItem('keys') } catch {}")

    def at(self, n, tab=None):
        x0, y0, x1, y1 = self.words[n]["box"]
        return self.on_screen((x0 + x1) / 2, (y0 + y1) / 2, tab)

    def ids(self, *numbers):
        return [self.words[n]["id"] for n in numbers]

    def visible(self, count):
        """Words near the top of different lines, as the first look shows them."""
        top = sorted(range(len(self.words)), key=lambda i: self.words[i]["box"][1])
        return sorted(i for i in top[:40] if len(self.words[i]["text"]) > 2)[:count]

    # -- choosing words ------------------------------------------------------------------------

    def test_shift_and_ctrl_gather_words(self):
        tab = self.open_page()
        first, second, third, fourth = self.visible(4)
        tab.click_at(*self.at(first))
        tab.click_at(*self.at(third), "Ctrl")
        tab.click_at(*self.at(second), "Ctrl")
        tab.click_at(*self.at(second), "Ctrl")   # and away again
        tab.press("2")
        self.wait_stored(lambda l: [a["words"] for a in l] == [self.ids(first, third)])
        tab.press("Delete")
        self.wait_stored(lambda l: not l)
        tab.click_at(*self.at(first))
        tab.click_at(*self.at(second), "Shift")
        tab.press("2")
        self.wait_stored(lambda l: [a["words"] for a in l] == [self.ids(*range(first, second + 1))])
        tab.press("Delete")
        self.wait_stored(lambda l: not l)
        tab.drag(self.at(first), self.at(first))
        tab.press("Escape")
        left, right = self.ends_of_line(first), self.ends_of_line(fourth)
        tab.drag(self.at(left[0]), self.at(left[1]))
        tab.drag(self.at(right[0]), self.at(right[1]), "Shift")
        tab.press("2")
        wanted = sorted({*range(left[0], left[1] + 1), *range(right[0], right[1] + 1)})
        self.wait_stored(lambda l: [a["words"] for a in l] == [self.ids(*wanted)])

    def ends_of_line(self, n):
        line = [i for i, w in enumerate(self.words) if (w["block"], w["line"])
                == (self.words[n]["block"], self.words[n]["line"])]
        return line[0], line[-1]

    def test_four_clicks_take_the_block(self):
        tab = self.open_page()
        [word] = self.visible(1)
        tab.click_at(*self.at(word), times=4)
        tab.press("2")
        block = [i for i, w in enumerate(self.words) if w["block"] == self.words[word]["block"]]
        self.wait_stored(lambda l: l and set(l[0]["words"]) <= set(self.ids(*block)) and len(l[0]["words"]) > 1)

    def test_the_word_under_the_pointer_is_told_and_all_words_on_demand(self):
        tab = self.open_page()
        [word] = self.visible(1)
        tab.mouse("mouseMoved", *self.at(word))
        tab.wait_for("!document.querySelector('.tip').hidden")
        self.assertIn(self.words[word]["text"], tab.text(".tip"))
        before = self.ink(tab)
        tab.press("w")
        tab.wait_for("document.querySelector('[aria-pressed=true][title*=\"(W)\"]')")
        self.picture("all-words")
        tab.wait_for(f"({self.INK}) > {before} + 1000")

    INK = """(() => { const c = document.querySelector('.overlay');
        const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
        let n = 0; for (let i = 3; i < d.length; i += 4) if (d[i]) n += 1; return n; })()"""

    def ink(self, tab):
        return tab.evaluate(self.INK)

    # -- areas ---------------------------------------------------------------------------------

    def test_a_free_box_and_a_polygon(self):
        tab = self.open_page()
        [word] = self.visible(1)
        x, y = self.at(word)
        tab.drag((x, y), (x + 90, y + 60), "Alt")
        tab.wait_for("document.querySelector('.picker')")
        tab.type("stamp")
        tab.press("Enter")
        [box] = self.wait_stored(lambda l: len(l) == 1)
        self.assertEqual(box["type"], "box")
        tab.press("p")
        for dx, dy in ((0, 120), (80, 120), (80, 180), (0, 180)):
            tab.click_at(x + dx, y + dy)
            tab.evaluate("new Promise((done) => setTimeout(done, 450))")  # no double click
        tab.press("Enter")
        tab.wait_for("document.querySelector('.picker')")
        tab.type("stamp")
        tab.press("Enter")
        stored = self.wait_stored(lambda l: len(l) == 2)
        self.assertEqual(len(next(a for a in stored if a["type"] == "polygon")["polygon"]), 4)
        self.picture("areas")

    # -- what is said of it --------------------------------------------------------------------

    def test_attributes_of_every_kind(self):
        tab = self.open_page()
        [word] = self.visible(1)
        x, y = self.at(word)
        tab.drag((x, y), (x + 90, y + 60), "Alt")
        tab.wait_for("document.querySelector('.picker')")
        tab.type("seal")
        tab.press("Enter")
        tab.wait_for("document.querySelector('.inspector select[name=kind]')")
        self.assertEqual(tab.count(".inspector .missing"), 1)
        for name, value in (("kind", "paid"), ("legible", "false"), ("count", "3"), ("on", "2026-11-28"),
                            ("note", "torn")):
            tab.evaluate(f"""(() => {{ const field = document.querySelector('.inspector [name={name}]');
                field.value = '{value}'; field.dispatchEvent(new Event('change')); }})()""")
            tab.wait_for(f"document.querySelector('.annotations .selected').innerText.includes('{name}: {value}')")
        expected = {"kind": "paid", "legible": False, "count": 3, "on": "2026-11-28", "note": "torn"}
        self.wait_stored(lambda l: l and l[0].get("attributes") == expected)
        self.picture("attributes")
        self.assertEqual(self.axe(tab), [])

    def test_a_date_gets_its_normal_form_beside_what_stands_there(self):
        tab = self.open_page()
        day = next(i for i in range(len(self.words)) if [w["text"] for w in self.words[i:i + 3]]
                   == ["12", "April", "2024"])
        tab.click_at(*self.at(day))
        tab.click_at(*self.at(day + 2), "Shift")
        tab.press("8")                            # the schema's date, after the stamp
        [made] = self.wait_stored(lambda l: len(l) == 1)
        self.assertEqual((made["label"], made["text"]), ("date", "2024-04-12"))
        tab.wait_for("document.querySelector('.inspector input[name=value]')")
        self.assertEqual(tab.evaluate("document.querySelector('.inspector input[name=value]').value"), "2024-04-12")
        self.assertIn("12 April 2024", tab.text(".inspector"))

    def test_words_are_merged_and_the_next_one_follows_by_tab(self):
        tab = self.open_page()
        first = next(i for i in self.visible(20) if self.words[i + 1]["line"] == self.words[i]["line"]
                     and self.words[i + 1]["block"] == self.words[i]["block"])
        tab.click_at(*self.at(first))
        tab.click_at(*self.at(first + 1), "Ctrl")
        tab.press("F2")
        tab.wait_for("document.querySelector('.word-editor input') === document.activeElement")
        tab.type("together")
        tab.press("Tab")
        tab.wait_for("document.querySelector('.word-editor input') === document.activeElement")
        tab.press("Escape")
        [made] = self.wait_stored(lambda l: len(l) == 1)
        self.assertEqual(([r["text"] for r in made["replacements"]], made["words"]),
                         (["together"], self.ids(first, first + 1)))

    def test_words_are_joined_and_split_by_keys(self):
        tab = self.open_page()
        first = next(i for i in self.visible(20) if self.words[i + 1]["line"] == self.words[i]["line"]
                     and self.words[i + 1]["block"] == self.words[i]["block"])
        one, two = self.words[first]["text"], self.words[first + 1]["text"]
        value = "document.querySelector('.word-editor input').value"
        tab.click_at(*self.at(first))
        tab.press("F2")
        tab.wait_for("document.querySelector('.word-editor input') === document.activeElement")
        tab.press("Ctrl+ArrowRight")
        self.assertEqual(tab.evaluate(value), one + two)
        self.assertIn(f"{one} {two}", tab.text(".word-editor"))
        tab.press("Enter")
        [made] = self.wait_stored(lambda l: len(l) == 1)
        self.assertEqual(([r["text"] for r in made["replacements"]], made["words"]),
                         ([one + two], self.ids(first, first + 1)))
        # And apart again, where the cursor stands.
        tab.press("Escape")
        tab.click_at(*self.at(first))
        tab.press("F2")
        tab.wait_for(f"{value} === {json.dumps(one + two)}")
        tab.evaluate(f"document.querySelector('.word-editor input').setSelectionRange({len(one)}, {len(one)})")
        tab.press("Ctrl+ArrowDown")
        self.assertEqual(tab.evaluate(value), f"{one} {two}")
        tab.press("Escape")
        tab.wait_for("document.querySelector('.word-editor').hidden")
        self.settle()
        self.assertEqual(self.stored(), [made])   # left as it was

    def test_a_table_has_rows_and_columns(self):
        tab = self.open_page()
        tab.focus(".window")
        tab.press("ArrowRight")
        for _ in range(11):
            tab.press("Shift+ArrowRight")
        tab.press("/")
        tab.wait_for("document.querySelector('.picker')")
        tab.type("items")
        tab.press("Enter")
        [made] = self.wait_stored(lambda l: len(l) == 1)
        self.assertEqual((made["type"], made["label"]), ("table", "items"))
        cells = [{*row["words"]} & {*column["words"]} for row in made["rows"] for column in made["columns"]]
        self.assertEqual(sum(map(len, cells)), len(made["words"]))  # each word is in one cell
        self.picture("table")

    def test_a_relation_by_dragging(self):
        tab = self.open_page()
        one, two = self.visible(2)
        for n in (one, two):
            tab.click_at(*self.at(n))
            tab.press("2")
            tab.press("Escape")
        tab.press("r")                            # nothing is picked: the tool
        tab.drag(self.at(one), self.at(two))
        stored = self.wait_stored(lambda l: len(l) == 3)
        [relation] = [a for a in stored if a["type"] == "relation"]
        by_words = {tuple(a["words"]): a["id"] for a in stored if a["type"] == "span"}
        self.assertEqual((relation["from"], relation["to"]),
                         (by_words[tuple(self.ids(one))], by_words[tuple(self.ids(two))]))
        self.picture("relation")

    # -- looking around ------------------------------------------------------------------------

    def test_labels_stay_on_their_words_while_the_page_is_zoomed_moved_and_turned(self):
        tab = self.open_page()
        [word] = self.visible(1)
        tab.click_at(*self.at(word))
        tab.press("2")
        tab.press("Escape")
        self.wait_stored(lambda l: len(l) == 1)
        for act in (lambda: tab.wheel(*self.at(word), -200), lambda: tab.press("Ctrl+ArrowUp"),
                    lambda: tab.press("0"), lambda: tab.press("Shift+R")):
            before = self.view(tab)
            act()
            tab.wait_for(f"getComputedStyle(document.querySelector('.text-layer')).transform !== '{before}'")
            tab.evaluate("new Promise((done) => setTimeout(done, 900))")  # it glides to its place
            self.assertEqual(tab.evaluate("getComputedStyle(document.querySelector('.image > img')).transform"),
                             self.view(tab))
            tab.press("Escape")
            tab.click_at(*self.at(word))
            tab.wait_for("document.querySelector('.annotations .selected')")
        self.picture("turned")

    @staticmethod
    def view(tab):
        return tab.evaluate("getComputedStyle(document.querySelector('.text-layer')).transform")

    def test_pages_are_turned_by_key_and_strip(self):
        tab = self.open_page(LETTER)
        self.assertEqual(tab.count(".strip button"), 2)
        tab.press("PageDown")
        tab.wait_for("document.querySelector('.strip button:nth-child(2)').hasAttribute('aria-current')")
        tab.wait_for("location.search.includes('page=2')")
        tab.wait_for("document.querySelector('.strip img').complete && document.querySelector('.strip img').naturalWidth")
        self.picture("strip")
        tab.click(".strip button")
        tab.wait_for("document.querySelector('.strip button').hasAttribute('aria-current')")
        self.assert_no_complaints()

    def test_the_next_doubtful_word(self):
        tab = self.open_page()
        unsure = [w for w in self.words if w["confidence"] < 600]
        tab.press("u")
        if unsure:
            tab.wait_for("document.getElementById('spoken').textContent !== ''")
            self.assertIn(tab.text("#spoken"), [w["text"] for w in unsure])
        else:
            tab.wait_for("document.getElementById('status').classList.contains('shown')")

    # -- keys ----------------------------------------------------------------------------------

    def test_labels_show_the_keys_that_they_have(self):
        tab = self.open_page()
        keys = tab.evaluate("Object.fromEntries([...document.querySelectorAll('.label-chip')].map((chip) =>"
                            " [chip.dataset.label, chip.querySelector('kbd')?.textContent ?? '']))")
        schema = self.admin.client.get(f"{self.admin.api}/schema").json
        for entry in schema["labels"]:
            if entry.get("hotkey"):
                self.assertEqual(keys[entry["name"]], entry["hotkey"])
        self.assertEqual(keys["stamp"], "1")      # it has none of its own
        [word] = self.visible(1)
        x, y = self.at(word)
        tab.drag((x, y), (x + 90, y + 60), "Alt")
        tab.wait_for("document.querySelector('.picker')")
        tab.press("1")                            # in the list as without it
        [made] = self.wait_stored(lambda l: len(l) == 1)
        self.assertEqual((made["type"], made["label"]), ("box", "stamp"))
        own = next(entry for entry in schema["labels"] if entry["name"] == "date")
        tab.press("Escape")
        tab.click_at(*self.at(self.visible(3)[2]))
        tab.press(own["hotkey"])
        stored = self.wait_stored(lambda l: len(l) == 2)
        self.assertIn(own["name"], [a["label"] for a in stored])

    def test_a_key_of_ones_own(self):
        tab = self.open_page()
        tab.press("?")
        tab.wait_for("document.querySelector('dialog')")
        tab.evaluate("[...document.querySelectorAll('dialog tr')].find((r) => r.innerText.startsWith('Show all words'))"
                     ".querySelector('button').click()")
        tab.press("j")
        tab.press("Escape")
        tab.wait_for("!document.querySelector('dialog')")
        tab = self.open_page()                    # and after a reload
        tab.press("j")
        tab.wait_for("document.querySelector('.bar [aria-label=\"Show all words\"][aria-pressed=true]')")
        tab.press("w")                            # the old one does nothing
        self.assertEqual(tab.count(".bar [aria-label='Show all words'][aria-pressed=true]"), 1)


if __name__ == "__main__":
    desk.main()
