"""What surrounds the documents: overview, lists, schema, settings, members, upload; in a headless Chromium
against the real server. Exits 77, loudly, without a Chromium."""
import json
import pathlib
import re
import tempfile
import time

import desk
import harness

VIEWS = {  # name: path, what is there once it is drawn
    "projects": ("/", "document.querySelector('a.card')"),
    "documents": ("/acme/claims", "document.querySelector('tbody tr')"),
    "overview": ("/acme/claims/overview", "document.querySelector('figure.plot')"),
    "schema": ("/acme/claims/schema", "document.querySelector('.entries button') && document.querySelector('.guideline *')"),
    "members": ("/acme/claims/members", "document.querySelector('tbody tr')"),
    "splits": ("/acme/claims/splits", "document.querySelector('a.card')"),
    "split": ("/acme/claims/splits/default", "document.querySelector('.overview .card')"),
    "releases": ("/acme/claims/releases", "document.querySelector('.releases')"),
    "release": ("/acme/claims/releases/claims/1.0.0", "document.querySelector('.facts')"),
    "settings": ("/acme/claims/settings", "document.querySelector('.switch')"),
    "tokens": ("/tokens", "document.querySelector('form')"),
}
SIZES = ((1280, 720), (1920, 1080))
HOSTILE = "<img src=x onerror='window.hacked=1'>"


