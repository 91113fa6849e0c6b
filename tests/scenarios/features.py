#!/usr/bin/env python3
"""Archives, search, review, events, passwords, diff, tokens and the API's own description."""
import io
import json
import subprocess
import tarfile
import threading
import time
import urllib.request
import zipfile

import harness
from harness import Client, multipart, sample, span


class Features(harness.Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls.admin.ready("estimate.png", sample("glazing-estimate-en.png"),
                                       claim="C-1")["id"]
        cls.words = cls.project.words(cls.document)

    def bulk(self, name, data, **metadata):
        kind, body = multipart([("file", name, data)], [("metadata", json.dumps(metadata))])
        return self.admin.client.post(f"{self.admin.api}/documents?wait=300", body,
                                      headers={"Content-Type": kind}, timeout=400)

    def test_a_zip_of_files(self):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as out:
            out.writestr("a/letter.pdf", sample("acknowledgement-letter-en.pdf"))
            out.writestr("../evil.txt", "no document")
            out.writestr("estimate.png", sample("glazing-estimate-en.png"))
        reply = self.bulk("claims.zip", archive.getvalue(),
                          files={"letter.pdf": {"claim": "C-9"}, "a/letter.pdf": {"claim": "C-9"}})
        self.assertEqual(reply.status, 201, reply)
        states = {item["file_name"].split("/")[-1]: item["state"] for item in reply.json["items"]}
        self.assertEqual(states, {"letter.pdf": "ready", "evil.txt": "refused",
                                  "estimate.png": "ready"})
        found = self.admin.client.get(f"{self.admin.api}/documents?key=claim%3DC-9").json["items"]
        self.assertEqual(len(found), 1)

    def test_documents_that_come_together_enter_git_together(self):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as out:
            for number in range(12):
                out.writestr(f"{number}.png", sample("glazing-estimate-en.png") + bytes(100 + number))
        reply = self.bulk("many.zip", archive.getvalue())
        self.assertEqual({item["state"] for item in reply.json["items"]}, {"ready"})
        log = harness.git("log", "--format=%s%n%b", "main", cwd=self.server.repository()).stdout
        for item in reply.json["items"]:
            self.assertEqual(log.count(item["id"]), 1)  # each in one commit, and in no other
        harness.git("fsck", "--strict", cwd=self.server.repository())

    def test_a_tar_of_files(self):
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w:gz") as out:
            data = sample("glazing-estimate-en.png") + b"\0"
            info = tarfile.TarInfo("estimate.png")
            info.size = len(data)
            out.addfile(info, io.BytesIO(data))
        reply = self.bulk("claims.tar.gz", archive.getvalue())
        self.assertEqual([item["state"] for item in reply.json["items"]], ["ready"], reply)

    def test_a_damaged_archive_says_so(self):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as out:
            out.writestr("estimate.png", sample("glazing-estimate-en.png") + b"\0\0")
        reply = self.bulk("half.zip", archive.getvalue()[:5000])
        self.assertNotEqual(reply.status, 500, reply)
        body = reply.json
        reasons = [item.get("failure", {}).get("reason") for item in body.get("items", [body])]
        self.assertTrue(any(reasons) or reply.status >= 400, reply)

    def test_an_encrypted_pdf_takes_its_password(self):
        encrypted = subprocess.run(
            ["qpdf", "--encrypt", "secret", "owner", "256", "--",
             str(harness.SAMPLES / "acknowledgement-letter-en.pdf"), "-"],
            capture_output=True, check=True).stdout
        reply = self.bulk("locked.pdf", encrypted)
        document = reply.json["items"][0]
        self.assertEqual((document["state"], document["failure"]["code"]), ("failed", "encrypted"))
        retried = self.admin.client.post(
            f"{self.admin.api}/documents/{document['id']}/retry?wait=300", {"password": "secret"})
        self.assertEqual(retried.json["state"], "ready", retried)
        for file in self.server.data.rglob("*"):
            if file.is_file() and file.suffix != ".pack":
                self.assertNotIn(b"secret\"", file.read_bytes(), file)

    def test_a_password_comes_with_the_upload(self):
        encrypted = subprocess.run(
            ["qpdf", "--encrypt", "sesame", "owner", "256", "--",
             str(harness.SAMPLES / "garage-invoice-en.pdf"), "-"],
            capture_output=True, check=True).stdout
        kind, body = multipart([("file", "locked.pdf", encrypted)], [("password", "sesame")])
        reply = self.admin.client.post(f"{self.admin.api}/documents?wait=300", body,
                                       headers={"Content-Type": kind}, timeout=400)
        self.assertEqual(reply.json["items"][0]["state"], "ready", reply)
        for file in self.server.data.rglob("*"):
            if file.is_file() and file.suffix != ".pack":
                self.assertNotIn(b"sesame", file.read_bytes(), file)
        self.assertNotIn("sesame", self.server.log.read_text())

    def test_pages_tell_what_they_are_like(self):
        about = self.project.client.get(f"{self.project.api}/documents/{self.document}").json
        quality = about["page_list"][0]["quality"]
        self.assertGreater(quality["contrast"], 300)
        self.assertGreater(quality["x_height"], 5)
        self.assertFalse(quality["blank"])

    def test_the_first_page_is_seen_while_the_rest_is_read(self):
        sample_file = harness.SAMPLES / "brief-mit-aufstellung-de.tif"
        reply = self.admin.upload("letter.tif", sample_file.read_bytes() + b"again", wait=0)
        document = reply.json["items"][0]["id"]
        path = f"{self.admin.api}/documents/{document}"
        deadline = time.monotonic() + 120
        while self.admin.client.get(f"{path}/pages/1/words").status != 200:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        self.assertEqual(self.admin.client.get(f"{path}/pages/1/image").status, 200)
        about = self.admin.client.get(path).json
        self.assertGreaterEqual(len(about["page_list"]), 1)

    def test_search_by_text(self):
        word = max((w["text"] for w in self.words if w["text"].isalpha()), key=len)
        found = self.project.client.get(f"{self.project.api}/documents?q={word.upper()}").json
        self.assertIn(self.document, [item["id"] for item in found["items"]])
        nothing = self.project.client.get(f"{self.project.api}/documents?q=xyzzyxyzzy").json
        self.assertEqual(nothing["items"], [])

    def test_pages_of_a_list(self):
        for number in range(3):
            self.admin.ready(f"{number}.png", sample("glazing-estimate-en.png") + b"\1" * (number + 1))
        seen, cursor = [], ""
        while True:
            page = self.project.client.get(
                f"{self.project.api}/documents?limit=2&cursor={cursor}").json
            seen += [item["id"] for item in page["items"]]
            cursor = page["next_cursor"]
            if not cursor:
                break
        self.assertEqual(len(seen), len(set(seen)))
        self.assertGreaterEqual(len(seen), 4)

    def test_review_goes_its_way(self):
        document = self.admin.ready("r.png", sample("glazing-estimate-en.png") + b"\2")["id"]
        annotator, reviewer = self.user("ann", "annotator"), self.user("rob", "reviewer")
        path = f"{self.project.api}/documents/{document}/review"
        saved = annotator.save(document, [span("total", [annotator.words(document)[0]["id"]], "1")],
                               annotator.annotations(document).headers["ETag"])
        self.assertEqual(saved.status, 200, saved)
        self.assertEqual(annotator.client.get(path).json["state"], "in_progress")
        self.assert_problem(annotator.client.put(path, {"state": "accepted"}), 409, "conflict")
        self.assertEqual(annotator.client.put(path, {"state": "submitted"}).status, 200)
        self.assert_problem(annotator.client.put(path, {"state": "accepted"}), 403, "denied")
        accepted = reviewer.client.put(path, {"state": "accepted"})
        self.assertEqual((accepted.status, accepted.json["reviewer"]), (200, "rob@acme.example"))
        again = annotator.save(document, [], annotator.annotations(document).headers["ETag"])
        self.assertEqual(again.status, 200)
        self.assertEqual(annotator.client.get(path).json["state"], "in_progress")

    def test_verdicts_on_annotations_are_the_reviewers(self):
        document = self.admin.ready("verdict.png", sample("glazing-estimate-en.png") + b"\0\0")["id"]
        reviewer, annotator = self.user("vera", "reviewer"), self.user("vic", "annotator")
        label = span("total", [self.words[0]["id"]], "1")
        judged = {**label, "review": {"state": "accepted", "reason": "me"}}

        def save(project, *annotations):
            return project.save(document, list(annotations),
                                self.admin.annotations(document).headers["ETag"])

        refused = save(annotator, judged)
        self.assertEqual(refused.status, 422, refused)
        self.assertIn("review:write", refused.json["errors"][0]["detail"])
        self.assertEqual(save(annotator, label).status, 200)
        self.assertEqual(save(reviewer, judged).status, 200)
        self.assertEqual(save(annotator, {**judged, "text": "2"}).status, 200)
        self.assertEqual(save(annotator, {**label, "text": "2"}).status, 422)
        self.assertEqual(save(annotator, label).status, 200)  # it falls with what it judged
        self.assertEqual(save(annotator).status, 200)

    def test_a_verdict_leaves_the_document_where_it_is(self):
        document = self.admin.ready("judged.png", sample("glazing-estimate-en.png") + b"\0\0\0")["id"]
        reviewer, annotator = self.user("vera", "reviewer"), self.user("vic", "annotator")
        path = f"{self.project.api}/documents/{document}/review"
        labels = [span("total", [w["id"]], w["text"]) for w in self.admin.words(document)[:2]]

        def save(project, *annotations):
            reply = project.save(document, list(annotations),
                                 self.admin.annotations(document).headers["ETag"])
            self.assertEqual(reply.status, 200, reply)

        save(annotator, *labels)
        self.assertEqual(annotator.client.put(path, {"state": "submitted"}).status, 200)
        save(reviewer, {**labels[0], "review": {"state": "rejected", "reason": "net"}}, labels[1])
        review = self.admin.client.get(path).json
        self.assertEqual(review["state"], "submitted")
        self.assertEqual(list(review["reviewed"].values()), [self.admin.annotations(document).headers["ETag"].strip('"')])
        self.assertEqual(reviewer.client.put(path, {"state": "rejected", "reason": "see"}).status, 200)
        [back] = annotator.client.get(f"{self.project.api}/inbox").json["items"]
        self.assertEqual((back["document"]["id"], back["reason"], back["rejected"]), (document, "see", 1))
        save(annotator, {**labels[0], "text": "gross"}, labels[1])
        self.assertEqual(annotator.client.put(path, {"state": "submitted"}).status, 200)
        clone = harness.Clone(reviewer, self.directory, "vera")
        page = clone.page_file(document)
        page.write_text(page.read_text().replace('"label"', '"review":{"state":"accepted"},"label"'))
        clone.commit("Judge")
        clone.push()
        self.assertEqual(self.admin.client.get(path).json["state"], "submitted")
        self.assertEqual(annotator.client.get(f"{self.project.api}/inbox").json["items"], [])

    def test_events_are_followed_and_replayed(self):
        request = urllib.request.Request(
            self.server.url + "/api/v1/events",
            headers={"Authorization": f"Bearer {self.project.token}", "Accept": "text/event-stream"})
        stream = urllib.request.urlopen(request, timeout=60)
        got = []

        def follow():
            for line in stream:
                if line.startswith(b"event: "):
                    got.append(line[7:].strip().decode())
                    if got[-1] == "glossator.annotations.saved":
                        return

        thread = threading.Thread(target=follow, daemon=True)
        thread.start()
        etag = self.project.annotations(self.document).headers["ETag"]
        self.project.save(self.document, [span("date", [self.words[1]["id"]], "x")], etag)
        thread.join(timeout=30)
        self.assertIn("glossator.annotations.saved", got)
        replay = self.project.client.get("/api/v1/events?after=0&limit=1000").json
        types = [event["type"] for event in replay["items"]]
        self.assertIn("glossator.document.ready", types)
        self.assertEqual(replay["items"], sorted(replay["items"], key=lambda e: int(e["sequence"])))

    def test_diff_of_two_revisions(self):
        before = self.server_tip()
        etag = self.project.annotations(self.document).headers["ETag"]
        current = self.project.annotations(self.document).json["annotations"]
        new = span("name", [self.words[2]["id"]], "x")
        self.project.save(self.document, current + [new], etag)
        diff = self.project.client.get(
            f"{self.project.api}/documents/{self.document}/diff?from={before}&to={self.server_tip()}")
        self.assertEqual([(c["kind"], c["id"]) for c in diff.json["changes"]],
                         [("added", new["id"])])

    def server_tip(self):
        return harness.git("rev-parse", "main", cwd=self.server.repository()).stdout.strip()

    def test_tokens_are_made_and_revoked(self):
        made = self.project.client.post("/api/v1/tokens", {"name": "t", "scopes": ["document:read"]})
        self.assertEqual(made.status, 201, made)
        client = Client(self.server.url, made.json["token"])
        self.assertEqual(client.get(f"{self.project.api}/documents/{self.document}").status, 200)
        self.project.client.request("DELETE", f"/api/v1/tokens/{made.json['id']}")
        self.assertEqual(client.get("/api/v1/me").status, 401)

    def test_a_password_opens_a_session(self):
        self.server.command("user", "add", "--name", "Pia", "--address", "pia@acme.example",
                            "--role", "annotator", "--project", "acme/claims", "--password-stdin",
                            stdin="a long password\n")
        client = Client(self.server.url)
        wrong = client.post("/api/v1/session", {"name": "pia@acme.example", "password": "no"})
        self.assertEqual(wrong.status, 401)
        right = client.post("/api/v1/session",
                            {"name": "pia@acme.example", "password": "a long password"})
        self.assertEqual(right.status, 201, right)
        cookie = "; ".join(c.split(";")[0] for c in right.headers.get_all("Set-Cookie"))
        path = f"{self.project.api}/documents/{self.document}/pages/1/annotations"
        page = client.get(path, headers={"Cookie": cookie})
        self.assertEqual(page.status, 200)
        headers = {"Cookie": cookie, "If-Match": page.headers["ETag"]}
        forged = client.put(path, {"annotations": []}, headers=headers)
        self.assertEqual(forged.status, 403, forged)
        headers["X-CSRF-Token"] = right.json["csrf_token"]
        self.assertEqual(client.put(path, {"annotations": page.json["annotations"]},
                                    headers=headers).status, 200)

    def test_every_route_is_described(self):
        document = Client(self.server.url).get("/api/openapi.json").json
        self.assertEqual(document["openapi"], "3.1.0")
        self.assertIn("/api/v1/projects/{org}/{project}/documents", document["paths"])
        for path, methods in document["paths"].items():
            for operation in methods.values():
                if isinstance(operation, dict) and "operationId" in operation:
                    self.assertTrue("x-permission" in operation or operation.get("security") is not None,
                                    path)

    def test_the_page_is_served(self):
        page = Client(self.server.url).get("/")
        self.assertEqual(page.status, 200)
        self.assertIn("default-src 'self'", page.headers["Content-Security-Policy"])


if __name__ == "__main__":
    harness.main()
