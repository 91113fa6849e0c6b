#!/usr/bin/env python3
"""`glossator gc` and stored bytes: what a release left behind that never came about goes after its
grace; what a release, a ref or somebody's push needs stays."""
import hashlib
import json
import signal
import subprocess
import time

import harness
from harness import git, sample, span, tiny_png


class GcBytes(harness.Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.letter = cls.admin.ready("letter.pdf", sample("acknowledgement-letter-en.pdf"))["id"]
        for number in range(4):
            cls.admin.ready(f"{number}.png", tiny_png(number))
        cls.store = cls.server.data / "orgs/acme/files/md5"

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
        # One of these texts is somebody's own, too.
        mine = min((p for p in left if not p.endswith(".dir")),
                   key=lambda name: (self.store / name[:2] / name[2:]).stat().st_size)
        self.push((self.store / mine[:2] / mine[2:]).read_bytes())
        self.assertNotEqual(self.server.command("gc", check=False).returncode, 0, "server is up")
        self.server.stop()
        self.assertEqual(self.gc("--grace-days", "0")["removed"], 0, "everything is of a release")
        self.undo(lost, kept)
        nameless = self.store / "00" / ("1" * 30)
        nameless.parent.mkdir(exist_ok=True)
        nameless.write_bytes(b"left over by a crash\n")
        first = self.gc()
        self.assertEqual((first["removed"], first["unneeded"]), (0, len(left)), "grace has only begun")
        would_go = self.gc("--dry-run", "--grace-days", "0")
        self.assertEqual(self.files(), before | left | {"00" + "1" * 30})
        self.assertEqual(would_go["removed"], len(left))
        for delay in (0, 0.01, 0.02, 0.05, 0.1, 0.2):
            gc = subprocess.Popen([harness.BINARY, "gc", "--data", self.server.data, "--grace-days", "0"],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(delay)
            gc.send_signal(signal.SIGKILL)
            gc.wait()
        self.gc("--grace-days", "0")
        self.gc("--grace-days", "0")  # files whose rows went before a kill
        self.assertEqual(self.files(), before | {mine})
        self.assertEqual(self.gc("--grace-days", "0")["unneeded"], 0)
        self.assertEqual(self.server.command("verify").returncode, 0)
        self.assertTrue(json.loads(self.server.command("scrub", "--json").stdout)["whole"])
        self.server.start()
        again = harness.Project(self.server, self.project.token)
        for name in pushed | {mine}:
            url = f"/acme/claims.dvc/files/md5/{name[:2]}/{name[2:]}"
            self.assertEqual(again.client.get(url).status, 200, name)
        self.project.client.url = self.server.url
        self.assertEqual(self.release()["version"], lost["version"])
        self.server.stop()
        self.assertEqual(self.server.command("verify").returncode, 0)


if __name__ == "__main__":
    harness.main()
