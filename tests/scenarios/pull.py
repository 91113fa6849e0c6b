#!/usr/bin/env python3
"""`glossator pull` and `glossator export`: a release comes to a training job, whole, checked, and
from where an earlier attempt stopped."""
import hashlib
import io
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import tarfile
import threading
import time
import unittest
import zlib

import dvc_world
import harness
from harness import sample, span, tiny_png

LARGE = 9_000_000  # beyond what comes together with others


def large_png(number):
    """A small page whose file is large."""
    data = b"Comment\0" + random.Random(number).randbytes(LARGE).replace(b"\0", b"\1")
    chunk = (struct.pack(">I", len(data)) + b"tEXt" + data + struct.pack(">I", zlib.crc32(b"tEXt" + data)))
    png = tiny_png(number)
    return png[:33] + chunk + png[33:]  # behind the header


class Line:
    """A wire to the server that is cut, or falls silent, after so many bytes of answers."""

    def __init__(self, url, limits, silent=False):
        host, port = url.removeprefix("http://").split(":")
        self.target, self.silent = (host, int(port)), silent
        self.limits = list(limits)  # of the next connections; none: no limit
        self.stalled = threading.Event()
        self.sockets = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            limit = self.limits.pop(0) if self.limits else None
            server = socket.create_connection(self.target)
            self.sockets += [client, server]
            threading.Thread(target=self.copy, args=(client, server, None), daemon=True).start()
            threading.Thread(target=self.copy, args=(server, client, limit), daemon=True).start()

    def copy(self, source, target, limit):
        moved = 0
        try:
            while data := source.recv(65536):
                if limit is not None and moved + len(data) > limit:
                    target.sendall(data[:limit - moved])
                    self.stalled.set()
                    if self.silent:
                        return  # both stay open
                    break
                moved += len(data)
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        for one in (self.listener, *self.sockets):
            one.close()


