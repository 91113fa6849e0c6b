#!/usr/bin/env python3
"""Accounts: who may make users, tokens and roles, and what ends when they are taken away."""
import re
import urllib.parse

import harness
from harness import Client, Project

PASSWORD = "a long enough password"


class Accounts(harness.Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.command("project", "create", "evil/lair")
        token = cls.server.add_user("mallory", "admin", "evil/lair")
        cls.server.command("user", "add", "--name", "Mallory", "--address", "mallory@acme.example",
                           "--role", "owner", "--organisation", "evil")
        cls.mallory = Project(cls.server, token, "evil/lair")
        cls.server.command("user", "add", "--name", "Ada", "--address", "ada@acme.example",
                           "--role", "owner", "--organisation", "acme")

    def redeem(self, link, password=PASSWORD):
        return Client(self.server.url).post("/api/v1/session/link",
                                            {"link": link, "password": password})

    def sign_in(self, address, password=PASSWORD):
        return Client(self.server.url).post("/api/v1/session",
                                            {"name": address, "password": password})

    def invite(self, by, address, role="annotator", at=None):
        return by.client.post(f"{at or by.api}/invitations",
                              {"name": "Somebody", "address": address, "role": role})

    def member(self, project, address):
        return f"{project.api}/members/{urllib.parse.quote(address)}"

    # ---- bodies are read strictly

    def test_a_token_request_that_is_not_understood_makes_no_token(self):
        client = self.project.client
        for wrong in ({"scopes": "document:upload"}, {"scopes": None}, {"scopes": [1]},
                      {"scopes": ["document:uplaod"]}, {"scope": []}, {"expires_at": 1},
                      {"expires_at": "2001-01-01T00:00:00Z"}, {"expires_at": "tomorrow"},
                      {"name": "a\0b"}, {"name": ""}, {"name": None}):
            with self.subTest(wrong):
                reply = client.post("/api/v1/tokens", {"name": "x", **wrong})
                self.assert_problem(reply, 400, "invalid")
                self.assertIn(f'"{list(wrong)[0]}"', reply.json["detail"])

    # ---- tokens hold what they hold

    def token(self, client, **limits):
        return client.post("/api/v1/tokens", {"name": "x", **limits})

    def test_a_limited_token_neither_makes_nor_revokes_more_than_it_holds(self):
        full = self.token(self.project.client).json
        none = Client(self.server.url, self.token(self.project.client, scopes=[]).json["token"])
        self.assertEqual(none.get("/api/v1/tokens").status, 403)
        self.assertEqual(none.request("DELETE", f"/api/v1/tokens/{full['id']}").status, 403)
        own = ["token:manage", "document:read"]
        some = Client(self.server.url, self.token(self.project.client, scopes=own).json["token"])
        self.assertEqual(some.request("DELETE", f"/api/v1/tokens/{full['id']}").status, 403)
        self.assertEqual(self.token(some).status, 403)
        self.assertEqual(self.token(some, scopes=["release:create"]).status, 403)
        made = self.token(some, scopes=["document:read"])
        self.assertEqual(made.status, 201, made)
        self.assertEqual(some.request("DELETE", f"/api/v1/tokens/{made.json['id']}").status, 204)

    def test_a_token_makes_none_that_outlives_it(self):
        ends = "2100-01-01T00:00:00Z"
        short = Client(self.server.url,
                       self.token(self.project.client, expires_at=ends).json["token"])
        self.assertEqual(self.token(short, expires_at="2100-01-02T00:00:00Z").status, 400)
        made = self.token(short).json["id"]
        listed = {t["id"]: t for t in short.get("/api/v1/tokens").json["items"]}
        self.assertEqual(listed[made]["expires_at"], ends)

    # ---- an organisation is a guest on the server

    def test_an_organisations_owner_does_not_operate_the_server(self):
        self.assertEqual(self.mallory.client.get("/metrics").status, 403)
        made = self.mallory.client.post("/api/v1/users", {
            "name": "Boss", "address": "boss@acme.example", "password": PASSWORD})
        self.assertEqual(made.status, 403)

    def test_the_servers_owner_does(self):
        log = self.server.log.read_text()
        self.assertIn("you sign in as owner@localhost", log)
        reply = self.redeem(re.search(r"#link=(\S+)", log)[1])
        self.assertEqual(reply.status, 201, reply)
        cookie = "; ".join(value.split(";")[0] for value in reply.headers.get_all("Set-Cookie"))
        session = {"Cookie": cookie, "X-CSRF-Token": reply.json["csrf_token"]}
        nobody = Client(self.server.url)
        self.assertEqual(nobody.get("/metrics", headers=session).status, 200)
        projects = nobody.get("/api/v1/projects", headers=session).json["items"]
        self.assertIn("acme/claims", [project["project"] for project in projects])
        user = {"name": "Uta", "address": "uta@acme.example"}
        short = nobody.post("/api/v1/users", {**user, "password": "x"}, headers=session)
        self.assert_problem(short, 400, "invalid")
        made = nobody.post("/api/v1/users", user, headers=session)
        self.assertEqual(self.redeem(made.json["link"]).status, 201)
        self.assertEqual(self.sign_in("uta@acme.example").status, 201)

    def test_an_invited_stranger_gets_no_more_than_who_opens_the_link(self):
        squatted = self.invite(self.mallory, "boss@acme.example").json["link"]
        self.assertEqual(self.redeem(squatted, "mallory's own choice").status, 201)
        direct = self.admin.client.put(self.member(self.admin, "boss@acme.example"),
                                       {"role": "annotator"})
        unknown = self.admin.client.put(self.member(self.admin, "nobody@acme.example"),
                                        {"role": "annotator"})
        self.assert_problem(direct, 404, "not_found")
        self.assertEqual(direct.json["detail"], unknown.json["detail"])

    def test_an_invitation_says_the_same_of_known_and_unknown_addresses(self):
        known = self.invite(self.mallory, "sam@acme.example")
        unknown = self.invite(self.mallory, "nobody@acme.example")
        self.assertEqual((known.status, set(known.json)), (201, set(unknown.json)))
        for reply in (known, unknown):
            self.assert_problem(self.redeem(reply.json["link"], "short"), 400, "invalid")
        self.assertEqual(self.redeem(known.json["link"]).status, 403)  # not Sam's password

    def test_an_invitation_lets_in_once(self):
        reply = self.invite(self.admin, "ivy@acme.example", "reviewer")
        self.assertEqual(self.redeem(reply.json["link"]).status, 201)
        self.assertEqual(self.redeem(reply.json["link"]).status, 403)
        members = self.admin.client.get(f"{self.admin.api}/members").json["items"]
        self.assertIn(("ivy@acme.example", "reviewer"),
                      [(member["address"], member["role"]) for member in members])

    def test_invitations_are_listed_and_withdrawn(self):
        path = f"{self.admin.api}/invitations"
        secret = self.invite(self.admin, "tom@acme.example", "annotator").json["link"]
        listed = self.admin.client.get(path)
        self.assertNotIn(secret, listed.body.decode())
        [mine] = [item for item in listed.json["items"] if item["address"] == "tom@acme.example"]
        self.assertEqual((mine["role"], mine["name"] != ""), ("annotator", True))
        elsewhere = self.mallory.client.request("DELETE", f"{self.mallory.api}/invitations/{mine['id']}")
        self.assert_problem(elsewhere, 404, "not_found")
        self.assertEqual(self.admin.client.request("DELETE", f"{path}/{mine['id']}").status, 204)
        self.assertEqual(self.admin.client.request("DELETE", f"{path}/{mine['id']}").status, 404)
        self.assertEqual(self.redeem(secret).status, 403)
        self.assertNotIn(mine["id"], [item["id"] for item in self.admin.client.get(path).json["items"]])

    def test_who_owns_the_server_makes_organisations(self):
        body = {"slug": "globex", "name": "Globex"}
        self.assertEqual(self.admin.client.post("/api/v1/organisations", body).status, 403)
        owner = self.server.command("token", "create", "--user", "owner@localhost", "--name", "t").stdout.strip()
        client = Client(self.server.url, owner)
        made = client.post("/api/v1/organisations", body)
        self.assertEqual((made.status, made.json), (201, {"organisation": "globex", "name": "Globex"}))
        self.assert_problem(client.post("/api/v1/organisations", body), 409, "conflict")
        self.assert_problem(client.post("/api/v1/organisations", {"slug": "No Slug"}), 400, "invalid")
        me = client.get("/api/v1/me").json
        self.assertTrue(me["owns_server"])
        self.assertIn({"organisation": "globex", "name": "Globex", "roles": ["owner"]}, me["organisations"])
        self.assertEqual(client.post("/api/v1/projects/globex", {"slug": "letters"}).status, 201)
        self.assertFalse(self.admin.client.get("/api/v1/me").json["owns_server"])

    # ---- roles are given and taken

    def test_only_who_manages_users_gives_or_takes_the_organisations_roles(self):
        manager = self.user("mona", "manager")
        self.assertEqual(self.invite(manager, "x@acme.example", "owner").status, 403)
        self.assertEqual(manager.client.put(self.member(manager, "ada@acme.example"),
                                            {"role": "annotator"}).status, 403)
        own = manager.client.put(self.member(manager, "mona@acme.example"), {"role": "annotator"})
        self.assert_problem(own, 409, "conflict")

    def test_who_loses_the_last_role_is_signed_out(self):
        leaver = self.user("lea", "annotator")
        self.assertEqual(leaver.client.get("/api/v1/me").status, 200)
        gone = self.admin.client.request("DELETE", self.member(self.admin, "lea@acme.example"))
        self.assertEqual(gone.status, 204, gone)
        self.assertEqual(leaver.client.get("/api/v1/me").status, 401)
        again = self.admin.client.request("DELETE", self.member(self.admin, "lea@acme.example"))
        self.assert_problem(again, 404, "not_found")

    def test_the_command_line_takes_roles_and_disables(self):
        first, second = self.user("rosa", "annotator"), self.user("dora", "annotator")
        self.server.command("user", "remove-role", "--address", "rosa@acme.example",
                            "--project", "acme/claims")
        self.server.command("user", "disable", "--address", "dora@acme.example")
        for user in (first, second):
            self.assertEqual(user.client.get("/api/v1/me").status, 401)

    def test_the_command_line_says_how_to_sign_in(self):
        told = self.server.command("user", "add", "--name", "Nina", "--address",
                                   "nina@acme.example", "--public-url", self.server.url).stdout
        self.assertIn("Nina signs in as nina@acme.example", told)
        self.assertEqual(self.redeem(re.search(r"#link=(\S+)", told)[1]).status, 201)
        weak = self.server.command("user", "add", "--name", "Pia", "--address", "pia@acme.example",
                                   "--password-stdin", stdin="short\n", check=False)
        self.assertIn("at least 10 characters", weak.stderr)


if __name__ == "__main__":
    harness.main()
