#!/usr/bin/env python3
"""Uploads beside nginx's PUT: one large file, then many small ones. ./dev bench upload

usage: upload.py [--quick] [--json]

Large: the same file by the same curl, in turn to each server, best of several. Glossator answers
once the bytes are hashed twice (MD5 and SHA-256) and durable; nginx hashes nothing and leaves the
bytes in the page cache, so its time includes an fsync of file and directory right after its answer.
Small: parallel connections, one document a request. Here nginx is timed as it comes, not durable.
Reading is left to the background, as in life.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "scenarios"))
import harness  # noqa: E402
from figures import forget_peak, peak_memory, seconds_of  # noqa: E402
from harness import tiny_png  # noqa: E402

CONNECTIONS = 32

NGINX = """
worker_processes auto; daemon off; user root; error_log {root}/error.log; pid {root}/pid;
events {{ worker_connections 1024; }}
http {{
  access_log off; client_max_body_size 0; client_body_temp_path {root}/incoming;
  proxy_temp_path {root}/t1; fastcgi_temp_path {root}/t2; uwsgi_temp_path {root}/t3; scgi_temp_path {root}/t4;
  server {{
    listen 127.0.0.1:{port}; root {root}/files;
    location / {{ dav_methods PUT; create_full_put_path on; client_body_buffer_size 256k; }}
  }}
}}
"""


class Nginx:
    """The peer, with its files on the same file system."""

    def __init__(self, directory):
        self.root = directory / "nginx"
        (self.root / "files").mkdir(parents=True)
        port = harness.free_port()
        configuration = self.root / "nginx.conf"
        configuration.write_text(NGINX.format(root=self.root, port=port))
        self.process = subprocess.Popen(["nginx", "-c", configuration], stderr=subprocess.DEVNULL)
        self.url = f"http://127.0.0.1:{port}"
        harness.wait_for_port(port)

    def make_durable(self, name):
        for path, flags in ((self.root / "files" / name, os.O_RDONLY),
                            (self.root / "files", os.O_RDONLY | os.O_DIRECTORY)):
            handle = os.open(path, flags)
            os.fsync(handle)
            os.close(handle)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def curl(*arguments):
    result = subprocess.run(["curl", "-sS", "--fail-with-body", "-o", "/dev/null", *arguments],
                            capture_output=True, text=True)
    if result.returncode != 0:
        raise RuntimeError(result.stderr)


def large_file(path, size, number):
    """A document of `size` bytes, different for each number; only its head says what it is."""
    block = os.urandom(1 << 20)
    with open(path, "wb") as file:
        file.write(b"%%PDF-1.7\n%% %d\n" % number)
        while file.tell() < size:
            file.write(block[:size - file.tell()])
        file.flush()
        os.fsync(file.fileno())


def wait_until_read(project):
    """The reading of what came before must not be timed with what comes next."""
    while True:
        states = project.client.get(project.api).json["documents"]
        if not states.get("queued") and not states.get("processing"):
            return
        time.sleep(0.2)


def bench_large(server, project, nginx, directory, size, rounds):
    ours, peers, memory = [], [], 0
    path = directory / "large.pdf"
    for number in range(rounds):
        large_file(path, size, number)

        def to_peer():
            curl("-T", path, f"{nginx.url}/large-{number}.pdf")
            nginx.make_durable(f"large-{number}.pdf")

        def to_us():
            curl("-X", "POST", "-H", f"Authorization: Bearer {project.token}", "-H",
                 "Content-Type: application/octet-stream", "-H", "Expect:", "-T", path,
                 f"{server.url}{project.api}/documents?file_name=large-{number}.pdf")

        at_rest = forget_peak(server.process)
        turns = [(peers, to_peer), (ours, to_us)]
        for times, work in turns if number % 2 == 0 else reversed(turns):
            os.sync()
            times.append(seconds_of(work))
        memory = max(memory, peak_memory(server.process) - at_rest)
        wait_until_read(project)
        (nginx.root / "files" / f"large-{number}.pdf").unlink()
    return {"bytes": size, "rounds": rounds, "all_seconds": {"nginx": peers, "glossator": ours},
            "nginx_seconds": min(peers),
            "glossator_seconds": min(ours), "ratio": min(peers) / min(ours),
            "peak_memory_bytes": memory}


def parallel_curl(configuration):
    curl("--parallel", "--parallel-max", str(CONNECTIONS), "--parallel-immediate", "-K",
         configuration)


def bench_small(server, project, nginx, directory, count):
    folder = directory / "small"
    folder.mkdir()
    ours, peer = [], []
    for number in range(count):
        path = folder / f"{number}.png"
        path.write_bytes(tiny_png(number))
        peer.append(f'url = "{nginx.url}/{number}.png"\nupload-file = "{path}"\n')
        ours.append(f'url = "{server.url}{project.api}/documents?file_name={number}.png"\n'
                    f'upload-file = "{path}"\nrequest = "POST"\n'
                    f'header = "Authorization: Bearer {project.token}"\n'
                    'header = "Content-Type: application/octet-stream"\n')
    for name, blocks in (("peer", peer), ("ours", ours)):
        quiet = 'output = "/dev/null"\nfail-with-body\n'
        (directory / name).write_text("next\n".join(block + quiet for block in blocks))
    peer_seconds = seconds_of(lambda: parallel_curl(directory / "peer"))
    our_seconds = seconds_of(lambda: parallel_curl(directory / "ours"))
    return {"files": count, "connections": CONNECTIONS, "bytes_each": len(tiny_png(0)),
            "nginx_files_per_second": count / peer_seconds,
            "glossator_files_per_second": count / our_seconds}


def report(large, small):
    print(f"one file of {large['bytes'] / 1e9:.1f} GB, durable, best of {large['rounds']}:")
    for name in ("nginx", "glossator"):
        seconds = large[f"{name}_seconds"]
        print(f"  {name:<10} {seconds:7.2f} s  {large['bytes'] / seconds / 1e6:7.0f} MB/s")
    print(f"  Glossator has {large['ratio']:.0%} of nginx's throughput (goal: 80 %), "
          f"at most {large['peak_memory_bytes'] / 1e6:.0f} MB of memory more (goal: 64 MB)")
    print(f"{small['files']} files of {small['bytes_each']} bytes, {small['connections']} connections:")
    print(f"  nginx      {small['nginx_files_per_second']:7.0f} files/s, not durable")
    print(f"  glossator  {small['glossator_files_per_second']:7.0f} files/s, durable (goal: 500)")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="200 MB and 500 files")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if shutil.which("nginx") is None:
        sys.exit("SKIPPED: the peer is missing: apt-get install nginx-light")
    directory = pathlib.Path(tempfile.mkdtemp(prefix="glossator-bench-", dir=ROOT / "build"))
    server = harness.Server(directory / "glossator")
    nginx = Nginx(directory)
    try:
        server.start()
        server.command("project", "create", "acme/claims", "--name", "Claims")
        project = harness.Project(server, server.add_user("ada", "admin"))
        size, rounds, count = (200_000_000, 2, 500) if options.quick else (2_000_000_000, 5, 3000)
        large = bench_large(server, project, nginx, directory, size, rounds)
        small = bench_small(server, project, nginx, directory, count)
    finally:
        nginx.stop()
        server.remove()
        shutil.rmtree(directory, ignore_errors=True)
    if options.json:
        print(json.dumps({"large": large, "small": small}, indent=2))
    else:
        report(large, small)


if __name__ == "__main__":
    main()
