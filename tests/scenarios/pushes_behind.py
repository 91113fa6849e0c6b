#!/usr/bin/env python3
"""Pushes to a main that has moved on: merged or repeated by the server, and what stock git makes of
it. Two people never bounce off each other unless they want different things."""
import json

import harness
from harness import Clone, git, sample, span


class PushesBehind(harness.Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rosa = cls.user("rosa", "scientist")
        cls.image = sample("glazing-estimate-en.png")
        cls.count = 0

    def setUp(self):
        type(self).count += 1
        self.set_policy(push_behind="merge")
        document = self.admin.ready(f"{self.count}.png", self.image + b"\0" * self.count)
        self.document = document["id"]
        self.words = [word["id"] for word in self.project.words(self.document)]
        self.sam = self.clone("sam", self.project)
        self.ros = self.clone("rosa", self.rosa)

    def clone(self, name, project, *arguments):
        clone = Clone(project, self.directory, f"{name}{self.count}", arguments=arguments)
        clone.configure(name)
        return clone

    def set_policy(self, **policy):
        reply = self.admin.client.request("PATCH", f"{self.admin.api}/policy", policy)
        self.assertEqual(reply.status, 200, reply)
        return reply.json

    def main(self):
        return self.on_server("rev-parse", "main")

    def on_server(self, *arguments):
        return git(*arguments, cwd=self.server.repository()).stdout.strip()

    def label(self, clone, label, word, **more):
        annotation = span(label, [self.words[word]], "x", **more)
        clone.annotate(self.document, annotation)
        clone.commit(f"Label {label}")
        return annotation

    def labels(self):
        return sorted(a["label"] for a in self.project.annotations(self.document).json["annotations"])

    def assert_sound(self):
        git("fsck", "--strict", "--full", cwd=self.server.repository())

    def test_two_people_who_label_different_things(self):
        for version in ("0", "2"):
            with self.subTest(protocol=version):
                option = (f"protocol.version={version}",)
                sams = self.label(self.sam, "total", 0)
                self.sam.git("push", "origin", "HEAD:main", configuration=option)
                rosas = self.label(self.ros, "date", 1)
                theirs, mine = self.main(), self.ros.git("rev-parse", "HEAD").stdout.strip()
                pushed = self.ros.git("push", "origin", "HEAD:main", configuration=option)
                self.assertIn("remote: merged with 1 newer change on main; run: git pull",
                              pushed.stderr)
                self.assertNotIn("error", pushed.stderr)
                self.assertEqual(self.on_server("log", "-1", "--format=%P", "main"),
                                 f"{theirs} {mine}")
                self.assert_sound()
                pulled = self.ros.git("pull", configuration=option)
                self.assertIn("Fast-forward", pulled.stdout)
                blame = self.ros.git("blame", "-e", self.ros.page_file(self.document)).stdout
                for annotation, who in ((sams, "sam"), (rosas, "rosa")):
                    line = next(l for l in blame.splitlines() if annotation["id"] in l)
                    self.assertIn(f"<{who}@acme.example>", line)
                self.sam.git("pull", "-q")


    def saved_meanwhile(self, label, word):
        """Somebody else labels in the browser, so that every clone is behind."""
        page = self.rosa.annotations(self.document)
        saved = self.rosa.save(self.document, page.json["annotations"] +
                               [span(label, [self.words[word]], "y")], page.headers["ETag"])
        self.assertEqual(saved.status, 200, saved)

    def assert_refused(self, clone, *reasons, arguments=("origin", "HEAD:main")):
        before = self.main()
        pushed = clone.push(*arguments, check=False)
        self.assertNotEqual(pushed.returncode, 0, pushed.stderr)
        for reason in reasons:
            self.assertIn(reason, pushed.stderr)
        self.assertEqual(self.main(), before)
        return pushed.stderr

    def test_behind_saves_in_the_browser(self):
        for number in range(20):
            self.saved_meanwhile("date", number % 5)
        self.label(self.sam, "total", 0)
        pushed = self.sam.push("--progress", "origin", "HEAD:main")
        self.assertIn("merged with 20 newer changes on main", pushed.stderr)
        sent = int(pushed.stderr.split("Writing objects: 100% (")[1].split("/")[0])
        self.assertLess(sent, 15, "the history that both sides know must not be sent again")
        self.assertEqual(len(self.labels()), 21)
        self.sam.git("pull", "-q", "--ff-only")

    def test_a_push_on_top_of_a_merged_one_without_a_pull(self):
        self.saved_meanwhile("date", 1)
        for label in ("total", "name"):
            self.label(self.sam, label, 0)
            self.assertIn("merged with", self.sam.push().stderr)
        self.label(self.sam, "iban", 2)
        self.sam.git("pull", "-q", "--no-rebase")
        self.assertNotIn("merged with", self.sam.push().stderr)
        self.assertEqual(self.labels(), ["date", "iban", "name", "total"])
        self.assert_sound()

    def test_one_annotation_attribute_by_attribute(self):
        annotation = self.label(self.sam, "total", 0)
        self.sam.push()
        self.ros.git("pull", "-q")
        self.edit(self.sam, annotation, text="sam's")
        self.sam.push()
        self.edit(self.ros, annotation, label="date")
        self.assertIn("merged with 1 newer change", self.ros.push().stderr)
        merged = self.project.annotations(self.document).json["annotations"]
        self.assertEqual([(a["label"], a["text"]) for a in merged], [("date", "sam's")])

    def edit(self, clone, annotation, **changes):
        path = clone.page_file(self.document)
        path.write_text(json.dumps({**annotation, **changes}) + "\n")
        clone.commit("Edit")

    def test_a_true_clash_is_named(self):
        annotation = self.label(self.sam, "total", 0)
        self.sam.push()
        self.ros.git("pull", "-q")
        self.edit(self.sam, annotation, text="secret of sam", label="date")
        self.sam.push()
        self.edit(self.ros, annotation, text="secret of rosa")
        said = self.assert_refused(
            self.ros, "[remote rejected] HEAD -> main (1 problem)", "0001.annotations.jsonl: page 1: ",
            f'{annotation["id"]}: text is "secret of sam" on main, "secret of rosa" in yours',
            "run: git pull")
        self.assertNotIn("label is", said, "what merges is no clash")
        self.assertNotIn("secret of", self.server.log.read_text())
        pulled = self.ros.git("pull", "--no-rebase", check=False)
        self.assertIn(f'{annotation["id"]} text was changed on both sides', pulled.stderr)
        self.assertIn("<<<<<<< ours", self.ros.page_file(self.document).read_text())
        self.edit(self.ros, annotation, text="both", label="date")
        self.ros.push()

    def test_what_is_refused_is_refused_also_behind(self):
        self.saved_meanwhile("date", 1)
        self.label(self.sam, "totl", 0)
        line = 1 + [json.loads(l)["label"] for l in self.sam.page_file(
            self.document).read_text().splitlines()].index("totl")
        self.assert_refused(self.sam, f".annotations.jsonl:{line}:", 'did you mean "total"?')
        self.sam.git("reset", "-q", "--hard", "HEAD~1")
        self.sam.page_file(self.document).write_text('{"id":\n')
        self.sam.commit()
        self.assert_refused(self.sam, ".annotations.jsonl:1:")
        self.sam.git("reset", "-q", "--hard", "HEAD~1")
        (self.sam.path / "notes.txt").write_text("x")
        self.sam.commit()
        self.assert_refused(self.sam, "no file of this name belongs here")
        self.sam.git("reset", "-q", "--hard", "HEAD~1")
        self.label(self.sam, "total", 0)
        self.sam.git("commit", "-q", "--amend", "--no-edit", "--author", "Boss <boss@acme.example>")
        self.assert_refused(self.sam, "the author <boss@acme.example> is not you")

    def test_words_over_labels_that_nobody_has_seen(self):
        self.label(self.sam, "total", 0)
        review = self.sam.page_file(self.document).parent.parent / "review.json"
        review.write_text(json.dumps({"state": "submitted", "submitted_by": "sam@acme.example"}))
        self.sam.commit("Submit")
        self.saved_meanwhile("date", 1)
        pushed = self.sam.push()
        self.assertIn("review.json: left out, because main has newer labels", pushed.stderr)
        state = self.project.client.get(f"{self.project.api}/documents/{self.document}/review").json
        self.assertEqual(state["state"], "in_progress")

    def test_labels_behind_an_acceptance_reopen_it(self):
        self.label(self.ros, "total", 0)
        path = f"{self.project.api}/documents/{self.document}/review"
        self.saved_meanwhile("date", 1)
        self.assertEqual(self.rosa.client.put(path, {"state": "submitted"}).status, 200)
        self.assertEqual(self.admin.client.put(path, {"state": "accepted"}).status, 200)
        self.assertIn("merged with", self.ros.push().stderr)
        self.assertEqual(self.project.client.get(path).json["state"], "in_progress")

    def test_repeated_instead_of_merged(self):
        self.set_policy(push_behind="rebase")
        self.saved_meanwhile("date", 1)
        for label in ("total", "name"):
            self.label(self.sam, label, 0)
        pushed = self.sam.push()
        self.assertIn("rebased onto 1 newer change on main; run: git pull --rebase", pushed.stderr)
        log = self.on_server("log", "-3", "--format=%an %s %p", "main").splitlines()
        self.assertEqual([line.split()[:3] for line in log[:2]],
                         [["Sam", "Label", "name"], ["Sam", "Label", "total"]])
        again = self.main()
        self.assertIn("main holds these changes already", self.sam.push().stderr)
        self.assertEqual(self.main(), again)
        self.sam.git("pull", "--rebase", "-q")
        self.assertEqual(self.sam.git("rev-parse", "HEAD").stdout.strip(), self.main())
        self.assert_sound()

    def test_a_project_that_wants_to_be_asked(self):
        self.assertEqual(self.set_policy(push_behind="refuse")["push_behind"], "refuse")
        self.saved_meanwhile("date", 1)
        self.label(self.sam, "total", 0)
        self.assert_refused(self.sam, "[rejected]", "fetch first")
        self.sam.git("pull", "-q", "--no-rebase")
        self.sam.push()
        wrong = self.admin.client.request("PATCH", f"{self.admin.api}/policy",
                                          {"push_behind": "perhaps"})
        self.assert_problem(wrong, 400, "invalid")

    def test_a_clone_of_some_documents_only(self):
        self.admin.ready(f"other{self.count}.png", self.image + b"\1" * self.count, claim="C-7")
        told = self.server.command("clone-url", "acme/claims", "--url", self.server.url,
                                   "--document", self.document).stdout
        script = told.replace("http://", f"http://token:{self.project.token}@")
        at = self.directory / f"part{self.count}"
        at.mkdir()
        harness.run_script(script, at)
        clone = Clone.at(self.project, at / "claims", "sam")
        files = {path.parent.parent.name for path in clone.path.glob("documents/**/*.words.tsv")}
        self.assertEqual(files, {self.document})
        self.saved_meanwhile("date", 1)
        self.label(clone, "total", 0)
        self.assertIn("merged with", clone.push().stderr)
        by_key = self.server.command("clone-url", "acme/claims", "--key", "claim=C-7").stdout
        self.assertEqual(by_key.count("documents/"), 1)
        self.assertNotIn(self.document, by_key)
        whole = self.server.command("clone-url", "acme/claims").stdout
        self.assertEqual(whole, "git clone --filter=blob:none "
                                "http://127.0.0.1:8080/acme/claims.git claims\n")
        nothing = self.server.command("clone-url", "acme/claims", "--month", "1999-01", check=False)
        self.assertEqual((nothing.returncode, nothing.stdout), (1, ""))

    def test_nothing_to_push(self):
        self.assertEqual(self.sam.push().returncode, 0)
        self.saved_meanwhile("date", 1)
        before = self.main()
        self.assertIn("main holds this already, and 1 newer change", self.sam.push().stderr)
        self.assertEqual(self.main(), before)

    def test_a_history_that_was_rewritten_is_no_way_around(self):
        annotation = self.label(self.sam, "total", 0)
        self.sam.push()
        self.saved_meanwhile("date", 1)
        before = self.main()
        self.sam.git("commit", "-q", "--amend", "-m", "other words")
        self.assert_refused(self.sam, "main holds these changes already",
                            arguments=("-f", "origin", "HEAD:main"))
        self.edit(self.sam, annotation, label="name")
        self.sam.git("reset", "-q", "--soft", "HEAD~2")
        self.sam.commit("Labelled otherwise")
        self.assert_refused(self.sam, f"{annotation['id']}: label is ",
                            arguments=("-f", "origin", "HEAD:main"))
        self.assertEqual(self.main(), before)

    def test_several_refs_at_once_are_all_or_nothing(self):
        self.label(self.sam, "total", 0)
        self.assert_refused(self.sam, "atomic",
                            arguments=("--atomic", "origin", "HEAD:main", "HEAD:refs/heads/other"))
        self.saved_meanwhile("date", 1)
        self.sam.push("--atomic", "origin", "HEAD:main")

    def test_from_a_detached_head_and_a_shallow_clone(self):
        self.saved_meanwhile("date", 1)
        self.sam.git("checkout", "-q", "--detach")
        self.label(self.sam, "total", 0)
        self.assertIn("merged with", self.sam.push().stderr)
        clone = self.clone("shallow", self.project, "--depth=1")
        clone.configure("sam")
        self.saved_meanwhile("name", 2)
        self.label(clone, "iban", 3)
        self.assertIn("merged with 1 newer change", clone.push().stderr)
        self.assertEqual(self.labels(), ["date", "iban", "name", "total"])
        self.assert_sound()


if __name__ == "__main__":
    harness.main()
