"""The git servers that are compared, each with its whole process tree in a control group.

    ours = Glossator(directory, project)           # a data directory of its own
    others = [start(directory, repositories) for start in peers(report)]
    server.address, server.headers, server.path    # where the repository is, and what to send along
    server.tree.seconds()                          # processor time so far, children included

Peers serve the directory of bare repositories that it is given: the same files as ours for reading,
copies for writing. All of them may be fetched from and pushed to by anybody.
"""
import base64
import os
import pathlib
import shutil
import signal
import subprocess

import projects
from figures import ProcessTree
from projects import ROOT, git, harness

HTTP_BACKEND = pathlib.Path("/usr/lib/git-core/git-http-backend")
JGIT = pathlib.Path(os.environ.get("GLOSSATOR_JGIT_SERVER", "/nonexistent"))

NGINX = """
worker_processes auto; daemon off; user root; error_log {root}/error.log; pid {root}/pid;
events {{ worker_connections 1024; }}
http {{
  access_log off; client_max_body_size 0; client_body_temp_path {root}/incoming;
  proxy_temp_path {root}/t1; fastcgi_temp_path {root}/t2; uwsgi_temp_path {root}/t3; scgi_temp_path {root}/t4;
  keepalive_requests 1000000; tcp_nodelay on;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      fastcgi_pass unix:{root}/fcgi; fastcgi_max_temp_file_size 0;
      fastcgi_buffer_size 64k; fastcgi_buffers 16 64k; fastcgi_busy_buffers_size 128k;
      fastcgi_param SCRIPT_FILENAME {backend}; fastcgi_param PATH_INFO $uri;
      fastcgi_param GIT_PROJECT_ROOT {repositories}; fastcgi_param GIT_HTTP_EXPORT_ALL 1;
      fastcgi_param GIT_PROTOCOL $http_git_protocol; fastcgi_param REMOTE_USER bench;
      fastcgi_param REMOTE_ADDR $remote_addr; fastcgi_param QUERY_STRING $query_string;
      fastcgi_param REQUEST_METHOD $request_method; fastcgi_param CONTENT_TYPE $content_type;
      fastcgi_param CONTENT_LENGTH $content_length;
    }}
  }}
}}
"""


class GitServer:
    """A server in a control group, on a port of its own."""
    name, path, headers = "", "", {}

    def __init__(self, log=None):
        self.tree, self.log = ProcessTree(), log
        self.processes = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def launch(self, *command, **more):
        """What it says is in the log."""
        with open(self.log, "ab") as log:
            self.processes.append(subprocess.Popen(
                [str(word) for word in command], preexec_fn=self.tree.join, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, **more))

    @property
    def url(self):
        return f"http://{self.address[0]}:{self.address[1]}{self.path}"

    def git_options(self):
        """So that stock git sends what must go along, at once."""
        return [item for key, value in self.headers.items()
                for item in ("-c", f"http.extraHeader={key}: {value}")]

    def forget(self):
        """Before a measurement that must be cold; only we keep answers."""

    def stop(self):
        for process in reversed(self.processes):
            os.killpg(process.pid, signal.SIGTERM)  # fcgiwrap leaves its own processes behind
            process.wait()
        self.tree.remove()


class Glossator(GitServer):
    name = "Glossator"
    path = f"/{projects.PATH}.git"

    def __init__(self, directory, project, memory):
        super().__init__()
        directory.mkdir()
        self.server = harness.Server(directory)
        project.copy(self.server.data)
        self.repository = self.server.repository(projects.PATH)
        self.token, self.memory = project.token, memory
        self.headers = {"Authorization": "Basic " + base64.b64encode(
            f"token:{project.token}".encode()).decode()}
        self.start()

    def start(self):
        self.server.start()
        self.tree.join(self.server.process)
        self.memory.watch(self.server.process)
        host, port = self.server.url.removeprefix("http://").split(":")
        self.address = (host, int(port))

    def forget(self):
        """A new process: no answer that is kept outlives one."""
        self.memory.look()
        self.server.stop()
        self.start()

    def stop(self):
        self.memory.look()
        self.server.stop()
        self.tree.remove()


class HttpBackend(GitServer):
    """git's own, as its manual has it behind a web server: nginx, and fcgiwrap's processes."""
    name = "http-backend"

    def __init__(self, directory, repositories):
        super().__init__(directory / f"{self.name}.log")
        root = directory / "nginx"
        root.mkdir()
        port = harness.free_port()
        self.address = ("127.0.0.1", port)
        (root / "nginx.conf").write_text(NGINX.format(
            root=root, port=port, backend=HTTP_BACKEND, repositories=repositories))
        self.launch("fcgiwrap", "-c", "16", "-s", f"unix:{root}/fcgi",
                    env=harness.git_environment())
        self.launch("nginx", "-c", root / "nginx.conf")
        harness.wait_for_port(port)


class JGit(GitServer):
    """JGit's servlet in Jetty. Call warm_up() with what it will be asked."""
    name = "JGit"

    def __init__(self, directory, repositories):
        super().__init__(directory / f"{self.name}.log")
        port = harness.free_port()
        self.address = ("127.0.0.1", port)
        self.launch("java", "-cp", f"{JGIT}/*", ROOT / "bench/peers/jgit/GitServer.java",
                    repositories, str(port), env={**os.environ, "HOME": str(directory)})
        harness.wait_for_port(port)


def why_missing(peer):
    """Nothing if it can be had."""
    if peer is JGit:
        if shutil.which("java") is None or not JGIT.is_dir():
            return "no java, or GLOSSATOR_JGIT_SERVER names no directory of jars"
        return None
    missing = [name for name in ("nginx", "fcgiwrap") if shutil.which(name) is None]
    if missing or not HTTP_BACKEND.exists():
        return f"not installed: {' '.join(missing) or HTTP_BACKEND}"
    return None


def peers(report, without=()):
    """The classes of those that can be had and are wanted; the others are skipped aloud."""
    found = []
    for peer in (HttpBackend, JGit):
        why = "left out by --without" if peer.name in without else why_missing(peer)
        if why:
            report.skip(peer.name, why)
        else:
            found.append(peer)
    return found


def writable_copy(repository, target):
    """Its pushes are as durable as ours: everything synced, also refs; by git's and JGit's names."""
    projects.copy_tree(repository, target)
    for setting in ("core.fsync=all", "core.fsyncObjectFiles=true", "core.fsyncRefFiles=true"):
        git("config", *setting.split("="), cwd=target)
    return target