class ProjectViews(desk.Desk):
    samples = (desk.INVOICE, "glazing-estimate-en.png", "unfallbericht-de.jpg")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.add_person("mona", "admin")
        cls.add_person("una", "uploader")
        cls.server.command("user", "add", "--name", "Olga", "--address", "olga@acme.example", "--role", "owner",
                           "--organisation", "acme", "--password-stdin", stdin=desk.PASSWORD + "\n")
        cls.admin.upload("torn.png", b"\x89PNG\r\n\x1a\n" + b"torn" * 40, wait=60)
        cls.blank = cls.admin.ready("blank.png", harness.tiny_png(1))["id"]
        cls.ann = harness.Project(cls.server, cls.token_of("ann"))
        cls.rea = harness.Project(cls.server, cls.token_of("rea"))
        for path, body in (("splits/default", {"ratios": {"train": 2, "test": 1}, "salt": "x", "rule": {"group_by": ["claim"]}}),
                           ("releases", {"name": "claims", "split": "default"})):
            reply = (cls.admin.client.put if path.startswith("splits") else cls.admin.client.post)(f"{cls.admin.api}/{path}", body)
            assert reply.status < 300, reply

    @classmethod
    def token_of(cls, name):
        return cls.server.command("token", "create", "--user", f"{name}@acme.example", "--name", "test").stdout.strip()

    @classmethod
    def label(cls, document, label="total"):
        page = cls.ann.annotations(document)
        word = cls.ann.words(document)[len(page.json["annotations"])]
        reply = cls.ann.save(document, [*page.json["annotations"], harness.span(label, [word["id"]], word["text"])],
                             page.headers["ETag"])
        assert reply.status == 200, reply

    def move(self, who, document, state):
        reply = who.client.put(f"{self.admin.api}/documents/{document}/review", {"state": state, "reason": "as a test"})
        self.assertEqual(reply.status, 200, reply)

    def view(self, name, person="mia", query=""):
        path, there = VIEWS[name]
        return self.open(path + query, there, name=person)

    def wait_for_toast(self, text, tab=None):
        (tab or self.browser).wait_for(f"document.querySelector('.toast.shown')?.textContent.includes({text!r})")

    # -- all views -----------------------------------------------------------------------------------

    def test_no_view_has_a_serious_finding_and_all_are_pictured(self):
        self.label(self.documents[desk.INVOICE]["id"])
        tab = self.browser
        for dark in (False, True):
            tab.theme(dark)
            for name in VIEWS:
                self.view(name, "mona")
                for width, height in SIZES:
                    tab.resize(width, height)
                    time.sleep(0.2)  # pictures arrive
                    self.picture(f"{name}-{width}-{'dark' if dark else 'light'}")
                self.assertEqual(self.axe(), [], f"{name}, {'dark' if dark else 'light'}")
                wide = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
                self.assertLessEqual(wide, 0, f"{name} is wider than the window")
        tab.theme(False)
        tab.resize(1400, 900)
        self.assert_no_complaints()

    def test_signing_in_is_pictured_and_has_no_serious_finding(self):
        tab = self.browser
        tab.signed_in = None
        for dark in (False, True):
            tab.theme(dark)
            tab.command("Network.clearBrowserCookies")
            tab.open(self.server.url + "/")
            tab.wait_for("document.querySelector('.sign-in form')")
            for width, height in SIZES:
                tab.resize(width, height)
                self.picture(f"sign-in-{width}-{'dark' if dark else 'light'}")
            self.assertEqual(self.axe(), [])
        tab.theme(False)
        tab.resize(1400, 900)

    def test_german_shows_no_english(self):
        tab = self.view("overview")
        english = {name: set(tab.text("main").split("\n")) for name in VIEWS
                   if self.view(name)}
        tab.evaluate("localStorage.setItem('language', 'de')")
        try:
            for name in VIEWS:
                self.view(name)
                self.assertEqual(tab.evaluate("document.documentElement.lang"), "de")
                # What people wrote themselves is in their language: names, titles, guidelines; and what
                # the server found in a file is marked as English.
                tab.evaluate("document.querySelectorAll('[lang=en], .prose, .entries, select, .bars').forEach((e) => e.remove())")
                alike = {line.strip() for line in tab.text("main").split("\n")} & english[name]
                words = {line for line in alike if any(word in f" {line.lower()} " for word in
                                                       (" the ", " of ", " and ", " with ", " this ", " not "))}
                self.assertEqual(words, set(), name)
        finally:
            tab.evaluate("localStorage.removeItem('language')")

    # -- the overview --------------------------------------------------------------------------------

    def test_the_overview_shows_numbers_and_tells_them_to_those_who_do_not_see(self):
        document = self.documents["glazing-estimate-en.png"]["id"]
        self.move(self.ann, document, "submitted")
        self.move(self.rea, document, "accepted")
        tab = self.view("overview")
        self.assertIn("accepted", tab.text(".legend"))
        described = tab.evaluate("""[...document.querySelectorAll('svg[role=img]')].every((picture) =>
            picture.getAttribute('aria-labelledby').split(' ').every((id) => document.getElementById(id).textContent))""")
        self.assertTrue(described)
        tab.click("details.numbers summary")
        self.assertIn("accepted", tab.text("details.numbers table"))
        people = tab.text("section[aria-label='Who does what']")
        self.assertIn("Ann", people)
        self.assertIn("Rea", people)
        tab.evaluate("[...document.querySelectorAll('.legend a')].find((a) => a.textContent === 'accepted').click()")
        tab.wait_for("location.search === '?review=accepted' && document.querySelector('tbody .state.accepted')")
        self.assert_no_complaints()

    def test_an_annotator_sees_only_their_own_work(self):
        self.move(self.ann, self.blank, "submitted")
        tab = self.view("overview", "ann")
        self.assertNotIn("Rea", tab.text("section[aria-label='Who does what']"))

    def test_what_failed_says_why_and_is_read_again(self):
        tab = self.view("overview")
        failures = tab.text(".failures")
        self.assertIn("Damaged file", failures)
        self.assertIn("scan it again", failures)
        tab.click(".failures button")
        self.wait_for_toast("1 document will be read again")

    # -- the list ------------------------------------------------------------------------------------

    def names(self, tab):
        return tab.evaluate("[...document.querySelectorAll('tbody tr')].map((row) => row.querySelector('a, td span:not(.sheet)')"
                            "?.textContent ?? '')")

    def test_lists_are_sorted_by_their_heads_and_stay_in_the_address(self):
        tab = self.view("documents")
        tab.evaluate("[...document.querySelectorAll('.sort')].find((b) => b.textContent.includes('Document')).click()")
        tab.wait_for("location.search === '?sort=name'")
        tab.wait_for("document.querySelector('tbody tr a')?.textContent === 'blank.png'")
        tab.evaluate("[...document.querySelectorAll('.sort')].find((b) => b.textContent.includes('Document')).click()")
        tab.wait_for("location.search === '?sort=-name' && document.querySelector('tbody tr a')?.textContent "
                     "=== 'unfallbericht-de.jpg'")
        self.assertEqual(tab.evaluate("document.querySelector('th[aria-sort]').getAttribute('aria-sort')"), "descending")
        tab.wait_for("[...document.querySelectorAll('.sheet img')].some((i) => i.complete && i.naturalWidth > 0)")

    def test_many_are_assigned_at_once_and_found_by_that(self):
        tab = self.view("documents")
        count = tab.count("tbody tr")
        tab.click("th.pick input")
        tab.wait_for("!document.querySelector('.bulk').hidden")
        self.picture("bulk")
        self.assertEqual(self.axe(), [])
        tab.evaluate("""(() => { const choice = document.querySelector('.bulk select');
            choice.value = 'ben@acme.example'; choice.dispatchEvent(new Event('change')); })()""")
        self.wait_for_toast(f"Done: {count} documents")
        self.open("/acme/claims?assignee=me", f"document.querySelectorAll('tbody tr').length === {count}", name="ben")
        tab = self.view("documents")
        tab.click("th.pick input")
        tab.evaluate("""(() => { const choice = document.querySelector('.bulk select');
            choice.value = 'nobody'; choice.dispatchEvent(new Event('change')); })()""")
        self.wait_for_toast(f"Done: {count} documents")

    def test_a_reviewer_accepts_what_was_surely_labelled_in_one_go(self):
        documents = [self.admin.ready(f"sure {n}.png", harness.tiny_png(50 + n))["id"] for n in range(3)]
        for document in documents:
            proposal = {"id": harness.ulid(), "type": "box", "label": "checkbox", "box": [1, 1, 20, 20],
                        "origin": {"model": "m", "version": "1"}, "confidence": 980, "attributes": {"checked": True}}
            reply = self.ann.save(document, [proposal], self.ann.annotations(document).headers["ETag"])
            self.assertEqual(reply.status, 200, reply)
            self.move(self.ann, document, "submitted")
        tab = self.view("documents", "rea")
        tab.evaluate("[...document.querySelectorAll('.shortcuts button')].find((b) => b.textContent === 'Surely labelled').click()")
        tab.wait_for("location.search.includes('label_confidence') && document.querySelectorAll('tbody tr').length === 3")
        tab.click("th.pick input")
        tab.evaluate("[...document.querySelectorAll('.bulk button')].find((b) => b.textContent === 'Accept').click()")
        self.wait_for_toast("Done: 3 documents")
        tab.wait_for("document.querySelector('.nothing')")
        states = {self.rea.client.get(f"{self.admin.api}/documents/{d}/review").json["state"] for d in documents}
        self.assertEqual(states, {"accepted"})

    def test_nothing_that_matches_says_so_and_leads_back(self):
        tab = self.open("/acme/claims?q=zebra", "document.querySelector('.nothing')", name="mia")
        tab.click(".nothing button")
        tab.wait_for("document.querySelector('tbody tr') && location.search === ''")

    def test_an_uploader_sees_a_list_without_what_is_not_theirs(self):
        tab = self.open("/acme/claims", "document.querySelector('.drop')", name="una")
        tab.wait_for("document.querySelector('.nothing')")
        self.assertEqual(tab.count(".shortcuts button, input[type=search]"), 0)
        self.assert_no_complaints()

    # -- the schema ----------------------------------------------------------------------------------

    def schema(self):
        reply = self.admin.client.get(f"{self.admin.api}/schema")
        return reply.json, reply.headers["ETag"]

    def put_schema(self, schema, etag):
        reply = self.admin.client.put(f"{self.admin.api}/schema", {"schema": schema, "accept_findings": True},
                                      headers={"If-Match": etag})
        self.assertEqual(reply.status, 200, reply)

    def fill(self, tab, selector, text):
        tab.evaluate(f"""(() => {{ const input = document.querySelector({selector!r});
            input.value = {text!r}; input.dispatchEvent(new Event('input', {{bubbles: true}})); }})()""")

    def test_a_label_is_made_and_saved(self):
        tab = self.view("schema")
        tab.evaluate("[...document.querySelectorAll('.schema button')].find((b) => b.textContent === '+ New').click()")
        self.fill(tab, ".entry input[name=title]", "Mileage")
        self.fill(tab, ".entry input[name=name]", "mile age")
        tab.wait_for("document.querySelector('.savebar .error')")
        self.assertTrue(tab.evaluate("document.querySelector('.savebar .primary').disabled"))
        self.fill(tab, ".entry input[name=name]", "mileage")
        self.picture("schema-edited")
        tab.click(".savebar .primary")
        tab.wait_for("document.querySelector('dialog .effect .good')")
        tab.click("dialog button[type=submit]")
        self.wait_for_toast("The schema is saved")
        schema, etag = self.schema()
        self.assertIn({"name": "mileage", "title": "Mileage"}, schema["labels"])
        schema["labels"] = [entry for entry in schema["labels"] if entry["name"] != "mileage"]
        self.put_schema(schema, etag)
        self.assert_no_complaints()

    def test_removing_a_label_in_use_is_shown_and_has_to_be_meant(self):
        before, _ = self.schema()
        document = self.documents["unfallbericht-de.jpg"]["id"]
        self.label(document, "date")
        tab = self.view("schema")
        at = next(i for i, entry in enumerate(before["labels"]) if entry["name"] == "date")
        tab.evaluate(f"document.querySelectorAll('.entries button')[{at}].click()")
        self.assertIn("used by 1 annotation", tab.text(".entry .actions"))
        tab.click(".entry .danger")
        tab.click(".savebar .primary")
        tab.wait_for("document.querySelector('dialog .findings')")
        self.assertIn("1 annotation with “date”, which would be gone", tab.text(".findings"))
        self.picture("schema-findings")
        self.assertEqual(self.axe(), [])
        tab.click("dialog button[type=submit]")  # not ticked: the browser refuses
        self.assertEqual(self.schema()[0], before)
        tab.click("dialog input[name=sure]")
        tab.click("dialog button[type=submit]")
        self.wait_for_toast("The schema is saved")
        after, etag = self.schema()
        self.assertNotIn("date", [entry["name"] for entry in after["labels"]])
        self.put_schema(before, etag)

    def test_what_describes_a_label_stands_below_each_other(self):
        tab = self.view("schema")
        parts = tab.evaluate("[...document.querySelector('.entry').children].map((part) => part.getBoundingClientRect())"
                             ".map(({left, top, bottom}) => [left, top, bottom])")
        self.assertGreater(len(parts), 2)
        for (left, _, bottom), (next_left, top, _) in zip(parts, parts[1:]):
            self.assertEqual(left, next_left)
            self.assertGreaterEqual(top, bottom)

    def test_two_who_change_the_schema_do_not_overwrite_each_other(self):
        tab = self.view("schema")
        self.fill(tab, ".entry input[name=title]", "Mine")
        schema, etag = self.schema()
        schema["labels"][0]["title"] = "Theirs"
        self.put_schema(schema, etag)
        tab.click(".savebar .primary")
        tab.wait_for("document.querySelector('.savebar [role=alert]')")
        self.assertIn("Somebody else", tab.text(".savebar"))
        tab.click(".savebar button")
        tab.wait_for("document.querySelector('.entry input[name=title]').value === 'Theirs'")

    def test_the_schema_is_read_only_for_whoever_may_not_change_it(self):
        tab = self.view("schema", "ann")
        self.assertTrue(tab.evaluate("[...document.querySelectorAll('.entry input')].every((input) => "
                                     "input.disabled || input.closest('fieldset:disabled'))"))
        self.assertEqual(tab.count(".savebar:not([hidden]), .danger"), 0)

    def test_a_guideline_is_written_and_holds_no_script(self):
        tab = self.view("schema")
        tab.evaluate("[...document.querySelectorAll('.guidelines button')].find((b) => b.textContent === 'Edit').click()")
        text = "# Totals\\n\\nThe *amount* to pay. <img src=x onerror=\"document.title=1\">\\n\\n- [x](javascript:alert(1))\\n- two"
        tab.evaluate(f"""(() => {{ const area = document.querySelector('textarea');
            area.value = '{text}'; area.dispatchEvent(new Event('input')); }})()""")
        self.picture("guideline")
        self.assertEqual(tab.count(".prose img, .prose a"), 0)
        self.assertEqual(self.axe(), [])
        tab.evaluate("[...document.querySelectorAll('.guideline .primary')][0].click()")
        self.wait_for_toast("The guideline is saved")
        kept = self.admin.client.get(f"{self.admin.api}/guidelines/README.md").json["text"]
        self.assertTrue(kept.startswith("# Totals\n"), kept)
        self.assert_no_complaints()

    # -- organisations ---------------------------------------------------------------------------------

    def test_an_owner_makes_a_project_and_sees_the_people_of_the_organisation(self):
        tab = self.open("/", "document.querySelector('.organisation .heading button')", name="olga")
        self.assertIn("accepted", tab.text("a.card"))
        tab.click(".organisation .heading button")
        tab.wait_for("document.querySelector('dialog input[name=name]')")
        self.fill(tab, "dialog input[name=name]", "Motor Claims 2026")
        self.assertEqual(tab.evaluate("document.querySelector('dialog input[name=slug]').value"), "motor-claims-2026")
        self.assertEqual(self.axe(), [])
        tab.click("dialog button.primary")
        tab.wait_for("location.pathname === '/acme/motor-claims-2026/schema' && document.querySelector('.entries button')")
        self.assertIn("Settings", tab.text("#top nav"))
        self.open("/acme/motor-claims-2026", "document.querySelector('.nothing') && document.querySelector('.drop')",
                  name="olga")
        self.picture("empty-project")
        self.open("/acme/motor-claims-2026/overview", "document.querySelector('.plot')", name="olga")
        self.picture("empty-overview")
        self.assertEqual(self.axe(), [])
        self.open("/-/acme/people", "document.querySelector('tbody tr')", name="olga")
        self.assertIn("olga@acme.example", tab.text("tbody"))
        self.assertEqual(self.axe(), [])
        self.assert_no_complaints()

    # -- people and rules ----------------------------------------------------------------------------

    def test_settings_are_saved_as_they_are_chosen(self):
        tab = self.view("settings")
        tab.click("input[name=queue_order][value=newest]")
        self.wait_for_toast("Saved")
        tab.click("input[name=self_review]")
        tab.click("input[name=push_behind][value=refuse]")
        tab.click("input[name=git_lfs]")
        deadline = time.monotonic() + 20
        while True:
            time.sleep(0.1)
            project = self.admin.client.get(self.admin.api).json
            kept = (project["settings"]["queue_order"], project["policy"]["self_review"], project["policy"]["push_behind"],
                    project["settings"]["git_lfs"])
            if kept == ("newest", True, "refuse", True) or time.monotonic() > deadline:
                break
        self.assertEqual(kept, ("newest", True, "refuse", True))
        self.admin.client.request("PATCH", f"{self.admin.api}/policy", {"self_review": False, "push_behind": "merge"})
        self.admin.client.request("PATCH", f"{self.admin.api}/settings", {"queue_order": "oldest", "git_lfs": False})

    def test_two_readings_are_chosen_and_told_to_the_server(self):
        tab = self.view("settings")
        self.assertTrue(tab.evaluate("document.querySelector('input[name=readings][value=\"1\"]').checked"))
        tab.click('input[name=readings][value="2"]')
        self.wait_for_toast("Saved")
        self.assertEqual(self.admin.client.get(self.admin.api).json["policy"]["readings"], 2)
        self.view("settings")
        self.assertTrue(tab.evaluate("document.querySelector('input[name=readings][value=\"2\"]').checked"))
        tab.click('input[name=readings][value="1"]')
        self.wait_for_toast("Saved")
        self.assertEqual(self.admin.client.get(self.admin.api).json["policy"]["readings"], 1)

    def test_an_invitation_is_a_link_and_taking_a_role_is_asked_for(self):
        self.add_person("gus", "annotator")
        tab = self.view("members")
        self.fill(tab, "form input[name=name]", "Eve")
        self.fill(tab, "form input[name=address]", "eve@acme.example")
        tab.click("form .primary")
        tab.wait_for("document.querySelector('.copy code')?.textContent.includes('/#link=')")
        row = "[...document.querySelectorAll('tbody tr')].find((row) => row.textContent.includes('Gus'))"
        tab.evaluate(f"{row}.querySelector('button').click()")
        tab.wait_for("document.querySelector('dialog')")
        self.assertIn("Gus", tab.text("dialog h2"))
        tab.click("dialog .primary")
        tab.wait_for(f"!({row})")

    def test_whoever_follows_an_invitation_hears_as_whom_they_sign_in(self):
        tab = self.view("members")
        self.fill(tab, "form input[name=name]", "Ivo")
        self.fill(tab, "form input[name=address]", "ivo@acme.example")
        tab.click("form .primary")
        tab.wait_for("document.querySelector('.copy code')?.textContent.includes('/#link=')")
        link = tab.text(".copy code")
        ivo = self.new_browser()
        ivo.open(link)
        ivo.wait_for("document.querySelector('form input[name=password]')")
        self.fill(ivo, "form input[name=password]", desk.PASSWORD)
        ivo.click("form .primary")
        self.wait_for_toast("ivo@acme.example", ivo)
        ivo.wait_for("document.querySelector('a.card')")

    # -- upload --------------------------------------------------------------------------------------

    def choose(self, tab, *files):
        node = tab.command("Runtime.evaluate", expression="document.querySelector('#files')")["result"]["objectId"]
        tab.command("DOM.setFileInputFiles", files=[str(f) for f in files], objectId=node)

    def slow(self, tab, bytes_a_second):
        tab.command("Network.emulateNetworkConditions", offline=False, latency=0, downloadThroughput=-1,
                    uploadThroughput=bytes_a_second)

    def file(self, name, data):
        directory = pathlib.Path(tempfile.mkdtemp(dir=self.directory))
        path = directory / name
        path.write_bytes(data)
        return path

    def stored(self, name):
        items = self.admin.client.get(f"{self.admin.api}/documents?limit=100").json["items"]
        return [d for d in items if d["file_name"] == name]

    def test_files_go_up_with_a_bar_for_each(self):
        tab = self.view("documents", "mona")
        self.choose(tab, self.file("first.png", harness.tiny_png(900)), self.file("second.png", harness.tiny_png(901)))
        tab.wait_for("document.querySelectorAll('.uploads progress').length === 2")
        self.picture("upload")
        tab.wait_for("[...document.querySelectorAll('.uploads li')].every((li) => li.textContent.includes('stored'))")
        for name in ("first.png", "second.png"):
            self.assertEqual(len(self.stored(name)), 1)

    def test_files_are_taken_wherever_they_are_dropped(self):
        tab = self.view("documents", "mona")
        x, y = tab.evaluate("(() => { const box = document.querySelector('thead').getBoundingClientRect(); "
                            "return [box.x + 200, box.y + 10]; })()")
        data = {"items": [], "files": [str(self.file("dropped.png", harness.tiny_png(902)))], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver"):
            tab.command("Input.dispatchDragEvent", type=kind, x=x, y=y, data=data)
        tab.wait_for("document.querySelector('.drop.over')")
        tab.command("Input.dispatchDragEvent", type="drop", x=x, y=y, data=data)
        tab.wait_for("document.querySelector('.uploads li')?.textContent.includes('stored')")
        self.assertEqual(len(self.stored("dropped.png")), 1)
        self.assertEqual(tab.count(".drop.over"), 0)

    def test_an_upload_goes_on_after_a_reload(self):
        tab = self.view("documents", "mona")
        data = harness.sample(desk.INVOICE) + b"%" + b"x" * (20 << 20)
        self.slow(tab, 2 << 20)
        self.choose(tab, self.file("long.pdf", data))
        tab.wait_for("document.querySelector('.uploads progress')?.value > 0.42")  # a whole part has arrived
        tab.command("Page.reload")
        self.slow(tab, -1)
        tab.wait_for("document.querySelector('.uploads li')?.textContent.includes('stored')", 60)
        [document] = self.stored("long.pdf")
        self.assertEqual(document["size"], len(data))
        # Nothing is left to go on with.
        tab.command("Page.reload")
        tab.wait_for("document.querySelector('tbody tr')")
        self.assertEqual(tab.count(".uploads li"), 0)

    def test_an_upload_waits_for_the_network_and_goes_on(self):
        tab = self.view("documents", "mona")
        data = harness.sample(desk.INVOICE) + b"%" + b"y" * (20 << 20)
        self.slow(tab, 2 << 20)
        self.choose(tab, self.file("patient.pdf", data))
        tab.wait_for("document.querySelector('.uploads progress')?.value > 0.42")
        tab.offline()
        tab.wait_for("document.querySelector('.uploads li')?.textContent.includes('waits for the server')")
        tab.offline(False)
        tab.wait_for("document.querySelector('.uploads li')?.textContent.includes('stored')", 90)
        [document] = self.stored("patient.pdf")
        self.assertEqual(document["size"], len(data))
        self.browser.complaints.clear()  # the browser's own lines about the network

    def test_a_file_that_is_refused_says_why(self):
        tab = self.view("documents", "mona")
        self.choose(tab, self.file("nothing.pdf", b""))
        tab.wait_for("document.querySelector('.uploads .failure')?.textContent.length > 5")

    # -- organisations and invitations -----------------------------------------------------------------

    def test_who_owns_the_server_makes_an_organisation(self):
        link = re.search(r"#link=(\S+)", self.server.log.read_text())[1]
        owner = self.new_browser()
        owner.open(f"{self.server.url}/#link={link}")
        owner.wait_for("document.querySelector('.sign-in input[name=password]')")
        owner.focus(".sign-in input[name=password]")
        owner.type(desk.PASSWORD)
        owner.press("Enter")
        owner.wait_for("document.querySelector('.organisation')")
        owner.evaluate("[...document.querySelectorAll('button')].find((b) => b.textContent === '+ New organisation').click()")
        owner.wait_for("document.querySelector('dialog input[name=name]') === document.activeElement")
        self.fill(owner, "dialog input[name=name]", HOSTILE)
        self.fill(owner, "dialog input[name=slug]", "globex")
        owner.press("Enter")
        owner.wait_for(f"[...document.querySelectorAll('.organisation h2')].some((e) => e.textContent === {json.dumps(HOSTILE)})")
        self.assertFalse(owner.evaluate("Boolean(window.hacked)"))
        self.assertEqual(self.axe(owner), [])
        self.picture("organisations", owner)
        self.assert_no_complaints(owner)
        self.open("/", "document.querySelector('a.card')", name="mona")
        self.assertNotIn("New organisation", self.browser.text("main"))

    def test_an_invitation_waits_on_the_page_until_it_is_withdrawn(self):
        reply = self.admin.client.post(f"{self.admin.api}/invitations",
                                       {"name": "Tom &amp; \"Tim\"", "address": "tom@acme.example", "role": "reviewer"})
        self.assertEqual(reply.status, 201, reply)
        tab = self.view("members", "mia")
        pending = "section[aria-label^='Invitations'] tbody tr"
        tab.wait_for(f"document.querySelector({json.dumps(pending)})")
        self.assertIn("tom@acme.example", tab.text("main"))
        self.assertEqual(self.axe(), [])
        self.picture("invitations")
        rows = tab.count(pending)
        tab.evaluate(f"[...document.querySelectorAll({json.dumps(pending)})].find((row) => row.textContent.includes('tom@'))"
                     ".querySelector('button').click()")
        tab.wait_for("document.querySelector('dialog .primary')")
        tab.click("dialog .primary")
        tab.wait_for(f"document.querySelectorAll({json.dumps(pending)}).length === {rows - 1}")
        gone = harness.Client(self.server.url).post("/api/v1/session/link", {"link": reply.json["link"], "password": desk.PASSWORD})
        self.assertEqual(gone.status, 403)
        self.assertFalse(tab.evaluate("Boolean(window.hacked)"))

    # -- hands on the keyboard -------------------------------------------------------------------------

    def walk_with_tab(self, tab):
        """What the tab key did not reach. A list that is drawn anew meanwhile loses the focus, and is walked again."""
        tab.focus("main")
        for _ in range(250):
            tab.press("Tab")
            here = tab.evaluate("""(() => { const e = document.activeElement;
                if (!document.querySelector('main').contains(e)) return '';
                const style = getComputedStyle(e);
                const shown = style.outlineStyle !== 'none' || e.matches('.unseen');
                e.dataset.reached = 'yes';
                return (shown ? '' : 'unseen focus: ') + e.outerHTML.slice(0, 80); })()""")
            if not here:
                break
            self.assertFalse(here.startswith("unseen focus"), here)
        return tab.evaluate("""[...document.querySelectorAll('main button, main a[href], main select, main input')]
            .filter((e) => !e.disabled && !e.closest('fieldset:disabled') && e.tabIndex >= 0 && e.checkVisibility()
                && !e.dataset.reached && !(e.type === 'radio' && !e.checked))
            .map((e) => e.outerHTML.slice(0, 80))""")

    def test_everything_is_reached_and_seen_with_the_tab_key(self):
        for name in ("documents", "overview", "schema", "settings"):
            tab = self.view(name, "mona")
            missed = self.walk_with_tab(tab)
            for _ in range(2):
                missed = missed and self.walk_with_tab(tab)
            self.assertEqual(missed, [], name)


if __name__ == "__main__":
    desk.main()
