"""The stock dvc client with nothing but our configuration, for the scenarios that drive it."""
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import unittest

VENV = os.environ.get("GLOSSATOR_VENV_DVC", "")
REASON = "SKIPPED: no dvc client: GLOSSATOR_VENV_DVC names no Python environment (./dev test makes it)"
HAS_DVC = bool(VENV) and (pathlib.Path(VENV) / "bin" / "dvc").exists()


def needs_dvc(scenario):
    """Skips every test of the class, and says so."""
    if not HAS_DVC:
        print(REASON, file=sys.stderr)
    return unittest.skipUnless(HAS_DVC, REASON)(scenario)


class Dvc:
    """dvc with a home, caches and settings below a directory of the scenario's own."""

    def __init__(self, directory, timeout=900):
        self.timeout = timeout
        self.home = pathlib.Path(directory) / "dvc-home"
        self.home.mkdir()
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("DVC_", "GIT_"))},
            "HOME": str(self.home), "XDG_CONFIG_HOME": str(self.home), "LC_ALL": "C.UTF-8",
            "DVC_NO_ANALYTICS": "1", "DVC_SYSTEM_CONFIG_DIR": str(self.home / "system"),
            "DVC_GLOBAL_CONFIG_DIR": str(self.home / "global"),
            "DVC_SITE_CACHE_DIR": str(self.home / "site"), "CI": "1",
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
            "GIT_AUTHOR_NAME": "Sam", "GIT_AUTHOR_EMAIL": "sam@acme.example",
            "GIT_COMMITTER_NAME": "Sam", "GIT_COMMITTER_EMAIL": "sam@acme.example",
        }

    def run(self, *command, cwd=None, check=True):
        result = subprocess.run(list(map(str, command)), cwd=cwd, env=self.environment,
                                capture_output=True, text=True, timeout=self.timeout)
        if check and result.returncode != 0:
            raise RuntimeError(f"{' '.join(map(str, command))}\n{result.stdout}{result.stderr}")
        return result

    def __call__(self, *arguments, cwd=None, check=True):
        return self.run(pathlib.Path(VENV) / "bin" / "dvc", *arguments, cwd=cwd, check=check)

    def python(self, program, *arguments):
        return self.run(pathlib.Path(VENV) / "bin" / "python", "-c", program, *arguments).stdout

    def git(self, *arguments, cwd=None):
        return self.run("git", *arguments, cwd=cwd)

    def secret(self, token):
        """The file for --config: who signs in to the release's remote."""
        path = self.home / f"secret-{token[-6:]}"
        path.write_text(f"['remote \"glossator\"']\n    password = Bearer {token}\n")
        path.chmod(0o600)
        return path


def with_token(url, token):
    return url.replace("http://", f"http://token:{token}@")


def files_of(manifest):
    """{path: sha256} of the files that a release's manifest promises below documents/."""
    files = {}
    for line in manifest.splitlines()[1:]:
        record = json.loads(line)
        directory = f"documents/{record['document'][0]}/{record['document']}"
        files.update((f"{directory}/{name}", digest) for name, digest in entries_of(record))
    return files


def entries_of(record):
    yield f"source.{extension(record['source'])}", record["source"]["sha256"]
    if record.get("annotations"):
        yield "annotations.jsonl", record["annotations"]["sha256"]
    for number, page in enumerate(record["pages"], 1):
        if page.get("image"):
            yield f"images/{number:04}.{extension(page['image'])}", page["image"]["sha256"]
        for key, ending in (("words", "words.tsv"), ("annotations", "annotations.jsonl")):
            if page.get(key):
                yield f"pages/{number:04}.{ending}", page[key]["sha256"]


def extension(file):
    return {"image/png": "png", "image/jpeg": "jpg", "image/tiff": "tif",
            "application/pdf": "pdf"}[file["media_type"]]


def digests_below(directory):
    """{path: sha256} of all files below the directory but git's ignore lists and dvc's pointers."""
    directory = pathlib.Path(directory)
    return {str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in directory.rglob("*")
            if path.is_file() and path.name != ".gitignore" and path.suffix != ".dvc"}
