"""Which names of a site are taken, and which of the ways to call a thing it gets as aliases."""

from __future__ import annotations

import functools
import random
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import TypeVar

from llm_planner.training.sites.lexicon import Lexicon

_T = TypeVar("_T")
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
#: One alias in this many may mean two things.
_SHARED = 12


class Names:
    """The names of one site. Names differ by more than their case, accents, spaces and hyphens."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._aliases: set[str] = set()

    def take(self, name: str) -> bool:
        """Whether the name was free; it is not any more."""
        key = _key(name)
        if key in self._taken:
            return False
        self._taken.add(key)
        return True

    def is_free(self, name: str) -> bool:
        return _key(name) not in self._taken

    def free_alias(self, rng: random.Random, alias: str, name: str) -> bool:
        """Whether `alias` may stand for the thing called `name`: seldom when it means something else as well."""
        key = _key(alias)
        if not key or alias.casefold() == name.casefold():
            return False
        if (key in self._aliases or (key in self._taken and key != _key(name))) and rng.randrange(_SHARED):
            return False
        self._aliases.add(key)
        return True


def pick_aliases(rng: random.Random, spoken: list[str], names: Names, density: float, name: str) -> list[str]:
    """Some of the ways that a thing is spoken of; `density` in 0..1 tells how many."""
    pool = list(dict.fromkeys(spoken))
    rng.shuffle(pool)
    wanted = sum(rng.random() < density for _ in range(rng.choice((1, 2, 2, 3, 4))))
    out: list[str] = []
    for alias in pool:
        if len(out) >= wanted:
            break
        if alias.casefold() not in {a.casefold() for a in out} and names.free_alias(rng, alias, name):
            out.append(alias)
    return out


def alikes(rng: random.Random, members: Iterable[_T]) -> Iterator[tuple[_T, random.Random]]:
    """The members of a series, mostly each with the same random choices: "door 1" and "door 2", not "D2"."""
    seed = rng.getrandbits(32) if rng.random() < 0.75 else None
    for member in members:
        yield member, rng if seed is None else random.Random(seed)


def plural(lexicon: Lexicon, name: str) -> str:
    """The plural of an English name; other languages keep theirs among the aliases."""
    head, of, content = name.partition(" of ")
    if lexicon.language != "en" or head.endswith("s"):
        return name
    if head.endswith(("x", "ch", "sh")):
        head += "es"
    elif head.endswith("y") and head[-2] not in "aeiou":
        head = f"{head[:-1]}ies"
    else:
        head += "s"
    return head + of + content


def singular(word: str) -> str:
    """Of an English word, as it stands before another noun."""
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word.removesuffix("es") if word.endswith(("shes", "ches")) else word if word.endswith("ss") else word.removesuffix("s")


@functools.lru_cache(maxsize=1 << 16)
def _key(name: str) -> str:
    """Without what the linker does not see: case, accents, zeros before a number, and all but letters and digits."""
    letters = (c for c in unicodedata.normalize("NFKD", name.casefold()) if c.isalnum())
    return _ZEROS.sub("", "".join(letters))
