"""Two people label a document blind, a third makes one of both: as each of them sees it on the page."""
import desk
from desk import harness


class Readings(desk.Desk):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        reply = cls.admin.client.request("PATCH", f"{cls.admin.api}/policy", {"readings": 2})
        assert reply.status == 200, reply

    def client(self, name):
        token = self.server.command("token", "create", "--user", f"{name}@acme.example", "--name", "test")
        return harness.Project(self.server, token.stdout.strip())

    def test_two_read_and_a_third_decides(self):
        document = self.documents[desk.INVOICE]["id"]
        path = f"{self.admin.api}/documents/{document}"
        words = [w for w in self.admin.words(document) if len(w["text"]) > 3]

        def span(n, label):
            return harness.span(label, [words[n]["id"]], words[n]["text"])

        ben = self.client("ben")
        bens = [span(0, "header"), span(4, "name"), span(8, "date")]
        self.assertEqual(ben.save(document, bens, ben.annotations(document).headers["ETag"]).status, 200)
        self.assertEqual(ben.client.put(f"{path}/review", {"state": "submitted"}).status, 200)

        # Ann sees nothing of it, and says something else of one word.
        tab = self.open_page()
        self.assertEqual(tab.count(".annotations li"), 0)
        self.assertIn("blind", tab.text(".review").lower())
        for n, key in ((0, "1"), (4, "3")):
            x0, y0, x1, y1 = words[n]["box"]
            tab.click_at(*self.on_screen((x0 + x1) / 2, (y0 + y1) / 2))
            tab.press(key)
            tab.press("Escape")
        self.wait_saved()
        self.picture("blind-reading")
        self.assertEqual(self.stored(), [])      # main has nothing yet
        tab.press("Ctrl+Enter")
        tab.wait_for("location.pathname === '/acme/claims'")

        # Rea sees both.
        rea = self.new_browser()
        self.open_page(tab=rea, name="rea")
        rea.wait_for("document.querySelector('.readings .primary')")
        self.assertIn("Ann", rea.text(".readings"))
        self.picture("readings", rea)
        self.assertEqual(self.axe(rea), [])
        rea.click(".readings .primary")          # what both agree on
        self.wait_stored(lambda l: [a["label"] for a in l] == ["header"])
        self.assertEqual(rea.count(".pair.open"), 2)
        rea.evaluate("[...document.querySelectorAll('.pair.open .side-of')].find((b) => b.textContent.includes('Ben')).click()")
        rea.wait_for("document.querySelectorAll('.pair.open').length === 1")
        rea.evaluate("[...document.querySelector('.pair.open').querySelectorAll('.side-of')].at(-1).click()")
        rea.wait_for("!document.querySelector('.pair.open')")
        self.picture("readings-decided", rea)
        self.wait_stored(lambda l: len(l) == 2)
        rea.evaluate("[...document.querySelectorAll('.readings .primary')].at(-1).click()")
        self.wait_stored(lambda _: self.admin.client.get(f"{path}/review").json["state"] == "accepted")
        self.assert_no_complaints(rea)


if __name__ == "__main__":
    desk.main()
