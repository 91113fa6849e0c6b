#!/usr/bin/env python3
"""Runs git's own test scripts, unmodified, against this server.

    run.py [--core] [--long] [--keep] [SCRIPT...]       e.g. run.py t5551 t5541

Debian's source package of git comes through apt (signatures and checksums verified) into
build/conformance and stays there; the scripts drive the installed git. Cases named in left_out.txt
are not run. Prints a table and ends with 1 if a case failed. README.md tells the method.
"""
import argparse
import concurrent.futures
import dataclasses
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORK = ROOT / "build" / "conformance"
SERVER = ROOT / "build/release/tests/conformance/conformance_server"
CORE = ("t5551", "t5541", "t5539", "t5542", "t5549", "t5545", "t5700")
SCRIPTS = (*CORE, "t5702", "t5601", "t5616", "t5703", "t5537", "t0410", "t5500", "t5510")
SCRIPT_SECONDS = 1800
# What of the suite's own tools its scripts need, and how they are built: without what no script
# here uses, and without optimising.
TARGETS = ("t/helper/test-tool", "t/helper/test-fake-ssh", "GIT-BUILD-OPTIONS")
SETTINGS = ("CFLAGS=-O0 -w", "NO_GETTEXT=1", "NO_TCLTK=1", "NO_PYTHON=1", "NO_EXPAT=1",
            "NO_OPENSSL=1")


SKIPPED = 77  # the exit code that says so


class StepFailed(Exception):
    """A command ended with an error; the message has its output."""


def run(command, **kwargs):
    """Runs a step; its output shows only if it fails."""
    result = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, check=False, **kwargs)
    if result.returncode != 0:
        raise StepFailed(f"{' '.join(map(str, command))} failed:\n{result.stdout[-4000:]}")
    return result.stdout


# --- git's source package ---------------------------------------------------------------------

def source_lists(directory):
    """This system's Debian archives, asked for sources: files for apt in a directory of their own."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    old, new = (pathlib.Path("/etc/apt") / name
                for name in ("sources.list", "sources.list.d/debian.sources"))
    if old.exists():
        (directory / "debian.list").write_text(
            re.sub(r"^deb\b(?!-)", "deb-src", old.read_text(), flags=re.M))
    if new.exists():
        (directory / "debian.sources").write_text(
            re.sub(r"^Types:.*$", "Types: deb-src", new.read_text(), flags=re.M))


def download(directory):
    """apt checks the archive's signature, and by it each file's checksum."""
    state = directory / "apt"
    source_lists(state / "sources")
    for name in ("lists/partial", "cache/archives/partial"):
        (state / name).mkdir(parents=True, exist_ok=True)
    apt = ["apt-get", "-q", "-o", "Dir::Etc::SourceList=/dev/null",
           "-o", f"Dir::Etc::SourceParts={state}/sources", "-o", f"Dir::State::Lists={state}/lists",
           "-o", f"Dir::Cache={state}/cache", "-o", "APT::Sandbox::User="]
    try:
        run([*apt, "update"])
        run([*apt, "source", "--download-only", f"git={installed_version()}"], cwd=directory)
    except StepFailed as failure:
        print(f"SKIPPED: the source of git can't be had: {failure}", file=sys.stderr)
        sys.exit(SKIPPED)
    shutil.rmtree(state)


def installed_version():
    return run(["dpkg-query", "-W", "-f", "${source:Version}", "git"]).strip()


def unpack(directory):
    """The tree as Debian builds it: git's, with Debian's patches. Returns its directory."""
    run(["tar", "xf", only(directory, "git_*.orig.tar.*")], cwd=directory)
    tree = only(directory, "git-*/")
    run(["tar", "xf", only(directory, "git_*.debian.tar.*"), "-C", tree], cwd=directory)
    patches = tree / "debian" / "patches"
    for name in (patches / "series").read_text().splitlines():
        if name and not name.startswith("#"):
            run(["patch", "-s", "-p1", "-i", patches / name], cwd=tree)
    return tree


def only(directory, pattern):
    found = list(directory.glob(pattern))
    if len(found) != 1:
        sys.exit(f"conformance: expected one {pattern} in {directory}, found {len(found)}")
    return found[0]


def build(tree):
    compiler = "ccache cc" if shutil.which("ccache") else "cc"
    jobs = os.environ.get("JOBS") or str(os.cpu_count())
    run(["make", f"-j{jobs}", f"CC={compiler}", *SETTINGS, *TARGETS], cwd=tree)
    run(["make", "-C", "templates", "SHELL_PATH=/bin/sh", "PERL_PATH=/usr/bin/perl"], cwd=tree)


def suite():
    """The directory of the scripts, made if it is not there yet."""
    directory = WORK / f"git-{installed_version().replace(':', '-')}"
    done = directory / "built"
    if not done.exists():
        print(f"conformance: getting and building git {installed_version()}'s tests",
              file=sys.stderr, flush=True)
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        download(directory)
        build(unpack(directory))
        done.touch()
    return only(directory, "git-*/") / "t"


# --- cases that are left out ------------------------------------------------------------------

def left_out():
    """{script: {title: reason}} of left_out.txt."""
    reasons, reason = {}, None
    for line in (HERE / "left_out.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            reason = line[2:]
        elif line and not line.startswith("#"):
            script, title = line.split(" ", 1)
            reasons.setdefault(script, {})[title] = reason
    return reasons


# --- running ----------------------------------------------------------------------------------

@dataclasses.dataclass
class Outcome:
    script: str
    passed: list = dataclasses.field(default_factory=list)
    failed: list = dataclasses.field(default_factory=list)
    left_out: dict = dataclasses.field(default_factory=dict)  # title -> reason
    skipped: list = dataclasses.field(default_factory=list)  # by the suite: "title (missing TTY)"
    seconds: float = 0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def as_nobody_special():
    """git's web tests refuse to run as root: become an ordinary user of the same files."""
    if os.geteuid() != 0:
        return []
    return ["unshare", "--user", "--map-user=1000", "--map-group=1000"]


