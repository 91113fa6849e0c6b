#!/usr/bin/env python3
"""The demonstration shows every step as it should, and says so when one fails."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import harness


def demo(directory, **environment):
    return subprocess.run(
        [sys.executable, harness.ROOT / "tools/demo.py", "--once", "--directory", directory],
        capture_output=True, text=True, timeout=2300, env={**os.environ, **environment})


class Demo(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="glossator-demo-"))
        self.addCleanup(shutil.rmtree, self.directory, True)

    def test_every_step_is_as_expected(self):
        shown = demo(self.directory)
        self.assertEqual(shown.returncode, 0, shown.stdout + shown.stderr)
        self.assertEqual(shown.stderr, "")
        self.assertNotIn("\033", shown.stdout)  # not a terminal: no colour, no bar
        for text in ('did you mean "total"?', "What happened", "curl -H", "git clone http://token:"):
            self.assertIn(text, shown.stdout)
        if "SKIPPED" in shown.stdout:
            print("\nWARNING: the pull with dvc was SKIPPED: GLOSSATOR_VENV_DVC names no environment "
                  "with the client; ./dev test makes one", file=sys.stderr)

    def test_a_failed_step_is_told(self):
        shown = demo(self.directory, GLOSSATOR_BINARY=shutil.which("false"))
        self.assertEqual(shown.returncode, 1)
        self.assertIn("FAILED", shown.stdout)
        self.assertIn("the server did not start", shown.stdout)


if __name__ == "__main__":
    harness.main()
