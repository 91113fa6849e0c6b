#!/usr/bin/env python3
"""Resumable uploads (tus 1.0.0) over plain HTTP: pieces, breaks, kill -9, and what must be refused."""
import base64
import hashlib
import http.client
import io
import json
import os
import signal
import sqlite3
import time
import urllib.parse
import zipfile

import harness
from harness import Project, sample

PIECE = "application/offset+octet-stream"
STEP = 8 << 20  # so many bytes count at the latest, while a piece is still coming


def encoded(text):
    return base64.b64encode(text.encode()).decode()


def checksum(data, algorithm="sha1"):
    digest = hashlib.new(algorithm, data).digest()
    return f"{algorithm} {base64.b64encode(digest).decode()}"


class ResumableUploads(harness.Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.png = sample("glazing-estimate-en.png")
        cls.number = 0

    def new_file(self, padding=0):
        """A document that no other test has sent."""
        type(self).number += 1
        return self.png + b"\0" * (self.number + padding)

    def send(self, method, path, body=None, project=None, **headers):
        """Header names are written with underscores."""
        named = {name.replace("_", "-"): str(value) for name, value in headers.items()}
        named = {"Tus-Resumable": "1.0.0", **named}
        return (project or self.admin).client.request(method, path, body, headers=named)

    def create(self, length, project=None, body=None, **headers):
        project = project or self.admin
        reply = self.send("POST", f"{project.api}/uploads", body, project=project,
                          Upload_Length=length, **headers)
        self.assertEqual(reply.status, 201, reply)
        self.assertEqual(reply.headers["Tus-Resumable"], "1.0.0")
        return reply.headers["Location"]

    def piece(self, upload, offset, data, **headers):
        return self.send("PATCH", upload, data, Upload_Offset=offset, Content_Type=PIECE, **headers)

    def offset(self, upload):
        reply = self.send("HEAD", upload)
        self.assertEqual(reply.status, 200, reply)
        self.assertEqual(reply.headers["Cache-Control"], "no-store")
        return int(reply.headers["Upload-Offset"])

    def begin_piece(self, upload, offset, length, data):
        """A PATCH that announces `length` bytes and sends fewer; the connection stays open."""
        address = urllib.parse.urlsplit(self.server.url)
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
        self.addCleanup(connection.close)
        connection.putrequest("PATCH", upload)
        for name, value in (("Authorization", f"Bearer {self.admin.token}"),
                            ("Tus-Resumable", "1.0.0"), ("Upload-Offset", offset),
                            ("Content-Type", PIECE), ("Content-Length", length)):
            connection.putheader(name, str(value))
        connection.endheaders()
        connection.send(data)
        return connection

    def until(self, condition):
        deadline = time.monotonic() + 60
        while not condition():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)

    def start_again(self):
        self.server.start()
        self.admin.client.url = self.server.url

    def part_file(self, upload):
        return self.server.data / "tmp/uploads" / (upload.rsplit("/", 1)[-1] + ".part")

    # ---- the way of a file

    def test_pieces_become_a_document(self):
        data = self.new_file()
        words = f"filename {encoded('estimate.png')},metadata {encoded(json.dumps({'claim': 'C-7'}))}"
        upload = self.create(len(data), Upload_Metadata=words)
        self.assertEqual(self.offset(upload), 0)
        first = self.piece(upload, 0, data[:1000], Upload_Checksum=checksum(data[:1000]))
        self.assertEqual((first.status, first.headers["Upload-Offset"]), (204, "1000"))
        self.assertIn("GMT", first.headers["Upload-Expires"])
        asked = self.send("HEAD", upload)
        self.assertEqual(asked.headers["Upload-Length"], str(len(data)))
        self.assertEqual(asked.headers["Upload-Metadata"], words)
        last = self.piece(upload, 1000, data[1000:])
        self.assertEqual(last.status, 204, last)
        document = last.headers["Upload-Document"]
        self.assertEqual(document, hashlib.sha256(data).hexdigest()[:32])
        state = self.admin.client.get(upload).json  # needs no tus header: any client may look
        self.assertEqual((state["state"], state["items"][0]["id"]), ("complete", document))
        self.assertEqual(self.offset(upload), len(data))
        shown = self.admin.ready("estimate.png", data, claim="C-7")
        self.assertEqual((shown["id"], shown["is_new"]), (document, False))
        self.assertEqual([source["claim"] for source in shown["sources"]], ["C-7"])
        self.assertFalse(self.part_file(upload).exists())

    def test_a_kill_in_the_middle_costs_no_acknowledged_byte(self):
        data = self.new_file(3 * STEP)
        upload = self.create(len(data))
        self.assertEqual(self.piece(upload, 0, data[:5000]).status, 204)
        self.begin_piece(upload, 5000, len(data) - 5000, data[5000:2 * STEP])
        self.until(lambda: self.offset(upload) > 5000)  # counted while the piece still comes
        counted = self.offset(upload)
        self.server.stop(signal.SIGKILL)
        self.start_again()
        offset = self.offset(upload)
        self.assertGreaterEqual(offset, counted)
        self.assertEqual(self.piece(upload, offset, data[offset:]).status, 204)
        self.assertEqual(self.admin.client.get(upload).json["items"][0]["sha256"],
                         hashlib.sha256(data).hexdigest())

    def test_a_kill_before_the_outcome_is_known(self):
        data = self.new_file()
        upload = self.create(len(data))
        self.assertEqual(self.piece(upload, 0, data[:-1]).status, 204)
        identifier = upload.rsplit("/", 1)[-1]
        self.server.stop(signal.SIGKILL)
        # As if it had died after the last byte was durable, and before anything came of it.
        with open(self.part_file(upload), "ab") as part:
            part.write(data[-1:])
        with sqlite3.connect(self.server.data / "glossator.db") as database:
            database.execute("UPDATE uploads SET received = length WHERE id = ?", [identifier])
        self.start_again()
        self.assertEqual(self.offset(upload), len(data))
        self.assertEqual(self.admin.client.get(upload).json["items"][0]["sha256"],
                         hashlib.sha256(data).hexdigest())

    def test_a_broken_connection_keeps_what_came(self):
        data = self.new_file(100_000)
        upload = self.create(len(data))
        self.begin_piece(upload, 0, len(data), data[:70_000]).close()
        self.until(lambda: self.offset(upload) == 70_000)
        self.assertEqual(self.piece(upload, 70_000, data[70_000:]).status, 204)

    def test_bytes_without_their_checksum_do_not_count(self):
        data = self.new_file()
        upload = self.create(len(data))
        self.assert_problem(self.piece(upload, 0, data, Upload_Checksum=checksum(b"other")), 460,
                            "checksum_mismatch")
        self.assertEqual(self.offset(upload), 0)
        for algorithm in ("sha256", "md5"):
            at = self.offset(upload)
            self.assertEqual(self.piece(upload, at, data[at:at + 9], Upload_Checksum=checksum(
                data[at:at + 9], algorithm)).status, 204)
        self.assert_problem(self.piece(upload, 18, b"x", Upload_Checksum="crc32 AAAA"), 400, "invalid")

    def test_an_archive_becomes_its_documents(self):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as out:
            out.writestr("a.png", self.new_file())
            out.writestr("note.txt", "no document")
            out.writestr("b.png", self.new_file())
        data = archive.getvalue()
        upload = self.create(len(data), Upload_Metadata=f"filename {encoded('claims.zip')}")
        reply = self.piece(upload, 0, data)
        self.assertEqual(reply.status, 204, reply)
        items = {item["file_name"]: item for item in self.admin.client.get(upload).json["items"]}
        self.assertEqual(items["note.txt"]["state"], "refused")
        self.assertEqual({"id" in items[name] for name in ("a.png", "b.png")}, {True})

    def test_one_request_and_a_length_that_comes_later(self):
        data = self.new_file()
        whole = self.send("POST", f"{self.admin.api}/uploads", data, Upload_Length=len(data),
                          Content_Type=PIECE)
        self.assertEqual((whole.status, whole.headers["Upload-Offset"]), (201, str(len(data))))
        self.assertEqual(whole.json["items"][0]["id"], whole.headers["Upload-Document"])
        data = self.new_file()
        later = self.send("POST", f"{self.admin.api}/uploads", Upload_Defer_Length=1)
        upload = later.headers["Location"]
        self.assertEqual(self.send("HEAD", upload).headers["Upload-Defer-Length"], "1")
        self.assertEqual(self.piece(upload, 0, data[:9]).status, 204)
        self.assertEqual(self.piece(upload, 9, data[9:], Upload_Length=len(data)).status, 204)
        self.assertEqual(self.admin.client.get(upload).json["state"], "complete")

    # ---- what is refused

    def test_a_wrong_offset(self):
        upload = self.create(100)
        self.assertEqual(self.piece(upload, 0, b"0123456789").status, 204)
        for offset in (0, 9, 11, 100):
            reply = self.piece(upload, offset, b"x")
            self.assert_problem(reply, 409, "wrong_offset")
            self.assertEqual(reply.headers["Upload-Offset"], "10")
        self.assertEqual(self.offset(upload), 10)

    def test_two_at_once(self):
        upload = self.create(1000)
        held = self.begin_piece(upload, 0, 1000, b"x" * 500)
        self.until(lambda: self.part_file(upload).exists())
        self.until(lambda: self.piece(upload, 0, b"").status == 423)
        self.assert_problem(self.send("DELETE", upload), 423, "locked")
        held.close()
        self.until(lambda: self.offset(upload) == 500)

    def test_more_bytes_than_announced(self):
        upload = self.create(10)
        self.assert_problem(self.piece(upload, 0, b"x" * 11), 413, "limit")
        self.assertEqual(self.offset(upload), 0)
        self.assert_problem(self.send("POST", f"{self.admin.api}/uploads", Upload_Length=1 << 50),
                            413, "limit")

    def test_promised_bytes_have_a_limit(self):
        greedy = self.user("greta", "uploader")
        uploads = [self.create(20 << 30, project=greedy) for _ in range(3)]
        for length in ({"Upload_Length": 5 << 30}, {"Upload_Defer_Length": 1}):
            refused = self.send("POST", f"{greedy.api}/uploads", project=greedy, **length)
            self.assert_problem(refused, 413, "limit")
            self.assertIn("unfinished uploads", refused.json["detail"])
        self.create(4 << 30, project=greedy)
        self.send("DELETE", uploads[0], project=greedy)
        self.create(5 << 30, project=greedy)
        self.create(5 << 30)  # another user

    def test_a_full_disk_loses_nothing(self):
        data = self.new_file()
        upload = self.create(len(data))
        os.symlink("/dev/full", self.part_file(upload))
        reply = self.piece(upload, 0, data)
        self.assert_problem(reply, 507, "no_space")
        self.assertEqual(reply.headers["Upload-Offset"], "0")
        self.part_file(upload).unlink()
        self.assertEqual(self.piece(upload, 0, data).status, 204)

    def test_a_file_that_is_no_document(self):
        data = b"<!doctype html><html></html>"
        upload = self.create(len(data))
        self.assert_problem(self.piece(upload, 0, data), 422, "unsupported")
        self.assertEqual(self.send("HEAD", upload).status, 422)
        self.assert_problem(self.send("POST", f"{self.admin.api}/uploads", Upload_Length=0), 422,
                            "empty")

    def test_metadata_that_contradicts(self):
        data = self.new_file()

        def send(claim):
            details = json.dumps({"external_id": "x", "claim": claim})
            upload = self.create(len(data), Upload_Metadata=f"metadata {encoded(details)}")
            return self.piece(upload, 0, data)

        self.assertEqual(send("C-1").status, 204)
        self.assert_problem(send("C-2"), 409, "conflict")

    def test_what_is_malformed(self):
        uploads = f"{self.admin.api}/uploads"
        for headers in ({}, {"Upload_Length": "-1"}, {"Upload_Length": "ten"},
                        {"Upload_Length": 5, "Upload_Metadata": "metdata e30="},
                        {"Upload_Length": 5, "Upload_Metadata": f"metadata {encoded('[]')}"}):
            with self.subTest(headers):
                self.assert_problem(self.send("POST", uploads, **headers), 400, "invalid")
        upload = self.create(10)
        self.assertEqual(self.send("PATCH", upload, b"x", Upload_Offset=0).status, 415)
        self.assert_problem(self.send("PATCH", upload, b"x", Content_Type=PIECE), 400, "invalid")
        old = self.send("HEAD", upload, Tus_Resumable="0.2.2")
        self.assertEqual((old.status, old.headers["Tus-Version"]), (412, "1.0.0"))

    def test_foreign_uploads_look_missing(self):
        upload = self.create(10)
        missing = upload.rsplit("/", 1)[0] + "/01JD8Z6V5N0M3K4H7Q9R2S1T00"
        uploader, reader = self.user("uwe", "uploader"), self.user("rita", "reviewer")
        replies = [uploader.client.request(method, path, headers={"Tus-Resumable": "1.0.0"})
                   for method in ("GET", "DELETE") for path in (upload, missing, missing + "x")]
        self.assertEqual({reply.status for reply in replies}, {404}, replies)
        self.assertEqual(len({reply.json["detail"] for reply in replies}), 1)
        self.assertEqual(self.send("POST", f"{self.admin.api}/uploads", project=reader,
                                   Upload_Length=1).status, 403)
        self.create(10, project=uploader)
        self.server.command("project", "create", "acme/other")
        other = Project(self.server, self.admin.token, "acme/other")
        moved = upload.replace("/acme/claims/", "/acme/other/")
        self.assertEqual(self.send("HEAD", moved, project=other).status, 404)

    # ---- the end

    def test_an_upload_can_be_given_up(self):
        upload = self.create(10)
        self.assertEqual(self.piece(upload, 0, b"01234").status, 204)
        self.assertEqual(self.send("DELETE", upload).status, 204)
        self.assertEqual(self.send("HEAD", upload).status, 404)
        self.assertFalse(self.part_file(upload).exists())
        data = self.new_file()
        upload = self.create(len(data))
        document = self.piece(upload, 0, data).headers["Upload-Document"]
        self.assertEqual(self.send("DELETE", upload).status, 204)
        self.assertEqual(self.admin.client.get(f"{self.admin.api}/documents/{document}").status, 200)

    def test_a_method_may_be_overridden(self):
        upload = self.create(10)
        reply = self.send("POST", upload, b"0123", Upload_Offset=0, Content_Type=PIECE,
                          X_HTTP_Method_Override="PATCH")
        self.assertEqual((reply.status, reply.headers["Upload-Offset"]), (204, "4"))
        self.assertEqual(self.send("POST", upload, X_HTTP_Method_Override="DELETE").status, 204)

    def test_abilities_are_told(self):
        reply = self.admin.client.request("OPTIONS", f"{self.admin.api}/uploads")
        self.assertEqual((reply.status, reply.headers["Tus-Version"]), (204, "1.0.0"))
        self.assertIn("sha1", reply.headers["Tus-Checksum-Algorithm"].split(","))
        for extension in ("creation", "expiration", "checksum", "termination"):
            self.assertIn(extension, reply.headers["Tus-Extension"].split(","))


if __name__ == "__main__":
    harness.main()
