"""Starts the real program on a free port and drives it as users do: HTTP, stock git, dvc.

    class Upload(harness.Scenario):
        def test_a_png_is_read(self):
            document = self.project.upload("letter.png", data)
            self.assertEqual(document["state"], "ready")

Only Python's standard library. The program comes from GLOSSATOR_BINARY (CTest sets it). Every
scenario has its own server, data directory and git configuration, so that all run in parallel.
"""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request
import uuid
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("GLOSSATOR_BINARY", str(ROOT / "build/release/glossator"))
CLIENT = str(pathlib.Path(BINARY).parent / "glossator-client")  # what a training job has
IO_RECORDER = pathlib.Path(os.environ.get(
    "GLOSSATOR_IO_RECORDER", pathlib.Path(BINARY).parent / "tests/power_loss/libio_recorder.so"))
SAMPLES = ROOT / "samples" / "documents"
FAKETIME = pathlib.Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
START_SECONDS = 60


class Reply:
    """Status, headers and body of one HTTP exchange."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"<{self.status} {self.body[:300]!r}>"


class Client:
    """Speaks HTTP to the server with one token (or none)."""

    def __init__(self, url, token=None):
        self.url, self.token = url, token

    def request(self, method, path, body=None, headers=None, timeout=120):
        headers = dict(headers or {})
        if self.token and "Authorization" not in headers:
            headers["Authorization"] = f"Bearer {self.token}"
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        request = urllib.request.Request(self.url + path, data=body, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as reply:
                return Reply(reply.status, reply.headers, reply.read())
        except urllib.error.HTTPError as error:
            return Reply(error.code, error.headers, error.read())

    def get(self, path, **kwargs):
        return self.request("GET", path, **kwargs)

    def post(self, path, body=b"", **kwargs):
        return self.request("POST", path, body, **kwargs)

    def put(self, path, body=b"", **kwargs):
        return self.request("PUT", path, body, **kwargs)


def multipart(files, fields=()):
    """(content type, body) of a form with [(name, file name, bytes)] and [(name, text)]."""
    boundary = uuid.uuid4().hex
    body = bytearray()
    for name, text in fields:
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
    for name, file_name, data in files:
        body += (f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; '
                 f'filename="{file_name}"\r\nContent-Type: application/octet-stream\r\n\r\n').encode()
        body += data + b"\r\n"
    body += f"--{boundary}--\r\n".encode()
    return f"multipart/form-data; boundary={boundary}", bytes(body)


def at_another_time(shift):
    """Environment of a program to which it is another day: "+400d"."""
    if not FAKETIME.exists():
        raise RuntimeError("faketime is not installed: ./dev setup does")
    return {"LD_PRELOAD": str(FAKETIME), "FAKETIME": shift, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


class Server:
    """The program on a data directory of its own."""

    def __init__(self, directory=None, arguments=(), environment=None):
        self.directory = pathlib.Path(directory or tempfile.mkdtemp(prefix="glossator-scenario-"))
        self.directory.mkdir(parents=True, exist_ok=True)
        self.data = self.directory / "data"
        self.log = self.directory / "server.log"
        self.arguments, self.environment = list(arguments), dict(environment or {})
        self.process = self.url = None

    def start(self):
        address = self.directory / "address"
        address.unlink(missing_ok=True)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [BINARY, "serve", "--data", self.data, "--listen", "127.0.0.1:0",
                 "--address-file", address, *self.arguments],
                stdout=log, stderr=log, env={**os.environ, **self.environment},
                start_new_session=True)
        deadline = time.monotonic() + START_SECONDS
        while not address.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the server did not start:\n" + self.log.read_text()[-4000:])
            time.sleep(0.005)
        self.url = address.read_text().strip()
        return self

    def watch_disk(self, **variables):
        """From the next start on tests/power_loss/io_recorder.cc stands between program and disk."""
        if not IO_RECORDER.exists():
            raise RuntimeError(f"{IO_RECORDER} is not built")
        self.environment.update({"LD_PRELOAD": str(IO_RECORDER), "IO_RECORDER_ROOT": str(self.data),
                                 "ASAN_OPTIONS": "verify_asan_link_order=0"})
        self.environment.update({f"IO_RECORDER_{name.upper()}": str(value)
                                 for name, value in variables.items()})

    def stop(self, how=signal.SIGTERM, timeout=60):
        """Returns the exit code; SIGKILL is the crash of the kill tests."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(timeout=timeout)
        self.process = None
        return code

    def command(self, *arguments, check=True, stdin=None, timeout=300):
        """Runs a verb of the program on this server's data directory."""
        result = subprocess.run([BINARY, *arguments, "--data", self.data], capture_output=True,
                                text=True, input=stdin, timeout=timeout)
        if check and result.returncode != 0:
            raise RuntimeError(f"glossator {' '.join(map(str, arguments))}: {result.stderr}")
        return result

    def add_user(self, name, role=None, project="acme/claims", scopes=()):
        """Adds a user, gives the role in the project, and returns a token."""
        address = f"{name}@acme.example"
        arguments = ["user", "add", "--name", name.capitalize(), "--address", address]
        if role:
            arguments += ["--role", role, "--project", project]
        self.command(*arguments)
        token = ["token", "create", "--user", address, "--name", "scenario"]
        for scope in scopes:
            token += ["--scope", scope]
        return self.command(*token).stdout.strip()

    def repository(self, project="acme/claims"):
        return self.data / "repos" / f"{project}.git"

    def write_past(self, document, *versions, name="pages/0001.annotations.jsonl"):
        """While it is stopped: one commit for each version of a file of the document."""
        clone = pathlib.Path(tempfile.mkdtemp(dir=self.directory))
        git("clone", "-q", self.repository(), clone)
        directory = next(clone.glob(f"documents/**/{document}"))
        for version in versions:
            (directory / name).write_text(version)
            git("add", "-A", cwd=clone)
            git("commit", "-qm", "Label", cwd=clone,
                configuration=("user.name=Old", "user.email=old@acme.example"))
        git("push", "-q", "origin", "HEAD:main", cwd=clone)

    def remove(self):
        self.stop(signal.SIGKILL)
        shutil.rmtree(self.directory, ignore_errors=True)


