#!/usr/bin/env python3
"""WebDataset shards of page images, served to one client. ./dev bench shards

usage: shards.py [--quick] [--json] [--documents N] [--rounds N]

A release of documents of one page, an image of 100 kB each. The same curl fetches every shard, one after
the other on one connection: from us, who make the tar while it is sent, and from nginx, which serves the
very files that came from us. Both read from memory. What comes from nginx is compared with what came from us,
byte for byte, and each sample's image with the release, before a time counts.
"""
import argparse
import filecmp
import hashlib
import os
import pathlib
import subprocess
import tarfile
import tempfile

import projects
import stored_projects
from figures import Report, progress, seconds_of
from projects import harness
from upload import Nginx

IMAGE = 100_000


class Shards:
    def __init__(self, documents, directory):
        self.made = stored_projects.make(documents, IMAGE)
        self.directory = directory
        self.server = harness.Server(directory)
        self.made.copy(self.server.data)
        self.nginx = Nginx(directory)
        self.server.start()
        progress("making the release")
        version = self.made.release(self.server.url)["version"]
        self.address = f"/api/v1/projects/{projects.PATH}/releases/claims/{version}/shards"
        listing = harness.Client(self.server.url, self.made.token).get(self.address).json["items"]
        self.names = [item["name"] for item in listing]

    def close(self):
        self.server.stop()
        self.nginx.stop()

    def fetch(self, url, target, *options):
        """All of them, by one curl."""
        wanted = [part for name in self.names for part in ("-o", target / name, f"{url}/{name}")]
        result = subprocess.run(["curl", "-sSf", *options, *wanted], capture_output=True, text=True)
        if result.returncode != 0:
            raise RuntimeError(result.stderr)

    def fetch_ours(self, target):
        self.fetch(self.server.url + self.address, target, "-H", f"Authorization: Bearer {self.made.token}")

    def fetch_theirs(self, target):
        self.fetch(self.nginx.url, target)

    def prepare(self):
        """nginx gets what we send, once it is seen to be the release's images."""
        files = self.nginx.root / "files"
        self.fetch_ours(files)
        wanted = {pathlib.Path(path).parts[1]: digest for path, digest in self.made.files.items()
                  if path.endswith("0001.png")}
        found = {}
        for name in self.names:
            with tarfile.open(files / name) as tar:
                for member in tar:
                    if member.name.endswith(".png"):
                        digest = hashlib.sha256(tar.extractfile(member).read()).hexdigest()
                        found[pathlib.Path(member.name).name.rsplit("-", 1)[0]] = digest
        if found != wanted:
            raise RuntimeError("the shards do not hold the release's images")

    def measure(self, fetch):
        with tempfile.TemporaryDirectory(dir=self.directory) as name:
            target = pathlib.Path(name)
            took = seconds_of(lambda: fetch(target))
            if not all(filecmp.cmp(target / n, self.nginx.root / "files" / n, shallow=False) for n in self.names):
                raise RuntimeError("a shard has other bytes than the first time")
            size = sum(os.path.getsize(target / n) for n in self.names)
        return size / took / 1e6


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--documents", type=int)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--place", default=projects.ROOT / "build",
                        help="where everything lies meanwhile: /dev/shm leaves the disk out")
    options = parser.parse_args()
    documents = options.documents or (1_000 if options.quick else 20_000)
    report = Report("shards")
    with tempfile.TemporaryDirectory(prefix="glossator-shards-", dir=options.place) as name:
        shards = Shards(documents, pathlib.Path(name))
        try:
            shards.prepare()
            ours, theirs = [], []
            for _ in range(options.rounds):
                ours.append(shards.measure(shards.fetch_ours))
                theirs.append(shards.measure(shards.fetch_theirs))
        finally:
            shards.close()
    report.more(f"{documents:,} page images of 100 kB in {len(shards.names)} shards to one client", "MB/s",
                ours, {"nginx": theirs}, {"nginx": 0.8})
    report.print(options.json)


if __name__ == "__main__":
    main()
