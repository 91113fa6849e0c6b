#!/usr/bin/env python3
"""The page at work: a page of 5,000 words and 500 annotations in a headless Chromium, beside Label Studio with the
same page as an image and the same boxes; and one invoice labelled by hand on both.
./dev bench ui

usage: ui.py [--quick] [--json] [--rounds N]

The real server, the real page, input through the browser's own events. Interactive: words,
annotations and their list are there and drawn. Script of a frame: what animation frames and input
handlers took together, as the page itself sees it. Processor time of it, which others on the machine do not
lengthen, comes from the browser's own metrics: an average. Painted: the browser's event timing, from the key
press to the next frame on the screen.

Label Studio knows no words, so that only the boxes are on its page. It is ready when its image is there and its
store has all boxes, which is before it has drawn them; how much script its frames take is measured in the same way
(timers and messages are not in it, on neither side). Its label key changes the label of a selected box, as it needs
a drag to make one. Its next document is the other row of its list. What a person does for one invoice: by_hand.py.
"""
import argparse
import gzip
import json
import pathlib
import re
import sys
import tempfile
import time
import urllib.request

import label_studio
from figures import Report, progress
from label_studio import DRAWN, STORE
from projects import ROOT, harness

sys.path.insert(0, str(ROOT / "tests" / "web"))
from browser import Browser, find_program  # noqa: E402
from by_hand import Hand, OnLabelStudio, OnOurPage, submit  # noqa: E402
from truth import labelled_runs  # noqa: E402

WORDS, ANNOTATIONS = 5_000, 500
PASSWORD = "correct horse 1"
INVOICE = "garage-invoice-en.pdf"

WATCH = """
(() => {
    const frames = window.frames_ = [];
    let now = 0, within = false;
    const wrapped = new WeakMap();  // the same for the same, so that a listener can be taken away
    const wrap = (act) => function (...all) {
        if (within) return act.apply(this, all);
        const begin = performance.now();
        within = true;
        try { return act.apply(this, all); } finally { within = false; now += performance.now() - begin; }
    };
    const timed = (act) => {
        if (!wrapped.has(act)) wrapped.set(act, wrap(act));
        return wrapped.get(act);
    };
    const real = window.requestAnimationFrame;
    window.requestAnimationFrame = (act) => real(timed(act));
    for (const name of ['addEventListener', 'removeEventListener']) {
        const native = EventTarget.prototype[name];
        EventTarget.prototype[name] = function (type, act, options) {
            const input = typeof act === 'function' && /^(wheel|pointer|mousemove|mousewheel)/.test(type);
            return native.call(this, type, input ? timed(act) : act, options);
        };
    }
    const tick = () => { if (now) frames.push(now); now = 0; real(tick); };
    real(tick);
    window.painted_ = [];
    new PerformanceObserver((list) => {
        for (const e of list.getEntries()) if (e.name === 'keydown') painted_.push(e.duration);
    }).observe({ type: 'event', durationThreshold: 16, buffered: true });
})();
"""
COLD, AGAIN = "open the document, nothing in the cache", "open it again"
FRAME = "script of a frame while zooming and moving, 95th percentile"
PAINTED, NEXT = "key press to painted label", "next document"
READY = "performance.getEntriesByName('desk-ready').length > 0"


def dense_pdf(seed):
    """One page with 5,000 words of text, 50 in each of 100 lines."""
    lines = []
    for row in range(100):
        words = " ".join(f"w{seed}{row:02}{column:02}" for column in range(50))
        lines.append(f"BT /F 6 Tf 30 {1560 - row * 15} Td ({words}) Tj ET")
    content = "\n".join(lines).encode()
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
               b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 1500 1600]/Contents 4 0 R"
               b"/Resources<</Font<</F 5 0 R>>>>>>",
               b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
               b"<</Type/Font/Subtype/Type1/BaseFont/Courier>>"]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R>>startxref\n%d\n%%%%EOF" % (len(objects) + 1, table)
    return bytes(out)