class Project:
    """One project of a server, seen by one user."""

    def __init__(self, server, token, path="acme/claims"):
        self.server, self.token, self.path = server, token, path
        self.client = Client(server.url, token)
        self.api = f"/api/v1/projects/{path}"

    def upload(self, file_name, data, wait=120, **metadata):
        kind, body = multipart([("file", file_name, data)],
                               [("metadata", json.dumps(metadata))] if metadata else [])
        return self.client.post(f"{self.api}/documents?wait={wait}", body,
                                headers={"Content-Type": kind}, timeout=wait + 60)

    def ready(self, file_name, data, **metadata):
        """Uploads, waits until it is read, and returns the document."""
        reply = self.upload(file_name, data, wait=300, **metadata)
        assert reply.status in (200, 201), reply
        document = reply.json["items"][0]
        assert document["state"] in ("ready", "partly_ready"), document
        return document

    def words(self, document, page=1):
        return self.client.get(f"{self.api}/documents/{document}/pages/{page}/words").json["words"]

    def annotations(self, document, page=1):
        return self.client.get(f"{self.api}/documents/{document}/pages/{page}/annotations")

    def save(self, document, annotations, etag, page=1):
        return self.client.put(f"{self.api}/documents/{document}/pages/{page}/annotations",
                               {"annotations": annotations}, headers={"If-Match": etag})

    def clone_url(self):
        return self.server.url.replace("http://", f"http://token:{self.token}@") + f"/{self.path}.git"


