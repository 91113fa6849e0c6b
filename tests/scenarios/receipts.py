#!/usr/bin/env python3
"""Receipts: which model used which release, kept as git notes, and whose data has changed since. And
what the token of a training job can do: read releases and write receipts, nothing else."""
import json
import os
import subprocess

import harness
from harness import git, sample, span, tiny_png


class Receipts(harness.Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.trainer = cls.user("theo", "trainer")
        cls.letter = cls.admin.ready("letter.pdf", sample("acknowledgement-letter-en.pdf"))["id"]
        for number in range(6):
            cls.admin.ready(f"page-{number}.png", tiny_png(number))
        split = cls.project.client.put(f"{cls.project.api}/splits/default", {
            "rule": {"group_by": []}, "salt": "s", "seed": 1, "ratios": {"train": 50, "test": 50}})
        assert split.status == 200, split

    def release(self, name):
        made = self.project.client.post(f"{self.project.api}/releases",
                                        {"name": name, "split": "default"})
        self.assertEqual(made.status, 201, made)
        return made.json

    def part_of(self, release):
        """The part in which the letter is, and the other."""
        manifest = self.trainer.client.get(
            f"{self.trainer.api}/releases/{release['name']}/{release['version']}/manifest").body
        records = [json.loads(line) for line in manifest.splitlines()[1:]]
        part = next(r["split"] for r in records if r["document"] == self.letter)
        return part, "test" if part == "train" else "train"

    def write(self, of, code=201, client=None, parts=(), **more):
        used = {"name": of["name"], "version": of["version"], **({"parts": parts} if parts else {})}
        reply = (client or self.trainer.client).post(f"{self.trainer.api}/receipts", {
            "kind": "training", "release": used, "model": {"name": "router", "version": "7"},
            "metrics": {"f1": 0.93, "epochs": 3}, **more})
        self.assertEqual(reply.status, code, reply)
        return reply.json

    def outdated(self, dataset):
        reply = self.trainer.client.get(f"{self.trainer.api}/receipts/outdated?dataset={dataset}")
        self.assertEqual(reply.status, 200, reply)
        return {item["receipt"]["id"]: item["change"] for item in reply.json["items"]}

    def relabel(self, text):
        before = self.project.annotations(self.letter)
        word = self.project.words(self.letter)[0]["id"]
        saved = self.project.save(self.letter, before.json["annotations"] + [span("name", [word], text)],
                                  before.headers["ETag"])
        self.assertEqual(saved.status, 200, saved)

    def verb(self, *arguments, code=0):
        environment = {**os.environ, "GLOSSATOR_TOKEN": self.trainer.token}
        done = subprocess.run([harness.CLIENT, "receipt", *arguments, "--url", self.server.url],
                              capture_output=True, text=True, env=environment, timeout=60)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def test_a_receipt_is_a_git_note_on_the_release(self):
        release = self.release("noted")
        first = self.write(release, run="https://runs.example.org/1")
        second = self.write(release, kind="evaluation", parts=["test"])
        self.assertEqual(first["release"]["manifest_sha256"], release["manifest_sha256"])
        self.assertEqual((first["by"], first["metrics"]), ("theo@acme.example",
                                                           {"f1": 0.93, "epochs": 3}))
        note = git("notes", "--ref=receipts", "show", release["tag"], cwd=self.server.repository())
        self.assertEqual([json.loads(line) for line in note.stdout.splitlines()], [first, second])
        listed = self.trainer.client.get(f"{self.trainer.api}/receipts?dataset=noted").json["items"]
        self.assertEqual(listed, [first, second])
        evaluations = self.trainer.client.get(
            f"{self.trainer.api}/receipts?dataset=noted&kind=evaluation").json["items"]
        self.assertEqual(evaluations, [second])
        self.server.stop()
        self.server.command("rebuild")
        self.server.start()
        trainer = harness.Project(self.server, self.trainer.token)
        self.assertEqual(trainer.client.get(f"{trainer.api}/receipts?dataset=noted").json["items"], listed)
        for project in (self.project, self.admin, self.trainer):
            project.client.url = self.server.url

    def test_what_changed_since_is_told_after_a_relabel_a_release_and_a_withdrawal(self):
        release = self.release("drift")
        mine, others = self.part_of(release)
        whole = self.write(release)["id"]
        touched = self.write(release, parts=[mine])["id"]
        untouched = self.write(release, parts=[others], kind="evaluation")["id"]
        self.assertEqual(self.outdated("drift"), {})
        self.relabel("again")
        changes = self.outdated("drift")
        self.assertEqual(set(changes), {whole, touched})
        for change in changes.values():
            self.assertEqual(change["main"], {"relabelled": 1, "reread": 0, "taken_out": 0})
            self.assertEqual(change["documents"], [self.letter])
            self.assertNotIn("newest", change)
        newer = self.release("drift")
        change = self.outdated("drift")[whole]
        self.assertEqual(change["newest"], {"version": newer["version"], "changed": 1, "moved": 0,
                                            "removed": 0})
        fresh = self.write(newer)["id"]
        self.assertEqual(set(self.outdated("drift")), {whole, touched})
        gone = self.project.client.request(
            "DELETE", f"{self.project.api}/releases/drift/{release['version']}",
            {"reason": "a customer took back their consent"})
        self.assertEqual(gone.status, 204, gone)
        changes = self.outdated("drift")
        self.assertEqual(set(changes), {whole, touched, untouched})
        self.assertEqual(changes[untouched]["withdrawn"]["reason"], "a customer took back their consent")
        self.assertNotIn(fresh, changes)

    def test_the_command_line(self):
        release = self.release("lines")
        self.verb("add", "acme/claims", "lines", "--model", "router", "--metric", "f1=0.5",
                  "--part", "train", "--run", "abc123")
        lines = [json.loads(line) for line in self.verb("list", "acme/claims", "--json").stdout.splitlines()]
        mine = [line for line in lines if line["release"]["name"] == "lines"]
        self.assertEqual([(r["release"]["version"], r["release"]["parts"], r["metrics"], r["run"])
                          for r in mine], [(release["version"], ["train"], {"f1": 0.5}, "abc123")])
        self.verb("add", "acme/claims", "lines", "--model", "r", "--metric", "f1", code=2)
        self.verb("add", "acme/claims", "lines@7.0.0", "--model", "r", code=1)
        self.relabel("for the command line")
        told = self.verb("outdated", "acme/claims", code=1).stdout
        self.assertIn("in main: 1 document relabelled", told)

    def test_bad_receipts_are_refused(self):
        release = self.release("strict")
        for wrong in ({"kind": "guessing"}, {"model": {}}, {"model": {"name": "m", "colour": "red"}},
                      {"metrics": {"f1": "high"}}, {"metrics": [1]}, {"note": "x"},
                      {"release": {"name": "strict", "version": "9.0.0"}},
                      {"release": {"name": "strict", "version": release["version"], "parts": ["dev"]}}):
            self.write(release, code=400, **wrong)
        self.write(release, code=403, client=self.user("anna", "annotator").client)
        self.assertEqual(self.trainer.client.get(
            f"{self.trainer.api}/receipts?dataset=strict").json["items"], [])

    def test_nobody_pushes_receipts(self):
        release = self.release("pushed")
        self.write(release)
        clone = harness.Clone(self.project, self.directory, "sam")
        clone.git("fetch", "-q", "origin", "refs/notes/receipts:refs/notes/receipts")
        clone.git("fetch", "-q", "--tags", "origin")
        clone.git("notes", "--ref=receipts", "append", "-m", "{}", release["tag"])
        refused = clone.push("origin", "refs/notes/receipts", check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("forbidden ref", refused.stderr)

    def test_a_trainers_token_reads_releases_writes_receipts_and_nothing_else(self):
        """Every route of the API, as the server describes itself."""
        release = self.release("scoped")
        values = {"org": "acme", "project": "claims", "name": "scoped", "version": release["version"],
                  "format": "coco", "shard": "x.tar", "id": self.letter, "page": "1"}
        described = self.trainer.client.get("/api/openapi.json").json["paths"]
        allowed = {}
        for path, methods in described.items():
            if not path.startswith("/api/v1/projects/{org}/{project}/"):
                continue
            target = path
            for name, value in values.items():
                target = target.replace("{%s}" % name, value)
            target = target.replace("{", "").replace("}", "")
            for method, operation in methods.items():
                reply = self.trainer.client.request(method.upper(), target, {})
                if reply.status not in (403, 404):
                    allowed[operation["operationId"]] = (method, operation["tags"])
        self.assertLessEqual({"list_releases", "show_manifest", "export_release", "fetch_objects",
                              "write_receipt", "list_receipts", "list_outdated_receipts"}, set(allowed))
        self.assertEqual({name for name, (method, _) in allowed.items() if method != "get"},
                         {"fetch_objects", "write_receipt"})
        self.assertEqual({tag for _, tags in allowed.values() for tag in tags}, {"datasets"})
        clone = git("clone", "-q", self.trainer.clone_url(), self.directory / "refused", check=False)
        self.assertNotEqual(clone.returncode, 0)


if __name__ == "__main__":
    harness.main()