def percentile_95(times):
    """Of sorted ones."""
    assert times, "nothing moved"
    return times[int(len(times) * 0.95)]


class Bench:
    def __init__(self, report, rounds):
        self.report, self.rounds = report, rounds
        self.server = harness.Server()
        self.server.start()
        self.server.command("project", "create", "acme/claims", "--name", "Claims")
        self.server.command("user", "add", "--name", "Ann", "--address", "ann@acme.example", "--role",
                            "scientist", "--project", "acme/claims", "--password-stdin",
                            stdin=PASSWORD + "\n")
        self.project = harness.Project(self.server, self.server.add_user("ada", "admin"))
        self.documents = [self.document(seed) for seed in "ab"]

    def image(self, document):
        return self.project.client.get(f"{self.project.api}/documents/{document}/pages/1/image").body

    def size(self, document):
        page = self.project.client.get(f"{self.project.api}/documents/{document}").json["page_list"][0]
        return page["width"], page["height"]

    def boxes(self, document):
        """[(label, box)] of what is labelled."""
        boxes = {word["id"]: word["box"] for word in self.project.words(document)}
        return [(a["label"], boxes[a["words"][0]]) for a in self.project.annotations(document).json["annotations"]]

    def use_schema(self, schema):
        path = f"{self.project.api}/schema"
        etag = self.project.client.get(path).headers["ETag"]
        reply = self.project.client.put(path, {"schema": schema, "accept_findings": True}, headers={"If-Match": etag})
        assert reply.status == 200, reply

    def clear(self, document):
        for page in (0, 1):
            now = self.project.annotations(document, page)
            assert self.project.save(document, [], now.headers["ETag"], page).status == 200
        review = f"{self.project.api}/documents/{document}/review"
        if self.project.client.get(review).json["state"] not in ("new", "in_progress"):
            assert self.project.client.put(review, {"state": "in_progress"}).status == 200

    def check(self, document, words, runs):
        """All of it is there, and nothing else."""
        stored = {(a["label"], tuple(a["words"])) for a in self.project.annotations(document).json["annotations"]}
        wanted = {(label, tuple(words[i]["id"] for i in indexes)) for label, indexes in runs}
        assert stored == wanted, f"{stored - wanted} instead of {wanted - stored}"

    def accept_proposals(self, document, words, runs):
        """Keys for a page that a model has labelled rightly."""
        self.clear(document)
        proposals = [harness.span(label, [words[i]["id"] for i in indexes], " ".join(words[i]["text"] for i in indexes),
                                  state="proposed", confidence=900, origin={"model": "m", "version": "1"})
                     for label, indexes in runs]
        etag = self.project.annotations(document).headers["ETag"]
        assert self.project.save(document, proposals, etag).status == 200
        with self.browser(watched=False) as tab:
            tab.open(f"{self.server.url}/acme/claims/documents/{document}")
            tab.wait_for(f"document.querySelectorAll('.annotations .proposed').length === {len(runs)}")
            hand = Hand(tab)
            hand.key("Shift+A")
            submit(hand)
            return hand.told

    def document(self, seed):
        progress(f"reading document {seed}")
        document = self.project.ready(f"dense-{seed}.pdf", dense_pdf(seed))["id"]
        words = self.project.words(document)
        step = len(words) // ANNOTATIONS
        spans = [harness.span("total", [words[i * step]["id"]], words[i * step]["text"])
                 for i in range(ANNOTATIONS)]
        etag = self.project.annotations(document).headers["ETag"]
        reply = self.project.save(document, spans, etag)
        assert reply.status == 200, reply
        progress(f"{len(words)} words, {len(spans)} annotations")
        assert len(words) >= WORDS * 0.98, len(words)
        return document

    def browser(self, watched=True):
        """Signed in. Watched, listeners cannot be taken away: not for working by hand."""
        browser = Browser(1920, 1080)
        if watched:
            browser.command("Page.addScriptToEvaluateOnNewDocument", source=WATCH)
        browser.open(f"{self.server.url}/api/openapi.json")
        browser.wait_for("location.pathname === '/api/openapi.json'")
        browser.evaluate(f"""fetch('/api/v1/session', {{method: 'POST',
            headers: {{'Content-Type': 'application/json'}},
            body: JSON.stringify({{name: 'ann@acme.example', password: '{PASSWORD}'}})}})
            .then((reply) => reply.status)""")
        return browser

    def address(self, number=0):
        return f"{self.server.url}/acme/claims/documents/{self.documents[number]}"

    def open_times(self):
        cold, warm = [], []
        for _ in range(self.rounds):
            with self.browser() as tab:
                tab.open(self.address())
                tab.wait_for(READY)
                cold.append(tab.evaluate("performance.getEntriesByName('desk-ready')[0].startTime"))
                tab.click("#top nav a")
                tab.wait_for("document.querySelectorAll('tbody a').length > 1")
                warm.append(self.follow(tab, f"a[href$='{self.documents[0]}']"))
        self.report.at_most(COLD, "ms", cold, 800)
        self.report.at_most(AGAIN, "ms", warm, 300)
        return {COLD: cold, AGAIN: warm}

    @staticmethod
    def follow(tab, selector):
        tab.evaluate("performance.clearMarks(), window.begin_ = performance.now(), 0")
        tab.click(selector)
        tab.wait_for(READY)
        return tab.evaluate("performance.getEntriesByName('desk-ready')[0].startTime - begin_")

    def work_times(self):
        frames, script, painted, following = [], [], [], []
        with self.browser() as tab:
            tab.command("Performance.setTimeDomain", timeDomain="threadTicks")
            tab.command("Performance.enable")
            tab.open(self.address())
            tab.wait_for(READY)
            time.sleep(1)
            for _ in range(self.rounds):
                before = self.script_seconds(tab)
                times = self.zoom_and_pan(tab)
                frames.append(percentile_95(times))
                script.append((self.script_seconds(tab) - before) * 1000 / max(1, len(times)))
                painted.append(self.label(tab))
            for _ in range(self.rounds):
                time.sleep(1.5)  # the next document comes while somebody looks at this one
                tab.evaluate("performance.clearMarks(), window.begin_ = performance.now(), 0")
                tab.press("Escape")
                tab.evaluate("window.begin_ = performance.now(), 0")
                tab.press("n")
                tab.wait_for(READY)
                following.append(tab.evaluate(
                    "performance.getEntriesByName('desk-ready')[0].startTime - begin_"))
        self.report.at_most(FRAME, "ms", frames, 8)
        self.report.at_most("processor time of that script, a frame on average", "ms", script, 8)
        self.report.at_most(PAINTED, "ms", painted, 50)
        self.report.at_most(NEXT, "ms", following, 150)
        return {FRAME: frames, PAINTED: painted, NEXT: following}

    @staticmethod
    def zoom_and_pan(tab, *modifiers):
        tab.evaluate("frames_.length = 0, 0")
        for n in range(40):
            tab.wheel(700, 500, -60 if n % 20 < 10 else 60, *modifiers)
            time.sleep(0.016)
        tab.press("h")
        tab.drag((900, 700), (500, 300), steps=40)
        tab.press("v")
        return sorted(tab.evaluate("frames_"))

    @staticmethod
    def script_seconds(tab):
        metrics = tab.command("Performance.getMetrics")["metrics"]
        return next(m["value"] for m in metrics if m["name"] == "ScriptDuration")

    @staticmethod
    def label(tab):
        tab.focus(".window")
        for key in ("ArrowRight", "ArrowDown", "ArrowRight"):
            tab.press(key)
        time.sleep(0.3)
        tab.evaluate("painted_.length = 0, 0")
        tab.press("1")
        time.sleep(0.5)
        found = tab.evaluate("painted_")
        tab.press("Ctrl+z")
        time.sleep(0.3)
        return max(found) if found else 8  # the browser tells of what took longer than 16 ms

    def bundle(self):
        with urllib.request.urlopen(self.server.url) as reply:
            page = reply.read().decode()
        size = 0
        for path in re.findall(r'(?:src|href)="(/assets/[^"]+)"', page):
            with urllib.request.urlopen(self.server.url + path) as reply:
                size += len(gzip.compress(reply.read(), 9))
        self.report.at_most("scripts and styles, compressed", "kB", [size / 1000], 200)


