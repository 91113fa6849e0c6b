#!/usr/bin/env python3
"""Proposals with stock git: pushed to refs/for/main, seen by few, accepted whole, in part, or not."""
import harness
from harness import Clone, git, sample, span


class Proposals(harness.Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tess = cls.user("tess", "scientist")
        cls.rob = cls.user("rob", "reviewer")
        image = sample("glazing-estimate-en.png")
        cls.documents = [cls.admin.ready(f"{n}.png", image + b"\0" * n)["id"] for n in (1, 2)]
        cls.word = cls.project.words(cls.documents[0])[0]["id"]
        cls.count = 0

    def setUp(self):
        type(self).count += 1
        self.set_policy(proposals_only=False, self_review=False)
        self.clone = self.clone_of("sam", self.project)
        self.before = self.main()

    def clone_of(self, name, project):
        clone = Clone(project, self.directory, f"{name}{self.count}")
        clone.configure(name)
        return clone

    def set_policy(self, **policy):
        reply = self.admin.client.request("PATCH", f"{self.admin.api}/policy", policy)
        self.assertEqual(reply.status, 200, reply)

    def main(self):
        return git("rev-parse", "main", cwd=self.server.repository()).stdout.strip()

    def label(self, clone, document=0, label="total"):
        annotation = span(label, [self.word], f"{self.count}")
        clone.annotate(self.documents[document], annotation)
        clone.commit(f"Propose {label} {self.count}")
        return annotation["id"]

    def propose(self, clone, *options):
        pushed = clone.push(*options, "origin", "HEAD:refs/for/main")
        number = int(pushed.stderr.split("remote: proposal ")[1].split()[0])
        self.assertIn(f"HEAD -> refs/proposals/{number}", pushed.stderr)
        return number, pushed.stderr

    def ask(self, project, path, body=None):
        address = f"{project.api}/proposals{path}"
        return project.client.get(address) if body is None else project.client.post(address, body)

    def ids_on_main(self, document=0):
        return {a["id"] for a in self.project.annotations(self.documents[document]).json["annotations"]}

    def test_opened_continued_accepted(self):
        first = self.label(self.clone)
        number, said = self.propose(self.clone, "-o", "title=Totals of March")
        self.assertIn("is open", said)
        self.assertEqual(self.main(), self.before)
        second = self.label(self.clone, label="date")
        again, said = self.propose(self.clone)
        self.assertEqual(again, number)
        self.assertIn("has your new commits", said)
        listed = self.ask(self.rob, "").json["items"][0]
        self.assertEqual((listed["number"], listed["author"]["address"], listed["state"]),
                         (number, "sam@acme.example", "open"))
        shown = self.ask(self.rob, f"/{number}").json
        self.assertEqual([d["id"] for d in shown["documents"]], self.documents[:1])
        accepted = self.ask(self.rob, f"/{number}/accept", {})
        self.assertEqual((accepted.status, accepted.json["state"]), (200, "accepted"), accepted)
        self.assertTrue({first, second} <= self.ids_on_main())
        self.clone.git("pull", "-q", "--ff-only")
        blame = self.clone.git("blame", "-e", self.clone.page_file(self.documents[0])).stdout
        self.assertIn("<sam@acme.example>", next(l for l in blame.splitlines() if first in l))
        self.assert_problem(self.ask(self.rob, f"/{number}/accept", {}), 409, "conflict")
        git("fsck", "--strict", "--full", cwd=self.server.repository())

    def test_accepted_document_by_document(self):
        first, second = self.label(self.clone, 0), self.label(self.clone, 1)
        number, _ = self.propose(self.clone)
        part = self.ask(self.rob, f"/{number}/accept", {"documents": self.documents[1:]})
        self.assertEqual((part.status, part.json["state"]), (200, "open"), part)
        self.assertNotIn(first, self.ids_on_main(0))
        self.assertIn(second, self.ids_on_main(1))
        author = git("log", "-1", "--format=%an", part.json["commit"],
                     cwd=self.server.repository()).stdout.strip()
        self.assertEqual(author, "Sam")
        states = {d["id"]: d["in_main"] for d in self.ask(self.rob, f"/{number}").json["documents"]}
        self.assertEqual(states, {self.documents[0]: False, self.documents[1]: True})
        rest = self.ask(self.rob, f"/{number}/accept", {"documents": self.documents[:1]})
        self.assertEqual(rest.json["state"], "accepted")
        self.assertIn(first, self.ids_on_main(0))

    def test_seen_by_its_author_and_by_those_who_decide(self):
        self.label(self.clone)
        number, _ = self.propose(self.clone)
        ref = f"refs/proposals/{number}"
        for version in ("0", "2"):
            option = (f"protocol.version={version}",)
            for project, sees in ((self.project, True), (self.rob, True), (self.tess, False)):
                listing = git("ls-remote", project.clone_url(), configuration=option).stdout
                self.assertEqual(ref in listing, sees, (version, project.token))
        stranger = self.clone_of("tess", self.tess)
        head = self.clone.git("rev-parse", "HEAD").stdout.strip()
        self.assertNotEqual(stranger.git("fetch", "origin", ref, check=False).returncode, 0)
        self.assertNotEqual(stranger.git("fetch", "origin", head, check=False).returncode, 0)
        self.assert_problem(self.ask(self.tess, f"/{number}"), 404, "not_found")
        self.assert_problem(self.ask(self.tess, f"/{number}/close", {}), 404, "not_found")
        self.assertEqual(self.ask(self.tess, "").json["items"], [])
        reviewer = self.clone_of("rob", self.rob)
        reviewer.git("fetch", "-q", "origin", ref)
        self.assertEqual(reviewer.git("rev-parse", "FETCH_HEAD").stdout.strip(), head)

    def test_accepted_with_git_alone(self):
        proposed = self.label(self.clone)
        number, _ = self.propose(self.clone)
        reviewer = self.clone_of("rob", self.rob)
        reviewer.git("pull", "-q", "--no-rebase", "--no-ff", "--no-edit", "origin",
                     f"refs/proposals/{number}")
        reviewer.push()
        self.assertIn(proposed, self.ids_on_main())
        self.assertEqual(self.ask(self.project, f"/{number}").json["state"], "accepted")

    def test_closed(self):
        self.label(self.clone)
        number, _ = self.propose(self.clone)
        closed = self.ask(self.rob, f"/{number}/close", {"reason": "measured anew"})
        self.assertEqual(closed.status, 200, closed)
        shown = self.ask(self.project, f"/{number}").json
        self.assertEqual((shown["state"], shown["reason"]), ("closed", "measured anew"))
        self.assert_problem(self.ask(self.rob, f"/{number}/accept", {}), 409, "conflict")
        pushed = self.clone.push("-o", f"proposal={number}", "origin", "HEAD:refs/for/main",
                                 check=False)
        self.assertIn("not open any more", pushed.stderr)
        self.assertNotEqual(self.propose(self.clone)[0], number)

    def test_rewritten_commits_by_its_number(self):
        self.label(self.clone)
        number, _ = self.propose(self.clone)
        self.clone.git("commit", "-q", "--amend", "-m", "Better words")
        self.assertEqual(self.propose(self.clone, "-o", f"proposal={number}")[0], number)
        self.assertEqual(self.ask(self.rob, f"/{number}").json["head"],
                         self.clone.git("rev-parse", "HEAD").stdout.strip())
        stranger = self.clone_of("tess", self.tess)
        self.label(stranger)
        pushed = stranger.push("-o", f"proposal={number}", "origin", "HEAD:refs/for/main",
                               check=False)
        self.assertIn("no such proposal", pushed.stderr)

    def test_nobody_says_yes_to_himself(self):
        reviewer = self.clone_of("rob", self.rob)
        self.label(reviewer)
        number, _ = self.propose(reviewer)
        self.assert_problem(self.ask(self.rob, f"/{number}/accept", {}), 403, "denied")
        self.assertEqual(self.ask(self.tess, f"/{number}/accept", {}).status, 403)
        self.set_policy(self_review=True)
        self.assertEqual(self.ask(self.rob, f"/{number}/accept", {}).status, 200)

    def test_what_clashes_with_main_stays_open(self):
        annotation = span("total", [self.word], "first")
        self.clone.annotate(self.documents[0], annotation)
        self.clone.commit()
        self.clone.push()
        path = self.clone.page_file(self.documents[0])
        path.write_text(path.read_text().replace('"first"', '"proposed"'))
        self.clone.commit()
        number, _ = self.propose(self.clone)
        page = self.tess.annotations(self.documents[0])
        changed = [{**a, "text": "main"} if a["id"] == annotation["id"] else a
                   for a in page.json["annotations"]]
        self.tess.save(self.documents[0], changed, page.headers["ETag"])
        reply = self.ask(self.rob, f"/{number}/accept", {})
        self.assert_problem(reply, 409, "conflict")
        self.assertIn(f'{annotation["id"]}: text is "main" on main, "proposed"',
                      reply.json["problems"][0])
        self.assertEqual(self.ask(self.rob, f"/{number}").json["state"], "open")

    def test_what_is_wrong_is_not_proposed(self):
        before = self.ask(self.admin, "?state=all").json["items"]
        self.label(self.clone, label="totl")
        pushed = self.clone.push("origin", "HEAD:refs/for/main", check=False)
        self.assertIn('did you mean "total"?', pushed.stderr)
        self.assertNotEqual(pushed.returncode, 0)
        self.assertEqual(self.ask(self.admin, "?state=all").json["items"], before)

    def test_a_project_that_takes_proposals_only(self):
        self.set_policy(proposals_only=True)
        self.label(self.clone)
        pushed = self.clone.push(check=False)
        self.assertIn("git push origin HEAD:refs/for/main", pushed.stderr)
        self.assertEqual(self.main(), self.before)
        number, _ = self.propose(self.clone)
        self.assertEqual(self.ask(self.rob, f"/{number}/accept", {}).status, 200)

    def test_what_happened_is_told_and_kept(self):
        self.label(self.clone)
        number, _ = self.propose(self.clone)
        self.ask(self.rob, f"/{number}/accept", {})
        events = self.admin.client.get("/api/v1/events?after=0&limit=1000").json["items"]
        subject = f"acme/claims/proposals/{number}"
        self.assertEqual([e["type"] for e in events if e["subject"] == subject],
                         ["glossator.proposal.opened", "glossator.proposal.accepted"])
        self.server.stop()
        self.server.command("rebuild")
        self.server.start()
        for project in (self.project, self.rob, self.admin, self.tess):
            project.client.url = self.server.url
        self.assertEqual(self.ask(self.rob, f"/{number}").json["state"], "accepted")


if __name__ == "__main__":
    harness.main()
