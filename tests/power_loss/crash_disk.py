"""What a disk may hold after the power was lost, rebuilt from a record of io_recorder.cc.

    start = Image(data)                           # before the recorded program starts
    record = read_record(log)                     # [Operation]
    disk = Disk(start, record, data)
    for position in sorted(positions):
        disk.advance(position)                    # what is certainly on the disk by then ...
        write_tree(disk.crash(Chance(7)), path)   # ... and by chance some of the rest

The model promises no more than POSIX does, which is less than file systems give:
- What was written to a file before a sync of it began is there once that sync ended. So are names
  after a sync of their directory; a sync of the file brings its name nowhere.
- Of everything else any part may be there, in any order: single writes, whole or torn at a sector,
  or only the new size with zeros; single names. A rename is atomic, and belongs to the directory
  that it leads to.
"""
import dataclasses
import os
import pathlib
import random
import struct

SECTOR = 512
HEADER = struct.Struct("<cQQQ")
SIZE = struct.Struct("<I")


@dataclasses.dataclass(frozen=True)
class Operation:
    kind: str       # as in io_recorder.cc
    inode: int      # the system's number, which is used again after a file has gone
    number: int     # an offset, a size, or a sync's number
    first: bytes    # a path
    second: bytes   # content, or a path
    end: int = 0    # of its bytes in the record


def read_record(path):
    data = pathlib.Path(path).read_bytes()
    operations, at = [], 0
    while at + HEADER.size <= len(data):
        kind, inode, number, _ = HEADER.unpack_from(data, at)
        end, texts = at + HEADER.size, []
        for _ in range(2):
            (size,) = SIZE.unpack_from(data, end)
            texts.append(data[end + SIZE.size:end + SIZE.size + size])
            end += SIZE.size + size
        operations.append(Operation(kind.decode(), inode, number, *texts, end))
        at = end
    return operations


class File:
    """An inode with content; `changes` are (position, kind, offset or size, bytes), oldest first."""

    def __init__(self, content=b""):
        self.safe = bytearray(content)  # certainly on the disk
        self.changes = []


class Directory:
    """An inode with names; `changes` are (position, [(directory, name, node or None)])."""

    def __init__(self):
        self.safe = {}  # name -> File or Directory
        self.changes = []


class Image:
    """A directory as it lies on the disk, safely, with the system's numbers for its inodes."""

    def __init__(self, path):
        self.root = Directory()
        self.by_number = {os.lstat(path).st_ino: self.root}
        self._load(self.root, path)

    def _load(self, directory, path):
        for entry in os.scandir(path):
            if entry.is_dir(follow_symlinks=False):
                node = Directory()
                self._load(node, entry.path)
            else:
                node = File(pathlib.Path(entry.path).read_bytes())
            self.by_number[entry.inode()] = node
            directory.safe[entry.name] = node


def apply_change(content, change):
    _, kind, number, data = change
    if kind == "T":
        del content[number:]
        content.extend(bytes(number - len(content)))
    else:
        content.extend(bytes(max(0, number - len(content))))
        content[number:number + len(data)] = data


