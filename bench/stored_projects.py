"""Projects of small documents whose bytes are really stored, for benches that move bytes; made once and
kept below build/bench, without a release.

    made = stored_projects.make(100_000)                   # one file of 10 kB each, no pages
    made = stored_projects.make(2_000, image=100_000)      # and an image of a page, of 100 kB
    data = made.copy(directory / "data")
    made.files                                             # {path in a release: sha256}
"""
import hashlib
import json
import pathlib
import random
import shutil
import sqlite3
import subprocess

import projects
from figures import progress
from projects import git, harness

SIZE = 10_000  # of a source
PATH = projects.PATH


def content_of(number, size=SIZE):
    return random.Random(number).randbytes(size)


def image_of(number, size):
    """Of the page; nobody decodes it here."""
    return content_of(-1 - number, size)


def canonical(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def described(content, media_type):
    """As document.json names a stored file."""
    return {"media_type": media_type, "size": len(content), "sha256": hashlib.sha256(content).hexdigest(),
            "md5": hashlib.md5(content).hexdigest()}


def document_of(number, source, image):
    """(directory, document.json); without an image it has no pages: its bytes are all there is."""
    file = described(source, "image/png")
    identity = file["sha256"][:32]
    pages = [{"width": 1000, "height": 1400, "text": "ocr", "image": described(image, "image/png")}] if image else []
    directory = "documents/" + "/".join(identity[:4]) + "/" + identity
    return directory, canonical({
        "id": identity, **file,
        "sources": [{"external_id": f"A-{number}", "received_at": "2026-01-01T00:00:00.000Z"}],
        "pages": pages, "next_word": 1, "pipeline": {"version": "1", "settings": {}}})


def store(root, content):
    md5 = hashlib.md5(content).hexdigest()
    path = root / md5[:2] / md5[2:]
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    path.chmod(0o444)


class Making:
    """One project on its way: commits on top of the server's own first one, bytes, and their rows."""

    def __init__(self, directory, documents, image):
        self.directory, self.documents, self.image = directory, documents, image
        self.server = harness.Server(directory)
        self.files, self.rows = {}, []

    def run(self):
        self.server.command("project", "create", PATH)
        token = self.server.add_user("sam", "scientist", PATH)
        self.server.start()
        harness.Client(self.server.url, token).get(f"/api/v1/projects/{PATH}/schema")  # makes the repository
        self.server.stop()
        self.fill()
        self.note_bytes()
        self.server.command("rebuild", timeout=None)
        (self.directory / "known.json").write_text(json.dumps({"token": token, "files": self.files}))

    def fill(self):
        repository = self.server.repository(PATH)
        root = self.server.data / "orgs/acme/files/md5"
        root.mkdir(parents=True, exist_ok=True)
        with subprocess.Popen(["git", "fast-import", "--quiet"], stdin=subprocess.PIPE, cwd=repository) as into:
            into.stdin.write(b"commit refs/heads/main\ncommitter Glossator <g@glossator.example> 1767225600 +0000\n"
                             b"data 5\nRead\n\nfrom refs/heads/main^0\n")
            for number in range(self.documents):
                directory, document = self.add(number, root)
                text = document.encode() + b"\n"
                into.stdin.write(f"M 100644 inline {directory}/document.json\ndata {len(text)}\n".encode() + text)
            into.stdin.close()
        git("repack", "-adq", cwd=repository)

    def add(self, number, root):
        source = content_of(number)
        image = image_of(number, self.image) if self.image else None
        directory, document = document_of(number, source, image)
        identity = directory.rsplit("/", 1)[1]
        for name, content in (("source.png", source), ("images/0001.png", image)):
            if content is None:
                continue
            store(root, content)
            file = described(content, "image/png")
            self.files[f"{identity[0]}/{identity}/{name}"] = file["sha256"]
            self.rows.append((bytes.fromhex(file["md5"]), bytes.fromhex(file["sha256"]), len(content)))
        return directory, document

    def note_bytes(self):
        """Says of every file that it is there, as uploads would have."""
        database = sqlite3.connect(self.server.data / "glossator.db")
        organisation, project = database.execute("SELECT organisation_id, id FROM projects LIMIT 1").fetchone()
        with database:
            database.executemany(
                "INSERT INTO blobs (organisation_id, md5, directory, sha256, size, media_type)"
                f" VALUES ({organisation}, ?, 0, ?, ?, 'image/png')", self.rows)
            database.execute("INSERT OR IGNORE INTO project_blobs SELECT ?, id FROM blobs", (project,))
        database.close()


class Made:
    def __init__(self, directory):
        self.data = directory / "data"
        known = json.loads((directory / "known.json").read_text())
        self.token, self.files = known["token"], known["files"]

    def copy(self, target):
        progress("copying the data directory")
        return shutil.copytree(self.data, target)

    def release(self, url):
        """Gives the release's JSON."""
        made = harness.Client(url, self.token).post(f"/api/v1/projects/{PATH}/releases", {"name": "claims"},
                                                    timeout=3600)
        if made.status != 201:
            raise RuntimeError(f"release: {made}")
        return made.json


def make(documents, image=0):
    version = hashlib.sha256(pathlib.Path(__file__).read_bytes()).hexdigest()[:8]
    directory = projects.ROOT / "build/bench" / f"stored-{documents}-{image}-{version}"
    if not directory.exists():
        progress(f"making a project of {documents:,} stored documents, once")
        unfinished = directory.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        Making(unfinished, documents, image).run()
        unfinished.rename(directory)
    return Made(directory)
