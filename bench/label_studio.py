"""Label Studio as it comes from the Python package index, on SQLite.

    with LabelStudio(directory, tasks=640) as server:
        wire.play(server, *server.scripts(connections=64, each=10), connections=64)

Its database commits as ours does: Django leaves SQLite at `synchronous = FULL`.
"""
import json
import os
import pathlib
import urllib.request

from figures import progress
from git_servers import GitServer
from projects import harness

ENVIRONMENT = pathlib.Path(os.environ.get("GLOSSATOR_VENV_LABEL_STUDIO") or "/nonexistent")
TOKEN = "0123456789abcdef0123456789abcdef01234567"
CONFIG = ('<View><Text name="text" value="$text"/><Labels name="label" toName="text">'
          '<Label value="total"/><Label value="date"/><Label value="name"/></Labels></View>')


def available():
    return (ENVIRONMENT / "bin/label-studio").exists()


class LabelStudio(GitServer):
    name = "Label Studio"

    def __init__(self, directory, tasks):
        super().__init__(directory / "server.log")
        port = harness.free_port()
        self.address = ("127.0.0.1", port)
        progress("starting Label Studio; its first start makes its database")
        self.launch(ENVIRONMENT / "bin/label-studio", "start", "--no-browser", "--port", port,
                    "--data-dir", directory, "--username", "bench@acme.example", "--password",
                    "bench-password", "--user-token", TOKEN, cwd=directory,
                    env={**os.environ, "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
                         "COLLECT_ANALYTICS": "false", "HOME": str(directory)})
        harness.wait_for_port(port)
        project = self.post("/api/projects/", {"title": "bench", "label_config": CONFIG})["id"]
        texts = [{"text": f"document {number}"} for number in range(tasks)]
        self.post(f"/api/projects/{project}/import", texts)
        self.tasks = self.task_ids(project, tasks)

    def post(self, path, body):
        return self.ask(urllib.request.Request(
            f"{self.url}{path}", json.dumps(body).encode(),
            {"Authorization": f"Token {TOKEN}", "Content-Type": "application/json"}))

    def ask(self, request):
        with urllib.request.urlopen(request, timeout=600) as reply:
            return json.load(reply)

    def task_ids(self, project, count):
        request = urllib.request.Request(
            f"{self.url}/api/tasks/?project={project}&page_size={count}&fields=task_only",
            headers={"Authorization": f"Token {TOKEN}"})
        tasks = self.ask(request)
        return [task["id"] for task in (tasks["tasks"] if isinstance(tasks, dict) else tasks)]

    def scripts(self, connections, each):
        return [[self.annotate(self.tasks[(c * each + n) % len(self.tasks)]) for n in range(each)]
                for c in range(connections)]

    def annotate(self, task):
        body = json.dumps({"result": [{
            "from_name": "label", "to_name": "text", "type": "labels",
            "value": {"start": 0, "end": 8, "labels": ["total"], "text": "document"}}]}).encode()
        head = (f"POST /api/tasks/{task}/annotations/ HTTP/1.1\r\nHost: 127.0.0.1:{self.address[1]}\r\n"
                f"Authorization: Token {TOKEN}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\n\r\n")
        return head.encode() + body
