"""The rules about rows and states: nothing lost, nothing twice, the same on both sides (I1 to I10, I16, I18, I19)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drover.simulation.fsp import messages
from drover.simulation.fsp.judges import Judge
from fleet.contracts import codec
from fleet.sync import effects as fx
from fleet.sync.digest import hash_of
from fleet.sync.machine import Role

if TYPE_CHECKING:
    from drover.simulation.fsp.disk import Content, Disk, Half
    from drover.simulation.fsp.nodes import Node, Side


def ordinary(key: str) -> bool:
    """Not one that no receiver takes."""
    return messages.POISON not in key and messages.FUTURE not in key


def own_store(half: Half) -> str:
    return half.values.get("own_store", "")


class Recorder(Judge):
    """Not a rule: writes down the truth for the others. First of the list."""

    def took(self, node: Node, side: Side, id_: str) -> None:
        stream = "cmd" if node.role is Role.EDGE else "ev"
        self.truth.taken.setdefault(f"{side.edge}/{stream}", set()).add(id_)

    def own_changed(self, node: Node, side: Side, key: str, value: tuple[int, str] | None) -> None:
        if value is not None:
            self.truth.states.add((side.edge, "st" if node.role is Role.EDGE else "cfg", key, *value))

    def said(self, node: Node, side: Side, key: str, id_: str) -> None:
        self.truth.said[id_] = (side.edge, "ev" if node.role is Role.EDGE else "cmd", key)

    def told(self, node: Node, side: Side, effect: Any) -> None:
        match effect:
            case fx.HubRestored():
                for half in node.disk.halves.values():
                    self.truth.void_commands.update(half.made)
            case fx.Quarantined():
                self.truth.quarantined_at[side.edge] = self.world.scheduler.now


class NoLoss(Judge):
    """I1, I18: what an edge node has committed is in the hub; so is each command at its edge node (unless the hub forgot it)."""

    name = "I1"

    def took(self, node: Node, side: Side, id_: str) -> None:
        if id_ not in self.truth.said:
            self.fell(f"{node.leg} took {id_}, which {side.edge} never committed")

    def finish(self) -> None:
        for edge, node in self.world.survivors():
            hub = self.world.hub.disk.halves[edge]
            half = node.disk.halves[edge]
            lost = [i for i in half.made if i not in hub.taken and ordinary(self.truth.said[i][2])]
            if lost:
                self.fell(f"{len(lost)} events of {edge} never reached the hub: {lost[:5]}")
            taken = self.truth.taken.get(f"{edge}/cmd", set())
            lost = [
                i for i in hub.made if i not in taken and i not in self.truth.void_commands and ordinary(self.truth.said[i][2])
            ]
            if lost:
                self.fell(f"{len(lost)} commands never reached {edge}: {lost[:5]}")


class Once(Judge):
    """I2: per (stores, stream), rows are applied in order, each once, and none is left out unless it is put aside."""

    name = "I2"

    def storing(self, node: Node, side: Side, stored: list[Any], deliveries: list[Any]) -> None:
        half = side.half
        peer = next((e.value for e in stored if isinstance(e, fx.SetValue) and e.key == "peer_store"), None)
        peer = half.values.get("peer_store", "") if peer is None else peer
        pair = f"{node.disk.store} {peer}"  # a restored hub goes on with the rows of its edge nodes
        for effect in stored:
            if isinstance(effect, fx.TakeIdentity):  # the picked copy goes on where it was, under another name
                for (old, stream), seq in list(half.track.items()):
                    if old == pair:
                        half.track[(f"{effect.store_id} {peer}", stream)] = seq
                pair = f"{effect.store_id} {peer}"
        for effect in stored:
            if isinstance(effect, fx.SetValue) and effect.key.startswith("cursor."):
                stream = effect.key.partition(".")[2]
                half.track[(pair, stream)] = max(half.track.get((pair, stream), 0), int(effect.value))
        for delivery in deliveries:
            stream = delivery.stream
            at = half.track.get((pair, stream), 0)
            if not delivery.snapshot:
                aside = {e.seq for e in stored if isinstance(e, fx.DeadLetter) and e.stream == stream}
                self._rows(node, delivery, at, aside)
            half.track[(pair, stream)] = max(at, delivery.seq)

    def _rows(self, node: Node, delivery: fx.Deliver, at: int, aside: set[int]) -> None:
        for item in delivery.items:
            if item.seq <= at:
                self.fell(f"{node.leg} applies row {item.seq} of {delivery.stream} after {at}")
                return
            missing = [s for s in range(at + 1, item.seq) if s not in aside]
            if missing and not self.world.rows_were_lost:
                self.fell(f"{node.leg} applies row {item.seq} of {delivery.stream} without {missing[:5]}")
                return
            at = item.seq


class Fold(Judge):
    """I3: the digest entries that are stored say what the stored copy is: a digest that is equal means a state that is equal."""

    name = "I3"

    def starting(self, node: Node, half: Half) -> None:
        stream = "cfg" if node.role is Role.EDGE else "st"
        for key, content in half.copy.items():
            word = hash_of(codec.encode(messages.state(stream, key, *content)))
            if half.entries.get((stream, key)) != word:
                self.fell(f"{node.leg}: the digest entry of {key} is not that of the copy")
                return
        for other, key in half.entries:
            if other == stream and key not in half.copy and ordinary(key):
                self.fell(f"{node.leg}: {key} is in the digest, not in the copy")
                return

    def finish(self) -> None:
        for node in self.world.nodes():
            for half in node.disk.halves.values():
                self.starting(node, half)


class Converged(Judge):
    """I4: after the last fault has healed and writes have stopped both sides hold the same; no deleted key lives."""

    name = "I4"

    def finish(self) -> None:
        for edge, node in self.world.survivors():
            here, there = node.disk.halves[edge], self.world.hub.disk.halves[edge]
            self._same(f"resources of {edge}", there.own, here.copy)
            self._same(f"statuses of {edge}", here.own, there.copy)
            alive = [k for k in there.own_gone if k in here.copy and k not in there.own]
            if alive:
                self.fell(f"deleted, and alive at {edge}: {alive}")

    def _same(self, what: str, own: Content, copy: Content) -> None:
        own = {k: v for k, v in own.items() if ordinary(k)}
        if own != copy:
            keys = sorted(k for k in {*own, *copy} if own.get(k) != copy.get(k))
            first = keys[0]
            self.fell(f"{what} differ at {len(keys)} keys, {first}: {_short(own.get(first))} / {_short(copy.get(first))}")


def _short(content: tuple[int, str] | None) -> str:
    return "-" if content is None else f"{content[0]} {content[1][:30]}"


class Forward(Judge):
    """I5: generations never go back at an edge node, revisions of a status never go back at the hub within one store.

    (An edge node whose store was salvaged does not know its hub, and takes what it is sent: the hub's backup may be older.)
    """

    name = "I5"

    def storing(self, node: Node, side: Side, stored: list[Any], deliveries: list[Any]) -> None:
        if node.role is Role.EDGE and any(isinstance(e, fx.SetValue) and e == fx.SetValue("peer_store", "") for e in stored):
            for word in [w for w in side.half.track if w[0] == "" and w[1].startswith("revision of ")]:
                del side.half.track[word]

    def copied(self, node: Node, side: Side, key: str, content: tuple[int, str]) -> None:
        half = side.half
        store = "" if node.role is Role.EDGE else half.values.get("peer_store", "")
        word = (store, f"revision of {key}")
        last = half.track.get(word, 0)
        if content[0] < last:
            self.fell(f"{node.leg}: {key} goes back from {last} to {content[0]}")
        half.track[word] = max(last, content[0])


class OneWriter(Judge):
    """I6: a spec is only ever what the hub wrote, a status only ever what the edge node wrote."""

    name = "I6"

    def copied(self, node: Node, side: Side, key: str, content: tuple[int, str]) -> None:
        stream = "cfg" if node.role is Role.EDGE else "st"
        if (side.edge, stream, key, *content) not in self.truth.states:
            self.fell(f"{node.leg} took {key} {_short(content)}, which its owner never committed")

    def finish(self) -> None:
        for edge, half in self.world.hub.disk.halves.items():
            for key, content in half.own.items():
                if (edge, "cfg", key, *content) not in self.truth.states:
                    self.fell(f"the hub's {key} of {edge} is {_short(content)}, which nobody wrote")


class AckedIsStored(Judge):
    """I10: a row is deleted only after the peer has it on its disk; an event only after the peer has it in a backup."""

    name = "I10"

    def __init__(self, world: Any) -> None:
        super().__init__(world)
        self._stored: dict[tuple[str, str, str], int] = {}
        self._safe: dict[tuple[str, str, str], int] = {}

    def stored(self, node: Node, side: Side, stored: list[Any], deliveries: list[Any]) -> None:
        peer = side.half.values.get("peer_store", "")
        for effect in (*stored, *(e for d in deliveries for e in d.persist)):
            if isinstance(effect, fx.SetValue) and effect.key.startswith("cursor."):
                word = (side.edge, peer, effect.key.partition(".")[2])
                self._stored[word] = max(self._stored.get(word, 0), int(effect.value))

    def backed_up(self, disk: Disk) -> None:
        for edge, half in disk.halves.items():
            word = (edge, half.values.get("peer_store", ""), "ev")
            self._safe[word] = max(self._safe.get(word, 0), int(half.values.get("cursor.ev") or 0))

    def storing(self, node: Node, side: Side, stored: list[Any], deliveries: list[Any]) -> None:
        if any(isinstance(e, fx.SetValue) and e.key == "own_store" for e in stored):
            return  # a restored hub drops what it meant to send, and says so
        for effect in stored:
            if not isinstance(effect, fx.DropRows):
                continue
            rows = side.half.rows.get(effect.stream, {})
            last = max((s for s in rows if s <= effect.upto), default=0)
            found = self._safe if effect.stream == "ev" else self._stored
            if found.get((side.edge, node.store_id, effect.stream), 0) < last:
                where = "in no backup of the hub" if effect.stream == "ev" else "not stored by the peer"
                self.fell(f"{node.leg} deletes rows up to {last} of {effect.stream}, which are {where}")


class PutAside(Judge):
    """I16, I19: what cannot be understood or applied is among the dead letters with its reason, and holds nobody up."""

    name = "I19"

    def finish(self) -> None:
        for edge, node in self.world.survivors():
            hub, half = self.world.hub.disk.halves[edge], node.disk.halves[edge]
            data = b"".join(d.data for d in hub.dead)
            lost = [i for i in half.made if not ordinary(self.truth.said[i][2]) and i.encode() not in data]
            if lost:
                self.fell(f"{edge}: {lost[:3]} cannot be applied, and are not among the dead letters")
            if any(not d.reason for d in hub.dead):
                self.fell("a dead letter without a reason")
