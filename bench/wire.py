"""Requests as git sends them, to be played again: recorded from stock git, or made from recorded ones.

    script = record(server, lambda url: git(*server.git_options(), "fetch", url, "main"))
    played = play(server, script, repeat=200)
    played["requests"]                             # milliseconds of each request of each turn

A script is a list of raw HTTP requests. Packs in answers are taken out of their side band and
compared by the ids of their objects.
"""
import gzip
import json
import pathlib
import select
import socket
import subprocess
import sys
import tempfile
import threading

from projects import ROOT, git

PLAYER = ROOT / "build/release/bench/http_load_bench"


class Recorder:
    """Stands between a client and a server, and keeps what the client says, by connection. Hangs up
    on a client that has been told enough."""

    def __init__(self, address, enough):
        self.address, self.enough, self.said = address, enough, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            said = bytearray()
            self.said.append(said)
            threading.Thread(target=self.forward, args=(client, said), daemon=True).start()

    def forward(self, client, said):
        left = self.enough
        with client, socket.create_connection(self.address) as server:
            while left > 0:
                for ready in select.select([client, server], [], [])[0]:
                    data = ready.recv(1 << 16)
                    if not data:
                        return
                    if ready is client:
                        said += data
                    else:
                        left -= len(data)
                    (server if ready is client else client).sendall(data)

    def close(self):
        self.listener.close()


def split_requests(said):
    requests, rest = [], bytes(said)
    while rest:
        head, _, after = rest.partition(b"\r\n\r\n")
        headers = head.lower()
        if b"transfer-encoding: chunked" in headers:
            length = after.index(b"\r\n0\r\n\r\n") + 7
        else:
            found = headers.partition(b"content-length:")[2].split(b"\r\n")[0]
            length = int(found or 0)
        requests.append(head + b"\r\n\r\n" + after[:length])
        rest = after[length:]
    return requests


def record(server, work, enough=None):
    """What the client sends while work(url) runs; it may fail after so many bytes that it got."""
    recorder = Recorder(server.address, enough or sys.maxsize)
    try:
        work(f"http://127.0.0.1:{recorder.port}{server.path}")
    except RuntimeError:
        if not enough:
            raise
    finally:
        recorder.close()
    return [request for said in recorder.said for request in split_requests(said)]


def post(server, service, body, version=2):
    headers = {"Host": "bench", "User-Agent": "git/2.39.5", "Accept-Encoding": "deflate, gzip",
               "Content-Type": f"application/x-{service}-request",
               "Accept": f"application/x-{service}-result", **server.headers}
    if version == 2:
        headers["Git-Protocol"] = "version=2"
    if len(body) > 1024 and service == "git-upload-pack":  # as git does
        body = gzip.compress(body, 6)
        headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = len(body)
    head = "".join(f"{key}: {value}\r\n" for key, value in headers.items())
    return f"POST {server.path}/{service} HTTP/1.1\r\n{head}\r\n".encode() + body


def get_push_refs(server):
    head = "".join(f"{key}: {value}\r\n" for key, value in
                   {"Host": "bench", "User-Agent": "git/2.39.5", **server.headers}.items())
    return f"GET {server.path}/info/refs?service=git-receive-pack HTTP/1.1\r\n{head}\r\n".encode()


def body_of(request):
    head, _, body = request.partition(b"\r\n\r\n")
    return gzip.decompress(body) if b"content-encoding: gzip" in head.lower() else body


def packet(text):
    data = text if isinstance(text, bytes) else text.encode()
    return b"%04x" % (len(data) + 4) + data


def packets(body):
    """Payloads; a delimiter or flush is its four digits as text."""
    at = 0
    while at < len(body):
        length = int(body[at:at + 4], 16)
        yield body[at + 4:at + length] if length >= 4 else body[at:at + 4].decode()
        at += max(length, 4)


def one_want(recorded, want):
    return packet(recorded if recorded.startswith(b"want-ref ") else f"want {want}\n")


def with_other_commits(server, request, want, haves):
    """A recorded fetch for another commit, by somebody who has these. Where the server knows
    ref-in-want the request names main, not the commit."""
    out, placed = b"", False
    for one in packets(body_of(request)):
        if isinstance(one, str):
            out += one.encode()
        elif one.startswith((b"want ", b"want-ref ")):
            assert not placed, "a fetch of one branch"
            out += one_want(one, want) + b"".join(packet(f"have {have}\n") for have in haves)
            placed = True
        elif not one.startswith(b"have "):
            out += packet(one)
    assert placed, "a fetch"
    return post(server, "git-upload-pack", out)


def play(server, *scripts, connections=1, repeat=1, save=None, accepted=200):
    """Connection i plays script i. Every reply must have that status; None: any will do."""
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as directory:
        paths = []
        for number, script in enumerate(scripts):
            path = pathlib.Path(directory) / str(number)
            path.write_bytes(b"".join(b"%d\n%b" % (len(one), one) for one in script))
            paths.append(path)
        options = ["--connections", connections, "--repeat", repeat]
        if save:
            options += ["--save", save]
        result = subprocess.run([str(word) for word in (PLAYER, *server.address, *options, *paths)],
                                capture_output=True, text=True, check=True)
    played = json.loads(result.stdout)
    wrong = {status: count for status, count in played["statuses"].items() if status != str(accepted)}
    if played["error"] or (wrong and accepted):
        raise RuntimeError(f"{server.name}: {played['error']} {wrong}")
    return played


def pack_in(answer):
    """The pack of a fetch's answer, out of band 1."""
    parts, inside = [], False
    for one in packets(answer):
        if isinstance(one, str):
            continue
        if not inside:
            inside = one.startswith(b"packfile")
        elif one[0] == 1:
            parts.append(one[1:])
        elif one[0] == 3:
            raise RuntimeError(one[1:].decode())
    return b"".join(parts)


def objects_in(pack, alternate=None):
    """The ids of what it brings, by stock git; bases of deltas may lie in the alternate."""
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as directory:
        git("init", "--quiet", "--bare", directory)
        if alternate:
            path = pathlib.Path(directory) / "objects/info/alternates"
            path.write_text(f"{alternate}/objects\n")
        count = int.from_bytes(pack[8:12], "big")
        git("index-pack", "--stdin", *(["--fix-thin"] if alternate else []), cwd=directory,
            stdin=pack)
        index = next(pathlib.Path(directory).glob("objects/pack/*.idx"))
        lines = git("show-index", cwd=directory, stdin=index.read_bytes()).splitlines()
    # --fix-thin appends the bases that it needed
    in_order = sorted((int(line.split()[0]), line.split()[1]) for line in lines)
    return {name for _, name in in_order[:count]}
