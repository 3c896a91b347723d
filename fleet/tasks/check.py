"""Collects the problems of one command: what the parts of validation share."""

from __future__ import annotations

from fleet.contracts.errors import InvalidInput, NotFound
from fleet.tasks.clock import When, moment_at
from fleet.tasks.names import NameIndex, listed
from fleet.tasks.site import Site


class Check:
    """The site and the time that a command is checked against, and what was found wrong so far."""

    def __init__(self, site: Site, now: float, utc_offset_s: int) -> None:
        self.site, self.now, self.utc_offset_s = site, now, utc_offset_s
        self.problems: list[InvalidInput] = []

    def add(self, detail: str, field: str, fix: str, kind: type[InvalidInput] = InvalidInput) -> None:
        self.problems.append(kind(detail, field=field, fix=fix))

    def moment(self, when: When | None, field: str) -> float | None:
        """Unix seconds, or None where nothing (or nothing readable) is given."""
        if when is None:
            return None
        try:
            return moment_at(when, now=self.now, utc_offset_s=self.utc_offset_s, field=field)
        except InvalidInput as problem:
            self.problems.append(problem)
            return None

    def within(self, value: int, low: int, high: int, field: str) -> None:
        if not low <= value <= high:
            self.add(f"{value}", field, f"use {low} to {high}")

    def unknown(self, what: str, name: str, index: NameIndex, field: str) -> None:
        near = index.near(name)
        fix = f"did you mean {listed(near, last='or')}?" if near else f"name a {what} of this site"
        self.add(f"there is no {what} {name!r} on this site", field, fix, NotFound)