class Chance:
    """Which of the changes that were not synced a crash leaves. Modes:
    none, all; some: each by chance, also torn; one: a single one is there; but_one: a single one is
    missing; ordered: names as a journal keeps them, up to some moment, and content by chance."""

    MODES = ("none", "all", "some", "some", "one", "but_one", "ordered", "ordered")

    def __init__(self, seed, mode=None):
        self.random = random.Random(seed)
        self.mode = mode or self.random.choice(self.MODES)

    def begin(self, positions):
        """`positions` of all unsynced changes, ascending."""
        self.chosen = self.random.choice(positions) if positions else None

    def keeps_name(self, position):
        if self.mode == "ordered":
            return position <= self.chosen
        return self._keeps(position)

    def keeps_content(self, position):
        return self.random.random() < 0.5 if self.mode == "ordered" else self._keeps(position)

    def _keeps(self, position):
        return {"none": False, "all": True, "some": self.random.random() < 0.5,
                "one": position == self.chosen, "but_one": position != self.chosen}[self.mode]

    def tear(self, change):
        """The change as it arrived: whole, its first sectors, some of its sectors, or zeros."""
        position, kind, offset, data = change
        if kind != "W" or self.mode not in ("some", "ordered") or self.random.random() < 0.6:
            return [change]
        how = self.random.randrange(3)
        if how == 0:
            return [(position, "W", offset, data[:self.random.randrange(len(data) // SECTOR + 1) * SECTOR])]
        if how == 1:
            return [(position, "W", offset, bytes(len(data)))]
        return [(position, "W", offset + at, data[at:at + SECTOR])
                for at in range(0, len(data), SECTOR) if self.random.random() < 0.5]


class Disk:
    """Follows the record from crash to crash."""

    def __init__(self, image, operations, root):
        self.image, self.operations, self.root = image, operations, os.fsencode(root)
        self.position = 0
        self.now = {}      # directory -> its names as the running program sees them
        self.open_syncs = {}
        self.unsynced = {}  # nodes with changes, in the order of their first

    # -- following the record

    def advance(self, position):
        while self.position < position:
            self._follow(self.operations[self.position])
            self.position += 1

    def _names(self, directory):
        if directory not in self.now:
            self.now[directory] = dict(directory.safe)
        return self.now[directory]

    def _parent(self, path):
        """The directory that holds the path's last name, and that name; nothing if out of sight."""
        path = os.path.normpath(path)
        if not path.startswith(self.root + b"/"):
            return None, None
        *above, name = os.fsdecode(path[len(self.root) + 1:]).split("/")
        node = self.image.root
        for part in above:
            node = self._names(node)[part]
        return node, name

    def _follow(self, operation):
        kind = operation.kind
        if kind in "CM":
            node = File() if kind == "C" else Directory()
            self.image.by_number[operation.inode] = node
            self._name(operation.first, node)
        elif kind in "WT":
            self._change(self.image.by_number[operation.inode],
                         (self.position, kind, operation.number, operation.second))
        elif kind == "R":
            self._rename(operation.first, operation.second)
        elif kind == "L":
            directory, name = self._parent(operation.first)
            self._name(operation.second, self._names(directory)[name])
        elif kind == "U":
            directory, name = self._parent(operation.first)
            self._alter(directory, [(directory, name, None)])
        elif kind == "S":
            self.open_syncs[operation.number] = self.position
        elif kind == "E":
            began = self.open_syncs.pop(operation.number)
            of_all = operation.inode == 0
            for node in list(self.unsynced) if of_all else [self.image.by_number[operation.inode]]:
                self._sync(node, began)

    def _name(self, path, node):
        directory, name = self._parent(path)
        self._alter(directory, [(directory, name, node)])

    def _rename(self, source, target):
        old_directory, old_name = self._parent(source)
        new_directory, new_name = self._parent(target)
        node = self._names(old_directory)[old_name] if old_directory else File()
        altered = [(old_directory, old_name, None)] if old_directory else []
        if new_directory:
            altered.append((new_directory, new_name, node))
        self._alter(new_directory or old_directory, altered)

    def _alter(self, owner, altered):
        """Names become other nodes, or nothing; `owner` is the directory whose sync brings it."""
        for directory, name, node in altered:
            set_name(self._names(directory), name, node)
        self._change(owner, (self.position, altered))

    def _change(self, node, change):
        node.changes.append(change)
        self.unsynced[node] = None

    def _sync(self, node, began):
        while node.changes and node.changes[0][0] < began:
            change = node.changes.pop(0)
            if isinstance(node, File):
                apply_change(node.safe, change)
            else:
                for directory, name, target in change[1]:
                    set_name(directory.safe, name, target)
        if not node.changes:
            self.unsynced.pop(node, None)

    # -- the crash

    def crash(self, chance):
        """The tree that is found after a crash at this position: {path: bytes, or None for a
        directory}."""
        pending = sorted(((change[0], node, change) for node in self.unsynced for change in node.changes),
                         key=lambda item: item[0])
        chance.begin([position for position, _, _ in pending])
        names, contents = {}, {}
        for position, node, change in pending:
            if isinstance(node, File):
                if chance.keeps_content(position):
                    content = contents.setdefault(node, bytearray(node.safe))
                    for part in chance.tear(change):
                        apply_change(content, part)
            elif chance.keeps_name(position):
                for directory, name, target in change[1]:
                    set_name(names.setdefault(directory, dict(directory.safe)), name, target)
        tree = {}
        collect(self.image.root, "", names, contents, tree)
        return tree


def set_name(names, name, node):
    if node is None:
        names.pop(name, None)
    else:
        names[name] = node


def collect(directory, prefix, names, contents, tree):
    for name, node in names.get(directory, directory.safe).items():
        path = prefix + name
        if isinstance(node, File):
            tree[path] = bytes(contents.get(node, node.safe))
        else:
            tree[path] = None
            collect(node, path + "/", names, contents, tree)


def write_tree(tree, path):
    """`tree` as files below a new directory."""
    path = pathlib.Path(path)
    path.mkdir()
    for name, content in tree.items():
        if content is None:
            (path / name).mkdir()
        else:
            (path / name).write_bytes(content)
