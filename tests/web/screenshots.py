#!/usr/bin/env python3
"""Pictures of every view for docs/screens: at both sizes, light and dark, of the real server with the samples.

    tests/web/screenshots.py [NAME ...]      all, or those whose name begins so

Twice the same as far as the program goes: ids of documents come from their bytes, and what a clock or chance
makes (times, digests, ids of annotations) is replaced by something fixed before the picture is taken. The
pictures are WebP, made smaller than the window: all of them together stay below LIMIT.
"""
import base64
import sys
import time

import desk
from browser import Browser
from desk import harness

FOLDER = harness.ROOT / "docs" / "screens"
SIZES = {"1280": (1280, 720, 1), "1920": (1920, 1080, 0.7)}
QUALITY = 60
LIMIT = 4_000_000
INVOICE, ESTIMATE, LETTER, REPORT = (desk.INVOICE, "glazing-estimate-en.png", "burglary-mail-en.pdf", "unfallbericht-de.jpg")

SETTLE = """(() => {
    document.querySelectorAll('time').forEach((e) => { e.textContent = '5 minutes ago'; });
    document.querySelectorAll('.sync').forEach((e) => { e.textContent = 'Saved 10:32'; });
    document.querySelectorAll('code').forEach((e) => {
        e.textContent = e.textContent.replace(/127\\.0\\.0\\.1:\\d+/g, '127.0.0.1:8080').replace(/[0-9a-f]{40,}/g,
            (hex) => hex.slice(0, 8) + '…'); });
    document.activeElement?.blur?.();
    document.getElementById('status')?.classList.remove('shown');
})()"""