class Peer:
    """Label Studio with the pages of the bench as images and their boxes."""

    def __init__(self, directory, bench):
        self.rounds = bench.rounds
        self.server = label_studio.LabelStudioPages(directory, {"total": "1", "date": "2"})
        self.tasks = [self.server.page(f"dense-{n}.png", bench.image(document), bench.size(document), bench.boxes(document))
                      for n, document in enumerate(bench.documents)]

    def browser(self):
        browser = Browser(1920, 1080)
        browser.command("Page.addScriptToEvaluateOnNewDocument", source=WATCH + WATCH_READY)
        self.server.sign_in(browser)
        return browser

    def opened(self, tab):
        tab.open(self.server.task_url(self.tasks[0]))
        tab.wait_for("window.ready_at_", 120)
        return tab.evaluate("ready_at_")

    def open_times(self):
        cold, following, again = [], [], []
        for _ in range(self.rounds):
            with self.browser() as tab:
                cold.append(self.opened(tab))
                time.sleep(1.5)
                following.append(self.choose(tab, self.tasks[1]))
                again.append(self.choose(tab, self.tasks[0]))
        return {COLD: cold, AGAIN: again, NEXT: following}

    def choose(self, tab, task):
        """In the list beside the page, which it keeps open; the time that it takes."""
        begin = tab.evaluate("performance.now()")
        tab.evaluate(f"""window.task_ = {task}, window.ready_at_ = 0,
            [...document.querySelectorAll('[data-testid=table-row]')].find(
                (row) => row.querySelector('[aria-label="Select Task {task}"]')).click()""")
        tab.wait_for(f"window.Htx?.task?.id === {task} && window.ready_at_", 120)
        return tab.evaluate("ready_at_") - begin

    def work_times(self):
        frames, painted = [], []
        with self.browser() as tab:
            self.opened(tab)
            time.sleep(2)
            for number in range(self.rounds):
                painted.append(self.label(tab, "2" if number % 2 == 0 else "1"))
            for _ in range(self.rounds):
                frames.append(percentile_95(Bench.zoom_and_pan(tab, "Ctrl")))
        return {FRAME: frames, PAINTED: painted}

    @staticmethod
    def label(tab, key):
        """A box that is there gets another label: the only way of its own in which a key alone paints one."""
        place = tab.evaluate("""(() => {
            const box = document.querySelector('.lsf-labels-list').getBoundingClientRect();
            return [box.left + 5, box.top + box.height / 2];
        })()""")
        tab.click_at(*place)
        tab.wait_for(f"{STORE}.selectionSize === 1")
        time.sleep(1)
        tab.evaluate("painted_.length = 0, 0")
        tab.press(key)
        time.sleep(1.5)
        found = tab.evaluate("painted_")
        tab.press("Escape")
        time.sleep(1)
        return max(found) if found else 8