def execute(directory, script, skip, options):
    """Runs one script; returns its TAP output."""
    output = WORK / "output" / script
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    environment = {
        **os.environ, "GIT_TEST_INSTALLED": os.path.dirname(shutil.which("git")),
        "GIT_TEST_HTTPD": "true", "LIB_HTTPD_PATH": str(HERE / "httpd.sh"),
        "LIB_HTTPD_MODULE_PATH": str(HERE), "LIB_HTTPD_PORT": str(free_port()),
        "CONFORMANCE_SERVER": str(SERVER), "TEST_OUTPUT_DIRECTORY": str(output),
        "GIT_SKIP_TESTS": " ".join(skip)}
    for name in [name for name in environment if name.startswith("GIT_CONFIG")]:
        del environment[name]
    if options.long:
        environment["GIT_TEST_LONG"] = "true"
    file = only(directory, f"{script}-*.sh")
    command = [*as_nobody_special(), "sh", f"./{file.name}", f"--root={output}", "-v", "-x"]
    with open(WORK / f"{script}.log", "w+", encoding="utf-8", errors="replace") as log:
        try:
            subprocess.run(command, cwd=directory, env=environment, stdout=log, check=False,
                           stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                           timeout=SCRIPT_SECONDS)
        except subprocess.TimeoutExpired:
            log.write(f"\nnot ok 0 - {script} ends within {SCRIPT_SECONDS} s\n")
        log.seek(0)
        return log.read()


CASE = re.compile(r"^(ok|not ok) (\d+) (?:- (.*)|# skip (.*) \((.*)\))$", re.M)


def titles(directory, script, options):
    """{title: number} of a script's cases, by running it with all of them skipped."""
    tap = execute(directory, script, [f"{script}.*"], options)
    found = {}
    for _, number, _, title, _ in CASE.findall(tap):
        found.setdefault(title, []).append(number)
    return found


def run_script(directory, script, reasons, options):
    started = time.monotonic()
    known = titles(directory, script, options)
    unknown = sorted(set(reasons) - set(known))
    outcome = Outcome(script)
    outcome.failed += [f"left_out.txt names a case that is not there: {title}" for title in unknown]
    numbers = [number for title in reasons for number in known.get(title, [])]
    tap = execute(directory, script, [f"{script}.{number}" for number in numbers], options)
    for result, _, title, skipped, why in CASE.findall(tap):
        if skipped and why == "GIT_SKIP_TESTS":
            outcome.left_out[skipped] = reasons[skipped]
        elif skipped:
            outcome.skipped.append(f"{skipped} ({why})")
        else:
            (outcome.passed if result == "ok" else outcome.failed).append(title)
    if not re.search(r"^1\.\.\d+", tap, re.M):
        outcome.failed.append("the script did not come to its end")
    outcome.seconds = time.monotonic() - started
    if not outcome.failed and not options.keep:
        shutil.rmtree(WORK / "output" / script, ignore_errors=True)
    return outcome


# --- telling ----------------------------------------------------------------------------------

def table(outcomes):
    lines = ["| script | passed | left out | skipped by the suite | failed |",
             "|---|---|---|---|---|"]
    for one in outcomes:
        lines.append(f"| {one.script} | {len(one.passed)} | {len(one.left_out)} | "
                     f"{len(one.skipped)} | {len(one.failed)} |")
    total = [sum(len(getattr(one, name)) for one in outcomes)
             for name in ("passed", "left_out", "skipped", "failed")]
    return "\n".join([*lines, "| all | " + " | ".join(map(str, total)) + " |"])


def report(outcomes):
    for one in outcomes:
        for title in one.skipped:
            print(f"{one.script}: skipped by the suite: {title}")
        for title in one.failed:
            print(f"{one.script}: FAILED: {title} (see build/conformance/{one.script}.log)")
    print()
    print(table(outcomes))


def main():
    parser = argparse.ArgumentParser(prog="./dev conformance")
    parser.add_argument("--core", action="store_true", help="a few minutes' worth, for CI")
    parser.add_argument("--long", action="store_true", help="the suite's expensive cases too")
    parser.add_argument("--keep", action="store_true", help="keep the scripts' directories")
    parser.add_argument("scripts", nargs="*", metavar="SCRIPT", help=f"of {' '.join(SCRIPTS)}")
    options = parser.parse_args()
    wanted = options.scripts or (CORE if options.core else SCRIPTS)
    directory, reasons = suite(), left_out()
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("JOBS") or os.cpu_count())) as pool:
        outcomes = list(pool.map(
            lambda script: run_script(directory, script, reasons.get(script, {}), options), wanted))
    report(outcomes)
    sys.exit(1 if any(one.failed for one in outcomes) else 0)


if __name__ == "__main__":
    try:
        main()
    except StepFailed as failure:
        sys.exit(f"conformance: {failure}")
