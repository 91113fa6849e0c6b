"""Splits and releases on the page, against the real server: made, looked at, compared, fetched, withdrawn."""
import zlib

import desk
from desk import harness

HOSTILE = "<img src=x onerror=\"window.hacked=1\"><script>window.hacked=1</script>"


def same_page(number):
    """Other bytes with the same picture."""
    png = harness.tiny_png(7)
    chunk = b"tEXt" + b"Copy\0" + str(number).encode()
    end = png.index(b"IEND") - 4
    return (png[:end] + (len(chunk) - 4).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big") +
            png[end:])


class Datasets(desk.Desk):
    samples = (desk.INVOICE,)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.add_person("sia", "scientist")
        cls.add_person("tom", "trainer")
        cls.copies = [cls.admin.ready(f"copy {n}.png", same_page(n), claim=f"C-{n % 3}")["id"] for n in range(8)]
        for document in cls.copies:
            cls.label(document)

    @classmethod
    def label(cls, document):
        box = {"id": harness.ulid(), "type": "box", "label": "checkbox", "box": [1, 1, 20, 20], "attributes": {"checked": True}}
        page = cls.admin.annotations(document)
        reply = cls.admin.save(document, [*page.json["annotations"], box], page.headers["ETag"])
        assert reply.status == 200, reply

    def view(self, path, condition="document.querySelector('main h1')", name="sia"):
        return self.open(f"/acme/claims/{path}", condition, name=name)

    def button(self, text, within="main"):
        return f"[...document.querySelectorAll('{within} button')].find((b) => b.textContent.trim() === {text!r})"

    def press_button(self, text, within="main"):
        self.browser.wait_for(self.button(text, within))
        self.browser.evaluate(self.button(text, within) + ".click()")

    def fill(self, selector, text):
        self.browser.evaluate(f"""(() => {{ const field = document.querySelector({selector!r});
            field.value = {text!r}; field.dispatchEvent(new Event('input', {{bubbles: true}}));
            field.dispatchEvent(new Event('change', {{bubbles: true}})); }})()""")

    def make_split(self, name, grouped):
        """By hand, on the page; answers what was shown before it was made."""
        tab = self.view("splits")
        self.press_button("+ New split")
        tab.wait_for("document.querySelector('dialog .rule')")
        self.fill("dialog input[name=name]", name)
        self.fill("dialog input[name=salt]", "test")
        if not grouped:
            tab.evaluate("document.querySelectorAll('dialog input[name=group]').forEach((box) => box.click())")
        self.press_button("Show what it gives", "dialog")
        tab.wait_for("document.querySelector('dialog .effect figure')")
        shown = tab.text("dialog .effect")
        self.assertEqual(self.axe(), [])
        self.picture(f"split-{name}-before")
        tab.click("dialog button[type=submit]")
        tab.wait_for(f"location.pathname === '/acme/claims/splits/{name}' && document.querySelector('.overview .card')")
        return shown

    def rule(self, name):
        reply = self.admin.client.get(f"{self.admin.api}/splits/{name}")
        self.assertEqual(reply.status, 200, reply)
        return reply.json

    def test_a_split_is_seen_before_it_is_made_and_tells_what_leaks(self):
        shown = self.make_split("torn", grouped=False)
        self.assertIn("leak", shown)
        tab = self.browser
        rule = self.rule("torn")
        self.assertEqual(rule["rule"]["ratios"], {"train": 80, "validation": 10, "test": 10})
        self.assertEqual(rule["rule"]["locks"], ["test"])
        self.assertEqual(rule["rule"]["rule"].get("group_by", []), [])
        self.assertGreaterEqual(sum(rule["labels"]["checkbox"].values()), len(self.copies))
        self.assertIn("of 9 documents leak", tab.text("section[aria-label=Leakage]"))
        self.press_button("Measure")
        tab.wait_for("document.querySelectorAll('.pairs-of-pages li').length > 0")
        tab.wait_for("[...document.querySelectorAll('.pairs-of-pages img')].some((i) => i.complete && i.naturalWidth > 0)")
        self.assertIn("the same page image", tab.text(".pairs-of-pages"))
        self.assertEqual(self.axe(), [])
        self.picture("split-leaks")
        # A rule that cannot be is told at once.
        self.view("splits", "document.querySelector('a.card')")
        self.press_button("+ New split")
        tab.wait_for("document.querySelector('dialog .rule')")
        for n in (1, 2, 3):
            self.fill(f"dialog .rule tr:nth-child({n}) input[type=number]", "0")
        tab.wait_for("document.querySelector('dialog .effect .error') && document.querySelector('dialog button[type=submit]').disabled")
        tab.press("Escape")
        self.assert_no_complaints()

    def test_what_belongs_together_is_kept_together_and_new_documents_find_their_place(self):
        shown = self.make_split("whole", grouped=True)
        self.assertIn("None of", shown)
        tab = self.browser
        self.assertIn("nearly the same pages", tab.text("section[aria-label='The rule']"))
        self.press_button("Place new documents")
        tab.wait_for("document.querySelector('.toast.shown')?.textContent.includes('have their place')")
        self.assertEqual(tab.count("section[aria-label=Leakage] .good"), 1)
        # Another rule under a name is refused, and says so.
        self.view("splits", "document.querySelector('a.card')")
        self.press_button("+ New split")
        tab.wait_for("document.querySelector('dialog .rule')")
        self.fill("dialog input[name=name]", "whole")
        self.fill("dialog input[name=seed]", "99")
        tab.click("dialog button[type=submit]")
        tab.wait_for("document.querySelector('dialog .effect .error')?.textContent.includes('another rule')")
        tab.press("Escape")

    def look_at_release(self, name):
        self.browser.wait_for("document.querySelector('dialog .new-release')")
        self.fill("dialog input[name=name]", name)
        self.press_button("Show what it would be", "dialog")
        self.browser.wait_for("document.querySelector('dialog .effect .big, dialog .effect .error')")
        return self.browser.text("dialog .effect")

    def untick_states(self):
        self.browser.evaluate("document.querySelectorAll('dialog input[name=state]:checked').forEach((box) => box.click())")

    def test_a_release_is_previewed_made_fetched_compared_and_withdrawn(self):
        made = self.admin.client.put(f"{self.admin.api}/splits/parts", {"rule": {}, "ratios": {"train": 3, "test": 1}, "salt": "x"})
        self.assertEqual(made.status, 200, made)
        tab = self.view("releases?split=parts")
        self.assertIn("empty", self.look_at_release("claims"))          # nothing is accepted
        tab.complaints.clear()                                          # the browser's own line about it
        self.untick_states()
        self.assertTrue(tab.evaluate("document.querySelector('dialog button[type=submit]').disabled"))
        self.fill("dialog textarea[name=description]", HOSTILE)
        self.assertIn("The first version: 1.0.0", self.look_at_release("claims"))
        self.assertEqual(self.axe(), [])
        self.picture("release-before")
        tab.click("dialog button[type=submit]")
        tab.wait_for("location.pathname === '/acme/claims/releases/claims/1.0.0' && document.querySelector('.facts')")
        self.assertIn(HOSTILE, tab.text("main"))
        formats = self.admin.client.get("/api/v1/export-formats").json["items"]
        self.assertEqual(tab.count(".formats a[download]"), len(formats))
        # What is chosen is in the link; the server gives it.
        tab.evaluate("document.querySelector('.card input[name=part]').click()")
        link = tab.evaluate("document.querySelector('.formats a[aria-label=\"Download jsonl\"]').getAttribute('href')")
        self.assertIn("part=", link)
        self.assertEqual(self.admin.client.get(link).status, 200)
        tab.evaluate("document.querySelector('.formats button').click()")
        tab.wait_for("document.querySelector('.formats .lost, .formats .good')")
        self.press_button("Verify")
        tab.wait_for("document.querySelector('section[aria-label=Verify] .good')")
        self.assertEqual(self.axe(), [])
        self.picture("release")

        # A second version: what changed is told before it is made, and afterwards.
        self.label(self.copies[0])
        self.view("releases", "document.querySelector('.releases')")
        self.press_button("+ New release")
        tab.wait_for("document.querySelector('dialog .new-release')")
        self.untick_states()
        tab.evaluate("document.querySelector('dialog select[name=split]').value = 'parts'")
        shown = self.look_at_release("claims")
        self.assertIn("after 1.0.0", shown)
        self.assertRegex(shown, r"\+1")
        tab.click("dialog button[type=submit]")
        tab.wait_for("location.pathname.startsWith('/acme/claims/releases/claims/') && !location.pathname.endsWith('1.0.0')"
                     " && document.querySelector('.facts')")
        version = tab.evaluate("location.pathname.split('/').at(-1)")
        self.fill("section[aria-label=Changes] select[name=since]", "1.0.0")
        tab.wait_for("document.querySelector('section[aria-label=Changes] tbody a')")
        self.assertIn("+1", tab.text("section[aria-label=Changes] .label-changes"))
        self.assertEqual(self.axe(), [])
        self.picture("release-diff")

        self.press_button("Withdraw")
        tab.wait_for("document.querySelector('dialog input[name=answer]')")
        tab.evaluate(f"document.querySelector('dialog input[name=answer]').value = {HOSTILE!r}")
        tab.click("dialog button[type=submit]")
        tab.wait_for("location.pathname === '/acme/claims/releases' && document.querySelector('tr.withdrawn')")
        self.assertIn(HOSTILE, tab.text("tr.withdrawn"))
        self.assertEqual(tab.count("tr.withdrawn a"), 0)
        self.assertEqual(self.axe(), [])
        self.picture("releases")
        gone = self.admin.client.get(f"{self.admin.api}/releases/claims/{version}")
        self.assertEqual(gone.status, 410)
        self.assertFalse(tab.evaluate("Boolean(window.hacked)"))
        self.assert_no_complaints()

        # Who only trains fetches, and sees neither splits nor what they may not do.
        self.open("/acme/claims/releases/claims/1.0.0", "document.querySelector('.facts')", name="tom")
        self.assertEqual(tab.count("button.danger"), 0)
        self.assertGreater(tab.count(".formats a[download]"), 5)
        self.assertNotIn("Splits", tab.text("#top"))


if __name__ == "__main__":
    desk.main()