def git_environment():
    """No configuration but ours, and nobody to ask."""
    return {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


def run_script(script, cwd):
    """Commands as a person would paste them into a shell."""
    subprocess.run(["sh", "-e"], input=script, cwd=cwd, text=True, check=True, timeout=300,
                   env=git_environment(), capture_output=True)


def git(*arguments, cwd=None, check=True, configuration=(), environment=None, stdin=None):
    """Stock git with no configuration but ours; returns the finished process."""
    settings = [item for pair in configuration for item in ("-c", pair)]
    clean = {**git_environment(), **(environment or {})}
    result = subprocess.run(["git", *settings, *map(str, arguments)], cwd=cwd, capture_output=True,
                            text=True, env=clean, timeout=300, input=stdin)
    if check and result.returncode != 0:
        raise RuntimeError(f"git {' '.join(map(str, arguments))}: {result.stderr}")
    return result


class Clone:
    """A working copy made by stock git."""

    def __init__(self, project, directory, name, configuration=(), arguments=()):
        self.project, self.path = project, pathlib.Path(directory) / name
        git("clone", "-q", *arguments, project.clone_url(), self.path, configuration=configuration)
        self.configure(name)

    @classmethod
    def at(cls, project, path, name):
        """One that was cloned by somebody else."""
        clone = cls.__new__(cls)
        clone.project, clone.path = project, path
        clone.configure(name)
        return clone

    def configure(self, name):
        self.git("config", "user.name", name.capitalize())
        self.git("config", "user.email", f"{name}@acme.example")
        self.git("config", "merge.glossator.driver", f"{BINARY} merge-driver %O %A %B %P")

    def git(self, *arguments, **kwargs):
        return git(*arguments, cwd=self.path, **kwargs)

    def page_file(self, document, kind="annotations.jsonl", page=1):
        found = list(self.path.glob(f"documents/**/{document}/pages"))
        assert found, f"no document {document}"
        return found[0] / f"{page:04}.{kind}"

    def annotate(self, document, *annotations, page=1):
        """Adds annotation lines to the page's file, sorted by id."""
        path = self.page_file(document, page=page)
        lines = path.read_text().splitlines() if path.exists() else []
        lines += [json.dumps(a, separators=(",", ":"), ensure_ascii=False) for a in annotations]
        lines.sort(key=lambda line: json.loads(line)["id"])
        path.write_text("".join(line + "\n" for line in lines))
        return path

    def commit(self, message="Label"):
        self.git("add", "-A")
        self.git("commit", "-qm", message)

    def push(self, *arguments, check=True):
        return self.git("push", *(arguments or ("origin", "HEAD:main")), check=check)


CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


last_ulid = 0


def ulid():
    """A new annotation id, above all earlier ones also within one millisecond."""
    global last_ulid
    value = int(time.time() * 1000) << 80 | uuid.uuid4().int >> 48
    value = last_ulid = max(value, last_ulid + 1)
    digits = ""
    for _ in range(26):
        digits = CROCKFORD[value & 31] + digits
        value >>= 5
    return digits


def span(label, words, text, **more):
    return {"id": ulid(), "type": "span", "label": label, "words": words, "text": text, **more}


def tiny_png(number):
    """A small gray page with nothing to read, different for each number."""
    width, height = 64, 48
    rows = bytearray()
    for y in range(height):
        rows += b"\0" + bytes(255 if (x * y + number) % 97 else 200 for x in range(width))

    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data +
                struct.pack(">I", zlib.crc32(kind + data)))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) +
            chunk(b"tEXt", b"Comment\0" + str(number).encode()) +
            chunk(b"IDAT", zlib.compress(bytes(rows))) + chunk(b"IEND", b""))


def free_port():
    """A port that nobody listens on now, for another project's server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.02)
    raise RuntimeError(f"nothing listens on port {port}")


class Scenario(unittest.TestCase):
    """A server with one project and a user for each role that scenarios need most."""

    server_arguments = ()

    @classmethod
    def setUpClass(cls):
        cls.server = Server(arguments=cls.server_arguments)
        cls.addClassCleanup(cls.server.remove)
        cls.prepare(cls.server)
        cls.server.start()
        cls.server.command("project", "create", "acme/claims", "--name", "Claims")
        cls.admin = Project(cls.server, cls.server.add_user("ada", "admin"))
        cls.project = Project(cls.server, cls.server.add_user("sam", "scientist"))
        cls.directory = pathlib.Path(tempfile.mkdtemp(prefix="glossator-clones-"))
        cls.addClassCleanup(shutil.rmtree, cls.directory, True)

    @classmethod
    def prepare(cls, server):
        """For scenarios that change the server before its first start."""

    @classmethod
    def user(cls, name, role):
        return Project(cls.server, cls.server.add_user(name, role))

    def assert_problem(self, reply, status, code):
        self.assertEqual(reply.status, status, reply)
        self.assertEqual(reply.headers["Content-Type"], "application/problem+json")
        self.assertEqual(reply.json["code"], code, reply)


def sample(name):
    return (SAMPLES / name).read_bytes()


def main():
    """Runs the tests; 77 tells CTest that all of them were skipped."""
    if not pathlib.Path(BINARY).exists():
        sys.exit(f"{BINARY} is not built")
    result = unittest.main(verbosity=2, exit=False).result
    if result.testsRun and len(result.skipped) == result.testsRun:
        sys.exit(77)
    sys.exit(0 if result.wasSuccessful() else 1)
