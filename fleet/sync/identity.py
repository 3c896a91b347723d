"""Which copy of an edge node is speaking? The hub's judgement of a Hello.

A store is written to by one process at a time, and each start raises its session. So a higher session of the known store is
the same edge node after a restart, another store is a new one, and whoever goes on speaking with an old session or an old store
is a second copy (a clone, or a backup that was restored): then neither is trusted until an operator picks one.
A late frame is no proof: an old Hello is first told that it is stale, with a word that only a live copy can repeat.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fleet.sync.effects import Persist, SetValue
from fleet.sync.frames import Hello

#: Stores of the past that are remembered, newest last.
OLD_STORES_MAX = 32
#: Copies that are told apart while quarantined.
CANDIDATES_MAX = 8
#: A name with more digits than a counter ever has is not one of a hub's.
EPOCH_DIGITS_MAX = 15


class Verdict(StrEnum):
    SAME = "same"  # go on
    NEW_STORE = "new store"  # first join, or the old store is lost
    STALE = "stale"
    QUARANTINED = "quarantined"
    ADOPT = "adopt"  # picked by an operator: tell it its new name


def lineage(store_id: str) -> tuple[str, int]:
    """Of a hub's store id ("{database id}.{hub_epoch}[.{random}]"): the database, and which of its lives. Else ("", 0)."""
    database, _, rest = store_id.partition(".")
    epoch = rest.partition(".")[0]
    return (database, int(epoch)) if epoch.isdecimal() and len(epoch) <= EPOCH_DIGITS_MAX else ("", 0)


@dataclass
class Registry:
    """What the hub knows of one edge node's stores. All but `challenges` (boot -> word) is durable."""

    store: str = ""
    session: int = 0
    boot: str = ""
    edge_epoch: int = 0
    old_stores: list[str] = field(default_factory=list)
    quarantine: str = ""  # why
    picked: str = ""  # boot that an operator picked
    adopted: str = ""  # store id that the picked one shall take
    candidates: dict[str, str] = field(default_factory=dict)
    challenges: dict[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, values: Mapping[str, str]) -> Registry:
        return cls(
            store=values.get("edge.store", ""),
            session=int(values.get("edge.session", "0")),
            boot=values.get("edge.boot", ""),
            edge_epoch=int(values.get("edge.epoch", "0")),
            old_stores=values.get("edge.old_stores", "").split(),
            quarantine=values.get("edge.quarantine", ""),
            picked=values.get("edge.picked", ""),
            adopted=values.get("edge.adopted", ""),
        )

    def judge(self, hello: Hello, now: float, behind: str = "") -> tuple[Verdict, list[Persist]]:
        """`behind`: what the hub knows of this store that the hello does not (a proof that it is an older image of it)."""
        if self.adopted and hello.store_id == self.adopted:
            return Verdict.NEW_STORE, self._take_store(hello)
        if self.quarantine:
            self._note_candidate(hello, now)
            return (Verdict.ADOPT if hello.boot == self.picked else Verdict.QUARANTINED), []
        if not self.store or (hello.store_id != self.store and hello.store_id not in self.old_stores):
            return Verdict.NEW_STORE, self._take_store(hello)
        if hello.store_id == self.store:
            if hello.boot == self.boot:
                return Verdict.SAME, []
            if hello.session > self.session and not behind:
                return Verdict.SAME, self._take_session(hello)
        return self._stale_copy(hello, now, behind)

    def _take_store(self, hello: Hello) -> list[Persist]:
        if self.store:
            self.old_stores = [*(s for s in self.old_stores if s != self.store), self.store][-OLD_STORES_MAX:]
        self.store, self.edge_epoch = hello.store_id, self.edge_epoch + 1
        self.quarantine = self.picked = self.adopted = ""
        self.candidates.clear()
        return [
            SetValue("edge.store", self.store),
            SetValue("edge.epoch", str(self.edge_epoch)),
            SetValue("edge.old_stores", " ".join(self.old_stores)),
            SetValue("edge.quarantine", ""),
            SetValue("edge.picked", ""),
            SetValue("edge.adopted", ""),
            *self._take_session(hello),
        ]

    def _take_session(self, hello: Hello) -> list[Persist]:
        self.session, self.boot = hello.session, hello.boot
        self.challenges.clear()
        return [SetValue("edge.session", str(self.session)), SetValue("edge.boot", self.boot)]

    def _stale_copy(self, hello: Hello, now: float, behind: str) -> tuple[Verdict, list[Persist]]:
        word = self.challenges.get(hello.boot)
        if word is None or hello.proof != word:
            if word is None and len(self.challenges) >= CANDIDATES_MAX:
                self.challenges.clear()
            self.challenges.setdefault(hello.boot, f"{self.session}-{now:.3f}")
            return Verdict.STALE, []
        if hello.store_id != self.store:
            why = "a store that was replaced speaks again: a copy of the edge node, or a backup of it"
        elif hello.session > self.session:
            why = f"a backup of the edge node's store is in use: {behind}"
        elif hello.session == self.session:
            why = "two runs with one session: a copy of the edge node's store is in use"
        else:
            why = f"session {hello.session} speaks after session {self.session}: a copy of the store, or a backup of it"
        return Verdict.QUARANTINED, self.put_into_quarantine(why, hello, now)

    def put_into_quarantine(self, why: str, hello: Hello, now: float) -> list[Persist]:
        self.quarantine = why
        self.candidates = (
            {self.boot: f"store {self.store[:8]}, session {self.session}, the one trusted before"} if self.boot else {}
        )
        self._note_candidate(hello, now)
        return [SetValue("edge.quarantine", why)]

    def _note_candidate(self, hello: Hello, now: float) -> None:
        if hello.boot in self.candidates or len(self.candidates) < CANDIDATES_MAX:
            self.candidates[hello.boot] = (
                f"store {hello.store_id[:8]}, session {hello.session}, backlog {hello.backlog}, last heard {now:.0f}"
            )

    def pick(self, boot: str, store_id: str) -> list[Persist]:
        self.picked, self.adopted = boot, store_id
        return [SetValue("edge.picked", boot), SetValue("edge.adopted", store_id)]