class Pull(harness.Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.trainer = cls.user("theo", "trainer")
        cls.pages = [cls.admin.ready(f"page-{n}.png", tiny_png(n))["id"]
                     for n in range(24)]
        cls.letter = cls.admin.ready("letter.pdf", sample("acknowledgement-letter-en.pdf"))["id"]
        cls.admin.ready("large.png", large_png(1))
        cls.label("first")
        split = cls.project.client.put(f"{cls.project.api}/splits/default", {
            "rule": {"group_by": []}, "salt": "s", "seed": 1, "ratios": {"train": 50, "test": 50}})
        assert split.status == 200, split
        cls.first = cls.release()

    @classmethod
    def label(cls, text):
        before = cls.project.annotations(cls.letter)
        word = cls.project.words(cls.letter)[0]["id"]
        saved = cls.project.save(cls.letter, before.json["annotations"] + [span("name", [word], text)],
                                 before.headers["ETag"])
        assert saved.status == 200, saved

    @classmethod
    def release(cls, **more):
        made = cls.project.client.post(f"{cls.project.api}/releases",
                                       {"name": "claims", "split": "default", **more})
        assert made.status == 201, made
        manifest = cls.project.client.get(
            f"{cls.project.api}/releases/claims/{made.json['version']}/manifest").body.decode()
        return {"version": made.json["version"], "digest": made.json["manifest_sha256"],
                "manifest": manifest, "files": dvc_world.files_of(manifest)}

    def run_verb(self, *arguments, url=None, token=None, code=0):
        environment = {**os.environ, "GLOSSATOR_TOKEN": self.trainer.token if token is None else token}
        done = subprocess.run([harness.CLIENT, *map(str, arguments), "--url", url or self.server.url],
                              capture_output=True, text=True, env=environment, timeout=300)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def pull(self, out, *arguments, release=None, **more):
        done = self.run_verb("pull", "acme/claims", f"claims@{(release or self.first)['version']}",
                             "--out", out, "--json", *arguments, **more)
        return json.loads(done.stdout) if done.returncode == 0 else done.stderr

    def place(self, name):
        return self.directory / name

    def digests(self, out):
        return {str(p.relative_to(out)): hashlib.sha256(p.read_bytes()).hexdigest()
                for p in pathlib.Path(out, "documents").rglob("*") if p.is_file()}

    def assert_whole(self, out, release):
        self.assertEqual(self.digests(out), release["files"])
        self.assertEqual((out / "manifest.jsonl").read_text(), release["manifest"])
        header = json.loads(release["manifest"].splitlines()[0])
        schema = (out / "labels/schema.json").read_bytes()
        self.assertEqual(hashlib.sha256(schema).hexdigest(), header["schema"]["sha256"])
        self.assertFalse((out / ".glossator").exists())

    @unittest.skipUnless(shutil.which("readelf"), "readelf is not installed")
    def test_the_client_needs_libcurl_alone(self):
        needed = set(re.findall(r"\(NEEDED\).*\[(.*)\]", subprocess.run(
            ["readelf", "-d", harness.CLIENT], capture_output=True, text=True, check=True).stdout))
        if any("san" in name for name in needed):
            self.skipTest("built with a sanitizer")
        of_every_container = {"libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}
        self.assertEqual(needed - of_every_container, {"libcurl.so.4", "libcrypto.so.3"})

    def test_a_release_comes_whole_and_then_costs_nothing(self):
        out = self.place("whole")
        report = self.pull(out)
        self.assert_whole(out, self.first)
        self.assertEqual(report["manifest_sha256"], self.first["digest"])
        self.assertEqual(report["documents"], 26)
        self.assertEqual((report["kept_files"], report["removed_files"]), (0, 0))
        again = self.pull(out)
        self.assertEqual((again["fetched_files"], again["kept_files"]), (0, report["fetched_files"]))
        # What was edited, cut short or lost is brought again; a user's own file stays.
        paths = sorted(out.glob("documents/*/*/pages/*.annotations.jsonl"))
        paths[0].write_text("x" * paths[0].stat().st_size)
        source = next(out.glob("documents/*/*/source.pdf"))
        source.write_bytes(source.read_bytes()[:100])
        next(out.glob("documents/*/*/images/0001.png")).unlink()
        (out / "notes.txt").write_text("mine\n")
        self.assertEqual(self.pull(out)["fetched_files"], 3)
        self.assert_whole(out, self.first)
        self.assertEqual((out / "notes.txt").read_text(), "mine\n")

    def test_parts_and_kinds(self):
        out = self.place("parts")
        records = [json.loads(line) for line in self.first["manifest"].splitlines()[1:]]
        train = {r["document"] for r in records if r["split"] == "train"}
        self.pull(out, "--part", "train", "--only", "words", "--only", "annotations")
        wanted = {path: digest for path, digest in self.first["files"].items()
                  if path.split("/")[2] in train and path.endswith((".tsv", ".jsonl"))}
        self.assertEqual(self.digests(out), wanted)
        # Another part comes beside it.
        self.pull(out, "--part", "test", "--only", "source")
        sources = {path: digest for path, digest in self.first["files"].items()
                   if path.split("/")[2] not in train and "/source." in path}
        self.assertEqual(self.digests(out), {**wanted, **sources})
        self.assertIn("train, test", self.pull(out, "--part", "trian", code=2))

    def test_a_broken_line_is_mended(self):
        out = self.place("broken")
        # The list of releases, the manifest, then streams that are cut in the middle.
        line = Line(self.server.url, [None, 4_000, 20_000, 3_000_000, 5_000_000, 700, 9_000])
        self.addCleanup(line.close)
        self.pull(out, url=line.url)
        self.assertTrue(line.stalled.is_set())
        self.assert_whole(out, self.first)

    def test_killed_it_goes_on_where_it_was(self):
        out = self.place("killed")
        line = Line(self.server.url, [None] + [200_000] * 10, silent=True)
        self.addCleanup(line.close)
        environment = {**os.environ, "GLOSSATOR_TOKEN": self.trainer.token}
        client = subprocess.Popen(
            [harness.CLIENT, "pull", "acme/claims", f"claims@{self.first['version']}", "--out", out,
             "--url", line.url, "--connections", "2"],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.assertTrue(line.stalled.wait(60))
        part = None
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not (part and part.stat().st_size > 50_000):
            part = next(out.glob(".glossator/part-*"), None)
            time.sleep(0.01)
        busy = self.pull(out, code=75)
        self.assertIn("another pull", busy)
        client.send_signal(signal.SIGKILL)
        client.wait()
        self.assertFalse((out / "manifest.jsonl").exists())
        for path, digest in self.digests(out).items():
            self.assertEqual(digest, self.first["files"][path], "only whole files have their name")
        begun = part.stat().st_size
        self.assertGreater(begun, 50_000)
        report = self.pull(out)
        self.assert_whole(out, self.first)
        sizes = sum(p.stat().st_size for p in out.rglob("*") if p.is_file())
        self.assertLess(report["fetched_bytes"], sizes - begun + 1)

    def test_another_release_takes_the_place_of_the_first(self):
        out = self.place("next")
        self.pull(out)
        self.label("second")
        added = self.admin.ready("late.png", tiny_png(1000))["id"]
        second = self.release()
        report = self.pull(out, release=second)
        self.assert_whole(out, second)
        changed = {p for p, digest in second["files"].items() if self.first["files"].get(p) != digest}
        self.assertEqual(report["fetched_files"], len(changed))
        # Only what changed, onto an empty disk.
        delta = self.place("delta")
        self.pull(delta, "--since", self.first["version"], release=second)
        self.assertEqual({p.split("/")[2] for p in self.digests(delta)}, {self.letter, added})
        # Back to the first: what it does not have goes, empty directories too.
        back = self.pull(out)
        self.assertGreater(back["removed_files"], 0)
        self.assert_whole(out, self.first)
        self.assertEqual(list(out.glob(f"documents/*/{added}")), [])

    def test_what_cannot_be_had_is_told(self):
        out = self.place("refused")
        self.assertIn("no release", self.run_verb("pull", "acme/claims", "claims@9.9.9", "--out", out,
                                                  code=1).stderr)
        self.assertIn("digest", self.pull(out, "--digest", "0" * 64, code=1))
        self.pull(out, "--digest", self.first["digest"], "--part", "test")
        self.assertIn("401", self.pull(out, token="wrong", code=1))
        self.assertIn("GLOSSATOR_TOKEN", self.pull(out, token="", code=2))
        self.assertIn("reached", self.pull(out, url=f"http://127.0.0.1:{harness.free_port()}", code=75))
        annotator = self.user("anna", "annotator")
        self.assertIn("403", self.pull(out, token=annotator.token, code=1))
        self.run_verb("pull", "acme/claims", code=2)
        secret = self.place("token")
        secret.write_text(self.trainer.token + "\n")
        self.pull(out, "--token-file", secret, token="")

    def test_what_was_pulled_is_verified_without_a_server(self):
        out = self.place("kept")
        self.pull(out)

        def verify(*arguments, code):
            done = subprocess.run([harness.CLIENT, "verify", "--pulled", out, "--json", *arguments],
                                  capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, code, done.stdout + done.stderr)
            return json.loads(done.stdout) if done.stdout else done.stderr

        self.assertTrue(verify("--digest", self.first["digest"], code=0)["whole"])
        self.assertEqual([f["name"] for f in verify("--digest", "0" * 64, code=1)["findings"]],
                         ["manifest.digest"])
        image = next(pathlib.Path(out, "documents").rglob("images/*.png"))
        content = image.read_bytes()
        image.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        self.assertEqual([f["name"] for f in verify(code=1)["findings"]], ["object.hash"])
        image.unlink()
        self.assertEqual([f["name"] for f in verify(code=1)["findings"]], ["object.missing"])
        self.assertTrue(verify("--only", "words", code=0)["whole"])
        verify("--digest", "short", code=2)
        self.pull(out)
        self.assertTrue(verify(code=0)["whole"])

    def test_a_damaged_object_is_never_taken(self):
        page = next(p for p in self.first["files"] if p.endswith(".words.tsv") and self.letter in p)
        records = [json.loads(line) for line in self.first["manifest"].splitlines()[1:]]
        words = next(r for r in records if r["document"] == self.letter)["pages"][0]["words"]
        stored = self.server.data / "orgs/acme/files/md5" / words["md5"][:2] / words["md5"][2:]
        good = stored.read_bytes()
        stored.chmod(0o644)
        stored.write_bytes(bytes(reversed(good)))
        out = self.place("damaged")
        try:
            self.assertIn(page, self.pull(out, code=1))
            self.assertFalse((out / page).exists())
            self.assertFalse((out / "manifest.jsonl").exists())
        finally:
            stored.write_bytes(good)
        self.pull(out)
        self.assert_whole(out, self.first)

    def test_objects_unpack_into_a_dvc_cache(self):
        """Without our client: names in, a tar out."""
        records = [json.loads(line) for line in self.first["manifest"].splitlines()[1:]]
        names = sorted({r["source"]["md5"] for r in records})
        reply = self.trainer.client.post(f"{self.trainer.api}/objects", "\n".join(names).encode(),
                                         headers={"Content-Type": "text/plain"})
        self.assertEqual(reply.status, 200, reply)
        with tarfile.open(fileobj=io.BytesIO(reply.body)) as archive:
            members = archive.getmembers()
            self.assertEqual([m.name for m in members], [f"files/md5/{n[:2]}/{n[2:]}" for n in names])
            for member, name in zip(members, names):
                self.assertEqual(hashlib.md5(archive.extractfile(member).read()).hexdigest(), name)
        text = {"headers": {"Content-Type": "text/plain"}}
        self.assert_problem(self.trainer.client.post(f"{self.trainer.api}/objects",
                                                     ("\n".join(names) + "\n" + "0" * 32).encode(), **text),
                            404, "not_found")
        for body in (b"\n", b"not a name\n"):
            reply = self.trainer.client.post(f"{self.trainer.api}/objects", body, **text)
            self.assertIn(reply.status, (400, 422), reply)

    def test_an_export_goes_on_where_it_stopped(self):
        expected = self.trainer.client.get(
            f"{self.trainer.api}/releases/claims/{self.first['version']}/exports/jsonl").body
        release = f"claims@{self.first['version']}"
        out = self.place("claims.jsonl")
        line = Line(self.server.url, [None, 9_000, 12_000])
        self.addCleanup(line.close)
        report = json.loads(self.run_verb("export", "acme/claims", release, "--format", "jsonl", "--out",
                                          out, "--json", "--loss", url=line.url).stdout)
        self.assertEqual(out.read_bytes(), expected)
        self.assertEqual((report["bytes"], report["loss"]["format"]), (len(expected), "jsonl"))
        self.assertEqual(list(out.parent.glob("claims.jsonl.part*")), [])
        piped = self.run_verb("export", "acme/claims", release, "--format", "jsonl", "--out", "-",
                              "--part", "test")
        lines = [json.loads(line) for line in piped.stdout.splitlines()]
        self.assertEqual({line["split"] for line in lines}, {"test"})
        self.assertIn("no such format", self.run_verb("export", "acme/claims", release, "--format",
                                                      "parchment", "--out", out, code=1).stderr)


if __name__ == "__main__":
    harness.main()
