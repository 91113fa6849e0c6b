"""No stroke is lost: not by a dead network, a killed browser, a killed server, or two people at once."""
import signal
import subprocess
import time

import desk
from desk import harness


class NeverLost(desk.Desk):
    def setUp(self):
        super().setUp()
        self.clear()

    def label(self, nth, key, tab=None):
        """Labels the nth word of the page by keyboard and mouse; answers what must be stored."""
        tab = tab or self.browser
        word = self.words[nth]
        x0, y0, x1, y1 = word["box"]
        tab.click_at(*self.on_screen((x0 + x1) / 2, (y0 + y1) / 2, tab))
        before = tab.count(".annotations li")
        tab.press(str(key))
        tab.wait_for(f"document.querySelectorAll('.annotations li').length === {before + 1}")
        tab.press("Escape")
        return [word["id"]]

    def visible(self):
        """Words near the top: on the screen at the first look."""
        top = sorted(range(len(self.words)), key=lambda i: self.words[i]["box"][1])
        return [i for i in top if self.words[i]["box"][0] > 60][:24]

    def assert_all_stored(self, strokes, seconds=60):
        stored = self.wait_stored(lambda l: len(l) >= len(strokes), seconds=seconds)
        self.assertEqual(sorted(a["words"] for a in stored), sorted(strokes))

    def test_every_stroke_survives_network_browser_and_server(self):
        profile = self.directory / "profile"
        browser = self.new_browser(profile=profile)
        tab = self.open_page(tab=browser)
        words = iter(self.visible())
        strokes = [self.label(next(words), 1, tab) for _ in range(4)]
        self.wait_saved(tab)

        # The network is gone: labelling goes on, and says so.
        tab.offline()
        strokes += [self.label(next(words), 2, tab) for _ in range(4)]
        tab.wait_for("document.querySelector('.sync').dataset.state === 'offline'")
        self.assertIn("4", tab.text(".sync"))
        self.picture("offline", tab)

        # ... and in the middle of that the browser is killed, once it says that all are kept.
        strokes += [self.label(next(words), 3, tab) for _ in range(2)]
        tab.wait_for("document.querySelector('.sync').dataset.state === 'offline' &&"
                     " document.querySelector('.sync').textContent.includes('6')")
        browser.kill()
        browser.start()
        browser.signed_in = None  # a browser writes cookies down late
        tab = self.open_page(tab=browser)
        tab.wait_for(f"document.querySelectorAll('.annotations li').length === {len(strokes)}")
        self.assert_all_stored(strokes)

        # The server is killed while somebody labels, and comes back at the same address.
        port = self.server.url.rsplit(":", 1)[1]
        self.server.stop(signal.SIGKILL)
        strokes += [self.label(next(words), 4, tab) for _ in range(4)]
        tab.wait_for("document.querySelector('.sync').dataset.state === 'offline'")
        self.start_server_at(port)
        strokes += [self.label(next(words), 5, tab)]
        self.wait_saved(tab, 60)
        self.assert_all_stored(strokes)

        # Undo reaches back over all of it.
        tab.press("Ctrl+z")
        self.wait_stored(lambda l: len(l) == len(strokes) - 1)
        browser.close()

    def start_server_at(self, port):
        server = self.server
        address = server.directory / "address"
        address.unlink(missing_ok=True)
        with open(server.log, "ab") as log:
            server.process = subprocess.Popen(
                [harness.BINARY, "serve", "--data", server.data, "--listen", f"127.0.0.1:{port}",
                 "--address-file", address], stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + harness.START_SECONDS
        while not address.exists():
            self.assertLess(time.monotonic(), deadline, server.log.read_text()[-2000:])
            time.sleep(0.02)

    def test_what_the_server_drafted_comes_back_in_another_browser(self):
        browser = self.new_browser()
        tab = self.open_page(tab=browser)
        stroke = self.label(self.visible()[0], 1, tab)
        drafts = f"{self.admin.api}/documents/{self.document}/drafts"
        mine = harness.Client(self.server.url, self.server.command(
            "token", "create", "--user", "ann@acme.example", "--name", "look").stdout.strip())
        deadline = time.monotonic() + 10
        while not mine.get(drafts).json["items"] and not self.stored():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        browser.kill()  # with all that it kept
        self.open_page()
        self.assert_all_stored([stroke])
        deadline = time.monotonic() + 10
        while mine.get(drafts).json["items"]:
            self.assertLess(time.monotonic(), deadline, "the draft was not dropped")
            time.sleep(0.1)

    def test_two_browsers_and_a_push_on_one_page(self):
        other = self.new_browser()
        one, two = self.open_page(), self.open_page(tab=other, name="ben")
        places = self.visible()
        mine = self.label(places[0], 1, one)
        theirs = self.label(places[1], 2, two)
        clone = harness.Clone(self.project, self.directory, "sam")
        pushed = [self.words[places[2]]["id"]]
        clone.annotate(self.document, harness.span("date", pushed, "x"))
        clone.commit()
        clone.push()
        self.assert_all_stored([mine, theirs, pushed])
        for tab in (one, two):
            tab.wait_for("document.querySelectorAll('.annotations li').length === 3")

    def test_a_page_left_before_it_hears_that_it_was_saved_saves_nothing_twice(self):
        tab = self.new_browser()
        self.open_page(tab=tab)
        first, second, third = (self.visible()[n] for n in range(3))
        removed = self.label(first, 1, tab)
        self.wait_saved(tab)
        # From here on the server answers no save, though it takes them in.
        tab.command("Fetch.enable", patterns=[{"urlPattern": "*/annotations?session=*", "requestStage": "Response"}])
        kept = self.label(second, 2, tab)
        undone = self.label(third, 3, tab)
        self.wait_stored(lambda l: len(l) == 3)
        tab.press("Ctrl+z")
        tab.wait_for("document.querySelectorAll('.annotations li').length === 2")
        now = self.admin.annotations(self.document)
        rest = [a for a in now.json["annotations"] if a["words"] not in (removed, kept)]
        self.assertEqual([a["words"] for a in rest], [undone])
        self.assertEqual(self.admin.save(self.document, rest, now.headers["ETag"]).status, 200)
        # What somebody else removed stays away, and what was taken back is taken back.
        tab.open(self.server.url + "/tokens")
        tab.wait_for("document.querySelector('form')")
        tab.command("Fetch.disable")
        self.open_page(tab=tab)
        self.wait_stored(lambda l: not l)
        self.wait_saved(tab)
        self.assertEqual(self.stored(), [])
        tab.wait_for("document.querySelectorAll('.annotations li').length === 0")
        tab.close()

    def test_a_clash_is_shown_and_settled_on_the_page(self):
        tab = self.open_page()
        self.label(self.visible()[0], 1, tab)
        [made] = self.wait_stored(lambda l: len(l) == 1)
        self.wait_saved(tab)
        tab.offline()
        tab.click(".annotation")
        tab.press("2")
        tab.wait_for("document.querySelector('.sync').dataset.state === 'offline'")
        now = self.admin.annotations(self.document)
        changed = [{**now.json["annotations"][0], "label": "total"}]
        self.assertEqual(self.admin.save(self.document, changed, now.headers["ETag"]).status, 200)
        tab.offline(False)
        tab.wait_for("!document.querySelector('.clash').hidden", 60)
        self.picture("clash", tab)
        shown = tab.text(".clash")
        for part in ("Mine", "Theirs", "It was"):
            self.assertIn(part, shown)
        self.assertEqual(self.axe(tab), [])
        tab.click(".clash input[value=theirs]")
        tab.click(".clash .primary")
        self.wait_saved(tab)
        [settled] = self.stored()
        self.assertEqual((settled["id"], settled["label"]), (made["id"], "total"))

    def test_ten_tabs_hang_nothing(self):
        tabs = [self.browser] + [self.browser.tab() for _ in range(9)]
        for tab in tabs:
            tab.signed_in = "ann"
            tab.open(f"{self.server.url}/acme/claims/documents/{self.documents[desk.INVOICE]['id']}")
        for tab in tabs:
            tab.wait_for("document.querySelector('.text-layer p')", 60)
        self.document = self.documents[desk.INVOICE]["id"]
        self.words = self.admin.words(self.document)
        tabs[9].command("Page.bringToFront")
        stroke = self.label(self.visible()[0], 1, tabs[9])
        self.assert_all_stored([stroke])
        for tab in tabs[:3]:
            tab.command("Page.bringToFront")
            tab.wait_for("document.querySelectorAll('.annotations li').length === 1", 30)
        for tab in tabs[1:]:
            tab.command("Page.close")


if __name__ == "__main__":
    desk.main()
