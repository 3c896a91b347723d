"""What a Deliver does to the application's records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drover.simulation.fsp import messages
from fleet.contracts import wire
from fleet.sync import effects as fx
from fleet.sync.machine import Role

if TYPE_CHECKING:
    from drover.simulation.fsp.nodes import Node, Side


class Poison(Exception):
    """The store refuses this row, now and always."""


def apply(node: Node, side: Side, delivery: fx.Deliver, *, dry: bool = False) -> None:
    """Within the transaction. `dry`: only see whether it can be done. Raises Poison."""
    if dry:
        for item in delivery.items:
            if messages.POISON in item.key and not delivery.snapshot:
                raise Poison(item.key)
        return
    for item in delivery.items:
        if messages.POISON in item.key and item.message is not None:
            # a snapshot is taken as a whole: the shell itself puts aside what its store refuses
            side.half.persist(fx.DeadLetter(delivery.stream, item.seq, item.key, "cannot be stored", b""))
        else:
            _apply(node, side, item)


def _apply(node: Node, side: Side, item: fx.Delivered) -> None:
    half, judges = side.half, node.world.judges
    match item.message:
        case wire.Event(id=id_) | wire.ControlCommand(id=id_):
            half.taken[id_] = half.taken.get(id_, 0) + 1
            judges.took(node, side, id_)
        case wire.StatusReport() | wire.ApplyResource():
            content = messages.content(item.message)
            judges.copied(node, side, item.key, content)
            half.copy[item.key] = content
            half.copy_gone.pop(item.key, None)
        case None | wire.StatusGone() | wire.DeleteResource():
            old = half.copy.pop(item.key, None)
            if old is not None and node.role is Role.EDGE:
                half.copy_gone[item.key] = old[0]
        case wire.KnownSpec():
            _known(node, side, item.key, item.message)
            # what is written next must be newer than all that the edge nodes know
            node.counter = node.disk.counter = max(node.counter, item.message.generation)


def _known(node: Node, side: Side, key: str, known: wire.KnownSpec) -> None:
    """A restored hub learns what it has forgotten: taken where its own is older."""
    half = side.half
    mine = max(half.own.get(key, (0, ""))[0], half.own_gone.get(key, 0))
    if known.deleted and key in half.own and mine <= known.generation:
        half.own_gone[key] = known.generation
        del half.own[key]
        side.mirror.pop(key, None)
    elif not known.deleted and known.resource is not None and mine < known.generation:
        value = (known.generation, known.resource["v"])
        half.own[key] = side.mirror[key] = value
        half.own_gone.pop(key, None)
