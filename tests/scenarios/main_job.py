#!/usr/bin/env python3
"""A document goes in over HTTP, is read, labelled with git and over HTTP at once, split, released,
and leaves as an export that verifies."""
import json

import harness
from harness import Clone, git, sample, span


class MainJob(harness.Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls.admin.ready("invoice.png", sample("glazing-estimate-en.png"), claim="C-1")["id"]

    def test_1_words_have_boxes_on_the_page(self):
        page = self.project.client.get(
            f"{self.project.api}/documents/{self.document}").json["page_list"][0]
        words = self.project.words(self.document)
        self.assertGreater(len(words), 20)
        for word in words:
            x0, y0, x1, y1 = word["box"]
            self.assertTrue(0 <= x0 < x1 <= page["width"] and 0 <= y0 < y1 <= page["height"], word)
        image = self.project.client.get(
            f"{self.project.api}/documents/{self.document}/pages/1/image")
        self.assertEqual(image.status, 200)

    def test_2_two_clones_and_the_api_label_one_page_at_once(self):
        words = [word["id"] for word in self.project.words(self.document)]
        etag = self.project.annotations(self.document).headers["ETag"]
        first = Clone(self.project, self.directory, "sam")
        second = Clone(self.user("tess", "scientist"), self.directory, "tess")
        first.annotate(self.document, span("total", words[:1], "1"))
        second.annotate(self.document, span("date", words[1:2], "2"))
        first.commit()
        second.commit()
        first.push()
        saved = self.project.save(self.document, [span("name", words[2:3], "3")], etag)
        self.assertEqual(saved.status, 200, saved)
        self.assertTrue(saved.json["merged"])
        self.assertIn("remote: merged with 2 newer changes on main", second.push().stderr)
        second.git("pull", "-q", "--ff-only")
        labels = {a["label"] for a in self.project.annotations(self.document).json["annotations"]}
        self.assertEqual(labels, {"total", "date", "name"})

    def test_3_a_true_clash_shows_both_sides(self):
        before = self.project.annotations(self.document)
        etag, mine = before.headers["ETag"], before.json["annotations"]
        theirs = json.loads(json.dumps(mine))
        one = [a["label"] for a in mine].index("total")  # one's own: another's stays for its author
        target = mine[one]["id"]
        mine[one]["text"], theirs[one]["text"] = "mine", "theirs"
        self.assertEqual(self.project.save(self.document, theirs, etag).status, 200)
        reply = self.project.save(self.document, mine, etag)
        self.assert_problem(reply, 412, "conflict")
        conflict = reply.json["conflicts"][0]
        self.assertEqual((conflict["id"], conflict["field"], conflict["ours"], conflict["theirs"]),
                         (target, "text", "mine", "theirs"))
        self.assertEqual(reply.headers["ETag"].strip('"'), reply.json["current"]["etag"])

    def test_4_a_wrong_label_is_refused_line_by_line(self):
        clone = Clone(self.project, self.directory, "sam-wrong")
        clone.git("config", "user.email", "sam@acme.example")
        path = clone.annotate(self.document, span("totl", [self.project.words(self.document)[5]["id"]],
                                                  "x"))
        clone.commit()
        pushed = clone.push(check=False)
        self.assertNotEqual(pushed.returncode, 0)
        lines = path.read_text().splitlines()
        number = next(i for i, line in enumerate(lines, 1) if '"totl"' in line)
        column = lines[number - 1].index('"totl"') + 1
        place = f"{path.relative_to(clone.path)}:{number}:{column}: "
        self.assertIn("remote: " + place + 'label "totl" is not in schema.json; did you mean "total"?',
                      pushed.stderr)

    def test_5_git_alone_reads_what_is_left(self):
        repository = self.server.repository()
        git("fsck", "--strict", "--full", cwd=repository)
        log = git("log", "-p", "--format=%an", "main", cwd=repository).stdout
        self.assertIn("Sam", log)
        path = git("ls-tree", "-r", "--name-only", "main", cwd=repository).stdout
        path = next(p for p in path.splitlines() if p.endswith("0001.annotations.jsonl"))
        blame = git("blame", "--line-porcelain", "main", "--", path, cwd=repository).stdout
        self.assertEqual({line[7:] for line in blame.splitlines() if line.startswith("author ")},
                         {"Sam", "Tess"})

    def test_6_split_release_export_verify(self):
        split = self.project.client.put(
            f"{self.project.api}/splits/default",
            {"rule": {"group_by": ["claim"]}, "salt": "s", "seed": 1,
             "ratios": {"train": 80, "test": 20}, "locks": ["test"]})
        self.assertEqual(split.status, 200, split)
        self.assertEqual(sum(split.json["counts"].values()), 1)
        release = self.project.client.post(f"{self.project.api}/releases",
                                           {"name": "claims", "split": "default"})
        self.assertEqual(release.status, 201, release)
        self.assertEqual(release.json["version"], "1.0.0")
        base = f"{self.project.api}/releases/claims/1.0.0"
        coco = self.project.client.get(f"{base}/exports/coco")
        self.assertEqual(len(coco.json["annotations"]), 3)
        self.assertEqual(coco.body, self.project.client.get(f"{base}/exports/coco").body)
        verified = self.project.client.get(f"{base}/verify").json
        self.assertEqual((verified["clean"], verified["findings"]), (True, []))
        self.assertIn("datasets/claims/v1.0.0",
                      git("tag", cwd=self.server.repository()).stdout.split())

    def test_7_history_tells_who_drew_what(self):
        history = self.project.client.get(
            f"{self.project.api}/documents/{self.document}/history").json["items"]
        authors = {item["author"] for item in history}
        self.assertTrue({"Sam", "Tess", "Glossator"} <= authors, authors)
        annotation = self.project.annotations(self.document).json["annotations"][-1]
        blame = self.project.client.get(
            f"{self.project.api}/documents/{self.document}/annotations/{annotation['id']}/blame")
        self.assertIn(blame.json["author"], {"Sam", "Tess"})


if __name__ == "__main__":
    harness.main()
