"""What every bench shares: medians with their spread, rows with goals, processor time of a whole
process tree, memory, and the machine's own fsync.

    report = Report("git")
    report.less("no-op fetch", "ms", ours, {"http-backend": peer}, {"http-backend": 8})
    report.print(as_json)

A ratio above 1 says that we are better; a goal is met when the ratio reaches it. Goals without a peer
are absolute: report.at_most(...), report.at_least(...).
"""
import contextlib
import dataclasses
import itertools
import json
import os
import pathlib
import statistics
import subprocess
import sys
import threading
import time


@dataclasses.dataclass
class Row:
    """One work: every measurement of ours and of each peer; peer None: the goal is absolute."""
    work: str
    unit: str
    less_is_better: bool
    ours: list
    peer: str = None
    theirs: list = dataclasses.field(default_factory=list)
    goal: float = None

    @property
    def ratio(self):
        """How many times better we are: than the peer, or than the absolute goal asks."""
        ours = statistics.median(self.ours)
        other = statistics.median(self.theirs) if self.peer else self.goal
        if other is None or not ours or not other:
            return None
        return other / ours if self.less_is_better else ours / other

    @property
    def met(self):
        if self.goal is None or self.ratio is None:
            return None
        return self.ratio >= (self.goal if self.peer else 1)

    def as_json(self, bench):
        return json.dumps({"bench": bench, "work": self.work, "ours": statistics.median(self.ours),
                           "peer": statistics.median(self.theirs) if self.peer else None,
                           "peer_name": self.peer, "unit": self.unit, "ratio": self.ratio,
                           "goal": self.goal, "met": self.met, "ours_all": self.ours,
                           "peer_all": self.theirs})


def figure(value):
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def spread(values):
    """Median, and from the least to the most."""
    if not values:
        return ""
    middle = figure(statistics.median(values))
    if len(values) == 1:
        return middle
    return f"{middle} ({figure(min(values))}-{figure(max(values))})"


class Report:
    def __init__(self, bench):
        self.bench, self.rows, self.notes, self.skipped = bench, [], [], []

    def compare(self, work, unit, less_is_better, ours, peers, goals):
        """One row for each peer that was there; alone if there is none."""
        for name, theirs in peers.items():
            self.add(Row(work, unit, less_is_better, ours, name, theirs, goals.get(name)))
        if not peers:
            self.add(Row(work, unit, less_is_better, ours))

    def add(self, row):
        """Also shown at once: a long run tells what it has found so far."""
        self.rows.append(row)
        progress("  " + " | ".join(self.cells(row)))

    def less(self, work, unit, ours, peers, goals):
        self.compare(work, unit, True, ours, peers, goals)

    def more(self, work, unit, ours, peers, goals):
        self.compare(work, unit, False, ours, peers, goals)

    def at_most(self, work, unit, ours, goal):
        self.add(Row(work, unit, True, ours, goal=goal))

    def at_least(self, work, unit, ours, goal):
        self.add(Row(work, unit, False, ours, goal=goal))

    def note(self, text):
        self.notes.append(text)

    def skip(self, what, why):
        self.skipped.append(f"{what}: {why}")
        print(f"SKIPPED {what}: {why}", file=sys.stderr)

    def print(self, as_json):
        if as_json:
            for row in self.rows:
                print(row.as_json(self.bench))
            return
        for note in self.notes:
            print(note)
        print("\n| work | Glossator | peer | | ratio | goal | met |\n|---|---|---|---|---|---|---|")
        for row in self.rows:
            print("| " + " | ".join(self.cells(row)) + " |")
        print(f"\n{len(self.skipped)} skipped" + "".join(f"\n  {line}" for line in self.skipped))

    @staticmethod
    def cells(row):
        goal = "" if row.goal is None else figure(row.goal) if row.peer else (
            ("at most " if row.less_is_better else "at least ") + figure(row.goal))
        return [f"{row.work}, {row.unit}", spread(row.ours), row.peer or "", spread(row.theirs),
                "" if row.ratio is None or not row.peer else f"**{figure(row.ratio)}**", goal,
                {True: "yes", False: "**no**", None: ""}[row.met]]


def progress(text):
    print(text, file=sys.stderr, flush=True)


def seconds_of(work):
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def fsync_median_ms(directory):
    """Of 4 KiB written anew each time: what bounds whatever must be durable here."""
    times = []
    path = pathlib.Path(directory) / "fsync"
    with open(path, "wb") as file:
        for _ in range(51):
            file.write(b"x" * 4096)
            file.flush()
            times.append(seconds_of(lambda: os.fsync(file.fileno())) * 1000)
    path.unlink()
    return statistics.median(times)


class ProcessTree:
    """A control group: processor time of a server and of all it starts, also of what has ended.
    Needs the right to make one; seconds() is None without."""

    V1 = pathlib.Path("/sys/fs/cgroup/cpuacct")
    V2 = pathlib.Path("/sys/fs/cgroup")
    numbers = itertools.count()

    def __init__(self):
        root = self.V1 if self.V1.exists() else self.V2
        self.path = root / f"glossator-bench-{os.getpid()}-{next(self.numbers)}"
        try:
            self.path.mkdir()
        except OSError:
            self.path = None

    def join(self, process=None):
        """Takes a running process in, with its threads; without: this one, for preexec_fn."""
        if self.path:
            (self.path / "cgroup.procs").write_text(str(process.pid if process else os.getpid()))

    def seconds(self):
        if not self.path:
            return None
        usage = self.path / "cpuacct.usage"
        if usage.exists():
            return int(usage.read_text()) / 1e9
        first = (self.path / "cpu.stat").read_text().splitlines()[0]
        return int(first.split()[1]) / 1e6

    def remove(self):
        if not self.path:
            return
        for _ in range(100):  # the last processes may still be on their way out
            with contextlib.suppress(OSError):
                self.path.rmdir()
                return
            time.sleep(0.05)


def status_bytes(pid, key):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith(key + ":"):
            return int(line.split()[1]) * 1024
    return 0


def peak_memory(process):
    """Bytes resident at most since forget_peak(), mapped files included."""
    return status_bytes(process.pid, "VmHWM")


def forget_peak(process):
    """Returns what is resident now."""
    with open(f"/proc/{process.pid}/clear_refs", "w") as file:
        file.write("5")
    return peak_memory(process)


class MemoryWatch:
    """The most that a process held of its own (RssAnon), and with mapped files (VmHWM)."""

    def __init__(self):
        self.process, self.own, self.resident = None, 0, 0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def watch(self, process):
        self.process = process

    def look(self):
        with contextlib.suppress(OSError, AttributeError):
            self.own = max(self.own, status_bytes(self.process.pid, "RssAnon"))
            self.resident = max(self.resident, peak_memory(self.process))

    def run(self):
        while not self.over.wait(0.02):
            self.look()

    def stop(self):
        self.look()
        self.over.set()
        self.thread.join()


def run(*arguments, **more):
    """A program that must succeed; gives its output."""
    result = subprocess.run([str(a) for a in arguments], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, **more)
    if result.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, arguments))}: {result.stderr.decode()[-2000:]}")
    return result.stdout
