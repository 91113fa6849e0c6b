#!/usr/bin/env python3
"""tuspy, the Python client of the tus project, uploads a document in pieces and goes on after the
server was killed."""
import hashlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import unittest

import harness
from harness import sample

VENV = os.environ.get("GLOSSATOR_VENV_TUS", "")
REASON = "SKIPPED: no tus client: GLOSSATOR_VENV_TUS names no Python environment (./dev test --peers)"
HAS_TUS = bool(VENV) and (pathlib.Path(VENV) / "bin" / "python").exists()
CHUNK = 10_000

SEND = """
import json, sys
from tusclient.client import TusClient
uploads, token, path, upload, stop_at = sys.argv[1:]
client = TusClient(uploads, headers={"Authorization": "Bearer " + token})
uploader = client.uploader(path, url=upload or None, chunk_size=%d, upload_checksum=True,
                           metadata={"filename": "größe.png", "metadata": '{"claim":"C-7"}'})
began = uploader.offset
uploader.upload(stop_at=int(stop_at) or None)
print(json.dumps({"url": uploader.url, "began": began, "offset": uploader.offset}))
""" % CHUNK


if not HAS_TUS:
    print(REASON, file=sys.stderr)


@unittest.skipUnless(HAS_TUS, REASON)
class TusClient(harness.Scenario):
    def send(self, path, upload="", stop_at=0):
        done = subprocess.run(
            [f"{VENV}/bin/python", "-c", SEND, f"{self.server.url}{self.admin.api}/uploads",
             self.admin.token, path, upload, str(stop_at)], capture_output=True, text=True,
            timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_an_upload_goes_on_after_a_crash(self):
        data = sample("glazing-estimate-en.png") + b"\0" * 7
        path = self.directory / "estimate.png"
        path.write_bytes(data)
        first = self.send(path, stop_at=2 * CHUNK)
        self.assertEqual((first["began"], first["offset"]), (0, 2 * CHUNK))
        self.server.stop(signal.SIGKILL)
        self.server.start()
        upload = first["url"].split("/api/", 1)[1]
        second = self.send(path, f"{self.server.url}/api/{upload}")
        self.assertEqual((second["began"], second["offset"]), (2 * CHUNK, len(data)))
        self.admin.client.url = self.server.url
        item, = self.admin.client.get(f"/api/{upload}").json["items"]
        self.assertEqual((item["sha256"], item["file_name"], item["sources"][0]["claim"]),
                         (hashlib.sha256(data).hexdigest(), "größe.png", "C-7"))


if __name__ == "__main__":
    harness.main()
