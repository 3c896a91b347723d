"""Fences: a number that only rises, so that an attempt which was replaced can do nothing any more.

Every attempt at a task bears a fence from the cloud's sequence; an edge node that places the same attempt anew among its
own robots counts `n` up: (grant, n). Whoever executes (edge node, robot agent, charger, door, lift) keeps the highest
fence per key on its disk and refuses anything lower: M. Kleppmann, "How to do distributed locking" (2016).

    gate = FenceGate(stored)                      # at start: what was stored, {key: "grant.n"}
    raised = gate.admit("task/T-7", Fence(41, 1))  # StaleFence, or what to store before acting (None: stored already)
    if raised: store(raised.key, str(raised.fence)); commit()
    act()

Keys. `task_key(name)` ("task/T-7") is what is exclusive: fences of *different* tasks are not comparable with each other (an
old task may well be done after a new one), so a device that serves many tasks keeps one number for each task, too. A resource
that is handed over as a whole (a robot that moves to another edge node) may use a key of its own.

Fence 0.0: the task is not fenced by the cloud (made at the site, or by an older version). It is admitted while nothing
higher was seen for its key. Bound: KEYS_MAX keys; beyond, those with the lowest fences are forgotten and their highest
becomes a floor: a key never seen with a fence at or below the floor is refused, because it may be a forgotten one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from fleet.contracts.errors import Conflict, InvalidInput

#: Keys kept by one gate.
KEYS_MAX = 20_000
#: Forgotten at once when KEYS_MAX is reached, so that a full gate does not sort at every grant.
KEYS_FORGOTTEN = 2_000
#: Largest grant (int64, signed: SQL columns and JSON readers take it) and largest sub-fence an edge node may use.
GRANT_MAX = 2**63 - 1
SUB_MAX = 2**31 - 2
#: The sub-fence that closes a grant: higher than any that an edge node uses, and itself never admitted.
CLOSED = 2**31 - 1
#: The key under which the floor is stored.
FLOOR_KEY = "*"


class StaleFence(Conflict):
    """A newer attempt was seen here (or this one was closed): do nothing, tell the one who asked."""

    code: ClassVar[str] = "stale_fence"

    def __init__(self, key: str, fence: Fence, highest: Fence) -> None:
        why = "was given up" if highest.sub == CLOSED and fence.grant == highest.grant else "was replaced"
        super().__init__(
            f"the attempt at {key} with fence {fence} {why} (highest seen: {highest})",
            field="fence",
            fix="stop this attempt; the newer one, if there is one, has the work",
        )
        self.key = key
        self.fence = fence
        self.highest = highest


class Fence(NamedTuple):
    """(grant of the cloud, placement at the edge node). Compared as a pair. As text "41.1"."""

    grant: int
    sub: int = 0

    def __str__(self) -> str:
        return f"{self.grant}.{self.sub}"

    @classmethod
    def parse(cls, text: str, *, field: str = "fence") -> Fence:
        """From "41.1" or "41". Raises InvalidInput."""
        grant, _, sub = text.partition(".")
        if not (grant.isascii() and grant.isdigit() and (not sub or (sub.isascii() and sub.isdigit()))) or len(text) > 32:
            raise InvalidInput(f"{text[:40]!r} is not a fence", field=field, fix='write "grant.n", e.g. "41.1"')
        found = cls(int(grant), int(sub or 0))
        if found.grant > GRANT_MAX or found.sub > CLOSED:
            raise InvalidInput(f"{text!r} is too large", field=field, fix=f"at most {GRANT_MAX}.{CLOSED}")
        return found


NO_FENCE = Fence(0, 0)


def task_key(task: str) -> str:
    """The gate's key for a task, the same at edge nodes, robots and devices."""
    return f"task/{task}"


@dataclass(frozen=True, slots=True)
class Raised:
    """Store `key` -> `str(fence)`, durably, before anything is done under this fence. fence None: delete the key."""

    key: str
    fence: Fence | None


class FenceGate:
    """Highest fence per key. Changed at once in memory; the caller stores what is returned before it acts.

    A crash between the two loses only the memory: nothing was done yet, and the fence is admitted again.
    """

    def __init__(self, stored: Mapping[str, str] | None = None, *, keys_max: int = KEYS_MAX) -> None:
        """`stored`: key -> text of its fence. Raises InvalidInput for what is no fence (a damaged store is not guessed at)."""
        self._highest = {key: Fence.parse(text, field=key) for key, text in (stored or {}).items()}
        self._floor = self._highest.pop(FLOOR_KEY, NO_FENCE)
        self._keys_max = keys_max

    def __len__(self) -> int:
        return len(self._highest)

    def highest(self, key: str) -> Fence:
        """NO_FENCE: none was seen."""
        return self._highest.get(key, NO_FENCE)

    def check(self, key: str, fence: Fence) -> None:
        """Raises StaleFence when `fence` must not act. Changes nothing."""
        highest = self._highest.get(key)
        if highest is None:
            if NO_FENCE < fence <= self._floor:
                raise StaleFence(key, fence, self._floor)
        elif fence < highest or fence.sub >= CLOSED:
            raise StaleFence(key, fence, highest)

    def admit(self, key: str, fence: Fence) -> list[Raised]:
        """May an attempt with this fence act here? What to store first (empty: it is the known one). Raises StaleFence.

        The same fence is admitted again and again: an attempt speaks many times.
        """
        self.check(key, fence)
        return [] if fence <= self.highest(key) else self._raise(key, fence)

    def grant(self, keys: Iterable[str], fence: Fence) -> list[Raised]:
        """A new attempt begins: `fence` must be strictly higher than all seen for each of `keys`; all or nothing.

        Raises StaleFence. A grant that is delivered twice is refused the second time: it has begun already.
        """
        keys = tuple(keys)
        for key in keys:
            self.check(key, fence)
            if fence <= self.highest(key):
                raise StaleFence(key, fence, self.highest(key))
        return [raised for key in keys for raised in self._raise(key, fence)]

    def close(self, key: str, grant: int) -> list[Raised]:
        """From now on no attempt up to and including `grant` (with any sub-fence) may act. What to store, empty: it was so."""
        closed = Fence(grant, CLOSED)
        return [] if closed <= self.highest(key) else self._raise(key, closed)

    def forget(self, key: str) -> list[Raised]:
        """The key can never be asked for again (its task was deleted everywhere, and that is proven). What to store."""
        return [Raised(key, None)] if self._highest.pop(key, None) is not None else []

    def _raise(self, key: str, fence: Fence) -> list[Raised]:
        room = self._make_room() if key not in self._highest and len(self._highest) >= self._keys_max else []
        if key not in self._highest:
            fence = max(fence, self._floor)  # it may be a forgotten one: to close a lower grant must not open it
        self._highest[key] = fence
        return [*room, Raised(key, fence)]

    def _make_room(self) -> list[Raised]:
        """The lowest fences go; the floor stands for them, so that none of them is ever admitted again."""
        count = max(1, min(KEYS_FORGOTTEN, self._keys_max // 10))
        lowest = sorted(self._highest.items(), key=lambda item: item[1])[:count]
        self._floor = max(self._floor, lowest[-1][1])
        for key, _ in lowest:
            del self._highest[key]
        return [Raised(FLOOR_KEY, self._floor), *(Raised(key, None) for key, _ in lowest)]