class World(desk.Desk):
    """A server with people, labels, reviews, a split and two releases."""
    samples = (INVOICE, ESTIMATE, LETTER, REPORT)

    def runTest(self):
        pass

    @classmethod
    def fill(cls):
        cls.add_person("sia", "scientist")
        cls.server.command("user", "add", "--name", "Olga", "--address", "olga@acme.example", "--role", "owner",
                           "--organisation", "acme", "--password-stdin", stdin=desk.PASSWORD + "\n")
        cls.server.command("project", "create", "acme/letters", "--name", "Letters")
        cls.admin.upload("torn.png", b"\x89PNG\r\n\x1a\n" + b"torn" * 40, wait=60)
        cls.copies = [cls.admin.ready(f"receipt {n}.png", harness.tiny_png(n), claim=f"C-{n // 2}")["id"] for n in range(6)]
        cls.ann, cls.rea = cls.person("ann"), cls.person("rea")
        for name in (ESTIMATE, REPORT, INVOICE):
            cls.label(name)
        cls.propose(LETTER)
        for name in (ESTIMATE, REPORT):
            cls.move(cls.ann, name, "submitted")
        cls.move(cls.rea, ESTIMATE, "accepted")
        cls.move(cls.rea, REPORT, "rejected", "The date of the accident is missing.")
        cls.move(cls.ann, INVOICE, "submitted")
        cls.ask("put", "splits/default", {"rule": {"group_by": ["claim", "near-duplicate"], "stratify_by": "label"}, "salt": "2026",
                                          "ratios": {"train": 80, "validation": 10, "test": 10}, "locks": ["test"]})
        cls.ask("put", "guidelines/totals.md", {"text": "# Totals\n\nThe last amount to pay, with its currency.\n"}, {"If-None-Match": "*"})
        cls.ask("post", "releases", {"name": "claims", "split": "default", "description": "Invoices and reports, labelled by two people."})
        cls.label(INVOICE, 3)
        cls.ask("post", "releases", {"name": "claims", "split": "default"})
        cls.ask("post", "invitations", {"name": "Ivy", "address": "ivy@acme.example", "role": "annotator"})

    @classmethod
    def person(cls, name):
        token = cls.server.command("token", "create", "--user", f"{name}@acme.example", "--name", "pictures").stdout.strip()
        return harness.Project(cls.server, token)

    @classmethod
    def ask(cls, method, path, body, headers=None):
        reply = getattr(cls.admin.client, method)(f"{cls.admin.api}/{path}", body, headers=headers)
        assert reply.status < 300, reply

    @classmethod
    def spans(cls, document, skip, **more):
        words = [w for w in cls.admin.words(document) if len(w["text"]) > 3][skip::9][:14]
        labels = ("header", "name", "total", "date", "street")
        known = {entry["name"] for entry in cls.admin.client.get(f"{cls.admin.api}/schema").json["labels"]}
        labels = [label for label in labels if label in known]
        return [harness.span(labels[n % len(labels)], [w["id"]], w["text"], **more) for n, w in enumerate(words)]

    @classmethod
    def label(cls, name, skip=0):
        document = cls.documents[name]["id"]
        page = cls.ann.annotations(document)
        made = [*page.json["annotations"], *cls.spans(document, skip)]
        reply = cls.ann.save(document, made, page.headers["ETag"])
        assert reply.status == 200, reply

    @classmethod
    def propose(cls, name):
        document = cls.documents[name]["id"]
        made = cls.spans(document, 1, state="proposed", origin={"model": "router", "version": "7"})
        for n, annotation in enumerate(made):
            annotation["confidence"] = 620 + 25 * n
        assert cls.admin.save(document, made, cls.admin.annotations(document).headers["ETag"]).status == 200

    @classmethod
    def move(cls, who, name, state, reason="as it should be"):
        path = f"{cls.admin.api}/documents/{cls.documents[name]['id']}/review"
        reply = who.client.put(path, {"state": state, "reason": reason})
        assert reply.status == 200, reply

    # -- what is pictured --------------------------------------------------------------------------

    def views(self):
        """name: (who, path, what is there once it is drawn, what is done then)"""
        page = {name: f"/acme/claims/documents/{about['id']}" for name, about in self.documents.items()}
        drawn = "document.querySelector('.text-layer p') && document.activeElement?.classList.contains('window')"
        listed = drawn + " && document.querySelector('.annotations li')"
        return {
            "sign-in": (None, "/", "document.querySelector('.sign-in form')", ()),
            "projects": ("olga", "/", "document.querySelector('a.card')", ()),
            "people": ("olga", "/-/acme/people", "document.querySelector('tbody tr')", ()),
            "tokens": ("olga", "/tokens", "document.querySelector('form')", ()),
            "documents": ("olga", "/acme/claims", "document.querySelector('tbody tr')", ()),
            "bulk": ("olga", "/acme/claims", "document.querySelector('tbody tr')", (("click", "th.pick input"),)),
            "overview": ("olga", "/acme/claims/overview", "document.querySelector('figure.plot')", ()),
            "schema": ("olga", "/acme/claims/schema", "document.querySelector('.entries button') && document.querySelector('.guideline *')", ()),
            "members": ("olga", "/acme/claims/members", "document.querySelector('tbody tr')", ()),
            "settings": ("olga", "/acme/claims/settings", "document.querySelector('.switch')", ()),
            "inbox": ("ann", "/acme/claims/inbox", "document.querySelector('.inbox li')", ()),
            "splits": ("sia", "/acme/claims/splits", "document.querySelector('a.card')", ()),
            "split-new": ("sia", "/acme/claims/splits", "document.querySelector('a.card')",
                          (("click", ".heading .primary"), ("wait", "document.querySelector('dialog .rule')"),
                           ("click", "dialog .actions button"), ("wait", "document.querySelector('dialog .effect figure')"))),
            "split": ("sia", "/acme/claims/splits/default", "document.querySelector('.overview .card')", ()),
            "releases": ("sia", "/acme/claims/releases", "document.querySelector('.releases')", ()),
            "release-new": ("sia", "/acme/claims/releases", "document.querySelector('.releases')",
                            (("click", ".heading .primary"), ("wait", "document.querySelector('dialog .new-release')"),
                             ("click", "dialog .actions button"), ("wait", "document.querySelector('dialog .effect .big')"))),
            "release": ("sia", "/acme/claims/releases/claims/1.0.0", "document.querySelector('.facts')", ()),
            "page": ("ann", page[INVOICE], listed, (("press", "."),)),
            "proposals": ("ann", page[LETTER], listed, (("press", "."),)),
            "correction": ("ann", page[INVOICE], listed, (("focus", ".window"), ("press", "ArrowRight"), ("press", "F2"),
                                                          ("wait", "!document.querySelector('.word-editor').hidden"))),
            "label": ("ann", page[INVOICE], listed, (("focus", ".window"), ("press", "ArrowRight"), ("press", "Shift+ArrowRight"),
                                                     ("press", "/"), ("wait", "document.querySelector('.picker')"))),
            "keys": ("ann", page[INVOICE], listed, (("press", "?"), ("wait", "document.querySelector('dialog .keys')"))),
            "review": ("rea", page[INVOICE], listed, (("press", "."),)),
            "talk": ("rea", page[REPORT], listed, (("click", "#tab-discussion"),)),
            "history": ("rea", page[INVOICE], listed, (("click", "#tab-history"), ("wait", "document.querySelector('.story li')"),
                                                       ("back", 1))),
            "about": ("ann", page[INVOICE], listed, (("click", "#tab-about"),)),
        }

    def act(self, tab, what, how):
        if what == "wait":
            tab.wait_for(how)
        elif what == "back":
            tab.evaluate(f"""(() => {{ const slider = document.querySelector('.compare input[type=range]');
                slider.value = Number(slider.max) - {how}; slider.dispatchEvent(new Event('input')); }})()""")
        else:
            getattr(tab, what)(how)

    def take(self, tab, name, view):
        who, path, condition, acts = view
        for theme in ("light", "dark"):
            for size, (width, height, scale) in SIZES.items():
                tab.resize(width, height)
                tab.theme(theme == "dark")
                if who:
                    self.open(path, condition, tab=tab, name=who)
                else:
                    tab.signed_in = None
                    tab.command("Network.clearBrowserCookies")
                    tab.open(self.server.url + path)
                    tab.wait_for(condition)
                time.sleep(0.7)  # pictures arrive, the first view glides to its place
                for act in acts:
                    self.act(tab, *act)
                time.sleep(0.4)
                tab.evaluate(SETTLE if name not in ("correction", "label") else "0")
                shot = tab.command("Page.captureScreenshot", format="webp", quality=QUALITY, clip={
                    "x": 0, "y": 0, "width": width, "height": height, "scale": scale})
                (FOLDER / f"{name}-{size}-{theme}.webp").write_bytes(base64.b64decode(shot["data"]))


