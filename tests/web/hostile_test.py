"""Names, texts and labels that would be markup or script are text; uploaded HTML and SVG run nowhere."""
import desk
from desk import harness

SCRIPT = "<img src=x onerror=\"window.hit=1\"><script>window.hit=1</script>"


class Hostile(desk.Desk):
    def hit(self):
        return self.browser.evaluate("window.hit === 1")

    def test_a_file_name_is_text(self):
        reply = self.admin.upload(f"{SCRIPT}.png".replace("/", "_"), harness.tiny_png(7), wait=120)
        self.assertIn(reply.status, (200, 201), reply)
        name = reply.json["items"][0]["file_name"]
        tab = self.open("/acme/claims", "document.querySelector('tbody tr')")
        self.assertIn(name[:20], tab.text("tbody"))
        self.assertEqual(tab.count("tbody img[onerror]"), 0)
        document = reply.json["items"][0]["id"]
        self.open(f"/acme/claims/documents/{document}", "document.querySelector('.bar h1')")
        self.assertEqual(tab.text(".bar h1"), name)
        self.assertFalse(self.hit())

    def test_values_attributes_and_reasons_are_text(self):
        document = self.documents[desk.INVOICE]["id"]
        word = self.admin.words(document)[4]
        etag = self.admin.annotations(document).headers["ETag"]
        bad = [harness.span("date", [word["id"]], SCRIPT, attributes={"field": SCRIPT})]
        self.assertEqual(self.admin.save(document, bad, etag).status, 200)
        tab = self.open_page()
        tab.wait_for("document.querySelector('.annotation')")
        tab.click(".annotation")
        tab.wait_for("document.querySelector('.inspector')")
        self.assertIn("onerror", tab.text(".annotations"))
        for name in ("history", "about"):
            tab.click(f"#tab-{name}")
            tab.wait_for("!document.querySelector('.panel .loading')")
        self.assertEqual(tab.count("main img[onerror]"), 0)
        self.assertFalse(self.hit())

    def test_comments_verdicts_and_the_inbox_are_text(self):
        document = self.documents[desk.INVOICE]["id"]
        path = f"{self.admin.api}/documents/{document}"
        word = self.admin.words(document)[6]
        etag = self.admin.annotations(document).headers["ETag"]
        bad = harness.span("date", [word["id"]], "x", review={"state": "rejected", "reason": SCRIPT})
        self.assertEqual(self.admin.save(document, [bad], etag).status, 200)
        for about in ({"annotation": bad["id"]}, {}):
            reply = self.admin.client.post(f"{path}/comments", {"text": SCRIPT, **about})
            self.assertEqual(reply.status, 201, reply)
        ann = harness.Client(self.server.url, self.server.command(
            "token", "create", "--user", "ann@acme.example", "--name", "hostile").stdout.strip())
        self.assertEqual(ann.put(f"{path}/review", {"state": "submitted"}).status, 200)
        rejected = self.admin.client.put(f"{path}/review", {"state": "rejected", "reason": SCRIPT})
        self.assertEqual(rejected.status, 200, rejected)
        tab = self.open("/acme/claims/inbox", "document.querySelector('.inbox li')")
        self.assertIn("onerror", tab.text(".inbox"))
        tab = self.open_page()
        tab.wait_for("document.querySelector('.because').textContent.includes('onerror')")
        tab.click(".annotation")
        tab.wait_for("document.querySelector('.inspector .thread .comment')")
        self.assertIn("onerror", tab.text(".inspector"))
        tab.click("#tab-discussion")
        tab.wait_for("document.querySelectorAll('.panel .comment').length === 2")
        self.assertEqual(tab.count("main img[onerror]"), 0)
        self.assertFalse(self.hit())

    def test_html_and_svg_are_refused_and_never_rendered(self):
        for name, body in (("a.html", b"<!doctype html>" + SCRIPT.encode()),
                           ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='window.hit=1'/>")):
            reply = self.admin.upload(name, body, wait=30)
            accepted = reply.status < 300 and reply.json["items"][0]
            if accepted:
                self.assertEqual(accepted["state"], "failed", accepted)
                source = self.admin.client.get(f"{self.admin.api}/documents/{accepted['id']}/source")
                self.assertIn("attachment", source.headers["Content-Disposition"])
                self.assertIn("sandbox", source.headers["Content-Security-Policy"])

    def test_the_policy_allows_nothing_inline(self):
        policy = harness.Client(self.server.url).get("/").headers["Content-Security-Policy"]
        for word in ("unsafe-inline", "unsafe-eval", "*"):
            self.assertNotIn(word, policy)


if __name__ == "__main__":
    desk.main()
