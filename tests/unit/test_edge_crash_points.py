"""kill -9 after every single batch that the edge node commits, before and after its messages leave: exactly once, all the same.

The world of edge_world.py, with death built into the store: batch number k is committed, and then the process is gone, either
before the first message of the batch goes out or after the last. Everything that follows starts from what was committed.
"""

from __future__ import annotations

import pytest

from edge_node.core.effects import Effect, NeedPlan, Publish, PutResource
from fleet.authority.fences import StaleFence
from fleet.contracts.resources import Kind, Phase
from fleet.contracts.wire import Revoke
from tests.unit.edge_world import World

FENCE = 41
DONE = [("pick", "m1-1"), ("drop", "m1-1")]


class Died(Exception):
    pass


class MortalWorld(World):
    """`die_at`: number of the batch (counted from the mission on, only those that commit or send) after which it is dead."""

    def __init__(self, *robots: str, die_at: int = 0, sent: bool = False) -> None:
        self.die_at, self.die_sent = 0, sent
        self.committed = 0
        super().__init__(*robots)
        self.committed, self.die_at = 0, die_at

    def _effects(self) -> bool:
        effects = self.core.take_effects() if self.edge_up else []
        if not any(_counts(e) for e in effects):
            return self._through(effects)
        self.committed += 1
        if self.committed != self.die_at:
            return self._through(effects)
        self._through(effects if self.die_sent else [e for e in effects if not isinstance(e, Publish | NeedPlan)])
        raise Died

    def _through(self, effects: list[Effect]) -> bool:
        """As the world does it, with these effects."""
        self.core._ctx.effects[:0] = effects
        return super()._effects()

    def live(self, seconds: float) -> bool:
        """Until the task has ended; once the process dies, it is started again a second later."""
        try:
            if self.die_at and not self.begun:
                self.begin()
            return self.run(seconds, self.ended)
        except Died:
            self.kill_edge(away_s=1.0)
            if not any(kind is Kind.TASK for kind, _ in self.stored):
                self.begin()  # not committed, so not acked: the cloud sends it again
            return self.run(seconds, self.ended)

    begun = False

    def begin(self) -> None:
        self.begun = True
        self.transport(robot="AMR-1", fence=FENCE)


def _counts(effect: Effect) -> bool:
    return not isinstance(effect, NeedPlan) and not (isinstance(effect, PutResource) and not effect.durable)


def batches() -> int:
    world = MortalWorld("AMR-1")
    world.begin()
    assert world.run(300, world.ended)
    return world.committed


@pytest.mark.parametrize("sent", [False, True], ids=["before its messages leave", "after its messages left"])
def test_a_transport_is_picked_once_and_dropped_once_wherever_the_edge_node_dies(sent: bool) -> None:
    count = batches()
    assert count >= 15
    for die_at in range(1, count + 1):
        world = MortalWorld("AMR-1", die_at=die_at, sent=sent)
        assert world.live(400), (die_at, world.task(), world.robot("AMR-1"))
        assert world.task().phase is Phase.DONE, (die_at, world.task())
        assert world.task().fence == FENCE
        assert world.moved_loads() == DONE, die_at


class RevokedWorld(MortalWorld):
    """The attempt is taken back `after_s` into the work; the word is acked only once what followed from it is committed."""

    def __init__(self, *, after_s: float, die_at: int = 0, sent: bool = False) -> None:
        super().__init__("AMR-1")
        self.transport(robot="AMR-1", fence=FENCE)
        self.run(after_s)
        self.committed, self.die_at, self.die_sent = 0, die_at, sent

    def revoke(self) -> None:
        self.core.revoke(Revoke(task="m1-1", fence=FENCE, reason="moved"), self.now)
        self.settle()

    def taken_back(self) -> bool:
        """Until it is answered, over at most one death."""
        try:
            self.revoke()
            return self.run(120, lambda: bool(self.told))
        except Died:
            self.kill_edge(away_s=1.0)
            if not any(key.startswith("revoked.") for key in self.values) and not self.told:
                self.revoke()  # its first batch was lost
            return self.run(120, lambda: bool(self.told))


@pytest.mark.parametrize("after_s", [0.0, 12.0, 33.0, 45.0])
@pytest.mark.parametrize("sent", [False, True], ids=["before its messages leave", "after its messages left"])
def test_a_revoke_is_answered_and_nothing_moves_under_the_fence_wherever_the_edge_node_dies(after_s: float, sent: bool) -> None:
    whole = RevokedWorld(after_s=after_s)
    assert whole.taken_back()
    count, outcome = whole.committed, whole.told[0].outcome
    for die_at in range(1, count + 1):
        world = RevokedWorld(after_s=after_s, die_at=die_at, sent=sent)
        assert world.taken_back(), (die_at, world.task(), world.values)
        assert {t.outcome for t in world.told} == {outcome}, die_at
        assert world.task().phase is Phase.CANCELLED
        facts, orders = list(world.facts), len(world.orders)
        world.run(5)
        ours = [d for _, d in world.orders[orders:] if d["orderId"].startswith("m1-1.")]
        assert (world.facts, ours) == (facts, []), die_at
        with pytest.raises(StaleFence):
            world.transport(robot="AMR-1", fence=FENCE)
