#!/usr/bin/env python3
"""The project's DVC remote on the wire: what it takes, what it refuses, and who may read what. The
real client is driven by dvc_client.py; this needs none."""
import hashlib
import http.client
import json
import urllib.parse

import harness
from harness import sample


def path_of(md5, directory=False):
    return f"/acme/claims.dvc/files/md5/{md5[:2]}/{md5[2:]}" + (".dir" if directory else "")


def md5_of(data):
    return hashlib.md5(data).hexdigest()


def tree_of(**files):
    """A `.dir` object, as the client writes it."""
    return json.dumps([{"md5": md5, "relpath": name} for name, md5 in sorted(files.items())],
                      sort_keys=True).encode()


class Connection:
    """One kept connection; notes whether the server ended it."""

    def __init__(self, url, token):
        self.http = http.client.HTTPConnection(urllib.parse.urlparse(url).netloc, timeout=60)
        self.http.connect()
        self.socket, self.token = self.http.sock, token

    def send(self, method, path, body=None, chunked=False, **headers):
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if chunked:
            headers["Transfer-Encoding"] = "chunked"
            body = iter([body] if body else [])
        self.http.request(method, path, body, headers, encode_chunked=chunked)
        reply = self.http.getresponse()
        return harness.Reply(reply.status, reply.headers, reply.read())

    @property
    def alive(self):
        return self.http.sock is self.socket


