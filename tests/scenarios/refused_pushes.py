#!/usr/bin/env python3
"""Every kind of push that must not get in: each is refused with its reason, and main stays."""
import json
import os

import harness
from harness import Clone, git, sample, span


class RefusedPushes(harness.Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls.admin.ready("estimate.png", sample("glazing-estimate-en.png"))["id"]
        cls.word_ids = [word["id"] for word in cls.project.words(cls.document)]
        cls.count = 0

    def setUp(self):
        type(self).count += 1
        self.clone = Clone(self.project, self.directory, f"clone{self.count}")
        self.clone.git("config", "user.email", "sam@acme.example")
        self.before = self.main()

    def main(self):
        return git("rev-parse", "main", cwd=self.server.repository()).stdout.strip()

    def assert_refused(self, *reasons, refspec=("origin", "HEAD:main")):
        pushed = self.clone.push(*refspec, check=False)
        self.assertNotEqual(pushed.returncode, 0, pushed.stderr)
        for reason in reasons:
            self.assertIn(reason, pushed.stderr)
        self.assertEqual(self.main(), self.before)
        return pushed.stderr

    def write(self, path, text):
        file = self.clone.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def write_annotations(self, text):
        self.clone.page_file(self.document).write_text(text)
        self.clone.commit()

    def annotation(self, **changes):
        return {**span("total", self.word_ids[:1], "1"), **changes}

    def test_invalid_json(self):
        self.write_annotations('{"id":\n')
        self.assert_refused(".annotations.jsonl:1:")

    def test_duplicate_ids(self):
        line = json.dumps(self.annotation())
        self.write_annotations(line + "\n" + line + "\n")
        self.assert_refused(".annotations.jsonl:2:", "is already in line 1")

    def test_geometry_off_the_page(self):
        box = {"id": harness.ulid(), "type": "box", "label": "total", "box": [0, 0, 99999, 10]}
        self.write_annotations(json.dumps(box) + "\n")
        self.assert_refused(".annotations.jsonl:1:")

    def test_words_that_do_not_exist(self):
        self.write_annotations(json.dumps(self.annotation(words=[999999])) + "\n")
        self.assert_refused(".annotations.jsonl:1:", "999999")

    def test_unknown_keys_with_the_nearest_one(self):
        self.write_annotations(json.dumps(self.annotation(wrods=[1])) + "\n")
        self.assert_refused('did you mean "words"?')

    def test_every_problem_is_named_at_once(self):
        lines = [json.dumps(self.annotation(label=label)) for label in ("totl", "dat")]
        self.write_annotations("\n".join(sorted(lines, key=lambda l: json.loads(l)["id"])) + "\n")
        self.assert_refused('did you mean "total"?', 'did you mean "date"?', "2 problems")

    def assert_way_refused(self, *reasons):
        """The last commit takes everything back: the one before it is what is wrong."""
        wrong = self.clone.git("rev-parse", "HEAD").stdout.strip()
        self.clone.git("revert", "--no-edit", "HEAD")
        self.assert_refused(f"commit {wrong[:10]}: ", "git rebase -i", *reasons)

    def test_a_broken_file_that_the_next_commit_mends(self):
        for text, reason in (('{"id":\n', ".annotations.jsonl:1:"),
                             ("[" * 300_000 + "\n", ".annotations.jsonl:1:")):
            with self.subTest(text[:8]):
                self.clone.git("reset", "-q", "--hard", "origin/main")
                self.write_annotations(text)
                self.assert_way_refused(reason)

    def test_records_that_are_changed_and_put_back(self):
        record = next(self.clone.path.glob(f"documents/**/{self.document}/document.json"))
        for change in (lambda: record.write_text('{"format":999}'), record.unlink):
            self.clone.git("reset", "-q", "--hard", "origin/main")
            change()
            self.clone.commit()
            self.assert_way_refused("document.json: only the server writes this file")

    def test_a_directory_in_the_place_of_a_file(self):
        file = self.clone.page_file(self.document)
        file.mkdir()
        (file / "x").write_text("x")
        self.clone.commit()
        self.assert_way_refused("/x: no file of this name belongs here")

    def test_a_schema_that_is_missing_for_one_commit(self):
        self.clone.git("rm", "-q", "schema.json")
        self.clone.commit()
        self.assert_way_refused("schema.json: must not be removed")

    def test_records_that_only_a_merge_changes(self):
        self.clone.git("switch", "-qc", "side")
        self.clone.git("commit", "-q", "--allow-empty", "-m", "side")
        self.clone.git("switch", "-q", "-")
        self.clone.git("commit", "-q", "--allow-empty", "-m", "main")
        self.clone.git("merge", "-q", "--no-commit", "--no-ff", "side")
        self.write("README.md", "mine\n")
        self.clone.commit("Merge")
        merge = self.clone.git("rev-parse", "HEAD").stdout.strip()
        self.clone.git("revert", "--no-edit", "-m", "1", "HEAD")
        self.assert_refused(f"commit {merge[:10]}: README.md: only the server writes this file")

    def test_a_merged_history_of_its_own(self):
        empty = self.clone.git("mktree", stdin="").stdout.strip()
        root = self.clone.git("commit-tree", "-m", "root", empty).stdout.strip()
        self.clone.git("merge", "-q", "--allow-unrelated-histories", "-s", "ours", "-m", "x", root)
        self.assert_refused(f"commit {root[:10]}: it starts a history of its own")

    def test_a_proposal_with_a_broken_commit_on_the_way(self):
        self.write_annotations('{"id":\n')
        self.clone.git("revert", "--no-edit", "HEAD")
        self.write("guidelines/more.md", "More.\n")
        self.clone.commit()
        self.assert_refused(".annotations.jsonl:1:", refspec=("origin", "HEAD:refs/for/main"))

    def test_unknown_paths(self):
        self.write("notes/todo.txt", "x")
        self.clone.commit()
        self.assert_refused("notes/todo.txt: no file of this name belongs here")

    def test_files_of_the_server(self):
        for path in (".dvc/config", ".gitattributes", "glossator.json", "README.md"):
            with self.subTest(path):
                self.clone.git("reset", "-q", "--hard", "origin/main")
                self.write(path, "changed\n")
                self.clone.commit()
                self.assert_refused(f"{path}: only the server writes this file")

    def test_a_changed_pointer(self):
        pointer = next(self.clone.path.glob("documents/**/images.dvc"))
        pointer.write_text(pointer.read_text().replace("md5: ", "md5: 0", 1))
        self.clone.commit()
        self.assert_refused("images.dvc: only the server writes this file")

    def test_a_removed_document(self):
        self.clone.git("rm", "-rq", "documents")
        self.clone.commit("Remove")
        self.assert_refused("only the server writes this file")

    def test_an_invented_document(self):
        self.write(f"documents/a/a/a/a/{'a' * 32}/annotations.jsonl", "")
        self.clone.commit()
        self.assert_refused("there is no such document")

    def push_tree(self, listing):
        """Commits a tree that git's porcelain would not make: a line of git mktree."""
        tree = self.clone.git("mktree", "--missing", stdin=listing).stdout.strip()
        commit = self.clone.git("commit-tree", "-p", "HEAD", "-m", "x", tree).stdout.strip()
        self.clone.git("update-ref", "refs/heads/odd", commit)
        return ("origin", "odd:main")

    def test_a_symlink(self):
        os.symlink("/etc/passwd", self.clone.path / "guidelines" / "link.md")
        self.clone.commit()
        self.assert_refused()

    def test_an_executable(self):
        self.write("guidelines/run.md", "x")
        os.chmod(self.clone.path / "guidelines" / "run.md", 0o755)
        self.clone.commit()
        self.assert_refused()

    def test_a_submodule(self):
        refspec = self.push_tree(f"160000 commit {self.before}\tmodule\n")
        self.assert_refused(refspec=refspec)

    def test_a_forged_author(self):
        path = self.clone.annotate(self.document, self.annotation())
        self.clone.git("add", path)
        self.clone.git("commit", "-qm", "x", "--author", "Boss <boss@acme.example>")
        self.assert_refused("the author <boss@acme.example> is not you", "sam@acme.example")

    def test_a_self_accepted_review(self):
        path = next(self.clone.path.glob(f"documents/**/{self.document}/document.json")).parent
        review = path / "review.json"
        review.write_text(json.dumps({"state": "accepted", "reviewer": "sam@acme.example"}))
        self.clone.commit()
        self.assert_refused("review.json: ")

    def test_a_verdict_of_ones_own(self):
        self.write_annotations(json.dumps(self.annotation(review={"state": "accepted"})) + "\n")
        self.assert_refused('.annotations.jsonl:1:', "only who may review (review:write)")

    def test_a_release_tag(self):
        self.clone.git("tag", "datasets/claims/v9.0.0")
        self.assert_refused("tags belong to the server",
                            refspec=("origin", "datasets/claims/v9.0.0"))

    def test_another_branch(self):
        self.clone.git("commit", "-q", "--allow-empty", "-m", "x")
        self.assert_refused("forbidden ref", refspec=("origin", "HEAD:refs/heads/mine"))

    def test_rewriting_main(self):
        self.clone.git("commit", "-q", "--amend", "-m", "x", "--reset-author")
        self.assert_refused(refspec=("-f", "origin", "HEAD:main"))

    def test_deleting_main(self):
        self.assert_refused(refspec=("origin", ":main"))

    def test_a_broken_schema(self):
        self.write("schema.json", '{"labels": [{"nam": "total"}]}')
        self.clone.commit()
        self.assert_refused("schema.json:1:")

    def test_those_without_the_right(self):
        for role, allowed in (("reviewer", True), ("annotator", False), ("trainer", False),
                              ("uploader", False), ("auditor", False)):
            with self.subTest(role):
                other = self.user(role, role)
                listing = git("ls-remote", other.clone_url(), check=False)
                self.assertEqual(listing.returncode == 0, allowed, listing.stderr)

    def test_wrong_and_missing_tokens(self):
        url = f"{self.server.url}/{self.project.path}.git"
        self.assertIn("could not read Username", git("ls-remote", url, check=False).stderr)
        wrong = url.replace("http://", "http://x:glo_wrong@")
        self.assertIn("Authentication failed", git("ls-remote", wrong, check=False).stderr)

    def test_repository_is_sound_afterwards(self):
        git("fsck", "--strict", "--full", cwd=self.server.repository())
        self.clone.annotate(self.document, self.annotation(label="date"))
        self.clone.commit()
        self.clone.push()
        self.assertNotEqual(self.main(), self.before)


if __name__ == "__main__":
    harness.main()
