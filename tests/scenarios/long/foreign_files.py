#!/usr/bin/env python3
"""Bulk data that is not the project's own: a folder of scans and a folder of hostile files.

usage: foreign_files.py SCANS HOSTILE

SCANS: page images NAME.EXT. They go in as one zip and come out as a COCO export and a release.
HOSTILE: files and a manifest.json {files:[{file, expect, pages?, password?, text_contains?}]}; each
must end as its manifest expects (ok, ok-empty, reject, limit, needs-password, or one of several),
and the server's processes and memory must return to where they were.
"""
import io
import json
import pathlib
import sys
import time
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness  # noqa: E402

MINUTES = 60


def wait_until_read(project, count, deadline):
    """Polls until no document waits; returns all of them."""
    while True:
        items, cursor = [], ""
        while True:
            page = project.client.get(f"{project.api}/documents?limit=500&cursor={cursor}").json
            items += page["items"]
            cursor = page["next_cursor"]
            if not cursor:
                break
        if all(item["state"] in ("ready", "partly_ready", "failed") for item in items):
            return items
        if time.monotonic() > deadline:
            waiting = [i["file_name"] for i in items if i["state"] in ("queued", "processing")]
            raise SystemExit(f"still waiting after the limit: {waiting}")
        time.sleep(0.5)


KEPT_AT_MOST = 64 << 20  # by the server itself; its readers keep their language models besides


def resident(pid):
    return int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096


def process_tree(root):
    """(processes, resident bytes) of a process and all that came from it."""
    children = {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    todo, count, total = [root], 0, 0
    while todo:
        pid = todo.pop()
        try:
            total += resident(pid)
        except (FileNotFoundError, ProcessLookupError):
            continue
        count += 1
        todo += children.get(pid, [])
    return count, total


def bulk(server, project, scans):
    archive = io.BytesIO()
    files = sorted(f for f in scans.iterdir() if f.suffix.lower() in (".png", ".jpg", ".tif"))
    with zipfile.ZipFile(archive, "w") as out:
        for file in files:
            out.write(file, file.name)
    started = time.monotonic()
    kind, body = harness.multipart([("file", "scans.zip", archive.getvalue())])
    reply = project.client.post(f"{project.api}/documents", body, headers={"Content-Type": kind},
                                timeout=600)
    assert reply.status == 201, reply
    assert len(reply.json["items"]) == len(files), len(reply.json["items"])
    print(f"bulk upload of {len(files)} files: {time.monotonic() - started:.1f} s")
    documents = wait_until_read(project, len(files), started + MINUTES * 60)
    failed = [d["file_name"] for d in documents if d["state"] == "failed"]
    assert not failed, failed
    print(f"all read after {time.monotonic() - started:.1f} s")
    release = project.client.post(f"{project.api}/releases", {"name": "scans"}, timeout=600)
    assert release.status == 201, release
    base = f"{project.api}/releases/scans/{release.json['version']}"
    coco = project.client.get(f"{base}/exports/coco").json
    assert len(coco["images"]) >= len(files), len(coco["images"])
    verified = project.client.get(f"{base}/verify", timeout=600).json
    assert verified["clean"], verified
    print(f"release of {release.json['documents']} documents verifies; COCO has "
          f"{len(coco['images'])} images")


def outcome_of(project, entry, data):
    """What became of a file: ok, ok-empty, reject, limit or needs-password, and the details."""
    reply = project.upload(entry["file"], data, wait=280)
    if reply.status >= 400:
        return {"too_large": "limit"}.get(reply.json["code"], "reject"), reply.json["detail"]
    document = reply.json["items"][0]
    if document["state"] == "failed":
        code = document["failure"]["code"]
        limits = ("too_large", "too_many_pages", "page_too_large", "timeout", "out_of_memory")
        outcome = "needs-password" if code == "encrypted" else "limit" if code in limits else "reject"
        return outcome, f"{code}: {document['failure']['reason']}"
    pages = document["pages"]
    words = [w["text"] for n in range(1, pages + 1) for w in project.words(document["id"], n)]
    if "pages" in entry and entry["pages"] != pages:
        return "wrong", f"{pages} pages"
    if entry.get("text_contains") and entry["text_contains"] not in " ".join(words):
        return "wrong", "the text is missing"
    return ("ok" if words else "ok-empty"), f"{pages} pages, {len(words)} words, {document['state']}"


def accepted(expect, outcome):
    wanted = set(expect.split("-or-"))
    if outcome == "ok-empty":
        return bool(wanted & {"ok", "ok-empty", "limit"})  # nothing in it that could be read
    if outcome == "ok":
        return bool(wanted & {"ok", "limit"})  # shrunk by a limit, then read
    if outcome in ("reject", "limit"):
        return bool(wanted & {"reject", "limit"})  # a clean refusal with its reason
    return outcome in wanted


def hostile(server, project, folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    before, own_before = process_tree(server.process.pid), resident(server.process.pid)
    wrong, slowest = [], (0, "")
    for entry in manifest["files"]:
        started = time.monotonic()
        outcome, detail = outcome_of(project, entry, (folder / entry["file"]).read_bytes())
        seconds = time.monotonic() - started
        slowest = max(slowest, (seconds, entry["file"]))
        good = accepted(entry["expect"], outcome)
        print(f"{'  ' if good else '!!'} {entry['file']:42} {entry['expect']:14} {outcome:14} "
              f"{seconds:5.1f} s  {detail[:90]}")
        if not good:
            wrong.append(entry["file"])
    print(f"slowest: {slowest[1]} {slowest[0]:.1f} s")
    time.sleep(3)
    after, own_after = process_tree(server.process.pid), resident(server.process.pid)
    print(f"processes {before[0]} -> {after[0]}, resident MB {before[1] >> 20} -> {after[1] >> 20}, "
          f"of the server itself {own_before >> 20} -> {own_after >> 20}")
    assert own_after - own_before < KEPT_AT_MOST, "the server keeps what it no longer needs"
    assert project.client.get("/healthz").status == 200
    return wrong


def main():
    scans, folder = map(pathlib.Path, sys.argv[1:3])
    server = harness.Server()
    try:
        server.start()
        for name in ("scans", "hostile"):
            server.command("project", "create", f"acme/{name}")
        token = server.add_user("ada", "admin", "acme/scans")
        server.add_user("ada", "admin", "acme/hostile")
        bulk(server, harness.Project(server, token, "acme/scans"), scans)
        wrong = hostile(server, harness.Project(server, token, "acme/hostile"), folder)
        print("PASSED" if not wrong else f"FAILED: {wrong}")
        sys.exit(1 if wrong else 0)
    finally:
        server.remove()


if __name__ == "__main__":
    main()
