#!/usr/bin/env python3
"""A folder of foreign scans through the whole line and out again by the stock dvc client: one zip
in, read, released, pulled by a trainer, every byte compared with the release's manifest and every
source with the file that went in.

usage: GLOSSATOR_VENV_DVC=DIRECTORY dvc_bulk.py SCANS
"""
import hashlib
import io
import pathlib
import shutil
import sys
import tempfile
import time
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import dvc_world  # noqa: E402
import harness  # noqa: E402
from foreign_files import MINUTES, wait_until_read  # noqa: E402

ENDINGS = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".pdf")


def zip_of(files):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as out:
        for file in files:
            out.write(file, file.name)
    return archive.getvalue()


def upload(project, files):
    kind, body = harness.multipart([("file", "scans.zip", zip_of(files))])
    reply = project.client.post(f"{project.api}/documents", body, headers={"Content-Type": kind},
                                timeout=600)
    assert reply.status == 201, reply
    return len(reply.json["items"])


def release(project):
    made = project.client.post(f"{project.api}/releases", {"name": "scans"}, timeout=600)
    assert made.status == 201, made
    address = f"{project.api}/releases/scans/{made.json['version']}/manifest"
    manifest = project.client.get(address).body
    assert hashlib.sha256(manifest).hexdigest() == made.json["manifest_sha256"]
    return made.json["version"], manifest.decode()


def pull(server, token, version, directory):
    """A clone of the release with all that it points to; gives the seconds of the pull."""
    dvc, clone = dvc_world.Dvc(directory), directory / "clone"
    url = dvc_world.with_token(f"{server.url}/acme/scans.data.git", token)
    dvc.git("clone", "-q", "--branch", f"datasets/scans/v{version}", url, clone)
    dvc("remote", "modify", "--local", "glossator", "password", f"Bearer {token}", cwd=clone)
    started = time.monotonic()
    dvc("pull", cwd=clone)
    seconds = time.monotonic() - started
    assert dvc("status", "-c", "--json", cwd=clone).stdout.strip() == "{}"
    return clone, seconds


def run(server, directory, scans):
    files = sorted(f for f in scans.iterdir() if f.suffix.lower() in ENDINGS)
    server.command("project", "create", "acme/scans")
    project = harness.Project(server, server.add_user("ada", "admin", "acme/scans"), "acme/scans")
    trainer = server.add_user("theo", "trainer", "acme/scans")
    started = time.monotonic()
    count = upload(project, files)
    assert count == len(files), (count, len(files))
    documents = wait_until_read(project, count, started + MINUTES * 60)
    failed = [d["file_name"] for d in documents if d["state"] == "failed"]
    assert not failed, failed
    print(f"{count} files in one zip, all read after {time.monotonic() - started:.0f} s")
    version, manifest = release(project)
    clone, seconds = pull(server, trainer, version, directory)
    wanted = dvc_world.files_of(manifest)
    found = {f"documents/{path}": digest
             for path, digest in dvc_world.digests_below(clone / "documents").items()}
    assert found == wanted, sorted(set(found.items()) ^ set(wanted.items()))[:5]
    sources = {digest for path, digest in wanted.items() if "/source." in path}
    assert sources == {hashlib.sha256(f.read_bytes()).hexdigest() for f in files}
    size = sum((clone / path).stat().st_size for path in wanted)
    print(f"release {version}: dvc pull of {len(wanted)} files, {size / 1e6:.1f} MB in "
          f"{seconds:.1f} s; all as the manifest says, all {len(files)} sources as they were sent")


def main():
    if not dvc_world.HAS_DVC:
        sys.exit(dvc_world.REASON)
    server, directory = harness.Server(), pathlib.Path(tempfile.mkdtemp(prefix="glossator-bulk-"))
    try:
        run(server.start(), directory, pathlib.Path(sys.argv[1]))
        print("PASSED")
    finally:
        server.remove()
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
