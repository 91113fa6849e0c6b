#!/usr/bin/env python3
"""Documents that are in git are read again: words get fresh ids, and everybody's labels come over."""
import json
import signal
import tempfile
import time
import unittest

import harness
from harness import Project, git, sample, span

LETTER = "glazing-estimate-en.png"


class Rereading(unittest.TestCase):
    def setUp(self):
        self.server = harness.Server()
        self.addCleanup(self.server.remove)
        self.server.start()
        self.server.command("project", "create", "acme/claims")
        self.tokens = {"admin": self.server.add_user("ada", "admin"),
                       "scientist": self.server.add_user("sam", "scientist"),
                       "annotator": self.server.add_user("ann", "annotator")}
        self.id = self.admin.ready("estimate.png", sample(LETTER))["id"]
        self.about = f"{self.admin.api}/documents/{self.id}"

    # ---- what is asked again and again; after a restart the server has another address

    admin = property(lambda self: Project(self.server, self.tokens["admin"]))
    sam = property(lambda self: Project(self.server, self.tokens["scientist"]))
    ann = property(lambda self: Project(self.server, self.tokens["annotator"]))

    def read_again(self):
        reply = self.admin.client.post(f"{self.about}/retry", {})
        self.assertEqual((reply.status, reply.json["state"]), (202, "ready"), reply)

    def wait_for_words(self, old):
        """The words of page 1, once they are no more the old ones."""
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline:
            words = self.admin.words(self.id)
            if words[0]["id"] != old[0]["id"]:
                return words
            time.sleep(0.1)
        self.fail("it was not read again")

    def labels(self):
        page = self.sam.annotations(self.id)
        return page.headers["ETag"], {a["id"]: a for a in page.json["annotations"]}

    def save(self, *annotations):
        etag, labels = self.labels()
        reply = self.sam.save(self.id, [*labels.values(), *annotations], etag)
        self.assertEqual(reply.status, 200, reply)

    def report(self):
        return self.sam.client.get(f"{self.about}/rereading").json

    def tip(self, path):
        """The newest version of a file of the document."""
        repository = self.server.repository()
        name = next(line for line in git("ls-tree", "-r", "--name-only", "main",
                                         cwd=repository).stdout.splitlines()
                    if line.endswith(f"{self.id}/{path}"))
        return git("show", f"main:{name}", cwd=repository).stdout

    def texts(self, ids, words):
        by_id = {word["id"]: word["text"] for word in words}
        return [by_id[i] for i in ids]

    # ---- what is promised

    def test_labels_come_over_to_fresh_words(self):
        words = self.admin.words(self.id)
        record = json.loads(self.tip("document.json"))
        box = {"id": harness.ulid(), "type": "box", "label": "signature", "box": [10, 10, 60, 40]}
        asked = span("question", [words[3]["id"], words[4]["id"]], "7")
        answer = span("answer", [words[8]["id"]], "2026-11-28")
        relation = {"id": harness.ulid(), "type": "relation", "label": "answers",
                    "from": asked["id"], "to": answer["id"]}
        correction = {"id": harness.ulid(), "type": "correction", "words": [words[6]["id"]],
                      "replacements": [{"text": "Corrected", "box": words[6]["box"]}]}
        self.save(asked, answer, correction, box, relation)
        _, before = self.labels()
        commits = int(git("rev-list", "--count", "main", cwd=self.server.repository()).stdout)
        self.read_again()
        now = self.wait_for_words(words)
        self.assertEqual([w["text"] for w in now], [w["text"] for w in words])
        self.assertEqual(now[0]["id"], record["next_word"], "ids go on where they ended")
        after = json.loads(self.tip("document.json"))
        self.assertEqual(after["next_word"], now[-1]["id"] + 1)
        self.assertEqual(after["pages"][0]["image"], record["pages"][0]["image"])
        self.assertEqual(int(git("rev-list", "--count", "main",
                                 cwd=self.server.repository()).stdout), commits + 1)
        _, labels = self.labels()
        self.assertEqual(set(labels), set(before))
        for old in before.values():
            new = labels[old["id"]]
            if "words" not in old:
                self.assertEqual(new, old)
                continue
            self.assertEqual(self.texts(new["words"], now), self.texts(old["words"], words))
            self.assertEqual(new["anchor"]["status"], "exact")
            kept = {key: new[key] for key in new if key not in ("words", "anchor")}
            self.assertEqual(kept, {key: old[key] for key in old if key != "words"})
        report = self.report()
        self.assertEqual(report["counts"], {"exact": sum("words" in a for a in before.values()),
                                            "moved": 0, "orphaned": 0})
        self.assertTrue(report["as_today"])
        git("fsck", "--strict", "--full", cwd=self.server.repository())

    def test_what_is_saved_over_words_that_are_gone_comes_over_too(self):
        words = self.admin.words(self.id)
        first = span("total", [words[3]["id"]], "7")
        self.save(first)
        etag, before = self.labels()
        self.read_again()
        now = self.wait_for_words(words)
        # Somebody who had the page before them all the while: one label changed, one new.
        late = span("date", [words[8]["id"], words[9]["id"]], "2026-11-28")
        reply = self.sam.save(self.id, [{**before[first["id"]], "text": "8"}, late], etag)
        self.assertEqual(reply.status, 200, reply)
        _, labels = self.labels()
        self.assertEqual(labels[first["id"]]["text"], "8")
        self.assertEqual(self.texts(labels[first["id"]]["words"], now), [words[3]["text"]])
        self.assertEqual(self.texts(labels[late["id"]]["words"], now),
                         [words[8]["text"], words[9]["text"]])
        # Words that never were are refused as ever.
        nowhere = span("date", [now[-1]["id"] + 1000], "x")
        etag, _ = self.labels()
        self.assertEqual(self.sam.save(self.id, [*labels.values(), nowhere], etag).status, 422)

    def test_a_push_over_words_that_are_gone_says_so(self):
        words = self.admin.words(self.id)
        with tempfile.TemporaryDirectory() as directory:
            clone = harness.Clone(self.sam, directory, "sam")
            clone.annotate(self.id, span("total", [words[3]["id"]], "7"))
            clone.commit()
            self.read_again()
            now = self.wait_for_words(words)
            # As it is, and upon what is there now: either way the words are no more.
            for _ in range(2):
                main = git("rev-parse", "main", cwd=self.server.repository()).stdout
                pushed = clone.push(check=False)
                self.assertNotEqual(pushed.returncode, 0)
                self.assertIn(".annotations.jsonl:1:", pushed.stderr)
                self.assertIn(f"word {words[3]['id']} is gone: the document was read again", pushed.stderr)
                self.assertEqual(git("rev-parse", "main", cwd=self.server.repository()).stdout, main)
                clone.git("pull", "-q", "--rebase", "origin", "main")
            clone.page_file(self.id).write_text("")
            clone.annotate(self.id, span("total", [now[3]["id"]], "7"))
            clone.commit("Name the words that are there")
            pushed = clone.push(check=False)
            self.assertEqual(pushed.returncode, 0, pushed.stderr)
            _, labels = self.labels()
            self.assertEqual([a["words"] for a in labels.values()], [[now[3]["id"]]])

    def test_a_kill_while_it_is_read_loses_nothing(self):
        words = self.admin.words(self.id)
        first = span("total", [words[3]["id"]], "7")
        self.save(first)
        self.read_again()
        meanwhile = span("date", [words[8]["id"]], "2026-11-28")
        self.save(meanwhile)
        self.server.stop(signal.SIGKILL)
        self.server.start()
        now = self.wait_for_words(words)
        _, labels = self.labels()
        self.assertEqual(self.texts(labels[first["id"]]["words"], now), [words[3]["text"]])
        self.assertEqual(self.texts(labels[meanwhile["id"]]["words"], now), [words[8]["text"]])
        git("fsck", "--strict", "--full", cwd=self.server.repository())

    def test_what_cannot_be_found_waits_for_a_person(self):
        self.server.stop()
        lines = self.tip("pages/0001.words.tsv").splitlines()
        ghost = lines[5].split("\t")
        ghost[3:7], ghost[8] = ["2", "2", "9", "9"], "ghost"  # where there is only paper
        lines[5] = "\t".join(ghost)
        self.server.write_past(self.id, "\n".join(lines) + "\n", name="pages/0001.words.tsv")
        self.server.start()
        words = self.admin.words(self.id)
        lost = span("total", [int(ghost[0])], "7")
        self.save(lost)
        self.read_again()
        self.wait_for_words(words)
        _, labels = self.labels()
        anchor = labels[lost["id"]]["anchor"]
        self.assertEqual((anchor["status"], anchor["quote"]), ("orphaned", "ghost"))
        self.assertEqual(labels[lost["id"]]["words"], lost["words"])
        report = self.report()
        self.assertEqual(report["counts"]["orphaned"], 1)
        self.assertEqual(report["annotations"], [{"id": lost["id"], "page": 1, "type": "span",
                                                  "label": "total", "status": "orphaned"}])
        lists = f"{self.ann.api}/documents?anchor="
        self.assertEqual([d["id"] for d in self.ann.client.get(lists + "orphaned").json["items"]],
                         [self.id])
        self.assertEqual(self.ann.client.get(lists + "moved").json["items"], [])
        # A person says where it belongs, and it waits no more.
        etag, _ = self.labels()
        word = self.admin.words(self.id)[3]["id"]
        settled = {key: value for key, value in labels[lost["id"]].items() if key != "anchor"}
        self.assertEqual(self.ann.save(self.id, [{**settled, "words": [word]}], etag).status, 200)
        self.assertEqual(self.ann.client.get(lists + "orphaned").json["items"], [])

    def test_all_that_were_read_otherwise_at_once(self):
        everything = f"{self.admin.api}/rereadings"
        listed = f"{self.admin.api}/documents?read_otherwise=1"
        self.assertEqual(self.admin.client.post(everything).json["matching"], 0)
        words = self.admin.words(self.id)
        changed = self.admin.client.request("PATCH", f"{self.admin.api}/settings",
                                            {"languages": ["eng"]})
        self.assertEqual(changed.status, 200, changed)
        self.assertEqual(len(self.admin.client.get(listed).json["items"]), 1)
        dry = self.admin.client.post(f"{everything}?dry_run=1")
        self.assertEqual((dry.status, dry.json["matching"], dry.json["queued"], dry.json["some"]),
                         (200, 1, 0, [self.id]))
        self.assertFalse(self.report()["as_today"])
        none = self.admin.client.post(f"{everything}?review=accepted")
        self.assertEqual((none.status, none.json["queued"]), (202, 0))
        real = self.admin.client.post(everything)
        self.assertEqual((real.status, real.json["queued"]), (202, 1))
        self.wait_for_words(words)
        self.assertEqual(self.admin.client.get(listed).json["items"], [])
        self.assertEqual(self.report()["settings"]["languages"], ["eng"])
        refused = self.ann.client.post(everything)
        self.assertEqual((refused.status, refused.json["code"]), (403, "denied"))
        events = self.admin.client.get("/api/v1/events?after=0&limit=1000").json["items"]
        told = [e for e in events if e["type"] == "glossator.document.reread"]
        self.assertEqual([(e["data"]["moved"] >= 0, e["data"]["orphaned"]) for e in told],
                         [(True, 0)])


if __name__ == "__main__":
    harness.main()