class DvcRemote(harness.Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls.admin.ready("letter.pdf", sample("acknowledgement-letter-en.pdf"))["id"]
        cls.trainer = cls.user("theo", "trainer")
        cls.server.command("project", "create", "acme/letters", "--name", "Letters")
        cls.server.command("project", "create", "other/claims", "--name", "Others")
        cls.stranger = cls.server.add_user("eve", "admin", "acme/letters")

    def connect(self, token=None):
        connection = Connection(self.server.url, self.project.token if token is None else token)
        self.addCleanup(connection.http.close)
        return connection

    def store(self, data, directory=False):
        reply = self.connect().send("PUT", path_of(md5_of(data), directory), data)
        self.assertEqual(reply.status, 201, reply)
        return md5_of(data)

    def test_what_is_stored_comes_back_whole_and_in_parts(self):
        data = bytes(range(256)) * 1000
        md5 = self.store(data)
        http = self.connect()
        whole = http.send("GET", path_of(md5))
        self.assertEqual((whole.status, whole.body), (200, data))
        self.assertEqual(whole.headers["ETag"], f'"{md5}"')
        self.assertEqual(whole.headers["Accept-Ranges"], "bytes")
        self.assertEqual(whole.headers["Cache-Control"], "private, max-age=31536000, immutable")
        self.assertIsNone(whole.headers["Content-Encoding"])
        head = http.send("HEAD", path_of(md5), **{"Accept-Encoding": "identity"})
        self.assertEqual((head.status, head.headers["Content-Length"], head.body),
                         (200, str(len(data)), b""))
        for wanted, start, end in (("0-0", 0, 1), ("100-299", 100, 300), ("-5", len(data) - 5, None),
                                   (f"{len(data) - 9}-", len(data) - 9, None),
                                   (f"10-{len(data) * 2}", 10, None)):
            part = http.send("GET", path_of(md5), Range=f"bytes={wanted}")
            self.assertEqual((part.status, part.body), (206, data[start:end]), wanted)
            last = (len(data) if end is None else end) - 1
            self.assertEqual(part.headers["Content-Range"], f"bytes {start}-{last}/{len(data)}")
        beyond = http.send("GET", path_of(md5), Range=f"bytes={len(data)}-")
        self.assertEqual(beyond.status, 416)
        self.assertEqual(beyond.headers["Content-Range"], f"bytes */{len(data)}")
        self.assertTrue(http.alive)

    def test_uploads_come_chunked_without_a_length_by_put_or_post(self):
        http = self.connect()
        for method, data in (("PUT", b"by put\n"), ("POST", b"by post\n"), ("PUT", b"")):
            reply = http.send(method, path_of(md5_of(data)), data, chunked=True)
            self.assertEqual(reply.status, 201, reply)
            self.assertEqual(http.send("GET", path_of(md5_of(data))).body, data)
        self.assertTrue(http.alive)

    def test_a_wrong_byte_is_refused_and_nothing_is_kept(self):
        http = self.connect()
        wanted = md5_of(b"right\n")
        for chunked in (False, True):
            reply = http.send("PUT", path_of(wanted), b"wrong\n", chunked=chunked)
            self.assertEqual(reply.status, 422, reply)
            self.assertEqual(http.send("GET", path_of(wanted)).status, 404)
            self.assertEqual(http.send("GET", path_of(md5_of(b"wrong\n"))).status, 404)
        self.assertTrue(http.alive)

    def test_what_is_there_is_not_taken_again(self):
        http = self.connect()
        md5 = self.store(b"once\n")
        for body in (b"once\n", b"other\n", b"x" * 3_000_000):
            reply = http.send("PUT", path_of(md5), body, chunked=True)
            self.assertEqual((reply.status, reply.body), (200, b""))
        self.assertEqual(http.send("GET", path_of(md5)).body, b"once\n")
        self.assertTrue(http.alive)

    def test_a_directory_waits_for_its_files(self):
        http = self.connect()
        one, two = b"first child\n", b"second child\n"
        tree = tree_of(**{"a.txt": md5_of(one), "b.txt": md5_of(two)})
        address = path_of(md5_of(tree), directory=True)
        self.assertEqual(http.send("PUT", address, tree).status, 409)
        self.store(one)
        refused = http.send("PUT", address, tree)
        self.assertEqual(refused.status, 409)
        self.assertIn(md5_of(two), refused.body.decode())
        self.assertNotIn(md5_of(one), refused.body.decode())
        self.assertEqual(http.send("GET", address).status, 404)
        self.store(two)
        self.assertEqual(http.send("PUT", address, tree).status, 201)
        self.assertEqual(http.send("GET", address).body, tree)
        self.assertEqual(http.send("PUT", address, tree).status, 200)
        self.assertTrue(http.alive)

    def test_a_directory_that_is_none_is_refused(self):
        http = self.connect()
        child = self.store(b"a child\n")
        for tree in (b"", b"[", b"{}", b'["x"]', tree_of(**{"../up": child}),
                     tree_of(**{"/root": child}), tree_of(**{"a": child, "a/b": child}),
                     tree_of(a="not a hash")):
            reply = http.send("PUT", path_of(md5_of(tree), directory=True), tree)
            self.assertEqual(reply.status, 422, (tree, reply))
            self.assertEqual(http.send("GET", path_of(md5_of(tree), True)).status, 404)
        empty = http.send("PUT", path_of("d751713988987e9331980363e24189ce", True), b"[]")
        self.assertIn(empty.status, (200, 201))
        self.assertTrue(http.alive)

    def test_what_is_absent_has_no_body_and_keeps_the_connection(self):
        http = self.connect()
        for path in (path_of("0" * 32), path_of("0" * 32, True), "/acme/claims.dvc/files/md5",
                     "/acme/claims.dvc/files/md5/zz/not-a-hash"):
            for method in ("GET", "HEAD"):
                reply = http.send(method, path)
                self.assertEqual((reply.status, reply.headers["Content-Length"], reply.body),
                                 (404, "0", b""), (method, path))
        self.assertTrue(http.alive)

    def test_other_projects_and_strangers_see_nothing(self):
        md5 = self.store(b"of claims alone\n")
        for token in (self.stranger, "not-a-token", ""):
            http = self.connect(token)
            known, unknown = (http.send("GET", path_of(m)) for m in (md5, "1" * 32))
            self.assertEqual(known.status, 404 if token == self.stranger else 401)
            self.assertEqual((known.status, known.body), (unknown.status, unknown.body))
            self.assertIn(http.send("PUT", path_of(md5), b"of claims alone\n").status,
                          (404,) if token == self.stranger else (401,))
        letters = path_of(md5).replace("/claims.dvc", "/letters.dvc")
        http = self.connect(self.stranger)
        self.assertEqual(http.send("GET", letters).status, 404)  # the same organisation's store
        self.assertEqual(http.send("PUT", letters, b"forged\n").status, 422)
        self.assertEqual(http.send("PUT", letters, b"of claims alone\n").status, 201)

    def test_a_trainer_reads_what_was_released_and_no_more(self):
        trainer = self.connect(self.trainer.token)
        source = md5_of(sample("acknowledgement-letter-en.pdf"))
        pushed = self.store(b"pushed, not released\n")
        self.assertEqual(self.connect().send("GET", path_of(source)).status, 200)
        for md5 in (source, pushed):
            for method in ("GET", "HEAD"):
                reply = trainer.send(method, path_of(md5))
                self.assertEqual((reply.status, reply.headers["Content-Length"]), (404, "0"))
        self.release()
        self.assert_released_alone(trainer, source, pushed)
        # A directory of one's own making that names a released file, or more, opens nothing.
        tree = tree_of(**{"a": source, "b": pushed})
        self.store(tree, directory=True)
        self.assertEqual(trainer.send("GET", path_of(md5_of(tree), True)).status, 404)
        # A label saved after the release is not in it.
        page = self.project.annotations(self.document)
        word = self.project.words(self.document)[0]["id"]
        saved = self.project.save(self.document, page.json["annotations"] +
                                  [harness.span("name", [word], "late")], page.headers["ETag"])
        self.assertEqual(saved.status, 200, saved)
        self.assertEqual(trainer.send("PUT", path_of(source), b"x").status, 403)
        self.server.stop()
        self.server.command("rebuild")
        self.server.start()
        self.assert_released_alone(self.connect(self.trainer.token), source, pushed)

    def release(self):
        made = self.project.client.post(f"{self.project.api}/releases", {"name": "claims"})
        self.assertEqual(made.status, 201, made)
        return made.json

    def assert_released_alone(self, trainer, released, pushed):
        self.assertEqual(trainer.send("GET", path_of(released)).body,
                         sample("acknowledgement-letter-en.pdf"))
        self.assertEqual(trainer.send("GET", path_of(pushed)).status, 404)


if __name__ == "__main__":
    harness.main()
