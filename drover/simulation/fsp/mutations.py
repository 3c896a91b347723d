"""Rules of the protocol, each broken on purpose: a harness that does not see them broken would prove nothing.

A mutation replaces methods of the real classes while it is applied (in this process only), and puts them back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from drover.simulation.fsp.nodes import Batch, Node
from fleet.authority import reassign
from fleet.authority.fences import FenceGate
from fleet.authority.leases import EdgeLeases
from fleet.sync import effects as fx
from fleet.sync.admission import Admission
from fleet.sync.effects import SetValue
from fleet.sync.greeting_edge import EdgeGreeting
from fleet.sync.greeting_hub import HubGreeting
from fleet.sync.identity import Registry, Verdict
from fleet.sync.inbound import Inbound
from fleet.sync.outbound import Outbound
from fleet.sync.snapshots import Incoming
from fleet.sync.state import State
from fleet.sync.upkeep import Upkeep

Change = tuple[Any, str, Any]


def _delete_on_publish() -> list[Change]:
    turn = Outbound.turn

    def mutant(self: Outbound, now: float) -> Any:
        done = turn(self, now)
        if done.rows:
            done.stored += self.ack(done.rows[-1].seq, now)
        return done

    return [(Outbound, "turn", mutant)]


def _ack_before_commit() -> list[Change]:
    take = Inbound.take

    def mutant(self: Inbound) -> Any:
        taken = take(self)
        self.committed = self.received
        return taken

    return [(Inbound, "take", mutant)]


def _gap_applied() -> list[Change]:
    hold = Inbound._hold

    def mutant(self: Inbound, envelope: Any) -> None:
        if not self.busy and not self._held and envelope.seq > self.received + 1 and envelope.parts == 1:
            self.received = self.committed = envelope.seq - 1
        hold(self, envelope)

    return [(Inbound, "_hold", mutant)]


def _no_dedupe() -> list[Change]:
    hold = Inbound._hold

    def mutant(self: Inbound, envelope: Any) -> None:
        if not self.busy and not self._held and envelope.seq <= self.received:
            self.received = self.committed = envelope.seq - 1
        hold(self, envelope)

    return [(Inbound, "_hold", mutant)]


def _cursor_outside() -> list[Change]:
    """The cursor is not in the transaction of the change: it is lost in a crash."""
    store = Node._store

    def mutant(self: Node, side: Any, stored: Any, deliveries: Any, changes: Any) -> None:
        thin = [
            fx.Deliver(
                d.stream,
                d.items,
                tuple(e for e in d.persist if not (isinstance(e, SetValue) and e.key.startswith("cursor."))),
                d.seq,
                d.snapshot,
            )
            for d in deliveries
        ]
        store(self, side, stored, thin, changes)
        later = [e for d in deliveries for e in d.persist if isinstance(e, SetValue) and e.key.startswith("cursor.")]
        if later:
            self.queue.append(Batch(side, side.machine, later))

    return [(Node, "_store", mutant)]


def _numbers_not_stored() -> list[Change]:
    """A row goes into flight under a number that no disk knows."""
    turn = Outbound.turn

    def mutant(self: Outbound, now: float) -> Any:
        done = turn(self, now)
        done.stored = [e for e in done.stored if not isinstance(e, fx.NumberRow)]
        return done

    return [(Outbound, "turn", mutant)]


def _coalesce_in_flight() -> list[Change]:
    """A newer body takes the place of a row that has a number already."""
    put = Outbound.put

    def mutant(self: Outbound, key: str, body: bytes, now: float, *, gone: bool = False) -> Any:
        for seq, row in self._window.items():
            if self.coalesce and row.key == key and seq > self.acked:
                self._window[seq] = new = fx.Row(self.stream, key, seq, body, now, gone)
                return [fx.PutRow(new)]
        return put(self, key, body, now, gone=gone)

    return [(Outbound, "put", mutant)]


def _snapshot_unchecked() -> list[Change]:
    """A snapshot that came without its last item is taken for what its root says."""

    def mutant(self: Incoming) -> Any:
        items, section = unpack(self)
        return items[:-1], section

    unpack = Incoming.unpack
    return [(Incoming, "unpack", mutant)]


def _drop_at_committed() -> list[Change]:
    """Events are deleted when the hub has them, though no backup has."""
    ack = Outbound.ack

    def mutant(self: Outbound, upto: int, now: float) -> Any:
        return [*ack(self, upto, now), *self._drop(min(upto, self.acked))]

    return [(Outbound, "ack", mutant)]


def _refill_skipped() -> list[Change]:
    def mutant(self: Node, side: Any, hub: str) -> None:
        from fleet.contracts import wire

        effects = side.machine.enqueue("ev", "refill", wire.RefillDone(hub=hub), self.clock.now, vital=True)
        self.queue.append(Batch(side, side.machine, effects))

    return [(Node, "_refill", mutant)]


def _deletions_not_refilled() -> list[Change]:
    """A tombstone is forgotten: a restored hub makes what was deleted alive again."""
    refill = Node._refill

    def mutant(self: Node, side: Any, hub: str) -> None:
        side.half.copy_gone.clear()
        refill(self, side, hub)

    return [(Node, "_refill", mutant)]


def _no_quarantine() -> list[Change]:
    def mutant(self: Registry, hello: Any, now: float, behind: str = "") -> Any:
        if hello.store_id == self.store:
            return Verdict.SAME, ([] if hello.boot == self.boot else self._take_session(hello))
        return Verdict.NEW_STORE, self._take_store(hello)

    return [(Registry, "judge", mutant)]


def _restored_edge_trusted() -> list[Change]:
    """A higher session is believed, though the store knows less than it has said."""
    return [(HubGreeting, "_knows_less", lambda self, hello: "")]


def _restored_hub_unnoticed() -> list[Change]:
    return [(HubGreeting, "_knows_more", lambda self, hello: "")]


def _strangers_believed() -> list[Change]:
    """Frames of other runs count."""
    return [(State, "meant", lambda self, boot, to: self.greeted)]


def _poison_never_dropped() -> list[Change]:
    failed = Inbound.failed

    def mutant(self: Inbound, seq: int, *, poison: bool) -> None:
        failed(self, seq, poison=False)

    return [(Inbound, "failed", mutant)]


def _digest_never_compared() -> list[Change]:
    def mutant(self: Upkeep, root: Any, now: float) -> Any:
        if self._comparable(root.stream, root.as_of):
            self.equal = True
        return []

    return [(Upkeep, "compare", mutant)]


def _no_resend() -> list[Change]:
    def mutant(self: Outbound, now: float) -> Any:
        self._resend_at = float("inf")
        return turn(self, now)

    turn = Outbound.turn
    return [(Outbound, "turn", mutant)]


def _old_answers_believed() -> list[Change]:
    """Whatever answers any hello of this run is taken for the answer to the newest."""

    def mutant(self: EdgeGreeting, message: Any, now: float) -> Any:
        self._round_at = float("-inf")
        return receive(self, message, now)

    receive = EdgeGreeting.receive
    return [(EdgeGreeting, "receive", mutant)]


def _never_admitted() -> list[Change]:
    """A place that was taken for a resync is never given back."""
    return [(Admission, "leave", lambda self, edge: None), (Admission, "enter", _enter_forever)]


def _enter_forever(self: Admission, edge: str, now: float) -> float:
    if edge in self._inside or len(self._inside) < self._concurrent:
        self._inside[edge] = now
        return 0.0
    return 1.0


def _lease_never_ends() -> list[Change]:
    """A lease that was confirmed once is believed for ever."""
    return [(EdgeLeases, "valid", lambda self, task, now: self.until(task) is not None)]


def _unsettled_renewal() -> list[Change]:
    """Any answer renews a lease that has run out."""
    renewed = EdgeLeases.renewed

    def mutant(self: EdgeLeases, echo: float, *, settled: bool, now: float) -> None:
        renewed(self, echo, settled=True, now=now)

    return [(EdgeLeases, "renewed", mutant)]


def _lease_not_awaited() -> list[Change]:
    """The hub moves a task without waiting until the old lease is over."""
    return [(reassign, "stopped_at", lambda old: 0.0)]


def _fence_unchecked() -> list[Change]:
    """Devices obey any attempt, also one that was replaced."""
    return [(FenceGate, "check", lambda self, key, fence: None)]


MUTATIONS: dict[str, Callable[[], list[Change]]] = {
    "delete-on-publish": _delete_on_publish,
    "ack-before-commit": _ack_before_commit,
    "gap-applied": _gap_applied,
    "no-dedupe": _no_dedupe,
    "cursor-outside-transaction": _cursor_outside,
    "numbers-not-stored": _numbers_not_stored,
    "coalesce-in-flight": _coalesce_in_flight,
    "snapshot-unchecked": _snapshot_unchecked,
    "drop-at-committed": _drop_at_committed,
    "refill-skipped": _refill_skipped,
    "deletions-not-refilled": _deletions_not_refilled,
    "no-quarantine": _no_quarantine,
    "restored-edge-trusted": _restored_edge_trusted,
    "restored-hub-unnoticed": _restored_hub_unnoticed,
    "strangers-believed": _strangers_believed,
    "poison-never-dropped": _poison_never_dropped,
    "digest-never-compared": _digest_never_compared,
    "no-resend": _no_resend,
    "old-answers-believed": _old_answers_believed,
    "resync-place-kept": _never_admitted,
    "lease-never-ends": _lease_never_ends,
    "unsettled-renewal": _unsettled_renewal,
    "lease-not-awaited": _lease_not_awaited,
    "fence-unchecked": _fence_unchecked,
}


@contextmanager
def applied(name: str) -> Iterator[None]:
    """The rule is broken inside the block. "": none is."""
    with ExitStack() as stack:
        for owner, attribute, mutant in MUTATIONS[name]() if name else ():
            stack.enter_context(patch.object(owner, attribute, mutant))
        yield
