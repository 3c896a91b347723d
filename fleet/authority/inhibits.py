"""Inhibits: what is forbidden now, as the union of what the cloud and what the site have forbidden. Stop always wins.

An observed-remove set with two writers and disjoint ownership (the only CRDT that is needed): each side adds and removes its
own entries and never the other's, so the two can never disagree about what holds once they have heard each other, and a
stop that was pressed at the site while the cloud was away is not lifted by a cloud that does not know of it.

How they travel: the cloud's entries are `EdgeNodeSpec.inhibits` (stream cfg), the site's are `EdgeNodeStatus.inhibits` (stream
st); each a section with one writer, repaired by digests like any other. Beside that, a stop or a resume of all by the cloud is a
ControlCommand (stream cmd and the short way past all queues), so that it takes effect at once. At the edge node the two come
together so: a stop control adds a cloud entry with its id (`heard`); a resume control takes away the cloud's entries that
are known (`cloud_resumed`); a spec adds what it names, and takes away only what an earlier spec named (`cloud_said`). So
a spec that was on its way before the stop does not lift it. The edge node stores `known` of its Inhibits with each change.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from fleet.contracts.errors import Conflict, QueueFull
from fleet.contracts.resources import Inhibit, InhibitKind

CLOUD = "cloud"
#: Label of a Closure that was made at a site: its owner, who alone opens it. Without it, it is the cloud's.
CLOSED_BY = "closed-by"
#: Entries of one owner.
ENTRIES_MAX = 500


def edge_owner(edge: str) -> str:
    return f"edge:{edge}"


def effective(*sides: Iterable[Inhibit]) -> tuple[Inhibit, ...]:
    """Everything that holds, each entry once, oldest first."""
    found = {(i.owner, i.id): i for side in sides for i in side}
    return tuple(sorted(found.values(), key=lambda i: (i.at, i.owner, i.id)))


def stops(entries: Iterable[Inhibit]) -> tuple[Inhibit, ...]:
    return tuple(i for i in entries if i.kind is InhibitKind.STOP)


def added(entries: tuple[Inhibit, ...], new: Inhibit) -> tuple[Inhibit, ...]:
    """One owner's entries with `new`; the same id twice is once. Raises QueueFull; a stop is always taken: the oldest
    entry that is no stop gives way to it, or the oldest stop (as long as there is one, everything stands)."""
    if any(i.id == new.id for i in entries):
        return entries
    if len(entries) < ENTRIES_MAX:
        return (*entries, new)
    if new.kind is not InhibitKind.STOP:
        raise QueueFull(f"{len(entries)} things are inhibited already", field="inhibits", fix="clear some first")
    least = next((i for i in entries if i.kind is not InhibitKind.STOP), entries[0])
    return (*(i for i in entries if i is not least), new)


def without(entries: tuple[Inhibit, ...], ids: Iterable[str], *, owner: str) -> tuple[Inhibit, ...]:
    """One's own entries without these. Raises Conflict for an entry that is another's: only its owner clears it."""
    gone = set(ids)
    for entry in entries:
        if entry.id in gone and entry.owner != owner:
            raise Conflict(
                f"inhibit {entry.id!r} is held by {entry.owner}", field="id", fix=f"clear it at {where_to_clear(entry.owner)}"
            )
    return tuple(i for i in entries if i.id not in gone)


def where_to_clear(owner: str, api_url: str = "") -> str:
    """Words for a person."""
    if owner == CLOUD:
        return "the cloud (drover resume)"
    name = owner.removeprefix("edge:")
    return f"edge node {name}" + (f" ({api_url})" if api_url else "'s own page or API")


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What an edge node stores of its Inhibits, as one JSON value. `named`: ids that a spec of the cloud has named."""

    own: tuple[Inhibit, ...] = ()
    cloud: tuple[Inhibit, ...] = ()
    named: tuple[str, ...] = ()


class Inhibits:
    """The edge node's view: its own entries, and the cloud's as far as it knows them. After each change store `known`."""

    def __init__(self, edge: str, known: Known | None = None) -> None:
        self._owner = edge_owner(edge)
        self.known = known or Known()

    # ---- what holds ----

    @property
    def entries(self) -> tuple[Inhibit, ...]:
        return effective(self.known.cloud, self.known.own)

    @property
    def own(self) -> tuple[Inhibit, ...]:
        """To be reported as EdgeNodeStatus.inhibits."""
        return self.known.own

    @property
    def stopped(self) -> bool:
        return bool(stops(self.known.own) or stops(self.known.cloud))

    @property
    def zones(self) -> frozenset[str]:
        return frozenset(i.target for i in self.entries if i.kind is InhibitKind.ZONE)

    @property
    def robots(self) -> frozenset[str]:
        return frozenset(i.target for i in self.entries if i.kind is InhibitKind.ROBOT)

    # ---- the site's own ----

    def add(self, inhibit: Inhibit) -> None:
        """Made at the site. Raises QueueFull."""
        own = msgspec.structs.replace(inhibit, owner=self._owner)
        self.known = msgspec.structs.replace(self.known, own=added(self.known.own, own))

    def remove(self, ids: Iterable[str]) -> None:
        """Raises Conflict for one of the cloud's; then nothing has changed."""
        ids = tuple(ids)
        without(self.known.cloud, ids, owner=self._owner)
        self.known = msgspec.structs.replace(self.known, own=without(self.known.own, ids, owner=self._owner))

    def resume(self) -> tuple[Inhibit, ...]:
        """Takes back all stops of the site. The stops that still hold: the cloud's."""
        self.remove(i.id for i in stops(self.known.own))
        return stops(self.known.cloud)

    # ---- the cloud's ----

    def heard(self, inhibit: Inhibit) -> None:
        """A stop control of the cloud. The caller drops one whose id was done already."""
        entry = msgspec.structs.replace(inhibit, owner=CLOUD)
        self.known = msgspec.structs.replace(self.known, cloud=added(self.known.cloud, entry))

    def cloud_resumed(self) -> tuple[Inhibit, ...]:
        """A resume of all by the cloud. The stops that still hold: the site's own."""
        left = tuple(i for i in self.known.cloud if i.kind is not InhibitKind.STOP)
        self.known = msgspec.structs.replace(self.known, cloud=left)
        return stops(self.known.own)

    def cloud_said(self, spec: Iterable[Inhibit]) -> None:
        """EdgeNodeSpec.inhibits as it has just come (specs come in order)."""
        said = {i.id: msgspec.structs.replace(i, owner=CLOUD) for i in spec}
        by_control = (i for i in self.known.cloud if i.id not in said and i.id not in self.known.named)
        self.known = msgspec.structs.replace(self.known, cloud=(*said.values(), *by_control), named=tuple(said))
