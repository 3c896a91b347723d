"""The rules about time: copies are found, nobody is thought lost for a stale word, all is well soon after (I13 to I21)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drover.simulation.fsp.judges import Judge
from fleet.sync.machine import LinkState

if TYPE_CHECKING:
    from drover.simulation.fsp.nodes import Node

#: Two copies of one edge node are both thought to be online for no longer than this, seconds.
TWO_ONLINE_S = 90.0


class OneCopy(Judge):
    """I13: of two live copies at most one holds leases (is answered), and people are told."""

    name = "I13"

    def __init__(self, world: Any) -> None:
        super().__init__(world)
        self._since: dict[str, float] = {}

    def tick(self) -> None:
        now = self.world.scheduler.now
        for edge, copies in self.world.copies.items():
            online = [n for n in copies if n.alive and n.sides[edge].linked and n.sides[edge].machine.online(n.clock.now)]
            if len(online) < 2:
                self._since.pop(edge, None)
            elif now - self._since.setdefault(edge, now) > TWO_ONLINE_S:
                self.fell(f"{len(online)} copies of {edge} are online together for {TWO_ONLINE_S:.0f} s")

    def finish(self) -> None:
        for edge in self.world.unnoticed_copies:
            self.fell(f"two live copies of {edge}, and nobody was told")


class Settled(Judge):
    """I21: soon after everything has healed every row is acked, without anybody restarting anything."""

    name = "I21"

    def finish(self) -> None:
        if self.world.left:
            self.fell(f"{self.world.config.settle_s:.0f} s after the last fault: {self.world.left}")


class StaleWords(Judge):
    """I14: frames of old conversations do not make a live one end."""

    name = "I14"

    def finish(self) -> None:
        for edge, node in self.world.survivors():
            for one in (node, self.world.hub):
                self._online(one, edge)

    def _online(self, node: Node, edge: str) -> None:
        state = node.sides[edge].machine.view(node.clock.now).state if node.alive else LinkState.AWAY
        if state is not LinkState.ONLINE and not self.world.judges.violations:
            self.fell(f"old frames came again, and {node.leg} holds {edge}'s conversation for {state}")


class Frugal(Judge):
    """I20: an idle edge node costs no more than 2 KB a minute."""

    name = "I20"
    BYTES_PER_MIN_MAX = 2048.0

    def finish(self) -> None:
        if self.world.idle_bytes_per_min > self.BYTES_PER_MIN_MAX:
            self.fell(f"{self.world.idle_bytes_per_min:.0f} bytes a minute while nothing happens")
