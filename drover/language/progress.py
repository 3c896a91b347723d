"""How far a long run is, on stderr: one line written over on a terminal; elsewhere a line for each tenth, or nothing."""

from __future__ import annotations

import sys
import time
from typing import TextIO

from drover.cli.output import duration


class Progress:
    """`total`: steps to come, None where nobody knows; `quiet`: say nothing where there is no terminal."""

    def __init__(self, total: int | None, *, quiet: bool = False, file: TextIO | None = None) -> None:
        self._total, self._file = total, file or sys.stderr
        self._terminal = self._file.isatty()
        self._silent = quiet and not self._terminal
        self._done, self._tenth, self._began = 0, 0, time.monotonic()

    def step(self, note: str = "") -> None:
        """One more is done; `note` stands beside the count."""
        self._done += 1
        if self._silent:
            return
        spent = time.monotonic() - self._began
        count = f"{self._done}/{self._total}" if self._total else f"{self._done}"
        left = f", {duration(spent / self._done * (self._total - self._done))} left" if self._total else ""
        line = f"{count} sentences, {duration(spent)}{left}{'  ' if note else ''}{note}"
        if self._terminal:
            print(f"\r\x1b[K{line}", end="", file=self._file, flush=True)
        elif self._total and self._done * 10 // self._total > self._tenth:
            self._tenth = self._done * 10 // self._total
            print(line, file=self._file, flush=True)

    def end(self) -> None:
        if self._terminal and self._done:
            print(file=self._file)
