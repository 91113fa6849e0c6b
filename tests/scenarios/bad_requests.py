#!/usr/bin/env python3
"""Bad input over HTTP, by name: each gets a clear answer with a code, and nothing is harmed."""
import base64
import concurrent.futures
import io
import json
import socket
import tarfile
import time
import urllib.parse

import harness
from harness import Client, Clone, Project, multipart, sample, span


class BadRequests(harness.Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.png = sample("glazing-estimate-en.png")
        cls.document = cls.admin.ready("estimate.png", cls.png, claim="C-1")["id"]
        cls.words = cls.project.words(cls.document)

    # ---- files

    def assert_upload_refused(self, name, data, code):
        self.assert_problem(self.admin.upload(name, data, wait=60), 422, code)

    def test_an_empty_file(self):
        self.assert_upload_refused("empty.pdf", b"", "empty")

    def test_a_mislabelled_file(self):
        self.assert_upload_refused("page.pdf", b"<!doctype html><html></html>", "unsupported")

    def test_a_file_that_is_nothing(self):
        self.assert_upload_refused("noise.png", bytes(range(256)) * 20, "unsupported")

    def test_an_archive_without_a_file(self):
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w") as archive:
            for name, kind in (("link", tarfile.SYMTYPE), ("null", tarfile.CHRTYPE)):
                entry = tarfile.TarInfo(name)
                entry.type, entry.linkname = kind, "/etc/passwd"
                archive.addfile(entry)
        self.assert_upload_refused("links.tar", stream.getvalue(), "empty")
        kind, body = multipart([("file", "links.tar", stream.getvalue()),
                                ("file", "page.png", self.png)])
        items = self.admin.client.post(f"{self.admin.api}/documents", body,
                                       headers={"Content-Type": kind}).json["items"]
        refused = [item["file_name"] for item in items if "refusal" in item or not item.get("id")]
        self.assertEqual(refused, ["links.tar"])

    def test_a_truncated_file_fails_with_a_reason_and_can_be_retried(self):
        reply = self.admin.upload("half.png", self.png[:2000], wait=120)
        self.assertEqual(reply.status, 201, reply)
        document = reply.json["items"][0]
        self.assertEqual((document["state"], document["failure"]["code"]), ("failed", "damaged"))
        retried = self.admin.client.post(f"{self.admin.api}/documents/{document['id']}/retry?wait=120",
                                         {})
        self.assertEqual((retried.status, retried.json["state"]), (202, "failed"))

    def test_a_name_is_never_a_path(self):
        document = self.admin.ready("../../etc/passwd", self.png + b"\0" * 7)
        self.assertEqual(document["file_name"], "passwd")

    # ---- the same file again

    def test_the_same_file_twice_at_once_is_one_document(self):
        data = self.png + b"\0"
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            replies = list(pool.map(lambda _: self.admin.upload("same.png", data), range(4)))
        self.assertEqual({reply.status for reply in replies} - {200, 201}, set(), replies)
        self.assertEqual(len({reply.json["items"][0]["id"] for reply in replies}), 1)

    def test_the_same_file_for_two_claims_has_two_sources(self):
        data = self.png + b"\0\0"
        first = self.admin.ready("a.png", data, claim="C-7", external_id="a")
        second = self.admin.ready("b.png", data, claim="C-8", external_id="b")
        self.assertEqual(first["id"], second["id"])
        shown = self.admin.client.get(f"{self.admin.api}/documents/{first['id']}").json
        self.assertEqual({source["claim"] for source in shown["sources"]}, {"C-7", "C-8"})
        found = self.admin.client.get(f"{self.admin.api}/documents?key=claim%3DC-8").json["items"]
        self.assertEqual([item["id"] for item in found], [first["id"]])

    def test_conflicting_metadata_is_told(self):
        data = self.png + b"\0\0\0"
        self.admin.ready("c.png", data, claim="C-1", external_id="x")
        self.assert_problem(self.admin.upload("c.png", data, claim="C-2", external_id="x"), 409,
                            "conflict")

    def test_a_repeated_key_acts_once(self):
        def send(data, name="key.png", project=self.admin):
            kind, body = multipart([("file", name, data)])  # each has a boundary of its own
            return project.client.post(f"{project.api}/documents?wait=60", body, headers={
                "Content-Type": kind, "Idempotency-Key": "one"})

        data = self.png + b"\0" * 4
        first, again = send(data), send(data)
        self.assertEqual((first.status, first.body), (again.status, again.body))
        self.assertEqual(again.headers["Idempotency-Replayed"], "true")
        other = data[:-1] + b"\1"  # of the same length
        self.assert_problem(send(other), 422, "key_reused")
        self.assert_problem(send(data, "other.png"), 422, "key_reused")
        self.assertEqual(send(data).body, first.body)
        self.assertEqual(send(other, project=self.user("ursula", "uploader")).status, 201)

    def test_a_key_is_free_after_a_failure_and_busy_meanwhile(self):
        path = f"{self.admin.api}/documents?file_name=x.png"
        headers = {"Content-Type": "image/png", "Idempotency-Key": "two"}
        self.assertEqual(self.admin.client.post(path, b"<html></html>", headers=headers).status, 422)
        data = self.png + b"\0" * 5
        address = urllib.parse.urlsplit(self.server.url)
        with socket.create_connection((address.hostname, address.port)) as slow:
            slow.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                         f"{self.admin.token}\r\nContent-Type: image/png\r\nIdempotency-Key: two\r\n"
                         f"Content-Length: {len(data)}\r\nConnection: close\r\n\r\n".encode())
            slow.sendall(data[:-1])
            deadline = time.monotonic() + 60
            while not list((self.server.data / "orgs/.incoming").glob("*/*")):
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.02)
            reply = self.admin.client.post(path, b"<html></html>", headers=headers)
            self.assert_problem(reply, 409, "in_progress")
            slow.sendall(data[-1:])
            self.assertIn(b" 201 ", slow.recv(4096))
        self.assertEqual(self.admin.client.post(path, data, headers=headers)
                         .headers["Idempotency-Replayed"], "true")

    # ---- forms

    def test_a_form_without_a_file(self):
        kind, body = multipart([], [("metadata", "{}")])
        self.assert_problem(self.admin.client.post(f"{self.admin.api}/documents", body,
                                                   headers={"Content-Type": kind}), 400, "invalid")

    def test_a_form_that_breaks_off(self):
        kind, body = multipart([("file", "x.png", self.png)])
        self.assert_problem(self.admin.client.post(f"{self.admin.api}/documents", body[:-20],
                                                   headers={"Content-Type": kind}), 400, "invalid")

    def test_metadata_that_is_no_json(self):
        kind, body = multipart([("file", "x.png", self.png)], [("metadata", "{claim")])
        self.assert_problem(self.admin.client.post(f"{self.admin.api}/documents", body,
                                                   headers={"Content-Type": kind}), 400, "invalid")

    def send_in_each_way(self, metadata):
        """The same metadata with a form, a bare body and a resumable upload."""
        kind, body = multipart([("file", "m.png", self.png)], [("metadata", metadata)])
        yield self.admin.client.post(f"{self.admin.api}/documents", body,
                                     headers={"Content-Type": kind})
        if len(metadata) < 4000:  # more does not fit into a request line
            query = urllib.parse.urlencode({"file_name": "m.png", "metadata": metadata})
            yield self.admin.client.post(f"{self.admin.api}/documents?{query}", self.png,
                                         headers={"Content-Type": "image/png"})
            encoded = base64.b64encode(metadata.encode()).decode()
            yield self.admin.client.post(f"{self.admin.api}/uploads", headers={
                "Tus-Resumable": "1.0.0", "Upload-Length": "10",
                "Upload-Metadata": f"metadata {encoded}"})

    def test_metadata_that_no_document_can_hold(self):
        before = self.admin.client.get(f"{self.admin.api}/documents?limit=500").json["items"]
        long = "x" * 70_000
        for metadata, field in (
                ({"group_keys": {"a": ""}}, '"a"'), ({"customer": "a\0b"}, '"customer"'),
                ({"customer": long}, '"customer"'), ({"group_keys": {"a": long}}, '"a"'),
                ({"group_keys": {"": "v", "a\nb": "\0"}}, '"group_keys"'),
                ({"bogus": 1}, '"bogus"'), ({"customer": 5}, '"customer"'),
                ({"keys": {}}, '"keys"'), ({"costumer": "C"}, 'did you mean "customer"?'),
                ({"files": {"m.png": {"claim": 7}}}, '"claim"')):
            for reply in self.send_in_each_way(json.dumps(metadata)):
                with self.subTest(str(metadata)[:40]):
                    self.assert_problem(reply, 400, "invalid")
                    self.assertIn(field, reply.json["detail"])
        after = self.admin.client.get(f"{self.admin.api}/documents?limit=500").json["items"]
        self.assertEqual([item["id"] for item in before], [item["id"] for item in after])

    def test_a_file_name_shows_what_it_says(self):
        query = urllib.parse.urlencode({"file_name": "a\nb\u202efdp." + "x" * 1000 + ".png"})
        reply = self.admin.client.post(f"{self.admin.api}/documents?{query}",
                                       self.png + b"\0" * 11, headers={"Content-Type": "image/png"})
        self.assertEqual(reply.status, 201, reply)
        name = reply.json["items"][0]["file_name"]
        self.assertEqual((name[:6], name[-5:]), ("a\ufffdb\ufffdfd", "x.png"))
        self.assertLessEqual(len(name.encode()), 255)

    # ---- routes, methods, types

    def test_unknown_routes_and_methods(self):
        self.assert_problem(self.admin.client.get("/api/v1/nothing"), 404, "not_found")
        wrong = self.admin.client.request("DELETE", "/api/v1/projects")
        self.assertEqual(wrong.status, 405)
        self.assertIn("GET", wrong.headers["Allow"])

    def test_a_wrong_content_type(self):
        reply = self.project.client.put(
            f"{self.project.api}/documents/{self.document}/pages/1/annotations", b"<x/>",
            headers={"Content-Type": "text/xml", "If-Match": '"x"'})
        self.assertEqual(reply.status, 415)

    def save(self, body, etag=None, content_type="application/json"):
        etag = etag or self.project.annotations(self.document).headers["ETag"]
        return self.project.client.put(
            f"{self.project.api}/documents/{self.document}/pages/1/annotations", body,
            headers={"Content-Type": content_type, "If-Match": etag})

    def test_json_that_is_not_json(self):
        for body in (b"", b"{", b"[" * 1000, b'{"annotations":[]}x', b"\xff\xfe",
                     b'{"annotations":[],"annotations":[]}', b'{"annotations":{}}', b"NaN"):
            with self.subTest(body[:20]):
                reply = self.save(body)
                self.assertEqual(reply.status, 400, reply)
                self.assertIn(reply.json["code"], ("invalid", "body_required"))

    def test_json_that_is_too_large(self):
        status = self.raw(
            f"PUT {self.project.api}/documents/{self.document}/pages/1/annotations HTTP/1.1\r\n"
            f"Host: x\r\nAuthorization: Bearer {self.project.token}\r\nIf-Match: \"x\"\r\n"
            f"Content-Type: application/json\r\nContent-Length: {40 << 20}\r\n\r\n")
        self.assertIn(" 413 ", status)

    def test_a_save_without_its_version(self):
        self.assert_problem(self.project.client.put(
            f"{self.project.api}/documents/{self.document}/pages/1/annotations",
            {"annotations": []}), 428, "precondition_required")
        self.assert_problem(self.save(b'{"annotations":[]}', '"nonsense"'), 400, "invalid")
        self.assert_problem(self.save(b'{"annotations":[]}', '"' + "0" * 40 + '"'), 400, "invalid")

    def test_wrong_annotations_are_told_with_their_places(self):
        wrong = [span("totl", [self.words[0]["id"]], "x"), span("total", [999999], "x")]
        reply = self.save(json.dumps({"annotations": wrong}).encode())
        self.assert_problem(reply, 422, "invalid_annotations")
        details = " ".join(error["detail"] for error in reply.json["errors"])
        self.assertIn('did you mean "total"?', details)
        self.assertIn("999999", details)
        self.assertTrue(all(error["line"] == 1 for error in reply.json["errors"]))

    def test_more_annotations_than_a_page_holds(self):
        document = self.admin.ready("many.png", self.png + b"\0" * 12)["id"]
        word = self.project.words(document)[0]["id"]

        def spans(count):
            return [span("total", [word], "x") for _ in range(count)]

        empty = self.project.annotations(document).headers["ETag"]
        reply = self.project.save(document, spans(25_000), empty)
        self.assert_problem(reply, 422, "invalid_annotations")
        saved = self.project.save(document, spans(15_000), empty)
        self.assertEqual(saved.status, 200, saved)
        self.assert_problem(self.project.save(document, spans(15_000), empty), 413, "limit")
        now = self.project.annotations(document)
        self.assertEqual((now.status, len(now.json["annotations"])), (200, 15_000))

        clone = Clone(self.project, self.directory, "sam")
        base = clone.git("rev-list", "--max-count=1", "--skip=1", "HEAD").stdout.strip()
        clone.git("reset", "-q", "--hard", base)
        clone.annotate(document, *spans(15_000))
        clone.commit()
        pushed = clone.push(check=False)
        self.assertNotEqual(pushed.returncode, 0)
        self.assertIn("at most 20000", pushed.stderr)
        self.assertEqual(self.project.annotations(document).headers["ETag"],
                         saved.headers["ETag"])

    def test_members_that_nobody_knows_or_of_a_wrong_type(self):
        """What is dropped in silence may have been a limit."""
        api, about = self.project.api, f"{self.project.api}/documents/{self.document}"
        etag = self.project.annotations(self.document).headers["ETag"]
        for method, path, body in (
                ("POST", f"{api}/releases", {"name": "claims", "state": ["accepted"]}),
                ("POST", f"{api}/releases", {"name": "claims", "states": "accepted"}),
                ("POST", f"{api}/releases", {"name": "claims", "states": ["acepted"]}),
                ("PUT", f"{about}/review", {"state": "in_progress", "reson": "x"}),
                ("POST", f"{about}/retry", {"pasword": "x"}),
                ("POST", f"{api}/proposals/1/accept", {"document": []})):
            with self.subTest(path, body=body):
                project = self.admin if path.endswith(("retry", "accept")) else self.project
                self.assert_problem(project.client.request(method, path, body), 400, "invalid")
        extra = self.project.client.put(f"{about}/pages/1/annotations", {"annotations": [], "force": True},
                                        headers={"If-Match": etag})
        self.assert_problem(extra, 400, "invalid")

    def test_a_part_that_the_release_has_not(self):
        released = self.project.client.post(f"{self.project.api}/releases", {"name": "parts"})
        self.assertEqual(released.status, 201, released)
        base = f"{self.project.api}/releases/parts/{released.json['version']}/exports"
        for name in ("coco", "jsonl", "coco/loss"):
            self.assert_problem(self.project.client.get(f"{base}/{name}?part=bogus"), 400, "invalid")

    def test_a_page_that_is_not_there(self):
        for etag in ('"nonsense"', '"' + "0" * 40 + '"'):
            reply = self.project.save(self.document, [], etag, page=99)
            self.assert_problem(reply, 404, "not_found")

    # ---- rights

    def test_a_foreign_id_looks_like_a_missing_one(self):
        self.server.command("project", "create", "other/secret")
        stranger = Project(self.server, self.server.add_user("eve", "admin", "other/secret"),
                           "other/secret")
        foreign = stranger.client.get(f"{self.project.api}/documents/{self.document}")
        missing = stranger.client.get(f"/api/v1/projects/no/such/documents/{self.document}")
        self.assertEqual((foreign.status, foreign.json["detail"]),
                         (missing.status, missing.json["detail"]))
        self.assertEqual(foreign.status, 404)
        inside = stranger.client.get(f"{stranger.api}/documents/{self.document}")
        self.assertEqual(inside.status, 404)

    def test_no_token_and_a_wrong_one(self):
        for token in (None, "glo_wrong"):
            reply = Client(self.server.url, token).get(f"{self.project.api}/documents")
            self.assertEqual(reply.status, 401)
            self.assertIn("Bearer", reply.headers["WWW-Authenticate"])

    def test_each_role_may_what_the_table_says(self):
        document = f"{self.project.api}/documents/{self.document}"
        probes = {"read": ("GET", document, None),
                  "upload": ("POST", f"{self.project.api}/documents", b""),
                  "release": ("POST", f"{self.project.api}/releases", {"name": "-"}),
                  "releases": ("GET", f"{self.project.api}/releases", None),
                  # Where documents are of which no release tells yet.
                  "split": ("GET", f"{self.project.api}/splits/all", None),
                  "leakage": ("GET", f"{self.project.api}/splits/all/leakage", None),
                  "members": ("GET", f"{self.project.api}/members", None),
                  "object": ("PUT", f"/{self.project.path}.dvc/files/md5/00/{'0' * 30}", b"x")}
        made = self.project.client.put(f"{self.project.api}/splits/all",
                                       {"rule": {"group_by": []}, "salt": "1", "ratios": {"train": 100}})
        self.assertEqual(made.status, 200, made)
        splits = {"releases", "split", "leakage"}
        may = {"manager": {"read", "members"} | splits, "reviewer": {"read"} | splits,
               "annotator": {"read"}, "scientist": {"read", "release", "object"} | splits,
               "uploader": {"upload"}, "trainer": {"releases"}, "predictor": set(),
               "auditor": set()}
        for role, allowed in may.items():
            client = self.user(f"role-{role}", role).client
            for probe, (method, path, body) in probes.items():
                with self.subTest(role=role, probe=probe):
                    status = client.request(method, path, body).status
                    if probe == "read" and role == "uploader":
                        self.assertEqual(status, 404)  # of another's upload, they learn nothing
                    else:
                        self.assertEqual(status not in (401, 403, 404), probe in allowed, status)

    def test_an_uploader_sees_only_its_own(self):
        uploader = self.user("ulla", "uploader")
        own = uploader.ready("own.png", self.png + b"\0" * 9)
        listed = uploader.client.get(f"{uploader.api}/documents").json["items"]
        self.assertEqual([item["id"] for item in listed], [own["id"]])

    def test_an_uploader_learns_nothing_of_others_who_sent_the_same(self):
        data = self.png + b"\0" * 99
        document = self.admin.ready("secret.png", data, customer="Secret", claim="C-Secret")["id"]
        uploader = self.user("uwe", "uploader")
        again = uploader.ready("mine.png", data, claim="C-Mine")
        listed, = uploader.client.get(f"{uploader.api}/documents").json["items"]
        shown = uploader.client.get(f"{uploader.api}/documents/{document}").json
        for view in (again, listed, shown):
            self.assertNotIn("secret", json.dumps(view).lower())
            self.assertEqual((view["id"], view["state"], view["file_name"]),
                             (document, "ready", "mine.png"))
            self.assertEqual([source["claim"] for source in view["sources"]], ["C-Mine"])
            self.assertFalse({"labels", "review"} & set(view))
        for search in ("label=total", "review=new", "q=secret", "key=claim%3DC-Secret"):
            reply = uploader.client.get(f"{uploader.api}/documents?{search}")
            self.assert_problem(reply, 403, "denied")

    def test_a_limited_token_is_limited(self):
        token = self.server.add_user("lim", "admin", scopes=["release:read"])
        client = Client(self.server.url, token)
        self.assertEqual(client.get(f"{self.project.api}/releases").status, 200)
        self.assertEqual(client.get(f"{self.project.api}/documents").status, 403)

    # ---- the wire

    def raw(self, text):
        address = urllib.parse.urlsplit(self.server.url)
        with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
            connection.sendall(text.encode())
            connection.settimeout(30)
            return connection.recv(4096).decode(errors="replace").split("\r\n")[0]

    def test_smuggling_and_odd_paths(self):
        head = "Host: x\r\nConnection: close\r\n"
        self.assertIn(" 400 ", self.raw(f"POST /api/v1/session HTTP/1.1\r\n{head}Content-Length: 3\r\n"
                                        "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))
        self.assertIn(" 400 ", self.raw(f"GET /api/%2e%2e/x HTTP/1.1\r\n{head}\r\n"))

    def test_the_log_holds_no_text_and_no_token(self):
        log = self.server.log.read_text()
        self.assertNotIn(self.project.token, log)
        for word in self.words:
            if len(word["text"]) > 9:
                self.assertNotIn(word["text"], log)


if __name__ == "__main__":
    harness.main()
