#!/usr/bin/env python3
"""Serves web/ with made-up answers, so that the page can be worked on without the program.

  tests/web/mock_server.py [PORT]      then open http://127.0.0.1:PORT/

Documents are the samples that a browser or pdftoppm can show; their annotations are the ground
truth's labels. Sends the same Content-Security-Policy as the program. Any name and password will
do, and the token `right`. Python's standard library and pdftoppm.
"""
import functools
import http.server
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
WEB, SAMPLES = ROOT / "web", ROOT / "samples"
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
         ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
POLICY = ("default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
          "form-action 'self'; frame-ancestors 'none'")
NOW = "2026-11-21T18:05:00Z"
YESTERDAY = "2026-11-20T09:30:00Z"
PROJECT = r"/api/v1/projects/acme/claims"
DOCUMENT = PROJECT + r"/documents/(?P<id>\w+)"
PAGE = DOCUMENT + r"/pages/(?P<page>\d+)"


def truths():
    found = {}
    for number, path in enumerate(sorted((SAMPLES / "truth").glob("*.json"))):
        truth = json.loads(path.read_text(encoding="utf-8"))
        if truth["file"].endswith((".pdf", ".png")):
            found[f"{number:032x}"] = truth
    return found


TRUTHS = truths()


def words_of(page):
    """Words with ids from 1; a word below the last one begins a new line."""
    line, bottom, words = 0, 0, []
    for number, word in enumerate(page["words"], 1):
        if words and word["bbox"][1] > bottom:
            line += 1
        bottom = word["bbox"][3]
        words.append({"id": number, "block": 0, "line": line, "box": word["bbox"],
                      "confidence": 990 - number * 37 % 500, "text": word["text"]})
    return words


def annotations_of(page):
    found = []
    for number, label in enumerate(page["labels"]):
        annotation = {"id": f"01J000000000000000000{number:05}", "label": label["label"],
                      "attributes": {"field": label["field"]}}
        if "box" in label:
            annotation.update(type="box", box=label["box"])
            annotation["attributes"]["checked"] = label["checked"]
        else:
            annotation.update(type="span", words=[w + 1 for w in label["words"]])
        if number % 9 == 4:
            annotation["state"] = "proposed"
        found.append(annotation)
    if len(found) > 3:
        found.append({"id": "01J00000000000000000099999", "type": "relation",
                      "label": "caption_of", "from": found[1]["id"], "to": found[2]["id"]})
    return found


def row(identity, truth):
    return {"id": identity, "state": "ready", "file_name": truth["file"],
            "pages": len(truth["pages"]), "review": "submitted" if "en" in identity else "new",
            "pages_done": len(truth["pages"]), "received_at": NOW, "sources": sources_of(truth)}


def sources_of(truth):
    uploads = json.loads((SAMPLES / "metadata.json").read_text(encoding="utf-8"))["uploads"]
    return [dict(u, file_name=truth["file"], received_at=NOW) for u in uploads
            if u["file"].endswith(truth["file"])]


def show_documents(query):
    rows = [row(*item) for item in TRUTHS.items() if query.get("q", "") in item[1]["file"]]
    rows.insert(1, {"id": "e" * 32, "state": "failed", "file_name": "locked-report.pdf",
                    "pages": 0, "review": "new", "received_at": NOW,
                    "failure": {"code": "encrypted",
                                "reason": "This PDF is encrypted. Retry with its password."}})
    rows.insert(2, {"id": "f" * 32, "state": "processing", "file_name": "fax-0044.tif",
                    "pages": 12, "pages_done": 7, "review": "new", "received_at": NOW})
    return {"items": rows, "next_cursor": "more"}


def show_document(identity):
    truth = TRUTHS[identity]
    pages = [{"width": p["width"], "height": p["height"]} for p in truth["pages"]]
    return dict(row(identity, truth), page_list=pages)


def show_history(identity):
    annotations = annotations_of(TRUTHS[identity]["pages"][0])

    def change(kind, number, *fields):
        return {"page": 1, "kind": kind, "id": annotations[number]["id"],
                "label": annotations[number]["label"], "fields": list(fields)}
    people = [("Ada Winter", NOW, "Correct the total", [change("changed", 3, "words", "text")]),
              ("Jonas Acker", YESTERDAY, "Label the form",
               [change("added", n) for n in (1, 2, 3, 4)]),
              ("Glossator", YESTERDAY, "Read the document", [])]
    items = [{"commit": f"{n:040x}", "author": name, "at": at, "message": message,
              "changes": changes} for n, (name, at, message, changes) in enumerate(people)]
    items.append({**items[-1], "author": "Old Hand", "unreadable": ["annotations.jsonl"]})
    return {"items": items, "next_cursor": None}


