#!/usr/bin/env python3
"""Lists, the project's page, the queue and a schema preview over a million documents.

usage: million_documents.py DOCUMENTS [ROUNDS] [--plans] [--keep DIR]

Fills a server's database with rows as the index would have written them (there is nothing in git, so
documents cannot be opened), then asks the API as the page does. Each question is asked ROUNDS times
(default 7); what counts is the median over the wire, with what any request costs, written before the
table. --plans prints how SQLite answers the lists; --keep fills DIR once and asks it again the next time. Exits 1 if a page of a list takes over SECONDS.
"""
import hashlib
import pathlib
import random
import sqlite3
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness  # noqa: E402

SECONDS = 2.0
LABELS = ["total", "date", "iban", "name", "address", "plate"]
WORDS = ("invoice claim damage policy date total amount driver vehicle street number page letter water garage "
         "insurance report accident").split()
REVIEWS = ["new"] * 60 + ["in_progress"] * 5 + ["submitted"] * 15 + ["accepted"] * 18 + ["rejected"] * 2


def fill(path, count):
    """As storage/document_table writes them; triggers count along."""
    chance = random.Random(1)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA synchronous = OFF")
    db.execute("PRAGMA cache_size = -400000")
    [(project,)] = db.execute("SELECT id FROM projects")
    people = [row[0] for row in db.execute("SELECT id FROM users ORDER BY id")]
    db.execute("BEGIN")
    for number in range(1, count + 1):
        document = hashlib.sha256(str(number).encode()).hexdigest()[:32]
        confidence = min(1000, max(0, int(chance.gauss(930, 60))))
        label_confidence = chance.randrange(1000) if number % 3 == 0 else 1001
        failed = number % 500 == 0
        db.execute("INSERT INTO documents (number, project_id, id, state, failure_code, failure_reason, file_name, md5,"
                   " sha256, size, media_type, received_at, page_count, pages_done, review_state, git_commit, changed_at,"
                   " confidence, label_confidence) VALUES (?, ?, ?, ?, ?, '', ?, x'00112233445566778899aabbccddeeff', ?, 1,"
                   " 'application/pdf', ?, 1, 1, ?, ?, 1, ?, ?)",
                   (number, project, document, "failed" if failed else "ready", "damaged" if failed else "",
                    f"scan-{chance.randrange(10 ** 6):06}.pdf", hashlib.sha256(str(number).encode()).digest(),
                    1_700_000_000_000 + number * 1000, "" if failed else chance.choice(REVIEWS),
                    "" if failed else "c0ffee", confidence, label_confidence))
        if failed:
            continue
        db.execute("INSERT INTO pages (number, document, page, words, confidence) VALUES (?, ?, 1, 200, ?)",
                   (number, number, confidence))
        text = " ".join(chance.choices(WORDS, k=12)) + f" n{number}" + (" heron" if number % 100_000 == 7 else "")
        db.execute("INSERT INTO page_texts (rowid, scope, text) VALUES (?, ?, ?)", (number, f"p{project}", text))
        labels = chance.sample(LABELS, 2) + (["rare"] if number % 50_000 == 11 else [])
        for label in labels:
            db.execute("INSERT INTO document_labels VALUES (?, 1, ?)", (number, label))
            db.execute("INSERT INTO label_uses VALUES (?, 1, 'span', ?, 0, '', '', '', 3)", (number, label))
        db.execute("INSERT INTO document_keys VALUES (?, 'claim', ?)", (number, f"C-{number // 3}"))
        db.execute("INSERT INTO document_keys VALUES (?, 'customer', ?)", (number, f"K-{number % 7}"))
        if number % 4 == 0:
            db.execute("INSERT INTO assignments VALUES (?, ?, ?, ?, 1)",
                       (project, document, people[number // 4 % len(people)], people[0]))
        if number % 60 == 0:
            db.execute("INSERT INTO review_samples VALUES (?, ?)", (project, document))
    db.execute("COMMIT")
    db.close()


QUESTIONS = [
    ("newest first", "documents?limit=50"),
    ("by name", "documents?limit=50&sort=name"),
    ("least sure first", "documents?limit=50&sort=confidence"),
    ("state failed", "documents?limit=50&state=failed"),
    ("review submitted", "documents?limit=50&review=submitted"),
    ("submitted, by name", "documents?limit=50&review=submitted&sort=name"),
    ("frequent label", "documents?limit=50&label=total"),
    ("rare label", "documents?limit=50&label=rare"),
    ("frequent label, rejected", "documents?limit=50&label=total&review=rejected"),
    ("one claim", "documents?limit=50&key=claim%3DC-1234"),
    ("frequent key", "documents?limit=50&key=customer%3DK-3"),
    ("frequent word", "documents?limit=50&q=invoice"),
    ("two frequent words", "documents?limit=50&q=invoice%20damage"),
    ("rare word", "documents?limit=50&q=heron"),
    ("unique word", "documents?limit=50&q=n4711"),
    ("frequent word, frequent label", "documents?limit=50&q=invoice&label=total"),
    ("assigned to somebody", "documents?limit=50&assignee=sam@acme.example"),
    ("assigned to nobody, new", "documents?limit=50&assignee=none&review=new"),
    ("sample of the submitted", "documents?limit=50&review=submitted&sampled=1"),
    ("surely labelled, submitted", "documents?limit=50&review=submitted&label_confidence=950-1000"),
    ("received in one hour", "documents?limit=50&received_from=2023-11-15&received_until=2023-11-16"),
    ("the project's page", "overview?days=90"),
    ("next to label", ("POST", "queue/next?work=label")),
    ("next to review", ("POST", "queue/next?work=review")),
    ("what a schema would do", ("PREVIEW", "schema/preview")),
]


class Asker:
    def __init__(self, project):
        self.project = project
        schema = project.client.get(f"{project.api}/schema")
        self.schema, self.etag = schema.json, schema.headers["ETag"]

    def ask(self, question):
        client, api = self.project.client, self.project.api
        if isinstance(question, str):
            return client.get(f"{api}/{question}".rstrip("/"), timeout=600)
        method, path = question
        if method == "PREVIEW":
            return client.post(f"{api}/{path}", {"schema": {**self.schema, "labels": [], "relations": []}},
                               headers={"If-Match": self.etag}, timeout=600)
        return client.post(f"{api}/{path}", timeout=600)

    def seconds(self, question, rounds):
        times = []
        for _ in range(rounds):
            begin = time.monotonic()
            reply = self.ask(question)
            times.append(time.monotonic() - begin)
            assert reply.status == 200, (question, reply)
        return statistics.median(times), reply

    def deep_page(self, question, pages=20):
        """The cost of the last of so many pages, and that each brings something new."""
        seen, cursor, taken = set(), "", 0.0
        for _ in range(pages):
            begin = time.monotonic()
            page = self.ask(question + (f"&cursor={cursor}" if cursor else "")).json
            taken = time.monotonic() - begin
            ids = [d["id"] for d in page["items"]]
            assert not seen & set(ids), question
            seen.update(ids)
            cursor = page["next_cursor"]
            if not cursor:
                break
        return taken


def prepare(server, count):
    """Fills the database unless it is; returns a token."""
    kept = server.directory / "token"
    if kept.exists():
        return kept.read_text()
    server.start()
    server.command("project", "create", "acme/claims", "--name", "Claims")
    token = server.add_user("ada", "admin")
    for name in ("sam", "ann", "ben"):
        server.add_user(name, "annotator")
    project = harness.Project(server, token)
    project.client.get(project.api)
    server.stop()
    begin = time.monotonic()
    fill(server.data / "glossator.db", count)
    size = (server.data / "glossator.db").stat().st_size
    print(f"{count} documents, database {size / 1e9:.2f} GB, filled in {time.monotonic() - begin:.0f} s", flush=True)
    kept.write_text(token)
    return token


def main():
    plans = "--plans" in sys.argv
    numbers = [int(a) for a in sys.argv[1:] if a.isdigit()]
    count, rounds = numbers[0], numbers[1] if len(numbers) > 1 else 7
    keep = sys.argv[sys.argv.index("--keep") + 1] if "--keep" in sys.argv else None
    server = harness.Server(keep)
    slow = []
    try:
        token = prepare(server, count)
        server.start()
        asker = Asker(harness.Project(server, token))
        nothing, _ = asker.seconds("", rounds)
        print(f"any request: {nothing * 1000:.1f} ms (showing the project)\n")
        for name, question in QUESTIONS:
            taken, reply = asker.seconds(question, rounds)
            deep = ""
            if isinstance(question, str) and question.startswith("documents"):
                deep = f"{asker.deep_page(question) * 1000:9.1f} ms"
                deep += f"  {len(reply.json['items']):4} rows"
            print(f"{name:34}{taken * 1000:9.1f} ms{deep}", flush=True)
            if taken > SECONDS:
                slow.append(name)
        if plans:
            show_plans(server.data / "glossator.db")
    finally:
        if keep:
            server.stop()
        else:
            server.remove()
    if slow:
        print("over", SECONDS, "s:", ", ".join(slow))
        sys.exit(1)


def show_plans(path):
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    order = "ORDER BY d.received_at DESC, d.id DESC LIMIT 51"
    base = "SELECT d.id FROM documents d WHERE d.project_id = 1"
    for sql in (f"{base} {order}", f"{base} AND d.state = 'failed' {order}",
                f"{base} AND d.review_state = 'submitted' {order}",
                f"{base} AND EXISTS (SELECT 1 FROM document_labels l WHERE l.document = d.number AND l.label = 'total') {order}",
                "SELECT d.id FROM (SELECT DISTINCT document AS number FROM document_labels WHERE label = 'rare') c "
                f"CROSS JOIN documents d ON d.number = c.number WHERE d.project_id = 1 {order}",
                f"{base} ORDER BY d.file_name COLLATE NOCASE, d.id LIMIT 51",
                f"{base} ORDER BY d.confidence, d.id LIMIT 51"):
        print("\n" + sql)
        for row in db.execute("EXPLAIN QUERY PLAN " + sql):
            print("   ", row[3])


if __name__ == "__main__":
    main()