# When Label Studio's page can be worked on, seen from within.
WATCH_READY = f"""
(() => {{
    const look = () => {{
        try {{
            const here = !window.task_ || window.Htx?.task?.id === window.task_;
            if (here && !window.ready_at_ && {DRAWN % ANNOTATIONS}) window.ready_at_ = performance.now();
        }} catch {{}}
        requestAnimationFrame(look);
    }};
    look();
}})();
"""


def beside(report, ours, theirs):
    for work, times in theirs.items():
        report.less(work, "ms", ours[work], {"Label Studio": times}, {})


def by_hand(bench, report, directory):
    """Actions and seconds for one invoice: from zero, and where every proposal is right."""
    document = bench.project.ready(INVOICE, harness.sample(INVOICE))["id"]
    words, size = bench.project.words(document), bench.size(document)
    runs = labelled_runs(INVOICE, words, size[0])
    schema = json.loads((ROOT / "samples/schema.json").read_text())
    bench.use_schema(schema)
    keys = {entry["name"]: entry["hotkey"] for entry in schema["labels"]}
    ours = {}
    for way in ("with_the_keyboard", "with_the_mouse"):
        bench.clear(document)
        with bench.browser(watched=False) as tab:
            tab.open(f"{bench.server.url}/acme/claims/documents/{document}")
            tab.wait_for(READY)
            time.sleep(1)
            ours[way] = getattr(OnOurPage(tab, words, runs, keys), way)()
        bench.check(document, words, runs)
    ours["proposals"] = bench.accept_proposals(document, words, runs)
    theirs = {}
    if label_studio.available():
        image = bench.image(document)
        free = iter("1234567890qweiasdfgjkl")  # those that are no tool's
        their_keys = {label: next(free) for label in sorted({label for label, _ in runs})}
        with label_studio.LabelStudioPages(directory, their_keys) as server:
            for way in ("boxes_alone", "boxes_with_their_text"):
                task = server.page("invoice.png", image, size)
                with Browser(1920, 1080) as tab:
                    server.sign_in(tab)
                    tab.open(server.task_url(task))
                    try:
                        theirs[way] = getattr(OnLabelStudio(tab, words, runs, their_keys, size), way)()
                    except TimeoutError:  # seen on a busy machine: a box that was drawn never came
                        report.skip(f"Label Studio, {way.replace('_', ' ')}", "its page did not follow")
                        continue
                check_boxes(server.labelled(task), words, runs, with_text=way == "boxes_with_their_text")
    tell_hands(report, len(runs), ours, theirs)