TITLES = {"sign-in": "Signing in", "projects": "Projects of an organisation", "people": "Its people", "tokens": "Tokens",
          "documents": "The documents of a project", "bulk": "Many at once", "overview": "How a project stands",
          "schema": "Schema and guidelines", "members": "Members and invitations", "settings": "Settings", "inbox": "What came back",
          "splits": "Splits", "split-new": "A new split, before it is made", "split": "A split", "releases": "Releases",
          "release-new": "A new release, before it is made", "release": "A release", "page": "A page with its labels",
          "proposals": "Proposals of a model", "correction": "Correcting a word", "label": "Choosing a label by name", "keys": "The keys",
          "review": "Reviewing", "talk": "Talk", "history": "History: what came since", "about": "About the document"}


def write_index():
    """docs/screens/README.md: each view four times."""
    heads = [f"{size} {theme}" for theme in ("light", "dark") for size in SIZES]
    lines = ["# Every view", "", "At 1280x720 and 1920x1080, light and dark; made by `tests/web/screenshots.py`.", ""]
    for name, title in TITLES.items():
        cells = [f"![{title}, {head}]({name}-{head.replace(' ', '-')}.webp)" for head in heads]
        lines += [f"## {title}", "", f"| {' | '.join(heads)} |", "|" + "---|" * len(heads), f"| {' | '.join(cells)} |", ""]
    (FOLDER / "README.md").write_text("\n".join(lines))


def main():
    wanted = tuple(sys.argv[1:])
    FOLDER.mkdir(parents=True, exist_ok=True)
    World.setUpClass()
    try:
        World.fill()
        world = World()
        views = world.views()
        assert set(views) == set(TITLES)
        for name, view in views.items():
            if wanted and not name.startswith(wanted):
                continue
            print(name, file=sys.stderr)
            with Browser() as tab:
                world.take(tab, name, view)
        write_index()
    finally:
        World.doClassCleanups()
        World.tearDownClass()
    size = sum(path.stat().st_size for path in FOLDER.glob("*.webp"))
    print(f"{size / 1e6:.2f} MB", file=sys.stderr)
    return 0 if size < LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
