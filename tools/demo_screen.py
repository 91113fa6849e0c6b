"""Tells a terminal, a file or a log what a demonstration does: numbered steps, a bar, a table.

    screen = Screen(sys.stdout, steps=12)
    with screen.step("Upload the samples"):
        screen.bar(done=3, total=20, note="3 of 20 pages")    # only on a terminal
        screen.result("15 documents read")

Colour only on a terminal and without NO_COLOR; the words say the same without it. One thread.
"""
import contextlib
import os
import shutil
import textwrap
import time

BAR_WIDTH = 32
INDENT = 8


class Screen:
    def __init__(self, out, steps):
        self.out, self.steps, self.number = out, steps, 0
        self.is_terminal = out.isatty()
        self.has_colour = (self.is_terminal and "NO_COLOR" not in os.environ
                           and os.environ.get("TERM") != "dumb")
        encoding = (out.encoding or "").lower().replace("-", "")
        self.full, self.empty = ("█", "░") if encoding == "utf8" else ("#", ".")
        self.has_bar = False

    def paint(self, text, code):
        return f"\033[{code}m{text}\033[0m" if self.has_colour else text

    def strong(self, text):
        return self.paint(text, "1")

    def quiet(self, text):
        return self.paint(text, "2")

    def line(self, text=""):
        self.clear_bar()
        print(text, file=self.out, flush=True)

    @contextlib.contextmanager
    def step(self, title):
        """Numbers what follows; says how long it took, or that it failed."""
        self.number += 1
        start = time.monotonic()
        self.line(f"{self.quiet(f'[{self.number:2}/{self.steps}]')} {self.strong(title)}")
        try:
            yield
        except KeyboardInterrupt:
            self.line(" " * INDENT + "interrupted")
            raise
        except BaseException:
            self.line(" " * INDENT + self.paint(f"FAILED after {time.monotonic() - start:.1f} s", "1;31"))
            raise
        self.line(" " * INDENT + self.paint("ok", "32")
                  + self.quiet(f"  {time.monotonic() - start:.1f} s"))

    def result(self, text):
        for line in textwrap.wrap(text, self.width(), break_long_words=False,
                                  break_on_hyphens=False):
            self.line(" " * INDENT + line)

    def quote(self, lines):
        """What a program printed, as it printed it."""
        for line in lines:
            self.line(" " * INDENT + self.quiet("| ") + line)

    def warning(self, text):
        self.line(" " * INDENT + self.paint(text, "1;33"))

    def bar(self, done, total, note):
        if not self.is_terminal:
            return
        filled = round(BAR_WIDTH * done / max(total, 1))
        bar = self.paint(self.full * filled, "36") + self.quiet(self.empty * (BAR_WIDTH - filled))
        self.out.write(f"\r\033[K{' ' * INDENT}{bar} {note[:max(self.width() - BAR_WIDTH - 1, 0)]}")
        self.out.flush()
        self.has_bar = True

    def clear_bar(self):
        if self.has_bar:
            self.out.write("\r\033[K")
            self.has_bar = False

    @staticmethod
    def width():
        return max(min(shutil.get_terminal_size((100, 24)).columns, 110) - INDENT, 40)
