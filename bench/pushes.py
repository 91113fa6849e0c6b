"""Commits on top of a project's main, each of one edited annotation, and the requests that push them.

    pushes = Pushes(project, directory / "pushes.git", 20)
    wire.play(server, [wire.get_push_refs(server), pushes.request(server, 0)])
"""
import json

import git_servers
import wire
from projects import git


class Pushes:
    def __init__(self, project, path, count):
        self.path, self.base = path, project.tip
        git("init", "--quiet", "--bare", "--initial-branch=main", path)
        (path / "objects/info/alternates").write_text(f"{project.repository}/objects\n")
        files = [name for name in git("ls-tree", "-r", "--name-only", project.tip, "--",
                                      "documents/8", cwd=path).decode().splitlines()
                 if name.endswith("annotations.jsonl")]
        stream = b""
        for number in range(count):
            name = files[number * 37 % len(files)]
            text = git("cat-file", "blob", f"{project.tip}:{name}", cwd=path)
            stream += self.commit_of(number, name, edited(text, number))
        git("fast-import", "--quiet", cwd=path, stdin=stream)
        self.commits = git("rev-list", "--reverse", f"{project.tip}..main", cwd=path).decode().split()
        self.earlier = git("rev-list", "-n", "20", project.tip, cwd=path).decode().split()

    def commit_of(self, number, name, content):
        who = f"Sam <sam@acme.example> {1_760_000_000 + number} +0000".encode()
        start = b"from " + self.base.encode() + b"\n" if number == 0 else b""
        message = b"Label a document\n"
        return (b"commit refs/heads/main\nauthor %b\ncommitter %b\ndata %d\n%b" %
                (who, who, len(message), message) + start +
                b"M 100644 inline %b\ndata %d\n%b\n" % (name.encode(), len(content), content))

    def haves(self, number):
        """What somebody with the commit before would send first."""
        return (self.commits[:number][::-1] + self.earlier)[:16]

    def request(self, server, number):
        old = self.commits[number - 1] if number else self.base
        new = self.commits[number]
        # thin unless the server says no-thin, as ours does
        thin = [] if server.name == git_servers.Glossator.name else ["--thin"]
        pack = git("pack-objects", "--stdout", "--revs", "--delta-base-offset", "--quiet", *thin,
                   cwd=self.path, stdin=f"{new}\n^{old}\n".encode())
        command = (f"{old} {new} refs/heads/main\0 report-status side-band-64k agent=git/2.39.5"
                   if server.name == git_servers.JGit.name else
                   f"{old} {new} refs/heads/main\0 report-status-v2 side-band-64k "
                   "object-format=sha1 agent=git/2.39.5")
        return wire.post(server, "git-receive-pack", wire.packet(command) + b"0000" + pack, version=0)


def edited(text, number):
    """The first annotation says something else."""
    lines = text.decode().splitlines()
    first = json.loads(lines[0])
    first["text"] = f"edited {number}"
    lines[0] = json.dumps(first, separators=(",", ":"), ensure_ascii=False)
    return "".join(line + "\n" for line in lines).encode()
