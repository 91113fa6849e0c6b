"""Label Studio as it comes from the Python package index, on SQLite.

    with LabelStudio(directory, tasks=640) as server:
        wire.play(server, *server.scripts(connections=64, each=10), connections=64)

    with LabelStudioPages(directory, labels) as server:     # pages as images, labelled with boxes
        task = server.page("invoice.png", png, boxes)
        server.sign_in(tab); tab.open(server.task_url(task))

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


class LabelStudioServer(GitServer):
    name = "Label Studio"
    USER, PASSWORD = "bench@acme.example", "bench-password"

    def __init__(self, directory):
        directory.mkdir(exist_ok=True)
        super().__init__(directory / "server.log")
        port = harness.free_port()
        self.address = ("127.0.0.1", port)
        progress("starting Label Studio; its first start makes its database")
        self.launch(ENVIRONMENT / "bin/label-studio", "start", "--no-browser", "--port", port,
                    "--data-dir", directory, "--username", self.USER, "--password",
                    self.PASSWORD, "--user-token", TOKEN, cwd=directory,
                    env={**os.environ, "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
                         "COLLECT_ANALYTICS": "false", "HOME": str(directory)})
        harness.wait_for_port(port)

    def project(self, config):
        return self.post("/api/projects/", {"title": "bench", "label_config": config})["id"]

    def post(self, path, body, kind="application/json"):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.ask(urllib.request.Request(
            f"{self.url}{path}", data, {"Authorization": f"Token {TOKEN}", "Content-Type": kind}))

    def ask(self, request):
        with urllib.request.urlopen(request, timeout=600) as reply:
            return json.load(reply)

    def task_ids(self, project, count):
        request = urllib.request.Request(
            f"{self.url}/api/tasks/?project={project}&page_size={count}&fields=task_only",
            headers={"Authorization": f"Token {TOKEN}"})
        tasks = self.ask(request)
        return [task["id"] for task in (tasks["tasks"] if isinstance(tasks, dict) else tasks)]


class LabelStudio(LabelStudioServer):
    """With so many short texts to label."""

    def __init__(self, directory, tasks):
        super().__init__(directory)
        project = self.project(CONFIG)
        texts = [{"text": f"document {number}"} for number in range(tasks)]
        self.post(f"/api/projects/{project}/import", texts)
        self.tasks = self.task_ids(project, tasks)

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


# As its own template for OCR: boxes with a label, and what is written in each.
PAGE_CONFIG = """<View><Image name="image" value="$image"/>
<RectangleLabels name="label" toName="image">{labels}</RectangleLabels>
<TextArea name="text" toName="image" editable="true" perRegion="true" maxSubmissions="1" rows="1"
  displayMode="region-list"/></View>"""

STORE = "window.Htx?.annotationStore?.selected"
# The page can be worked on: its image is there and so are all its boxes.
DRAWN = (f"(({STORE}?.regions?.length ?? -1) >= %d && {STORE}.regionStore && document.querySelector('canvas')"
         f" && {STORE}.names?.get('image')?.imageIsLoaded !== false)")


class LabelStudioPages(LabelStudioServer):
    """Pages of documents as images. `keys`: label -> the key that chooses it."""

    def __init__(self, directory, keys):
        super().__init__(directory)
        labels = "".join(f'<Label value="{name}" hotkey="{key}"/>' for name, key in keys.items())
        self.number = self.project(PAGE_CONFIG.format(labels=labels))

    def page(self, name, image, size, boxes=()):
        """Uploads one; boxes: [(label, [x0, y0, x1, y1])] of an image of that size, as if somebody had drawn them."""
        kind, body = harness.multipart([("file", name, image)])
        self.post(f"/api/projects/{self.number}/import", body, kind)
        task = max(self.task_ids(self.number, 1000))
        if boxes:
            result = [self.region(number, label, box, size) for number, (label, box) in enumerate(boxes)]
            self.post(f"/api/tasks/{task}/annotations/", {"result": result})
        return task

    @staticmethod
    def region(number, label, box, size):
        (width, height), (x0, y0, x1, y1) = size, box
        return {"id": f"r{number}", "from_name": "label", "to_name": "image", "type": "rectanglelabels",
                "original_width": width, "original_height": height, "image_rotation": 0,
                "value": {"x": 100 * x0 / width, "y": 100 * y0 / height, "width": 100 * (x1 - x0) / width,
                          "height": 100 * (y1 - y0) / height, "rotation": 0, "rectanglelabels": [label]}}

    def labelled(self, task):
        """[(label, text)] of every box of the task's only annotation, in order; text "" where none was typed."""
        request = urllib.request.Request(f"{self.url}/api/tasks/{task}/annotations/",
                                         headers={"Authorization": f"Token {TOKEN}"})
        results = self.ask(request)[0]["result"]
        texts = {r["id"]: " ".join(r["value"]["text"]) for r in results if r["type"] == "textarea"}
        return [(r["value"]["rectanglelabels"][0], texts.get(r["id"], ""))
                for r in results if r["type"] == "rectanglelabels"]

    def task_url(self, task):
        return f"{self.url}/projects/{self.number}/data?task={task}"

    def sign_in(self, tab):
        tab.open(f"{self.url}/user/login/")
        tab.wait_for("document.querySelector('input[name=email]')")
        tab.evaluate(f"""(() => {{ const form = document.querySelector('input[name=email]').form;
            form.email.value = {json.dumps(self.USER)}; form.password.value = {json.dumps(self.PASSWORD)};
            form.submit(); }})()""")
        tab.wait_for("!location.pathname.startsWith('/user/login')")