def check_boxes(stored, words, runs, with_text):
    wanted = [(label, " ".join(words[i]["text"] for i in indexes) if with_text else "") for label, indexes in runs]
    assert sorted(stored) == sorted(wanted), f"{stored} instead of {wanted}"


def tell_hands(report, labels, ours, theirs):
    for what, unit in ((0, "actions"), (1, "seconds")):
        for way, name in (("with_the_keyboard", "keyboard alone"), ("with_the_mouse", "mouse and keys")):
            for peer, work in (("boxes_with_their_text", "boxes with their text"), ("boxes_alone", "boxes alone")):
                goal = {"Label Studio": 3} if what == 0 and peer == "boxes_with_their_text" else {}
                beside_it = {"Label Studio": [theirs[peer][what]]} if peer in theirs else {}
                report.less(f"an invoice with {labels} labels: {name}, beside {work}", unit, [ours[way][what]], beside_it, goal)
                if not theirs:
                    break
    report.at_most("an invoice whose proposals are all right", "keys", [ours["proposals"][0]], 5)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="2 rounds")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    report = Report("ui")
    if not find_program():
        report.skip("all of it", "there is no Chromium")
        report.print(options.json)
        return
    bench = Bench(report, 2 if options.quick else options.rounds)
    with tempfile.TemporaryDirectory(prefix="glossator-bench-ui-") as place:
        directory = pathlib.Path(place)
        try:
            bench.bundle()
            ours = bench.open_times() | bench.work_times()
            if label_studio.available():
                peer = Peer(directory / "pages", bench)
                with peer.server:
                    beside(report, ours, peer.open_times() | peer.work_times())
            else:
                report.skip("Label Studio beside it", "it is not installed")
            by_hand(bench, report, directory / "invoice")
        finally:
            bench.server.remove()
    report.print(options.json)


if __name__ == "__main__":
    main()
