#!/usr/bin/env python3
"""`glossator gc` and stored bytes: what a release left behind that never came about goes after its
grace; what a release, a ref or somebody's push needs stays, also if it is pushed at that moment."""
import concurrent.futures
import contextlib
import hashlib
import json
import os
import re
import signal
import sqlite3
import subprocess
import time

import harness
from harness import git, sample, span, tiny_png


class Leftovers(harness.Scenario):
    """A server, and the ways in which bytes come into its store."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.letter = cls.admin.ready("letter.pdf", sample("acknowledgement-letter-en.pdf"))["id"]
        for number in range(4):
            cls.admin.ready(f"{number}.png", tiny_png(number))
        cls.store = cls.server.data / "orgs/acme/files/md5"
        cls.admin.client.request("PATCH", f"{cls.admin.api}/settings", {"git_lfs": True})

    def label(self, text):
        before = self.project.annotations(self.letter)
        word = self.project.words(self.letter)[0]["id"]
        saved = self.project.save(self.letter, before.json["annotations"] + [span("name", [word], text)],
                                  before.headers["ETag"])
        self.assertEqual(saved.status, 200, saved)
        return self.project.annotations(self.letter)

    def release(self):
        made = self.project.client.post(f"{self.project.api}/releases", {"name": "claims"})
        self.assertEqual(made.status, 201, made)
        return made.json

    def push(self, data, ending=""):
        md5 = hashlib.md5(data).hexdigest()
        url = f"/acme/claims.dvc/files/md5/{md5[:2]}/{md5[2:]}{ending}"
        reply = self.project.client.put(url, data)
        self.assertIn(reply.status, (200, 201), reply)
        return md5 + ending

    def attach(self, data):
        """Pushes a pointer of Git LFS to bytes that are here already."""
        clone = harness.Clone(self.project, self.directory, "sam")
        (clone.path / "attachments").mkdir()
        (clone.path / "attachments/text").write_text(
            "version https://git-lfs.github.com/spec/v1\n"
            f"oid sha256:{hashlib.sha256(data).hexdigest()}\nsize {len(data)}\n")
        clone.commit()
        clone.push()

    def files(self):
        return {p.parent.name + p.name for p in self.store.glob("*/*")}

    def gc(self, *arguments):
        done = self.server.command("gc", "--json", *arguments)
        return next(line for line in map(json.loads, done.stdout.splitlines())
                    if line.get("bytes_of") == "acme")

    def undo(self, release, kept):
        """As if the server had been killed before the release had its tag."""
        for name in ("claims.git", "claims.data.git"):
            git("update-ref", "-d", f"refs/tags/{release['tag']}", cwd=self.server.data / "repos/acme" / name)
        git("update-ref", "refs/heads/main", kept["data_commit"],
            cwd=self.server.data / "repos/acme/claims.data.git")
        self.server.command("rebuild")


class GcBytes(Leftovers):
    def test_what_a_release_left_behind_goes_and_nothing_else(self):
        self.label("first")
        kept = self.release()
        pushed = {self.push(b"a user's own\n")}
        child = self.push(b"in a directory\n")
        tree = json.dumps([{"md5": child, "relpath": "a.txt"}]).encode()
        pushed |= {child, self.push(tree, ".dir")}
        before = self.files()
        self.label("second")
        lost = self.release()
        left = self.files() - before
        self.assertGreater(len(left), 3, "texts, manifest, directories")
        # One of these texts is somebody's own, too, and a pointer in git names another.
        mine, named = sorted((p for p in left if not p.endswith(".dir")),
                             key=lambda name: (self.store / name[:2] / name[2:]).stat().st_size)[:2]
        self.push((self.store / mine[:2] / mine[2:]).read_bytes())
        self.attach((self.store / named[:2] / named[2:]).read_bytes())
        self.assertNotEqual(self.server.command("gc", check=False).returncode, 0, "server is up")
        self.server.stop()
        self.assertEqual(self.gc("--grace-days", "0")["removed"], 0, "everything is of a release")
        self.undo(lost, kept)
        nameless = self.store / "00" / ("1" * 30)
        nameless.parent.mkdir(exist_ok=True)
        nameless.write_bytes(b"left over by a crash\n")
        first = self.gc()
        unneeded = len(left) - 1  # without these two, and with the one that no row names
        self.assertEqual((first["removed"], first["unneeded"]), (0, unneeded), "grace has only begun")
        would_go = self.gc("--dry-run", "--grace-days", "0")
        self.assertEqual(self.files(), before | left | {"00" + "1" * 30})
        self.assertEqual(would_go["removed"], unneeded)
        for delay in (0, 0.01, 0.02, 0.05, 0.1, 0.2):
            gc = subprocess.Popen([harness.BINARY, "gc", "--data", self.server.data, "--grace-days", "0"],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(delay)
            gc.send_signal(signal.SIGKILL)
            gc.wait()
        self.gc("--grace-days", "0")
        self.gc("--grace-days", "0")  # files whose rows went before a kill
        self.assertEqual(self.files(), before | {mine, named})
        self.assertEqual(self.gc("--grace-days", "0")["unneeded"], 0)
        self.assertEqual(self.server.command("verify").returncode, 0)
        self.assertTrue(json.loads(self.server.command("scrub", "--json").stdout)["whole"])
        self.server.start()
        again = harness.Project(self.server, self.project.token)
        for name in pushed | {mine, named}:
            url = f"/acme/claims.dvc/files/md5/{name[:2]}/{name[2:]}"
            self.assertEqual(again.client.get(url).status, 200, name)
        self.project.client.url = self.server.url
        self.assertEqual(self.release()["version"], lost["version"])
        self.server.stop()
        self.assertEqual(self.server.command("verify").returncode, 0)


class GcBesideWork(Leftovers):
    """The same while the server works, and clients push what is about to go."""

    def owner(self):
        """Headers of a session of whoever operates the server."""
        link = re.search(r"#link=(\S+)", self.server.log.read_text())[1]
        reply = harness.Client(self.server.url).post("/api/v1/session/link", {
            "link": link, "password": "a long enough password"})
        self.assertEqual(reply.status, 201, reply)
        cookie = "; ".join(value.split(";")[0] for value in reply.headers.get_all("Set-Cookie"))
        return {"Cookie": cookie, "X-CSRF-Token": reply.json["csrf_token"]}

    def collect(self, session, **body):
        reply = harness.Client(self.server.url).post("/api/v1/server/gc", body, headers=session)
        self.assertEqual(reply.status, 200, reply)
        return next(item for item in reply.json["items"] if item["organisation"] == "acme")

    def path(self, name):
        return self.store / name[:2] / name[2:]

    def grow_old(self, names):
        """As if they had been unneeded for years; the server is stopped."""
        for name in names:
            os.utime(self.path(name), (1, 1))
        with contextlib.closing(sqlite3.connect(self.server.data / "glossator.db")) as database, database:
            database.execute("INSERT OR REPLACE INTO settings VALUES ('unneeded-since:acme', ?)",
                             ("".join(f"{name} 1000\n" for name in names),))

    def push_as_dvc_does(self, client, name, data):
        url = f"/acme/claims.dvc/files/md5/{name[:2]}/{name[2:]}"
        if client.get(url).status != 200:
            self.assertIn(client.put(url, data).status, (200, 201))
        self.assertEqual(client.get(url).body, data)

    def push_as_lfs_does(self, client, data):
        oid = hashlib.sha256(data).hexdigest()
        lfs = "/acme/claims.git/info/lfs/objects"
        offer = client.post(f"{lfs}/batch", json.dumps({
            "operation": "upload", "objects": [{"oid": oid, "size": len(data)}]}).encode(),
            headers={"Content-Type": "application/vnd.git-lfs+json"}).json["objects"][0]
        if "actions" in offer:
            self.assertEqual(client.put(f"{lfs}/{oid}", data).status, 200)
        self.assertEqual(client.get(f"{lfs}/{oid}").body, data)

    def test_what_is_pushed_meanwhile_stays(self):
        session = self.owner()
        self.label("first")
        kept = self.release()
        before = self.files()
        lost = []
        for number in range(5):
            self.label(f"again {number}")
            lost.append(self.release())
        left = self.files() - before
        self.server.stop()
        for release in lost:
            self.undo(release, kept)
        self.grow_old(left)
        self.server.start()
        texts = {name: self.path(name).read_bytes() for name in left if not name.endswith(".dir")}
        mine = sorted(texts)[::2]
        client = harness.Client(self.server.url, self.project.token)
        self.assertEqual(self.collect(session, dry_run=True, grace_days=1)["removed"], len(left))
        refused = harness.Client(self.server.url).post("/api/v1/server/gc", {"grace_days": 0}, headers=session)
        self.assertEqual(refused.status, 400, refused)
        self.assertEqual(client.post("/api/v1/server/gc", {}).status, 403, "not a project's to do")
        with concurrent.futures.ThreadPoolExecutor(5) as pool:
            rounds = [pool.submit(self.collect, session, grace_days=1)]
            pushes = [pool.submit(self.push_as_lfs_does, client, texts[name]) if number % 3 == 0 else
                      pool.submit(self.push_as_dvc_does, client, name, texts[name])
                      for number, name in enumerate(mine)]
            for done in rounds + pushes:
                done.result()
        self.collect(session, grace_days=1)
        self.assertEqual(self.files(), before | set(mine))
        for name in mine:
            self.push_as_dvc_does(client, name, texts[name])
        self.server.stop()
        self.assertTrue(json.loads(self.server.command("scrub", "--json").stdout)["whole"])
        self.assertEqual(self.server.command("verify").returncode, 0)


if __name__ == "__main__":
    harness.main()
