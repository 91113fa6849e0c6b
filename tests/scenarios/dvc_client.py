#!/usr/bin/env python3
"""The unmodified dvc client takes a release in every way it knows, byte for byte, and keeps a user's
own data on the project's remote."""
import hashlib
import json
import shutil

import dvc_world
import harness
from dvc_world import Dvc, digests_below, files_of, with_token
from harness import git, sample, span

READ_ONE_FILE = """
import sys, hashlib, json
import dvc.api
from dvc.api import DVCFileSystem
url, revision, path, secret = sys.argv[1:]
remote = {"password": "Bearer " + secret}
with dvc.api.open(path, repo=url, rev=revision, mode="rb", remote_config=remote) as file:
    opened = file.read()
tree = DVCFileSystem(url, rev=revision, remote_config=remote)
directory = path.rsplit("/", 1)[0]
names = sorted(name.rsplit("/", 1)[-1] for name in tree.ls(directory, detail=False))
with tree.open(path) as file:
    file.seek(7)
    piece = file.read(5)
print(json.dumps({"sha256": hashlib.sha256(opened).hexdigest(), "names": names,
                  "piece": piece.hex(), "wanted": opened[7:12].hex()}))
"""


@dvc_world.needs_dvc
class DvcClient(harness.Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dvc = Dvc(cls.directory)
        cls.trainer = cls.user("theo", "trainer")
        for name in ("glazing-estimate-en.png", "acknowledgement-letter-en.pdf"):
            cls.label(cls.admin.ready(name, sample(name))["id"], "first")
        cls.first = cls.release()

    @classmethod
    def label(cls, document, text):
        before = cls.project.annotations(document)
        word = cls.project.words(document)[0]["id"]
        saved = cls.project.save(document, before.json["annotations"] + [span("name", [word], text)],
                                 before.headers["ETag"])
        assert saved.status == 200, saved

    @classmethod
    def release(cls):
        """Makes one; {path: sha256} of what its manifest promises, as the server tells it."""
        made = cls.project.client.post(f"{cls.project.api}/releases", {"name": "claims"})
        assert made.status == 201, made
        manifest = cls.project.client.get(
            f"{cls.project.api}/releases/claims/{made.json['version']}/manifest").body
        assert hashlib.sha256(manifest).hexdigest() == made.json["manifest_sha256"]
        return {"version": made.json["version"], "manifest": manifest,
                "files": files_of(manifest.decode())}

    def place(self, name):
        path = self.directory / name
        path.mkdir()
        return path

    @property
    def data_url(self):
        return with_token(f"{self.server.url}/acme/claims.data.git", self.trainer.token)

    def tag(self, release):
        return f"datasets/claims/v{release['version']}"

    def assert_release(self, directory, release):
        """What lies below documents/ is what the manifest promises: no file more, none less."""
        self.assertEqual(digests_below(directory),
                         {path.removeprefix("documents/"): digest
                          for path, digest in release["files"].items()})

    def test_1_get_takes_a_release_with_a_trainers_token(self):
        place = self.place("get")
        self.dvc("get", self.data_url, "documents", "--rev", self.tag(self.first),
                 "--config", self.dvc.secret(self.trainer.token), cwd=place)
        self.assert_release(place / "documents", self.first)

    def test_2_a_clone_pulls_and_is_in_sync(self):
        clone = self.directory / "clone"
        self.dvc.git("clone", "-q", "--branch", self.tag(self.first), self.data_url, clone)
        self.dvc("remote", "modify", "--local", "glossator", "password",
                 f"Bearer {self.trainer.token}", cwd=clone)
        self.dvc("pull", cwd=clone)
        self.assert_release(clone / "documents", self.first)
        self.assertEqual((clone / "manifest.jsonl").read_bytes(), self.first["manifest"])
        texts = {path.removeprefix("documents/"): digest
                 for path, digest in self.first["files"].items()
                 if path.endswith((".tsv", ".jsonl"))}
        header = json.loads(self.first["manifest"].splitlines()[0])
        texts["schema.json"] = header["schema"]["sha256"]
        texts.update((g["path"], g["file"]["sha256"]) for g in header["guidelines"])
        self.assertEqual(digests_below(clone / "labels"), texts)
        self.assertEqual(json.loads(self.dvc("status", "--json", cwd=clone).stdout), {})
        self.assertEqual(json.loads(self.dvc("status", "-c", "--json", cwd=clone).stdout), {})
        self.assertEqual(self.dvc.git("status", "--porcelain", cwd=clone).stdout, "")

    def test_3_one_file_is_opened_without_the_rest(self):
        path = next(p for p in self.first["files"] if p.endswith(".words.tsv"))
        seen = json.loads(self.dvc.python(READ_ONE_FILE, self.data_url, self.tag(self.first), path,
                                          self.trainer.token))
        self.assertEqual(seen["sha256"], self.first["files"][path])
        self.assertEqual(seen["piece"], seen["wanted"])
        directory = path.rsplit("/", 1)[0] + "/"
        self.assertEqual(seen["names"], sorted(p.removeprefix(directory) for p in
                                               self.first["files"] if p.startswith(directory)))

    def test_4_an_import_follows_the_next_release(self):
        place = self.place("import")
        self.dvc.git("init", "-q", place)
        self.dvc("init", "-q", cwd=place)
        self.dvc("import", self.data_url, "documents", "--config",
                 self.dvc.secret(self.trainer.token), "-o", "documents", cwd=place)
        self.assert_release(place / "documents", self.first)
        changed = next(p for p in self.first["files"] if p.endswith(".annotations.jsonl"))
        self.label(changed.split("/")[2], "second")
        name = "klempner-rechnung-de.pdf"
        self.admin.ready(name, sample(name))
        second = self.release()
        self.assertNotEqual(second["files"][changed], self.first["files"][changed])
        self.assertGreater(len(second["files"]), len(self.first["files"]))
        self.dvc("update", "documents.dvc", cwd=place)
        self.assert_release(place / "documents", second)
        shutil.rmtree(self.directory / "get")
        self.test_1_get_takes_a_release_with_a_trainers_token()  # the old release stays what it was

    def test_5_a_users_own_data_lives_on_the_remote(self):
        place = self.place("own")
        self.dvc.git("init", "-q", place)
        self.dvc("init", "-q", cwd=place)
        folder = place / "crops"
        (folder / "sub dir").mkdir(parents=True)
        for number in range(40):
            (folder / f"{number:02}.txt").write_text(f"crop {number}\n" * number)  # one is empty
        (folder / "sub dir" / "größe 😀.bin").write_bytes(bytes(range(256)) * 30_000)
        (place / "model.bin").write_bytes(b"weights" * 100_000)
        self.dvc("add", "crops", "model.bin", cwd=place)
        self.remote(place)
        missing = json.loads(self.dvc("status", "-c", "--json", cwd=place).stdout)
        self.assertEqual(set(missing.values()), {"new"}, missing)
        self.dvc("push", cwd=place)
        self.assertEqual(json.loads(self.dvc("status", "-c", "--json", cwd=place).stdout), {})
        self.assertIn("Everything is up to date", self.dvc("push", cwd=place).stdout)
        self.dvc.git("add", "-A", cwd=place)
        self.dvc.git("commit", "-qm", "Add crops", cwd=place)
        fresh = self.directory / "own-fresh"
        self.dvc.git("clone", "-q", place, fresh)
        self.secret_of(fresh)
        self.dvc("pull", cwd=fresh)
        self.assertEqual(digests_below(fresh / "crops"), digests_below(folder))
        self.assertEqual((fresh / "model.bin").read_bytes(), (place / "model.bin").read_bytes())
        git("fsck", "--strict", cwd=self.server.data / "repos/acme/claims.data.git")

    def test_6_a_trainer_pulls_releases_and_nothing_else(self):
        place = self.place("foreign")
        self.dvc.git("init", "-q", place)
        self.dvc("init", "-q", cwd=place)
        (place / "own.txt").write_text("a trainer's own\n")
        self.dvc("add", "own.txt", cwd=place)
        self.remote(place, self.trainer.token)
        refused = self.dvc("push", cwd=place, check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("403", refused.stderr)

    def test_7_without_a_token_nothing_is_there(self):
        place = self.place("nobody")
        for url in (f"{self.server.url}/acme/claims.data.git", self.data_url):
            refused = self.dvc("get", url, "documents", "-o", "documents", cwd=place, check=False)
            self.assertNotEqual(refused.returncode, 0)
            self.assertEqual(digests_below(place), {})

    def test_8_the_remaining_verbs(self):
        """fetch, checkout, ls, list, diff, commit, move and gc of the client, over our remote and git."""
        clone = self.directory / "verbs"
        self.dvc.git("clone", "-q", "--branch", self.tag(self.first), self.data_url, clone)
        self.dvc("remote", "modify", "--local", "glossator", "password", f"Bearer {self.trainer.token}",
                 cwd=clone)
        self.dvc("fetch", cwd=clone)
        self.assertFalse((clone / "manifest.jsonl").exists())
        self.dvc("checkout", cwd=clone)
        self.assertEqual((clone / "manifest.jsonl").read_bytes(), self.first["manifest"])
        wanted = {path.removeprefix("documents/") for path in self.first["files"]}
        for verb in ("ls", "list"):
            listed = json.loads(self.dvc(verb, "-R", "--json", self.data_url, "documents", "--rev",
                                         self.tag(self.first), "--config",
                                         self.dvc.secret(self.trainer.token)).stdout)
            self.assertEqual({entry["path"] for entry in listed
                              if not entry["isdir"] and not entry["path"].endswith((".dvc", ".gitignore"))},
                             wanted)
        # What lies between two releases, as the client sees it.
        name = f"between-{len(self.first['files'])}.png"
        self.admin.ready(name, harness.tiny_png(4242))
        second = self.release()
        self.dvc.git("fetch", "-q", "--tags", cwd=clone)
        changes = json.loads(self.dvc("diff", "--json", self.tag(self.first), self.tag(second),
                                      cwd=clone).stdout)
        added = {entry["path"] for entry in changes["added"]}
        self.assertLessEqual({path for path in second["files"] if path not in self.first["files"]}, added)
        self.assertIn("manifest.jsonl", {entry["path"] for entry in changes["modified"]})
        # Collection works on the client's own cache; on an HTTP remote the client has none.
        self.dvc("gc", "-w", "-f", cwd=clone)
        refused = self.dvc("gc", "-w", "-c", "-f", cwd=clone, check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertEqual(json.loads(self.dvc("status", "-c", "--json", cwd=clone).stdout), {})

    def test_9_what_the_remote_refuses_fails_the_push(self):
        """A wrong byte, and a directory whose files are not there."""
        place = self.place("refused")
        self.dvc.git("init", "-q", place)
        self.dvc("init", "-q", cwd=place)
        (place / "data").mkdir()
        for number in range(3):
            (place / "data" / f"{number}.txt").write_text(f"to be refused {number}\n")
        self.dvc("add", "data", cwd=place)
        self.remote(place)
        cache = place / ".dvc/cache/files/md5"
        child = next(p for p in cache.glob("*/*") if p.suffix != ".dir")
        good = child.read_bytes()
        child.chmod(0o644)
        child.write_bytes(b"altered in the cache\n")
        child.chmod(0o444)  # the client trusts it then
        refused = self.dvc("push", cwd=place, check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("422", refused.stderr)
        # The client holds the directory back while a file of it failed; sent all the same, it is refused.
        tree = next(cache.glob("*/*.dir"))
        url = f"/acme/claims.dvc/files/md5/{tree.parent.name}/{tree.name}"
        sent = self.project.client.put(url, tree.read_bytes())
        self.assertEqual(sent.status, 409, sent)
        self.assertEqual(self.project.client.get(url).status, 404)
        child.chmod(0o644)
        child.write_bytes(good)
        child.chmod(0o444)
        self.dvc("push", cwd=place)
        self.assertEqual(self.project.client.get(url).status, 200)
        self.assertEqual(json.loads(self.dvc("status", "-c", "--json", cwd=place).stdout), {})

    def remote(self, place, token=None):
        url = f"{self.server.url}/acme/claims.dvc"
        self.dvc("remote", "add", "-d", "store", url, cwd=place)
        for key, value in (("method", "PUT"), ("auth", "custom"),
                           ("custom_auth_header", "Authorization")):
            self.dvc("remote", "modify", "store", key, value, cwd=place)
        self.secret_of(place, token)

    def secret_of(self, place, token=None):
        self.dvc("remote", "modify", "--local", "store", "password",
                 f"Bearer {token or self.project.token}", cwd=place)


if __name__ == "__main__":
    harness.main()
