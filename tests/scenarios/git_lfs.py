#!/usr/bin/env python3
"""Git LFS by the stock client: off until a project wants it, then push, clone, fetch, fsck and prune as
people know them; what is refused, and that collection knows the pointers."""
import hashlib
import json
import os
import shutil
import unittest

import harness
from harness import git

FILTER = ("filter.lfs.process=git-lfs filter-process", "filter.lfs.clean=git-lfs clean -- %f",
          "filter.lfs.smudge=git-lfs smudge -- %f", "filter.lfs.required=true")
MEDIA_TYPE = "application/vnd.git-lfs+json"


def sha256_of(data):
    return hashlib.sha256(data).hexdigest()


def pointer_of(data):
    return (f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256_of(data)}\n"
            f"size {len(data)}\n").encode()


class Clone(harness.Clone):
    """One that knows Git LFS."""

    def __init__(self, project, directory, name):
        super().__init__(project, directory, name, configuration=FILTER)
        self.lfs("install", "--local")

    def lfs(self, *arguments, **kwargs):
        return self.git("lfs", *arguments, **kwargs)

    def attach(self, name, data):
        path = self.path / "attachments" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.commit(f"Attach {name}")
        return path


@unittest.skipUnless(shutil.which("git-lfs"), "git-lfs is not installed")
class GitLfs(harness.Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.turn(True)

    @classmethod
    def turn(cls, on):
        reply = cls.admin.client.request("PATCH", f"{cls.admin.api}/settings", {"git_lfs": on})
        assert reply.status == 200 and reply.json["git_lfs"] is on, reply

    def clone(self, name, project=None):
        return Clone(project or self.project, self.directory / self.id().rsplit(".", 1)[-1], name)

    def lfs_call(self, method, path, body=None, project=None, **headers):
        project = project or self.project
        if isinstance(body, dict):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", MEDIA_TYPE)
        return project.client.request(method, f"/acme/claims.git/info/lfs{path}", body, headers)

    def batch(self, operation, *objects, project=None):
        return self.lfs_call("POST", "/objects/batch", {
            "operation": operation, "transfers": ["basic"],
            "objects": [{"oid": oid, "size": size} for oid, size in objects]}, project)

    def test_files_go_and_come_with_the_stock_client(self):
        sam = self.clone("sam")
        large = os.urandom(3_000_000)
        sam.attach("forms/Blankoformular.pdf", large)
        sam.attach("empty.bin", b"")
        pushed = sam.push()
        self.assertNotIn("lock", pushed.stderr.lower())
        self.assertIn("forms/Blankoformular.pdf", sam.lfs("ls-files").stdout)
        held = sam.git("show", "HEAD:attachments/forms/Blankoformular.pdf").stdout
        self.assertEqual(held.encode(), pointer_of(large))
        other = self.clone("sam2")
        fetched = other.path / "attachments/forms/Blankoformular.pdf"
        self.assertEqual(fetched.read_bytes(), large)
        self.assertEqual((other.path / "attachments/empty.bin").read_bytes(), b"")
        self.assertIn("OK", other.lfs("fsck").stdout)
        # A new version: fetched and checked out by pull, the old one pruned, and fetched again.
        changed = os.urandom(100_000)
        sam.attach("forms/Blankoformular.pdf", changed)
        sam.push()
        other.git("pull", "-q")
        self.assertEqual(fetched.read_bytes(), changed)
        other.git("config", "lfs.fetchrecentcommitsdays", "0")
        other.git("config", "lfs.fetchrecentrefsdays", "0")
        other.git("config", "lfs.pruneoffsetdays", "0")
        pruned = other.lfs("prune", "--verify-remote", "--verbose").stdout
        self.assertIn(sha256_of(large), pruned)
        other.lfs("fetch", "--all")
        kept = other.path / ".git/lfs/objects" / sha256_of(large)[:2] / sha256_of(large)[2:4] / sha256_of(large)
        self.assertEqual(kept.read_bytes(), large)
        self.assertEqual(self.project.client.get(
            f"/acme/claims.dvc/files/md5/{hashlib.md5(changed).hexdigest()[:2]}/"
            f"{hashlib.md5(changed).hexdigest()[2:]}").body, changed, "one store for both")

    def test_a_broken_download_goes_on_where_it_stopped(self):
        sam = self.clone("sam")
        data = os.urandom(2_000_000)
        sam.attach("resumed.bin", data)
        sam.push()
        part = self.lfs_call("GET", f"/objects/{sha256_of(data)}", Range="bytes=1500000-")
        self.assertEqual((part.status, part.body), (206, data[1_500_000:]))
        self.assertEqual(part.headers["Content-Range"], "bytes 1500000-1999999/2000000")
        shutil.rmtree(sam.path / ".git/lfs/objects")
        incomplete = sam.path / ".git/lfs/incomplete"
        incomplete.mkdir(exist_ok=True)
        (incomplete / f"{sha256_of(data)}.part").write_bytes(data[:1_000_000])
        (sam.path / "attachments/resumed.bin").unlink()
        traced = sam.lfs("pull", environment={"GIT_CURL_VERBOSE": "1"}).stderr
        self.assertIn("206 Partial Content", traced)
        self.assertEqual((sam.path / "attachments/resumed.bin").read_bytes(), data)

    def test_a_pointer_without_its_bytes_is_refused(self):
        sam = self.clone("sam")
        data = os.urandom(1000)
        sam.attach("missing.bin", data)
        for target in ("HEAD:main", "HEAD:refs/for/main"):
            refused = sam.push("--no-verify", "origin", target, check=False)
            self.assertNotEqual(refused.returncode, 0)
            self.assertIn(f"attachments/missing.bin: its bytes are not here (sha256 {sha256_of(data)})",
                          refused.stderr)
            self.assertIn("git lfs push --all origin", refused.stderr)
        # Each commit is kept, so each must have its bytes.
        (sam.path / "attachments/missing.bin").unlink()
        sam.commit("Take it back")
        self.assertIn("missing.bin", sam.push("--no-verify", "origin", "HEAD:main", check=False).stderr)
        sam.lfs("push", "--all", "origin")
        sam.push()

    def test_what_is_no_pointer_is_refused(self):
        sam = self.clone("sam")
        path = sam.path / "attachments/plain.bin"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"\0as it is")
        blob = sam.git("hash-object", "-w", "--no-filters", path).stdout.strip()
        sam.git("update-index", "--add", "--cacheinfo", f"100644,{blob},attachments/plain.bin")
        sam.git("commit", "-qm", "Not by LFS")
        refused = sam.push("--no-verify", "origin", "HEAD:main", check=False)
        self.assertIn("attachments/plain.bin: not a pointer of Git LFS", refused.stderr)
        self.assertIn("git lfs install", refused.stderr)

    def test_wrong_bytes_are_refused_and_nothing_is_kept(self):
        wanted = sha256_of(b"right\n")
        offered = self.batch("upload", (wanted, 6))
        self.assertEqual((offered.status, offered.headers["Content-Type"]), (200, MEDIA_TYPE))
        actions = offered.json["objects"][0]["actions"]
        self.assertEqual(actions["upload"]["href"], f"{self.server.url}/acme/claims.git/info/lfs/objects/{wanted}")
        reply = self.lfs_call("PUT", f"/objects/{wanted}", b"wrong\n")
        self.assertEqual(reply.status, 422, reply)
        self.assertIn("SHA-256", reply.json["message"])
        for oid in (wanted, sha256_of(b"wrong\n")):
            self.assertEqual(self.lfs_call("GET", f"/objects/{oid}").status, 404)
        self.assertEqual(self.lfs_call("POST", "/verify", {"oid": wanted, "size": 6}).status, 404)
        for _ in range(2):
            self.assertEqual(self.lfs_call("PUT", f"/objects/{wanted}", b"right\n").status, 200)
        self.assertEqual(self.lfs_call("POST", "/verify", {"oid": wanted, "size": 6}).status, 200)
        self.assertEqual(self.lfs_call("POST", "/verify", {"oid": wanted, "size": 7}).status, 422)
        self.assertNotIn("actions", self.batch("upload", (wanted, 6)).json["objects"][0])
        states = self.batch("download", (wanted, 6), (wanted, 7), ("0" * 64, 1)).json["objects"]
        self.assertIn("download", states[0]["actions"])
        self.assertEqual([item["error"]["code"] for item in states[1:]], [422, 404])

    def test_malformed_batches_are_told_what_is_wrong(self):
        for body in ({}, {"operation": "steal", "objects": []}, {"operation": "upload", "objects": []},
                     {"operation": "upload", "objects": [{"oid": "x", "size": 1}]},
                     {"operation": "upload", "objects": [{"oid": "0" * 64, "size": -1}]},
                     {"operation": "upload", "objects": [{"oid": "0" * 64, "size": 1}], "hash_algo": "md5"},
                     {"operation": "upload", "objects": [{"oid": "0" * 64, "size": 1}], "transfers": ["ssh"]}):
            reply = self.lfs_call("POST", "/objects/batch", body)
            self.assertEqual(reply.status, 400, body)
            self.assertTrue(reply.json["message"], body)

    def test_who_may_only_read_sends_nothing(self):
        reader = self.user("rita", "reviewer")
        data = os.urandom(500)
        rita = self.clone("rita", reader)
        rita.attach("hers.bin", data)
        refused = rita.push(check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("you may not send files to this project", refused.stderr)
        self.assertEqual(self.lfs_call("PUT", f"/objects/{sha256_of(data)}", data, reader).status, 403)
        # Nor may she push a pointer to what others have sent.
        sam = self.clone("sam")
        sam.attach("his.bin", data)
        sam.push()
        self.assertIn("data:push", rita.push("--no-verify", "origin", "HEAD:main", check=False).stderr)
        self.assertEqual(self.lfs_call("GET", f"/objects/{sha256_of(data)}", project=reader).body, data)

    def test_strangers_see_nothing(self):
        self.server.command("project", "create", "other/claims", "--name", "Others")
        eve = harness.Project(self.server, self.server.add_user("eve", "admin", "other/claims"))
        nobody = harness.Project(self.server, None)
        trainer = self.user("theo", "trainer")
        for project, status in ((eve, 404), (nobody, 401), (trainer, 403)):
            reply = self.batch("download", ("0" * 64, 1), project=project)
            self.assertEqual(reply.status, status, reply)
            self.assertTrue(reply.json["message"])
        self.assertTrue(self.batch("download", ("0" * 64, 1), project=nobody)
                        .headers["LFS-Authenticate"].startswith("Basic "))

    def test_who_may_not_see_an_object_learns_nothing_of_it(self):
        data = os.urandom(600)
        sam = self.clone("sam")
        sam.attach("unseen.bin", data)
        sam.push()
        limited = harness.Project(self.server, self.server.add_user(
            "lena", "scientist", scopes=("repository:clone", "repository:push", "data:push")))
        for size in (600, 601):
            [answer] = self.batch("download", (sha256_of(data), size), project=limited).json["objects"]
            self.assertEqual(answer["error"]["code"], 404, answer)
        [answer] = self.batch("download", (sha256_of(data), 601)).json["objects"]
        self.assertEqual(answer["error"]["code"], 422, answer)

    def test_locks_are_refused_in_words(self):
        sam = self.clone("sam")
        sam.attach("locked.bin", os.urandom(10))
        sam.push()
        refused = sam.lfs("lock", "attachments/locked.bin", check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("not locked here", refused.stderr)

    def test_a_proposal_may_bring_files(self):
        sam = self.clone("sam")
        data = os.urandom(700)
        sam.attach("proposed.bin", data)
        number = sam.push("origin", "HEAD:refs/for/main").stderr.split("proposal ")[1].split()[0]
        accepted = self.admin.client.post(f"{self.admin.api}/proposals/{number}/accept", {})
        self.assertEqual(accepted.status, 200, accepted)
        self.assertEqual((self.clone("sam2").path / "attachments/proposed.bin").read_bytes(), data)

    def test_what_no_push_names_goes_after_its_grace(self):
        wanted, forgotten = b"a push names it\n", b"its push never came\n"
        for data in (wanted, forgotten):
            self.assertEqual(self.lfs_call("PUT", f"/objects/{sha256_of(data)}", data).status, 200)
        sam = self.clone("sam")
        sam.attach("named.txt", wanted)
        sam.push()

        def gc(*arguments):
            done = self.server.command("gc", "--json", *arguments)
            return next(line for line in map(json.loads, done.stdout.splitlines()) if "bytes_of" in line)

        self.server.stop()
        self.assertEqual(gc()["removed"], 0, "its grace has only begun")
        told = gc("--grace-days", "0", "--dry-run")
        self.assertGreaterEqual(told["bytes"], len(forgotten))
        self.assertEqual(gc("--grace-days", "0")["removed"], told["removed"])
        self.server.start()
        self.project.client.url = self.admin.client.url = self.server.url
        self.assertEqual(self.lfs_call("GET", f"/objects/{sha256_of(wanted)}").body, wanted)
        self.assertEqual(self.lfs_call("GET", f"/objects/{sha256_of(forgotten)}").status, 404)
        self.assertEqual(self.lfs_call("PUT", f"/objects/{sha256_of(forgotten)}", forgotten).status, 200)
        self.assertEqual(self.lfs_call("GET", f"/objects/{sha256_of(forgotten)}").body, forgotten)

    def test_it_is_off_unless_the_project_wants_it(self):
        self.addCleanup(self.turn, True)
        sam = self.clone("sam")
        self.turn(False)
        sam.attach("off.bin", os.urandom(100))
        refused = sam.push(check=False)
        self.assertIn("Git LFS is off in this project", refused.stderr)
        refused = sam.push("--no-verify", "origin", "HEAD:main", check=False)
        self.assertIn("attachments/off.bin: Git LFS is off in this project", refused.stderr)
        self.assertNotIn("lfs", (self.clone("sam2").path / ".gitattributes").read_text())
        self.turn(True)
        self.assertIn("attachments/** filter=lfs", (self.clone("sam3").path / ".gitattributes").read_text())
        sam.git("pull", "-q", "--rebase")
        sam.push()


if __name__ == "__main__":
    harness.main()