def show_releases():
    def release(version, at, documents):
        tag = f"datasets/claims/v{version}"
        return {"name": "claims", "version": version, "tag": tag, "created_at": at,
                "documents": documents, "manifest_sha256": "5f" * 32,
                "dvc": f"dvc get http://localhost/acme/claims.data.git documents --rev {tag}"}
    return {"items": [release("1.1.0", NOW, 15), release("1.0.0", YESTERDAY, 9)]}


@functools.lru_cache(maxsize=None)
def image(identity, number):
    truth = TRUTHS[identity]
    path = SAMPLES / "documents" / truth["file"]
    if path.suffix == ".png":
        return path.read_bytes()
    return subprocess.run(["pdftoppm", "-r", str(truth["dpi"]), "-f", str(number), "-l",
                           str(number), "-png", path], check=True, capture_output=True).stdout


def page_of(identity, page):
    return TRUTHS[identity]["pages"][int(page) - 1]


PROJECT_ANSWER = {"project": "acme/claims", "organisation": "acme", "slug": "claims",
                  "name": "Claims", "clone_url": "http://localhost/acme/claims.git"}

ROUTES = [
    (r"/api/v1/me", lambda m, q: {"name": "Ada Winter", "csrf_token": "c"}),
    (r"/api/v1/projects", lambda m, q: {"items": [
        PROJECT_ANSWER]}),
    (PROJECT, lambda m, q: PROJECT_ANSWER),
    (PROJECT + "/schema", lambda m, q: json.loads((SAMPLES / "schema.json").read_text())),
    (PROJECT + "/releases", lambda m, q: show_releases()),
    (PROJECT + "/documents", lambda m, q: show_documents(q)),
    (DOCUMENT, lambda m, q: show_document(m["id"])),
    (DOCUMENT + "/history", lambda m, q: show_history(m["id"])),
    (DOCUMENT + r"/annotations/\w+/blame", lambda m, q: {
        "author": "Jonas Acker", "at": NOW, "message": "Label the form",
        "commit": "c" * 40, "changes": []}),
    (PAGE + "/words", lambda m, q: {"words": words_of(page_of(m["id"], m["page"]))}),
    (PAGE + "/annotations", lambda m, q: {"annotations": annotations_of(
        page_of(m["id"], m["page"]))}),
]


class Handler(http.server.BaseHTTPRequestHandler):
    signed_in = True

    def log_message(self, *_):
        pass

    def answer(self, status, media_type, body):
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)

    def json(self, status, value):
        kind = "application/json" if status < 400 else "application/problem+json"
        self.answer(status, kind, json.dumps(value).encode())

    def do_GET(self):
        path, _, tail = self.path.partition("?")
        query = dict(part.split("=", 1) for part in tail.split("&") if "=" in part)
        if path.startswith("/api/"):
            return self.api(path, query)
        file = WEB / (path.removeprefix("/assets/dev/") if path.startswith("/assets/")
                      else "index.html")
        if not file.is_file():
            return self.json(404, {"title": "Not found", "code": "not_found"})
        body = file.read_bytes().replace(b"@assets@", b"/assets/dev")
        return self.answer(200, TYPES[file.suffix], body)

    def api(self, path, query):
        token = self.headers.get("Authorization") == "Bearer right"
        if not Handler.signed_in and not token:
            return self.json(401, {"title": "Sign in first", "code": "unauthenticated"})
        if path == "/api/v1/events":
            return self.answer(200, "text/event-stream", b"retry: 60000\n\n")
        found = re.fullmatch(PAGE + "/image", path)
        if found and found["id"] in TRUTHS:
            return self.answer(200, "image/png", image(found["id"], int(found["page"])))
        for pattern, make in ROUTES:
            found = re.fullmatch(pattern, path)
            if found and found.groupdict().get("id", next(iter(TRUTHS))) in TRUTHS:
                return self.json(200, make(found, query))
        return self.json(404, {"title": "There is no such thing", "code": "not_found"})

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.startswith("/api/v1/session"):
            Handler.signed_in = True
            return self.json(200, {})
        return self.json(202, {"items": []})

    def do_DELETE(self):
        Handler.signed_in = False
        self.json(200, {})


def serve(port=0):
    """A server on a free or the given port of the loopback interface; the caller runs it."""
    return http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)


if __name__ == "__main__":
    server = serve(int(sys.argv[1]) if len(sys.argv) > 1 else 8000)
    print(f"http://127.0.0.1:{server.server_address[1]}/")
    server.serve_forever()
